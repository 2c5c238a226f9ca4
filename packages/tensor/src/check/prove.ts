/** @file The exact judge: two programs of one formula, done over a prime field at random points. */
import { isFloat } from "../core/dtype.ts";
import { TensorError } from "../core/errors.ts";
import { type Rng, rng } from "../core/random.ts";
import { contiguous, type Tensor } from "../core/tensor.ts";
import { replay } from "../graph/record.ts";
import { abs } from "../ops/piecewise.ts";
import type { Entries, Entry } from "./entries.ts";
import { fieldAlgebra } from "./field/algebra.ts";
import { keyAt, missingAt } from "./field/complex.ts";
import { type FieldValue, Point } from "./field/value.ts";
import { type Parting, type Proof, type ProvedQuantity, printProof, type Verdict } from "./proof.ts";
import { type Compared, inFloats, type Sides, sidesOf } from "./sides.ts";
import { brief } from "./text.ts";

export interface ProofOptions {
  /** How many random points: each divides what may go wrong by more than 10⁶; 2 unless told. */
  readonly trials?: number;
  /** The name of the random stream: the same seed gives the same proof. */
  readonly seed?: string | number;
}

/**
 * Whether f and g are one formula: both are recorded, and done over the field GF(2⁶¹ − 1) at random points. Two
 * rational functions that agree at a random point are the same one but for a chance of degree / 2⁶¹ (Schwartz and
 * Zippel), which the report bounds. It proves the algebra, not the rounding.
 *
 * f and g take the same tensors and return trees; tensors at the same path, and tensors on the way that have the same
 * label (`named`), are compared, in order. Whole numbers and bools among the inputs are taken as they are.
 *
 * Functions: a transcendental value is a free element, the same for the same argument, under the relations that are
 * known: those of eˣ with e⁻ˣ, e²ˣ and eᵃ⁺ᵇ, of log with exp, products and quotients, √x·√x = x, sin² + cos² = 1,
 * xⁿ⁺ᵖ = xⁿ·xᵖ; sigmoid, tanh, softplus and what else has a `formula` are made of these. A pointwise function that no
 * arithmetic knows is free without relations, and the report says so.
 * Not known: sums and doubles of angles, powers of powers, relations of special functions: what needs them is undecided.
 * Branches: comparisons, where, abs, max, … take the branch of the given inputs; the report lists them.
 * Constants: the simplest fraction that rounds to the number: 0.1 is 1/10.
 * Verdict: proved needs the float64 values to agree within their rounding bounds too; different needs a point, the
 * given or a random one, where they do not.
 * Throws: TensorError for an operation that has no rule over a field, by name; for NaN or ∞ in the inputs; for results
 * that have no tensor in common, or of different shapes.
 * Source: Schwartz (1980), Zippel (1979); Gonnet, Determining equivalence of expressions in random polynomial time (1984).
 *
 * @example
 * const byHand = (x: Tensor) => mul(sigmoid(x), sub(1, sigmoid(x)));
 * const byTape = (x: Tensor) => grad((t: Tensor) => sum(sigmoid(t)))(x);
 * proveEqual(byHand, byTape, [tensor([1, 2])]).verdict;   // => "proved"
 */
export function proveEqual<A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  g: (...args: A) => unknown,
  inputs: A,
  options: ProofOptions = {},
): Proof {
  return prove("proveEqual", sidesOf("proveEqual", f, g, inputs), options).proof;
}

/** What is short of this is no proof. */
const SURE = 1e-6;

/** The proof, and the float64 values that it is confronted with: null where they have no bound. */
export function prove<A extends readonly unknown[]>(
  op: string,
  sides: Sides<A>,
  { trials = 2, seed = "proof" }: ProofOptions,
): { proof: Proof; floats: Entries[] | null } {
  if (!Number.isInteger(trials) || trials < 1)
    throw new TensorError(op, `there are no ${trials} trials`, "give a whole number from 1");
  const found = Array.from({ length: trials }, (_, i) => tryOnce(op, sides, rng(seed).stream(String(i))));
  const degree = Math.max(...found.map((trial) => trial.degree));
  const failure = found.reduce((product, trial) => product * Math.min(1, trial.chance), 1);
  const { floats, refusal } = floatsOf(sides, sides.given);
  if (refusal !== null && refusal.op !== "roundingBound") throw refusal;
  const elsewhere = (i: number): Entries[] | null =>
    floatsOf(sides, sides.given.map(randomLike(rng(seed).stream(`floats ${i}`)))).floats;
  const quantities = judge(sides, found, failure < SURE, floats, elsewhere);
  const worst = (["different", "undecided"] as const).find((v) => quantities.some(({ verdict }) => verdict === v));
  const verdict: Verdict = worst ?? "proved";
  const listed = (of: (point: Point) => Iterable<string>): string[] => [
    ...new Set(found.flatMap(({ point }) => [...of(point)])),
  ];
  const proof = {
    verdict,
    proved: verdict === "proved",
    quantities,
    parting: quantities.find((q) => q.parting !== null)?.parting ?? null,
    degree,
    trials,
    failure,
    branches: listed((point) => point.branches),
    unknown: listed((point) => point.unknown),
    assumptions: [
      ...listed((point) => point.assumptions),
      ...(refusal === null ? [] : [`the float64 values agree: ${refusal.message}`]),
      ...(failure < SURE ? [] : [`more than ${trials} trials would do: the degree ${brief(degree)} is high`]),
    ],
    seed: String(seed),
  };
  return { proof: { ...proof, toString: () => printProof(proof) }, floats };
}

interface Trial {
  readonly point: Point;
  /** For each pair, the places where it differs. */
  readonly unequal: readonly (readonly number[])[];
  readonly degree: number;
  /** A bound on the probability that a difference vanished here. */
  readonly chance: number;
}

/**
 * Both programs at one random point. Which of several related values is drawn, and which follow, depends on what is
 * asked first: what differs in one order may be equal in the other.
 */
function tryOnce(op: string, { graphs: [f, g], given }: Compared, stream: Rng): Trial {
  const trial = inOrder(op, [f, g], given, stream.stream("f, g"));
  if (trial.unequal.every((places) => places.length === 0)) return trial;
  const other = inOrder(op, [g, f], given, stream.stream("g, f"));
  const unequal = trial.unequal.map((places, i) => (other.unequal[i]!.length === 0 ? [] : places));
  return { ...trial, unequal, chance: trial.chance + other.chance };
}

function inOrder(op: string, graphs: Compared["graphs"], given: readonly Tensor[], stream: Rng): Trial {
  const point = new Point(stream);
  const algebra = fieldAlgebra(op, point);
  const inputs = given.map((x) => point.input(x));
  const [left, right] = graphs.map((graph) => replay(graph, inputs, algebra)) as [FieldValue[], FieldValue[]];
  const unequal = left.map((x, i) => differences(x, right[i]!));
  const degrees = left.map((x, i) => point.divisions.total(x.degree) + point.divisions.total(right[i]!.degree));
  const degree = Math.max(...degrees);
  // Free elements of one family with arguments that differ were taken for one if the arguments fell together.
  const pairs = [...point.functions.drawn.values()].reduce((total, count) => total + (count * (count - 1)) / 2, 0);
  return { point, unequal, degree, chance: (degree + pairs * point.argumentDegree) / 2 ** 60 };
}

function differences(x: FieldValue, y: FieldValue): number[] {
  const places: number[] = [];
  if (!isFloat(x.float.dtype) || !isFloat(y.float.dtype)) {
    const [a, b] = [contiguous("proveEqual", x.float), contiguous("proveEqual", y.float)];
    a.forEach((value, i) => {
      if (value !== b[i]) places.push(i);
    });
    return places;
  }
  for (let i = 0; i < x.float.size; i++)
    if (missingAt(x, i) || missingAt(y, i) || keyAt(x, i) !== keyAt(y, i)) places.push(i);
  return places;
}

const union = (lists: readonly (readonly number[])[]): number[] => [...new Set(lists.flat())].sort((a, b) => a - b);

/** How often random float64 inputs are tried where the field says different and the given inputs do not show it. */
const TRIES = 3;

/** The float64 values at some inputs, or why there are none: no bound, or inputs that f or g refuses. */
function floatsOf<A extends readonly unknown[]>(
  sides: Sides<A>,
  at: readonly Tensor[],
): { floats: Entries[] | null; refusal: TensorError | null } {
  try {
    return { floats: inFloats(sides, at), refusal: null };
  } catch (error) {
    if (!(error instanceof TensorError)) throw error;
    return { floats: null, refusal: error };
  }
}

/** The verdicts: what the field says, beside float64 values and their rounding bounds, here and at random inputs. */
function judge(
  { pairs }: Compared,
  found: readonly Trial[],
  sure: boolean,
  floats: readonly Entries[] | null,
  elsewhere: (i: number) => Entries[] | null,
): ProvedQuantity[] {
  const unequal = pairs.map((_, i) => union(found.map((trial) => trial.unequal[i]!)));
  const shown = pairs.map((_, i) => (floats === null ? undefined : first(floats[i]!, apart)));
  const hidden = floats !== null && unequal.some((places, i) => places.length > 0 && shown[i] === undefined);
  const tried = Array.from({ length: hidden ? TRIES : 0 }, (_, i) => elsewhere(i) ?? []);
  return pairs.map(({ name, shape }, i): ProvedQuantity => {
    const places = unequal[i]!;
    const verdict = (verdict: Verdict, entry?: Entry, point: Parting["point"] = "given"): ProvedQuantity => {
      const parting = entry === undefined ? null : { quantity: name, ...entry, point };
      return { name, shape, verdict, different: places.length, parting, floats: floats?.[i] ?? null };
    };
    if (shown[i] !== undefined) return verdict("different", shown[i]);
    const [other] = tried.flatMap((entries) => (entries[i] === undefined ? [] : (first(entries[i], apart) ?? [])));
    if (places.length > 0 && other !== undefined) return verdict("different", other, "random");
    if (places.length > 0) return verdict("undecided", floats?.[i]?.entries[places[0]!]);
    const broken =
      floats === null
        ? undefined
        : first(floats[i]!, ({ left, right }) => Number.isFinite(left) !== Number.isFinite(right));
    return broken === undefined && sure ? verdict("proved") : verdict("undecided", broken);
  });
}

/** The first entry of which it is true; where all is well there is none to look at. */
const first = (entries: Entries, test: (entry: Entry) => boolean): Entry | undefined =>
  entries.ok ? undefined : entries.entries.find(test);

/** Further apart than rounding explains; where a value or a bound is NaN or infinite nothing can be said. */
const apart = ({ difference, bound }: Entry): boolean => difference > bound && Number.isFinite(difference + bound);

/** Random inputs of the same kind: probabilities stay such, positive numbers positive; whole numbers stay as they are. */
const randomLike =
  (stream: Rng) =>
  (x: Tensor, i: number): Tensor => {
    if (!isFloat(x.dtype)) return x;
    const { dtype } = x;
    const values = contiguous("proveEqual", x);
    const within = (low: number, high: number): boolean => values.every((value) => value >= low && value <= high);
    const own = stream.stream(String(i));
    if (within(0, 1)) return own.uniform(x.shape, { dtype }) as Tensor;
    const normal: Tensor = own.normal(x.shape, { dtype });
    return within(0, Number.POSITIVE_INFINITY) ? abs(normal) : normal;
  };
