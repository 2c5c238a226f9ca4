/** @file Bring your own derivation: closed forms beside autograd, before the three judges. */

import { zeros } from "../core/create.ts";
import { isFloat } from "../core/dtype.ts";
import { formatShape, TensorError } from "../core/errors.ts";
import { sameShape } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { leaves } from "../core/tree.ts";
import { Tape } from "../transforms/tape.ts";
import type { Entry, Summary } from "./entries.ts";
import type { GradientReport } from "./gradient/report.ts";
import { checkGradient } from "./gradient.ts";
import { type Labelled, labelled } from "./labels.ts";
import { minus } from "./precise/double.ts";
import { type Precise, preciseValue } from "./precise.ts";
import { type Proof, proofNotes, type Verdict } from "./proof.ts";
import { type ProofOptions, prove } from "./prove.ts";
import { checkInputs, type Sides, sidesOf } from "./sides.ts";
import { brief, columns, formatIndex } from "./text.ts";

/** The tensors that a closed form may use: the inputs by their keys and the tensors on the way by their labels. */
type Known<I> = I & Readonly<Record<string, Tensor>>;

/** A closed form: it may build on those that stand before it in `derived`. */
export type ClosedFormOf<I> = (known: Known<I>, earlier: Readonly<Record<string, Tensor>>) => Tensor;

export interface Derivation<I extends Readonly<Record<string, Tensor>>> {
  readonly inputs: I;
  /** The program: it returns the scalar J. Tensors on the way that are to be spoken of get a label: `z.named("z")`. */
  readonly forward: (inputs: I) => Tensor;
  /**
   * The closed forms by what they are of, in the order of the derivation: `∂J/∂NAME` or `δ NAME` for the derivative of
   * J in an input or in a tensor on the way, and `NAME` itself for the value of a tensor on the way.
   */
  readonly derived: Readonly<Record<string, ClosedFormOf<I>>>;
}

/** One quantity by both ways: left the closed form, right autograd. */
export interface DerivationRow extends Summary {
  /** As in `derived`. */
  readonly quantity: string;
  readonly shape: readonly number[];
  /** The exact judge's verdict. */
  readonly verdict: Verdict;
  /** Which side is nearer to the value in 32 digits, at the entry where they differ most. */
  readonly nearer: "derived" | "autograd" | "equal" | "unknown";
  /** Proved, with all entries within their bounds; or within them where nothing can be proved. */
  readonly ok: boolean;
}

export interface DerivationReport {
  readonly ok: boolean;
  readonly rows: readonly DerivationRow[];
  /** The first row that is not ok, in the order of the derivation: the term to look at; null if all are. */
  readonly firstWrong: DerivationRow | null;
  readonly proof: Proof;
  /** The judge of autograd itself: adjointness, Taylor, centred differences of `forward`. */
  readonly gradient: GradientReport;
  toString(): string;
}

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Every closed form of a derivation beside autograd, entry by entry, before three judges: the proof over a prime
 * field, the rounding bound of both sides, and the tests of autograd itself; where they differ by rounding, the value
 * in 32 digits says which is nearer.
 *
 * δ: as ∂J/∂, with whatever J is divided by. (Brawer's δ, per sample, is m times it where J is a mean of m.)
 * Throws: TensorError for a quantity whose name is neither an input's nor that of a tensor on the way, for a closed
 * form of another shape than its quantity, for inputs that are not finite or not float64 (whole numbers and bools are
 * constants), for a J that is no scalar, or where there is nothing to compare.
 *
 * @example
 * const { rows, ok } = compareDerivation({
 *   inputs: { x: tensor([[1, 2]]), w: tensor([[3], [4]]) },
 *   forward: ({ x, w }) => sum(square(matmul(x, w).named("z"))),
 *   derived: {
 *     "δ z": ({ z }) => mul(2, z),
 *     "∂J/∂w": ({ x }, { "δ z": delta }) => matmul(transpose(x), delta),
 *   },
 * });
 * ok;                                     // => true
 * rows.map(({ verdict }) => verdict);     // => ["proved", "proved"]
 */
export function compareDerivation<const I extends Readonly<Record<string, Tensor>>>(
  { inputs, forward, derived }: Derivation<I>,
  options: ProofOptions = {},
): DerivationReport {
  checkInputs(OP, inputs);
  for (const [name, x] of Object.entries(inputs))
    if (x.dtype === "float32")
      throw new TensorError(OP, `${name} is float32`, 'the judges are for float64: cast(x, "float64")', [x]);
  const titles = Object.keys(derived);
  if (titles.length === 0) throw new TensorError(OP, "nothing is derived", 'give closed forms: { "∂J/∂w": … }');
  checkScalar(forward(inputs));
  const floats = Object.keys(inputs).filter((name) => isFloat(inputs[name]!.dtype));

  const byAutograd = (given: I): Tensors => {
    const tape = new Tape();
    const watched = { ...given, ...tape.watch(pick(given, floats)) };
    const { result: J, labels } = labelled(forward, watched);
    checkScalar(J);
    const bar = tape.pullback(J);
    return collect(titles, (title) => {
      const { name, derivative } = meaning(title);
      const target = targetOf(title, name, watched, labels);
      return derivative ? bar(target, { unreached: "zeros" }) : target;
    });
  };
  const byHand = (given: I): Tensors => {
    const { labels } = labelled(forward, given);
    const known = { ...Object.fromEntries(labels), ...given } as Known<I>;
    const earlier: Record<string, Tensor> = {};
    for (const title of titles) {
      const value: unknown = derived[title]!(known, { ...earlier });
      checkClosedForm(title, value, targetOf(title, meaning(title).name, given, labels));
      earlier[title] = value;
    }
    return earlier;
  };

  const sides = renamed(sidesOf(OP, byHand, byAutograd, [inputs]), titles);
  const { proof, floats: values } = prove(OP, sides, options);
  const precise = [byHand, byAutograd].map((side) => preciseOrNull(side, inputs));
  const rows = titles.map((quantity, i): DerivationRow => {
    const place = sides.pairs.findIndex(({ name }) => name === quantity);
    const { shape, verdict } = proof.quantities[place]!;
    const entries: Summary = values?.[place] ?? nothing;
    const nearer = verdict === "proved" ? nearerOf(entries, precise[1]?.[i]) : "unknown";
    return { quantity, shape, ...entries, verdict, nearer, ok: verdict === "proved" && entries.ok };
  });
  const size = floats.reduce((total, name) => total + inputs[name]!.size, 0);
  const gradient = checkGradient(forward, [inputs], { fastMode: size > FEW, checkSecondOrder: false });
  const report = {
    ok: gradient.ok && rows.every((row) => row.ok),
    rows,
    firstWrong: rows.find((row) => !row.ok) ?? null,
    proof,
    gradient,
  };
  return { ...report, toString: () => print(report) };
}

const OP = "compareDerivation";

/** Up to so many numbers among the inputs, every one is varied in the tests of autograd. */
const FEW = 256;

/** What a title speaks of. */
function meaning(title: string): { name: string; derivative: boolean } {
  const found = /^(?:∂J\/∂|δ\s*)(.+)$/u.exec(title);
  return found === null ? { name: title, derivative: false } : { name: found[1]!, derivative: true };
}

function targetOf(title: string, name: string, inputs: Tensors, labels: Labelled): Tensor {
  const target = labels.get(name) ?? (Object.hasOwn(inputs, name) ? inputs[name] : undefined);
  if (target !== undefined && isFloat(target.dtype)) return target;
  const names = [...Object.keys(inputs), ...labels.keys()].join(", ");
  throw new TensorError(
    OP,
    target === undefined ? `${title}: there is no ${name}` : `${title}: ${name} is ${target.dtype}, a constant`,
    `there are ${names}; name others on the way with x.named("…")`,
  );
}

function checkScalar(J: unknown): asserts J is Tensor {
  if (!(J instanceof Tensor) || J.rank !== 0)
    throw new TensorError(
      OP,
      `forward returned ${J instanceof Tensor ? formatShape(J.shape) : typeof J}`,
      "return the scalar J: sum it",
    );
  if (J.storage !== null && !Number.isFinite(J.item()))
    throw new TensorError(OP, `J is ${J.item()} at these inputs`, "a derivative means nothing there; choose others");
}

function checkClosedForm(title: string, value: unknown, target: Tensor): asserts value is Tensor {
  if (!(value instanceof Tensor))
    throw new TensorError(OP, `the closed form of ${title} is ${typeof value}`, "return a tensor");
  if (!sameShape(value.shape, target.shape))
    throw new TensorError(
      OP,
      `the closed form of ${title} is ${formatShape(value.shape)}, ${meaning(title).name} is ${formatShape(target.shape)}`,
      "derivatives have the shape of what they are in",
      [value, target],
    );
}

const pick = (record: Tensors, names: readonly string[]): Record<string, Tensor> =>
  collect(names, (name) => record[name]!);
const collect = (names: readonly string[], f: (name: string) => Tensor): Record<string, Tensor> =>
  Object.fromEntries(names.map((name) => [name, f(name)]));

/** The quantities alone, under their titles. */
function renamed<A extends readonly unknown[]>(sides: Sides<A>, titles: readonly string[]): Sides<A> {
  const kept = sides.pairs.filter(({ path }) => path !== null);
  const byPath = new Map(leaves(collect(titles, () => zeros([]))).map(({ path }, i) => [path, titles[i]!]));
  const pairs = kept.map((pair) => ({ ...pair, name: byPath.get(pair.path!)! }));
  const [f, g] = sides.graphs;
  const graphs = [
    { ...f, outputs: pairs.map(({ left }) => left) },
    { ...g, outputs: pairs.map(({ right }) => right) },
  ] as const;
  return { ...sides, pairs, graphs };
}

const nothing: Summary = { entries: [], maxDifference: 0, maxUlps: 0, bound: 0, boundUsed: Number.NaN, ok: false };

/** The values in 32 digits, if all operations are known to so many. */
function preciseOrNull<I>(side: (inputs: I) => Tensors, inputs: I): Precise[] | null {
  try {
    return preciseValue(side)(inputs);
  } catch (error) {
    if (error instanceof TensorError) return null;
    throw error;
  }
}

/** Which side is nearer to the truth where they differ most. */
function nearerOf({ entries, maxDifference }: Summary, truth: Precise | undefined): DerivationRow["nearer"] {
  if (maxDifference === 0) return "equal";
  const place = entries.findIndex(({ difference }) => difference === maxDifference);
  if (place < 0 || truth === undefined) return "unknown";
  const exact = [truth.value.toTypedArray()[place]!, truth.rest.toTypedArray()[place]!] as const;
  const off = (value: number): number => Math.abs(minus([value, 0], exact)[0]);
  const [derived, autograd] = [off(entries[place]!.left), off(entries[place]!.right)];
  return derived < autograd ? "derived" : autograd < derived ? "autograd" : derived === autograd ? "equal" : "unknown";
}

function print({ ok, rows, firstWrong, proof, gradient }: Omit<DerivationReport, "toString">): string {
  const head = ["quantity", "entries", "proof", "largest difference", "ulps", "bound used", "nearer", ""];
  const cells = rows.map((row) => [
    row.quantity,
    String(row.entries.length),
    row.verdict,
    brief(row.maxDifference),
    brief(row.maxUlps),
    brief(row.boundUsed),
    row.nearer,
    row.ok ? "ok" : "WRONG",
  ]);
  const worst = firstWrong?.entries.reduce<Entry | null>(
    (best, entry) => (best === null || entry.difference / entry.bound > best.difference / best.bound ? entry : best),
    null,
  );
  const first =
    firstWrong &&
    `first wrong: ${firstWrong.quantity}${worst ? `${formatIndex(worst.index)} is ${worst.left} by hand, ${worst.right} by autograd` : ""}`;
  const autograd = gradient.ok ? "autograd: adjoint, Taylor and differences agree" : `autograd: ${gradient}`;
  return [
    ok ? "ok" : "not ok",
    columns([head, ...cells]),
    ...(first ? [first] : []),
    ...proofNotes(proof),
    autograd,
  ].join("\n");
}
