/** @file The exact judge: two programs of one formula, done over a prime field at random points. */
import { isFloat } from "../core/dtype.ts";
import { formatShape, TensorError } from "../core/errors.ts";
import { type Rng, rng } from "../core/random.ts";
import { sameShape } from "../core/shape.ts";
import { contiguous, type Tensor } from "../core/tensor.ts";
import { leaves } from "../core/tree.ts";
import type { Graph } from "../graph/graph.ts";
import { record, replay } from "../graph/record.ts";
import { entriesOf, indexOf } from "./entries.ts";
import { fieldAlgebra } from "./field/algebra.ts";
import { keyAt, missingAt } from "./field/complex.ts";
import { type FieldValue, Point } from "./field/value.ts";
import { apart, atRandom, type FloatValues, firstPlace, type Graphs, inFloats } from "./floats.ts";
import { type Parting, type Proof, type ProvedQuantity, printProof, type Verdict } from "./proof.ts";
import { brief, formatIndex } from "./text.ts";

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
  { trials = 2, seed = "proof" }: ProofOptions = {},
): Proof {
  if (!Number.isInteger(trials) || trials < 1)
    throw new TensorError("proveEqual", `there are no ${trials} trials`, "give a whole number from 1");
  const given = checkInputs("proveEqual", inputs);
  const [left, right] = [recorded(f, inputs), recorded(g, inputs)];
  const pairs = pairUp(left, right);
  const graphs: Graphs = [
    { ...left.graph, outputs: pairs.map((pair) => pair.left) },
    { ...right.graph, outputs: pairs.map((pair) => pair.right) },
  ];

  const found = Array.from({ length: trials }, (_, trial) => tryOnce(graphs, given, rng(seed).stream(String(trial))));
  const unequal = pairs.map((_, i) => union(found.map(({ unequal }) => unequal[i]!)));
  const judged = judge(graphs, given, pairs, unequal, rng(seed).stream("floats"));
  const degree = Math.max(...found.map((trial) => trial.degree));
  const failure = found.reduce((product, trial) => product * Math.min(1, trial.chance), 1);
  const listed = (of: (trial: Trial) => Iterable<string>): string[] => [...new Set(found.flatMap((t) => [...of(t)]))];
  const enough = failure < 1e-6;
  const assumptions = [
    ...listed(({ point }) => point.assumptions),
    ...judged.assumptions,
    ...(enough ? [] : [`the degree ${brief(degree)} is too high for ${trials} trials to prove anything`]),
  ];
  const quantities = enough
    ? judged.quantities
    : judged.quantities.map((q) => ({ ...q, verdict: q.verdict === "proved" ? ("undecided" as const) : q.verdict }));
  const worst = (["different", "undecided"] as const).find((v) => quantities.some(({ verdict }) => verdict === v));
  const verdict: Verdict = worst ?? "proved";
  const proof = {
    verdict,
    proved: verdict === "proved",
    quantities,
    parting: quantities.find((q) => q.parting !== null)?.parting ?? null,
    degree,
    trials,
    failure,
    branches: listed(({ point }) => point.branches),
    unknown: listed(({ point }) => point.unknown),
    assumptions,
    seed: String(seed),
  };
  return { ...proof, toString: () => printProof(proof) };
}

/** The tensors of the arguments, if they can be judged. */
export function checkInputs(op: string, inputs: unknown): Tensor[] {
  const all = leaves(inputs, op);
  if (all.length === 0)
    throw new TensorError(op, "there is no tensor among the inputs", "give what f takes, in a list");
  for (const { path, tensor } of all) {
    const bad = contiguous(op, tensor).findIndex((value) => !Number.isFinite(value));
    if (bad < 0) continue;
    const problem = `element ${formatIndex(indexOf(bad, tensor.shape))} of ${tensor.label ?? path} is ${contiguous(op, tensor)[bad]}`;
    throw new TensorError(op, problem, "equality means nothing there; clean the data", [tensor]);
  }
  return all.map(({ tensor }) => tensor);
}

interface Recording {
  readonly graph: Graph;
  /** What was returned, by path, and what was named on the way. */
  readonly results: ReadonlyMap<string, number>;
  readonly labels: ReadonlyMap<string, number>;
}

function recorded<A extends readonly unknown[]>(f: (...args: A) => unknown, inputs: A): Recording {
  let paths: string[] = [];
  const graph = record((...args: A) => {
    const result = f(...args);
    paths = leaves(result, "proveEqual").map(({ path }) => path);
    return result;
  })(...inputs);
  const labels = graph.nodes.flatMap(({ id, kind, spec: { label } }): [string, number][] =>
    kind === "operation" && label !== undefined ? [[label, id]] : [],
  );
  return { graph, results: new Map(paths.map((path, i) => [path, graph.outputs[i]!])), labels: new Map(labels) };
}

interface Pair {
  readonly name: string;
  readonly left: number;
  readonly right: number;
  readonly shape: readonly number[];
}

/** The tensors that both have, in the order in which f computes them. */
function pairUp(left: Recording, right: Recording): Pair[] {
  for (const [mine, other, who] of [
    [left, right, "g"],
    [right, left, "f"],
  ] as const) {
    for (const path of mine.results.keys())
      if (!other.results.has(path))
        throw new TensorError(
          "proveEqual",
          `${who} does not return ${path === "" ? "a lone tensor" : path}`,
          "let both return the same tree",
        );
  }
  const both = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): Pair[] =>
    [...a].flatMap(([name, id]) => {
      const other = b.get(name);
      if (other === undefined) return [];
      const [mine, theirs] = [left.graph.nodes[id]!.spec, right.graph.nodes[other]!.spec];
      if (!sameShape(mine.shape, theirs.shape)) {
        const problem = `${name || "the result"} is ${formatShape(mine.shape)} by f and ${formatShape(theirs.shape)} by g`;
        throw new TensorError("proveEqual", problem, "only tensors of one shape can be equal", [mine, theirs]);
      }
      return [{ name, left: id, right: other, shape: mine.shape }];
    });
  const pairs = [...both(left.labels, right.labels), ...both(left.results, right.results)];
  if (pairs.every(({ shape }) => shape.includes(0)))
    throw new TensorError("proveEqual", "there is nothing to compare", "let both return tensors with elements");
  return pairs.sort((a, b) => a.left - b.left);
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
function tryOnce(graphs: Graphs, given: readonly Tensor[], stream: Rng): Trial {
  const trial = inOrder(graphs, given, stream.stream("f, g"));
  if (trial.unequal.every((places) => places.length === 0)) return trial;
  const [f, g] = graphs;
  const other = inOrder([g, f], given, stream.stream("g, f"));
  const unequal = trial.unequal.map((places, i) => (other.unequal[i]!.length === 0 ? [] : places));
  return { ...trial, unequal, chance: Math.max(trial.chance, other.chance) };
}

function inOrder(graphs: Graphs, given: readonly Tensor[], stream: Rng): Trial {
  const point = new Point(stream);
  const algebra = fieldAlgebra("proveEqual", point);
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

interface Judged {
  readonly quantities: ProvedQuantity[];
  readonly assumptions: readonly string[];
}

/** The verdicts: what the field says, beside float64 values and their rounding bounds. */
function judge(
  graphs: Graphs,
  given: readonly Tensor[],
  pairs: readonly Pair[],
  unequal: readonly (readonly number[])[],
  stream: Rng,
): Judged {
  let here: FloatValues[];
  try {
    here = inFloats(graphs, given);
  } catch (error) {
    if (!(error instanceof TensorError && error.op === "roundingBound")) throw error;
    const quantities = pairs.map(({ name, shape }, i) => ({
      name,
      shape,
      verdict: unequal[i]!.length === 0 ? ("proved" as const) : ("undecided" as const),
      different: unequal[i]!.length,
      parting: null,
      floats: null,
    }));
    return { quantities, assumptions: [`the float64 values were not compared: ${error.message}`] };
  }
  const places = here.map((floats) => firstPlace(floats, apart));
  const elsewhere = unequal.every((field, i) => field.length === 0 || places[i]! >= 0)
    ? []
    : Array.from({ length: TRIES }, (_, i) => atRandom(graphs, given.map(randomLike(stream.stream(String(i))))));
  const quantities = pairs.map(({ name, shape }, i): ProvedQuantity => {
    const floats = here[i]!;
    const sum = { name, shape, different: unequal[i]!.length, floats };
    const parting = (values: FloatValues, place: number, point: Parting["point"]): Parting => {
      const { ok, ...entry } = entriesOf(values.left, values.right, values.bound)(null, place);
      return { quantity: name, ...entry, point };
    };
    if (places[i]! >= 0) return { ...sum, verdict: "different", parting: parting(floats, places[i]!, "given") };
    const broken = firstPlace(floats, (x, y) => Number.isFinite(x) !== Number.isFinite(y));
    if (broken >= 0) return { ...sum, verdict: "undecided", parting: parting(floats, broken, "given") };
    const [first] = unequal[i]!;
    if (first === undefined) return { ...sum, verdict: "proved", parting: null };
    for (const others of elsewhere) {
      const place = others === null ? -1 : firstPlace(others[i]!, apart);
      if (place >= 0) return { ...sum, verdict: "different", parting: parting(others![i]!, place, "random") };
    }
    return { ...sum, verdict: "undecided", parting: parting(floats, first, "given") };
  });
  return { quantities, assumptions: [] };
}

const randomLike =
  (stream: Rng) =>
  (x: Tensor, i: number): Tensor =>
    isFloat(x.dtype) ? (stream.stream(String(i)).normal(x.shape, { dtype: x.dtype }) as Tensor) : x;
