/** @file The court: each equation beside autograd, entry by entry, judged by the rounding bound of both sides. */
import { add, type Tensor, TensorError, tensor } from "@deltagrad/tensor";
import { roundingBound } from "@deltagrad/tensor/check";
import { type Equations, type Indexed, equations as textEquations, type Values, valuesOf } from "./equations.ts";
import { judge, type Row } from "./judge.ts";
import { checkNetwork, type Network } from "./network.ts";
import { type ClosedForm, closedForm, vectorized as textVectorized, type VectorizedEquations } from "./vectorized.ts";
import { type Witness, witness } from "./witness.ts";

export interface Comparison {
  readonly rows: readonly Row[];
  readonly ok: boolean;
}

export interface CompareOptions {
  /** The index forms to judge; the text's unless replaced. */
  readonly equations?: Partial<Equations>;
  /** The vectorized forms to judge; the text's unless replaced. */
  readonly vectorized?: Partial<VectorizedEquations>;
}

/**
 * Every equation 5, 18, 42–48 of the derivation for a network, evaluated as written and compared with autograd.
 *
 * An entry is ok if |closed form − autograd| ≤ the running rounding bound of the closed form + that of autograd, both
 * for any order of summation: a property of the formulas, not a tolerance that was chosen.
 *
 * J from probabilities has a row only while it and its bound are finite: beyond z ≈ 37 they round to 1 (see
 * crossEntropy).
 *
 * Shapes: x [m, S₁], y [m, S_L].
 * Throws: TensorError for θ that do not fit each other, samples that do not fit θ, no samples, values that are not
 * finite, or targets outside [0, 1] (J ≥ 0 needs that).
 * Source: Brawer (2017), eq 5, 18, 42–48.
 *
 * @example
 * const net = stack(dense(2, 3), tanh, dense(3, 1));
 * const { rows, ok } = compare(fromStack(net, net.init(rng(7))), ones([4, 2]), zeros([4, 1]));
 * ok;               // => true
 * rows[0].eq;       // => "5"
 */
export function compare(network: Network, x: Tensor, y: Tensor, options: CompareOptions = {}): Comparison {
  checkNetwork("compare", network);
  checkSamples(network, x, y);
  const forms = { ...textEquations, ...options.equations };
  const vectorForms = { ...textVectorized, ...options.vectorized };

  // The bound is that of the equations as the text has them: a mistaken equation does not get to loosen it.
  const [, closedBound] = bounded((theta) => closedForm({ ...network, theta }, x, y), network.theta);
  const [auto, autoBound] = bounded((theta) => witness({ ...network, theta }, x, y), network.theta);
  const row = (
    eq: string,
    l: number,
    quantity: string,
    closed: Tensor,
    of: (side: ClosedForm | Witness) => Tensor,
  ): Row => judge(eq, l, quantity, closed, of(auto), add(of(closedBound), of(autoBound)));

  const v = valuesOf(network, x, y);
  const { L, S, m } = v;
  const delta = recursion(v, forms, L);
  const vector = closedForm(network, x, y, vectorForms);
  const samples = (nodes: number, f: (i: number, p: number) => number): Tensor => tensor(table(m, nodes, f));
  const deltaOf = (l: number) => samples(S(l), (i, p) => delta(l, i, p));
  const gradientOf = (l: number) => tensor(table(S(l + 1), S(l) + 1, (p, q) => forms.eq44(v, delta, l, p, q - 1)));
  const biasOf = (l: number) => tensor(table(1, S(l + 1), (_, p) => forms.eq46(v, delta, l, p))[0]!);
  const J = tensor(forms.eq18(v));

  const logits = (side: ClosedForm | Witness): Tensor => ("JFromLogits" in side ? side.JFromLogits : side.J);

  const rows = [
    ...layers(2, L).map((l) =>
      row(
        "5",
        l,
        "z",
        samples(S(l), (i, j) => forms.eq5(v, l, i, j)),
        ({ z }) => z[l - 1]!,
      ),
    ),
    ...(Number.isFinite(auto.J.item()) && Number.isFinite(autoBound.J.item())
      ? [row("18", L, "J, from probabilities", J, (side) => side.J)]
      : []),
    row("18", L, "J, from logits", J, logits),
    row("42", L, "δ", deltaOf(L), (side) => side.delta[L - 2]!),
    ...layers(2, L - 1).map((l) => row("43", l, "δ", deltaOf(l), (side) => side.delta[l - 2]!)),
    ...layers(1, L - 1).map((l) => row("44", l, "∂J/∂θ", gradientOf(l), (side) => side.gradient[l - 1]!)),
    row(
      "45",
      1,
      "h C = x",
      samples(S(1) + 1, (i, q) => forms.eq45(v, i, q - 1)),
      ({ hC }) => hC[0]!,
    ),
    ...layers(1, L - 1).map((l) => row("46", l, "∂J/∂θ, bias", biasOf(l), (side) => side.biasGradient[l - 1]!)),
    ...layers(2, L - 1).map((l) =>
      row(
        "47",
        l,
        "θᵀδ",
        samples(S(l), (i, p) => forms.eq47(v, delta, l, i, p)),
        (side) => side.thetaDelta[l - 2]!,
      ),
    ),
    ...layers(2, L).map((l) => row("5", l, "z, vectorized", vector.z[l - 1]!, ({ z }) => z[l - 1]!)),
    row("18", L, "J, vectorized", vector.J, logits),
    ...layers(1, L - 1).map((l) =>
      row("46", l, "∂J/∂θ, bias, vectorized", vector.biasGradient[l - 1]!, (side) => side.biasGradient[l - 1]!),
    ),
    ...layers(2, L - 1).map((l) => row("48", l, "δ, vectorized", vector.delta[l - 2]!, (side) => side.delta[l - 2]!)),
    ...layers(1, L - 1).map((l) =>
      row("48", l, "∂J/∂θ, vectorized", vector.gradient[l - 1]!, (side) => side.gradient[l - 1]!),
    ),
  ];
  return { rows, ok: rows.every((row) => row.ok) };
}

/** The value of a program of θ and, for each number in it, how far rounding may have taken it. */
function bounded<R extends ClosedForm | Witness>(
  program: (theta: readonly Tensor[]) => R,
  theta: readonly Tensor[],
): [R, R] {
  return roundingBound(program)(theta);
}

/** Layers first … last; none where last < first. */
const layers = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);

/** f(row, column) for rows and columns that count from 1. */
const table = (rows: number, columns: number, f: (row: number, column: number) => number): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => f(i + 1, j + 1)));

/** δ by eq 42 on layer L and eq 43 below it, each computed once. */
function recursion(v: Values, { eq42, eq43 }: Equations, L: number): Indexed {
  const known = new Map<number, number[][]>();
  const delta: Indexed = (l, i, p) => known.get(l)![i - 1]![p - 1]!;
  for (const l of layers(2, L).reverse())
    known.set(
      l,
      table(v.m, v.S(l), (i, p) => (l === L ? eq42(v, i, p) : eq43(v, delta, l, i, p))),
    );
  return delta;
}

function checkSamples({ theta }: Network, x: Tensor, y: Tensor): void {
  const [inputs, outputs] = [theta[0]!.shape[1]! - 1, theta.at(-1)!.shape[0]!];
  if (x.rank !== 2 || y.rank !== 2 || x.shape[1] !== inputs || y.shape[1] !== outputs || x.shape[0] !== y.shape[0]) {
    const problem = `x [${x.shape.join(", ")}] and y [${y.shape.join(", ")}] for a network from ${inputs} to ${outputs} nodes`;
    throw new TensorError("compare", problem, `give x [m, ${inputs}] and y [m, ${outputs}]`, [x, y]);
  }
  if (x.shape[0] === 0)
    throw new TensorError("compare", "there are no samples", "J divides by their number: give at least one", [x]);
  const named: [string, Tensor][] = [
    ["x", x],
    ["y", y],
    ...theta.map((matrix, i): [string, Tensor] => [`θ${i + 1}`, matrix]),
  ];
  for (const [name, tensor] of named) {
    const bad = tensor.toTypedArray().findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new TensorError(
        "compare",
        `element ${bad} of ${name} is not finite`,
        "equality means nothing there; clean the data",
        [tensor],
      );
    if (tensor.dtype !== "float64")
      throw new TensorError("compare", `${name} is ${tensor.dtype}`, "the bounds are for float64: cast it", [tensor]);
  }
  const outside = y.toTypedArray().findIndex((value) => value < 0 || value > 1);
  if (outside >= 0)
    throw new TensorError(
      "compare",
      `element ${outside} of y is outside [0, 1]`,
      "the cost (eq 18) is of probabilities",
      [y],
    );
}
