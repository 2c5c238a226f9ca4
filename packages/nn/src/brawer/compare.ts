/** @file The court: each equation beside autograd, entry by entry, judged by the rounding bound of both sides. */
import { add, type Tensor, TensorError, tensor } from "@deltagrad/tensor";
import { roundingBound, ulps } from "@deltagrad/tensor/check";
import { type Equations, type Indexed, equations as textEquations, type Values, valuesOf } from "./equations.ts";
import { checkNetwork, type Network } from "./network.ts";
import { type ClosedForm, closedForm, vectorized as textVectorized, type VectorizedEquations } from "./vectorized.ts";
import { type Witness, witness } from "./witness.ts";

/** One number by both ways. */
export interface Entry {
  /** Where it stands in its quantity, counted from 0. */
  readonly index: readonly number[];
  readonly closedForm: number;
  readonly autograd: number;
  readonly difference: number;
  readonly ulps: number;
  /** How far apart rounding alone can have taken the two. */
  readonly bound: number;
  readonly ok: boolean;
}

/** One equation on one layer. */
export interface Row {
  readonly eq: string;
  /** The layer l that the quantity belongs to. */
  readonly layer: number;
  readonly quantity: string;
  readonly entries: readonly Entry[];
  readonly maxDifference: number;
  readonly maxUlps: number;
  /** The largest bound of an entry. */
  readonly bound: number;
  /** The largest part of its bound that a difference takes up; more than 1 breaks it. */
  readonly boundUsed: number;
  readonly ok: boolean;
}

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
 * J from probabilities has a row only while it is finite: beyond z ≈ 37 they round to 1 (see crossEntropy).
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
  const both = (a: Tensor, b: Tensor): Tensor => add(a, b);

  const v = valuesOf(network, x, y);
  const { L, S, m } = v;
  const layers = (first: number, last: number): number[] =>
    Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  const delta = recursion(v, forms, L);
  const closed = closedForm(network, x, y, vectorForms);
  const samples = (nodes: number, f: (i: number, p: number) => number): number[][] =>
    Array.from({ length: m }, (_, i) => Array.from({ length: nodes }, (_, p) => f(i + 1, p + 1)));

  const rows = [
    ...layers(2, L).map((l) =>
      judge(
        "5",
        l,
        "z",
        tensor(samples(S(l), (i, j) => forms.eq5(v, l, i, j))),
        auto.z[l - 1]!,
        both(closedBound.z[l - 1]!, autoBound.z[l - 1]!),
      ),
    ),
    ...(Number.isFinite(auto.J.item())
      ? [judge("18", L, "J, from probabilities", tensor(forms.eq18(v)), auto.J, both(closedBound.J, autoBound.J))]
      : []),
    judge(
      "18",
      L,
      "J, from logits",
      tensor(forms.eq18(v)),
      auto.JFromLogits,
      both(closedBound.J, autoBound.JFromLogits),
    ),
    judge(
      "42",
      L,
      "δ",
      tensor(samples(S(L), (i, p) => delta(L, i, p))),
      auto.delta[L - 2]!,
      both(closedBound.delta[L - 2]!, autoBound.delta[L - 2]!),
    ),
    ...layers(2, L - 1).map((l) =>
      judge(
        "43",
        l,
        "δ",
        tensor(samples(S(l), (i, p) => delta(l, i, p))),
        auto.delta[l - 2]!,
        both(closedBound.delta[l - 2]!, autoBound.delta[l - 2]!),
      ),
    ),
    ...layers(1, L - 1).map((l) => {
      const values = Array.from({ length: S(l + 1) }, (_, p) =>
        Array.from({ length: S(l) + 1 }, (_, q) => forms.eq44(v, delta, l, p + 1, q)),
      );
      return judge(
        "44",
        l,
        "∂J/∂θ",
        tensor(values),
        auto.gradient[l - 1]!,
        both(closedBound.gradient[l - 1]!, autoBound.gradient[l - 1]!),
      );
    }),
    judge(
      "45",
      1,
      "h C = x",
      tensor(samples(S(1) + 1, (i, q) => forms.eq45(v, i, q - 1))),
      auto.inputs,
      autoBound.inputs,
    ),
    ...layers(1, L - 1).map((l) => {
      const values = Array.from({ length: S(l + 1) }, (_, p) => forms.eq46(v, delta, l, p + 1));
      return judge(
        "46",
        l,
        "∂J/∂θ, bias",
        tensor(values),
        auto.biasGradient[l - 1]!,
        both(closedBound.biasGradient[l - 1]!, autoBound.biasGradient[l - 1]!),
      );
    }),
    ...layers(2, L - 1).map((l) =>
      judge(
        "47",
        l,
        "θᵀδ",
        tensor(samples(S(l), (i, p) => forms.eq47(v, delta, l, i, p))),
        auto.thetaDelta[l - 2]!,
        both(closedBound.thetaDelta[l - 2]!, autoBound.thetaDelta[l - 2]!),
      ),
    ),
    ...layers(2, L - 1).map((l) =>
      judge(
        "48",
        l,
        "δ, vectorized",
        closed.delta[l - 2]!,
        auto.delta[l - 2]!,
        both(closedBound.delta[l - 2]!, autoBound.delta[l - 2]!),
      ),
    ),
    ...layers(1, L - 1).map((l) =>
      judge(
        "48",
        l,
        "∂J/∂θ, vectorized",
        closed.gradient[l - 1]!,
        auto.gradient[l - 1]!,
        both(closedBound.gradient[l - 1]!, autoBound.gradient[l - 1]!),
      ),
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

/** δ by eq 42 on layer L and eq 43 below it, each computed once. */
function recursion(v: Values, { eq42, eq43 }: Equations, L: number): Indexed {
  const known = new Map<number, number[][]>();
  const delta: Indexed = (l, i, p) => known.get(l)![i - 1]![p - 1]!;
  for (let l = L; l >= 2; l--) {
    const layer = l;
    known.set(
      layer,
      Array.from({ length: v.m }, (_, i) =>
        Array.from({ length: v.S(layer) }, (_, p) =>
          layer === L ? eq42(v, i + 1, p + 1) : eq43(v, delta, layer, i + 1, p + 1),
        ),
      ),
    );
  }
  return delta;
}

function judge(eq: string, layer: number, quantity: string, closed: Tensor, auto: Tensor, bounds: Tensor): Row {
  const [a, b, limit] = [closed.toTypedArray(), auto.toTypedArray(), bounds.toTypedArray()];
  const entries = Array.from(a, (value, place): Entry => {
    const other = b[place]!;
    const difference = value === other ? 0 : Math.abs(value - other);
    const bound = limit[place]!;
    return {
      index: indexOf(place, auto.shape),
      closedForm: value,
      autograd: other,
      difference,
      ulps: ulps(value, other),
      bound,
      ok: difference <= bound,
    };
  });
  const largest = (f: (entry: Entry) => number): number =>
    entries.reduce((best, entry) => (f(entry) > best || Number.isNaN(f(entry)) ? f(entry) : best), 0);
  return {
    eq,
    layer,
    quantity,
    entries,
    maxDifference: largest((entry) => entry.difference),
    maxUlps: largest((entry) => entry.ulps),
    bound: largest((entry) => entry.bound),
    boundUsed: largest(({ difference, bound }) => (difference === 0 ? 0 : difference / bound)),
    ok: a.length === b.length && entries.every((entry) => entry.ok),
  };
}

function indexOf(place: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = place;
  for (const extent of [...shape].reverse()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
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
