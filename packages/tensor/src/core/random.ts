/** @file Randomness with a name and a seed: streams of numbers that repeat bit for bit. */
import alea from "seedrandom/lib/alea.js";
import { checkNumber } from "./checks.ts";
import { asTensor } from "./create.ts";
import { drawByLogits, drawByWeight, largestLogit, polarNormal, truncatedNormal, withoutReplacement } from "./draws.ts";
import { allocate, checkDType, type DType, floating, toDType } from "./dtype.ts";
import { TensorError } from "./errors.ts";
import { checkShape, resolveAxis, type Shape, sizeOf } from "./shape.ts";
import type { Known } from "./shape-types.ts";
import { contiguous, fromStorage, type Tensor } from "./tensor.ts";

/** Where a stream stands: plain data, to be kept as JSON. */
export interface RngState {
  readonly name: string;
  /** The words of the generator. */
  readonly c: number;
  readonly s0: number;
  readonly s1: number;
  readonly s2: number;
}

interface FloatOptions {
  readonly dtype?: DType;
}

interface TruncatedOptions extends FloatOptions {
  readonly mean?: number;
  readonly std?: number;
  readonly low?: number;
  readonly high?: number;
}

/** n weights, checked. */
function weightsOf(weights: Tensor | readonly number[], n: number): Float64Array {
  const values = Float64Array.from(
    Array.isArray(weights) ? weights : contiguous("choice", asTensor("choice", weights as Tensor)),
  );
  if (values.length !== n)
    throw new TensorError("choice", `${values.length} weights for ${n} numbers`, "give one for each");
  const bad = values.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (bad >= 0) throw new TensorError("choice", `weight ${bad} is ${values[bad]}`, "use finite weights ≥ 0");
  return values;
}

/** What is being recorded, to be done again: a stream that is older would draw for it only once. */
let recording: object | null = null;

/** What f returns, in which no stream that was there before may be drawn from. */
export function whileRecording<T>(f: () => T): T {
  const before = recording;
  recording = {};
  try {
    return f();
  } finally {
    recording = before;
  }
}

/**
 * A stream of random numbers, known by its name alone: the same name gives the same numbers, on every engine.
 * Drawing advances the stream; `stream` opens another that does not depend on how much was drawn.
 *
 * @example
 * const weights = () => rng("run 7").stream("weights").normal([2, 3]).toArray();
 * JSON.stringify(weights()) === JSON.stringify(weights());   // => true
 */
export class Rng {
  /** The seed and the names of the streams that led here. */
  readonly name: string;
  private readonly generator: ReturnType<typeof alea>;
  private readonly madeIn = recording;

  constructor(name: string, words: Omit<RngState, "name"> | true = true) {
    this.name = name;
    this.generator = alea(name, { state: words });
  }

  /** Where the stream stands now: `rng(state)` goes on from there, with the same numbers. */
  state(): RngState {
    return { name: this.name, ...this.generator.state() };
  }

  /** The stream of that name below this one, always from its beginning. */
  stream(name: string): Rng {
    return new Rng(`${this.name}/${JSON.stringify(name)}`);
  }

  /** A number in [0, 1) with 53 random bits. */
  next(): number {
    if (recording !== null && this.madeIn !== recording)
      throw new TensorError(
        "compile",
        `f draws from the stream ${this.name}, which is not among its arguments: it would draw the same every time`,
        "pass the stream as an argument",
      );
    return this.generator.double();
  }

  /** Numbers drawn evenly from [low, high); by rounding, high itself may come up, most often in float32. */
  uniform<const S extends Shape>(
    shape: S,
    { low = 0, high = 1, dtype = "float64" }: FloatOptions & { readonly low?: number; readonly high?: number } = {},
  ): Tensor<Known<S>> {
    if (!(Number.isFinite(high - low) && low <= high))
      throw new TensorError("uniform", `there is no interval [${low}, ${high})`, "use finite bounds with low ≤ high");
    return this.fill("uniform", shape, dtype, () => low + (high - low) * this.next());
  }

  /** Normally distributed numbers (Marsaglia's polar method). */
  normal<const S extends Shape>(
    shape: S,
    { mean = 0, std = 1, dtype = "float64" }: FloatOptions & { readonly mean?: number; readonly std?: number } = {},
  ): Tensor<Known<S>> {
    if (!(Number.isFinite(mean) && Number.isFinite(std) && std >= 0))
      throw new TensorError(
        "normal",
        `there is no normal distribution with mean ${mean} and std ${std}`,
        "use finite numbers with std ≥ 0",
      );
    const draw = polarNormal(() => this.next());
    return this.fill("normal", shape, dtype, () => mean + std * draw());
  }

  /**
   * Normally distributed numbers between `low` and `high`: two standard deviations from the mean unless told.
   *
   * Throws: TensorError unless std > 0 and low < high; a bound may be infinite, nothing else.
   * Source: Robert, Simulation of truncated normal variables (1995), section 2.
   */
  truncatedNormal<const S extends Shape>(
    shape: S,
    { mean = 0, std = 1, low = mean - 2 * std, high = mean + 2 * std, dtype = "float64" }: TruncatedOptions = {},
  ): Tensor<Known<S>> {
    const [a, b] = [(low - mean) / std, (high - mean) / std];
    if (!(std > 0 && a < b && Number.isFinite(mean) && Number.isFinite(std)))
      throw new TensorError(
        "truncatedNormal",
        `there is no normal distribution with mean ${mean} and std ${std} between ${low} and ${high}`,
        "use finite numbers with std > 0, and bounds (±∞ for none) with low < high",
      );
    const draw = truncatedNormal(() => this.next(), a, b);
    // mean + std·x may round to just beyond a bound.
    const within = (x: number): number => Math.min(Math.max(x, low), high);
    return this.fill("truncatedNormal", shape, dtype, () => within(mean + std * draw()));
  }

  /**
   * Truth with probability p, bool unless told. For probabilities that differ: `less(stream.uniform(p.shape), p)`.
   *
   * Throws: TensorError unless 0 ≤ p ≤ 1.
   */
  bernoulli<const S extends Shape>(
    shape: S,
    { p = 0.5, dtype = "bool" }: { readonly p?: number; readonly dtype?: DType } = {},
  ): Tensor<Known<S>> {
    checkNumber("bernoulli", "p", p, (value) => value >= 0 && value <= 1, "use a probability from 0 to 1");
    return this.fillAny("bernoulli", shape, dtype, () => (this.next() < p ? 1 : 0));
  }

  /**
   * Whole numbers drawn evenly from low … high − 1, int32 unless told.
   *
   * Throws: TensorError unless low < high are whole numbers that int32 holds.
   */
  randint<const S extends Shape>(
    shape: S,
    { low = 0, high, dtype = "int32" }: { readonly low?: number; readonly high: number; readonly dtype?: DType },
  ): Tensor<Known<S>> {
    const fits = low === (low | 0) && Number.isInteger(high) && low < high && high <= 2 ** 31;
    if (!fits)
      throw new TensorError(
        "randint",
        `there are no whole numbers from ${low} to below ${high}`,
        "use whole numbers with low < high within int32",
      );
    return this.fillAny("randint", shape, dtype, () => low + Math.floor((high - low) * this.next()));
  }

  /**
   * One category for each vector of logits along an axis (the last, unless told), with probability softmax(logits).
   *
   * Shapes: logits [a, k] → int32 [a].
   * Throws: TensorError when a logit is NaN or ∞, or all of a vector are −∞ or it is empty.
   */
  categorical(logits: Tensor, { axis = -1 }: { readonly axis?: number } = {}): Tensor {
    const { shape, rank } = asTensor("categorical", logits);
    const along = resolveAxis("categorical", axis, rank);
    const result = shape.filter((_: number, i: number) => i !== along);
    const inner = sizeOf(shape.slice(along + 1));
    const places = allocate("int32", sizeOf(result), "categorical");
    const values = contiguous("categorical", logits);
    const vectors = Array.from(places, (_, i) => ({
      values,
      start: Math.floor(i / inner) * inner * shape[along]! + (i % inner),
      step: inner,
      count: shape[along]!,
    }));
    const largest = vectors.map(largestLogit);
    for (let i = 0; i < places.length; i++) places[i] = drawByLogits(() => this.next(), vectors[i]!, largest[i]!);
    return fromStorage(result, "int32", places);
  }

  /**
   * Numbers out of 0 … n − 1, int32: with replacement (multinomially) unless told, evenly unless there are weights.
   *
   * Throws: TensorError unless the weights are n finite numbers ≥ 0, not all 0, or when more are asked for without
   * replacement than there are (with weights other than 0).
   * Source: Efraimidis and Spirakis, Weighted random sampling with a reservoir (2006), algorithm A, for weights without
   * replacement.
   */
  choice<const S extends Shape>(
    n: number,
    shape: S,
    { replace = true, weights }: { readonly replace?: boolean; readonly weights?: Tensor | readonly number[] } = {},
  ): Tensor<Known<S>> {
    checkNumber("choice", "n", n, (count) => Number.isInteger(count) && count >= 0, "use a whole number ≥ 0");
    checkShape("choice", shape);
    const given = weights === undefined ? null : weightsOf(weights, n);
    const available = given === null ? n : given.filter((weight) => weight > 0).length;
    const count = sizeOf(shape);
    if (count > (replace ? Number.POSITIVE_INFINITY : available) || (count > 0 && available === 0))
      throw new TensorError(
        "choice",
        `${count} numbers are asked for out of ${available}${replace ? "" : " without replacement"}`,
        "ask for fewer, or with replacement from at least one",
      );
    const next = (): number => this.next();
    const draw = replace ? drawByWeight(next, n, given) : withoutReplacement(next, n, given);
    return this.fillAny("choice", shape, "int32", draw);
  }

  /** The whole numbers 0 … n − 1 in random order (Fisher and Yates), int32. */
  permutation<const N extends number>(n: N): Tensor<readonly [N]> {
    checkShape("permutation", [n]);
    const order = allocate("int32", n, "permutation");
    for (let i = 0; i < n; i++) {
      const j = Math.floor(this.next() * (i + 1));
      order[i] = order[j]!;
      order[j] = i;
    }
    return fromStorage([n] as const, "int32", order);
  }

  private fill<S extends Shape>(op: string, shape: S, dtype: DType, draw: () => number): Tensor<Known<S>> {
    checkDType(op, dtype);
    if (floating(dtype) !== dtype) throw new TensorError(op, `${dtype} has no fractions`, "use float64 or float32");
    return this.fillAny(op, shape, dtype, draw);
  }

  private fillAny<S extends Shape>(op: string, shape: S, dtype: DType, draw: () => number): Tensor<Known<S>> {
    checkShape(op, shape);
    checkDType(op, dtype);
    const storage = allocate(dtype, sizeOf(shape), op);
    for (let i = 0; i < storage.length; i++) storage[i] = toDType(dtype, draw());
    return fromStorage([...shape] as unknown as Known<S>, dtype, storage);
  }
}

/** Throws unless a state is one: the words are what the generator's arithmetic can have made of a seed. */
function checkState(state: RngState | null): void {
  const { name, c, s0, s1, s2 } = state ?? ({} as Partial<RngState>);
  const inside = (x: unknown): boolean => typeof x === "number" && x >= 0 && x < 1;
  if (typeof name === "string" && Number.isInteger(c) && c! >= 0 && c! < 2 ** 21 && [s0, s1, s2].every(inside)) return;
  throw new TensorError("rng", `${JSON.stringify(state)} is no state of a stream`, "give what stream.state() returned");
}

/**
 * A stream of random numbers from a seed, or from where another stood.
 *
 * Throws: TensorError unless it is given a text, a finite number, or what `state` returned.
 *
 * @example
 * rng(7).uniform([3]).toArray().every((x) => x >= 0 && x < 1);   // => true
 * const stream = rng(7);
 * const there = stream.state();
 * stream.next() === rng(there).next();                           // => true
 */
export function rng(seed: string | number | RngState): Rng {
  if (typeof seed === "object") {
    checkState(seed);
    const { name, c, s0, s1, s2 } = seed;
    return new Rng(name, { c, s0, s1, s2 });
  }
  if (typeof seed !== "string" && !Number.isFinite(seed))
    throw new TensorError("rng", `${String(seed)} is no seed`, "use a string or a finite number");
  return new Rng(String(seed));
}
