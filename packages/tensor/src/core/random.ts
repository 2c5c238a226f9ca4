/** @file Randomness with a name and a seed: streams of numbers that repeat bit for bit. */
import alea from "seedrandom/lib/alea.js";
import { allocate, checkDType, type DType, floating } from "./dtype.ts";
import { TensorError } from "./errors.ts";
import { checkShape, type Shape, sizeOf } from "./shape.ts";
import type { Known } from "./shape-types.ts";
import { fromStorage, type Tensor } from "./tensor.ts";

interface FloatOptions {
  readonly dtype?: DType;
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

  constructor(name: string) {
    this.name = name;
    this.generator = alea(name);
  }

  /** The stream of that name below this one, always from its beginning. */
  stream(name: string): Rng {
    return new Rng(`${this.name}/${JSON.stringify(name)}`);
  }

  /** A number in [0, 1) with 53 random bits. */
  next(): number {
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
    let spare: number | null = null;
    return this.fill("normal", shape, dtype, () => {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return mean + std * value;
      }
      for (;;) {
        const x = 2 * this.next() - 1;
        const y = 2 * this.next() - 1;
        const square = x * x + y * y;
        if (square >= 1 || square === 0) continue;
        const scale = Math.sqrt((-2 * Math.log(square)) / square);
        spare = y * scale;
        return mean + std * x * scale;
      }
    });
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
    checkShape(op, shape);
    checkDType(op, dtype);
    if (floating(dtype) !== dtype) throw new TensorError(op, `${dtype} has no fractions`, "use float64 or float32");
    const storage = allocate(dtype, sizeOf(shape), op);
    for (let i = 0; i < storage.length; i++) storage[i] = draw();
    return fromStorage([...shape] as unknown as Known<S>, dtype, storage);
  }
}

/**
 * A stream of random numbers from a seed.
 *
 * @example
 * rng(7).uniform([3]).toArray().every((x) => x >= 0 && x < 1);   // => true
 */
export function rng(seed: string | number): Rng {
  if (typeof seed !== "string" && !Number.isFinite(seed))
    throw new TensorError("rng", `${String(seed)} is no seed`, "use a string or a finite number");
  return new Rng(String(seed));
}
