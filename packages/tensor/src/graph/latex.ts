/** @file A graph as formulas: replayed in symbols, each named result an equation in what was named before it. */
import { zeros } from "../core/create.ts";
import { TensorError } from "../core/errors.ts";
import type { Primitive } from "../core/primitive.ts";
import type { Shape } from "../core/shape.ts";
import { type Tensor, valuesOf } from "../core/tensor.ts";
import type { Graph } from "./graph.ts";
import { calls } from "./notation.ts";
import { type Algebra, record, replay } from "./record.ts";
import { atomOf, type Expr, keyOf, number, numberOf, ofAtom, reshaped, symbolsOf, type Term } from "./symbols.ts";

export interface LatexNames {
  /** The inputs in LaTeX, in order; x_0, x_1, … unless told. */
  readonly inputs?: readonly string[];
  /** The results, in order: a symbol in LaTeX, or one that stands for so many times the result; y_0, y_1, … unless told. */
  readonly outputs?: readonly (string | { readonly symbol: string; readonly times: number })[];
  /** How certain numbers are written: 1/7 as \frac{1}{m}. */
  readonly numbers?: ReadonlyMap<number, string>;
  /** The letters of the axes that are summed over; i_0, i_1, … unless told. */
  readonly axes?: readonly string[];
}

/** symbol = expression. */
export interface LatexEquation {
  readonly symbol: string;
  readonly expression: string;
}

/**
 * The results of a graph as equations in LaTeX, in the order of computation. What has been named (an input, an earlier
 * result) is written by its name wherever it comes up again, as a factor of a product too.
 *
 * A · B of matrices is written A \, B, the product of elements A \odot B, a part A_{\cdot, 1:}; stretching is implicit.
 * Simplified: numbers and like terms are collected, transposed products turned, parts that fill a whole set side by
 * side. An operation without notation of its own is written by its `formula`, or as a function by its name.
 * Throws: TensorError unless there is one name for each input and each result.
 *
 * @example
 * const graph = record((x: Tensor, w: Tensor) => grad((v: Tensor) => sum(sigmoid(matmul(x, v))))(w))(zeros([4, 3]), zeros([3, 2]));
 * const [equation] = toLatex(graph, { inputs: ["x", "w"], outputs: ["\\bar{w}"] });
 * equation.expression;   // => "x^{\\mathsf{T}} \\, \\left(\\sigma\\left(x \\, w\\right) \\odot \\left(1 - \\sigma\\left(x \\, w\\right)\\right)\\right)"
 */
export function toLatex(graph: Graph, names: LatexNames = {}): LatexEquation[] {
  const inputs = names.inputs ?? graph.inputs.map((_, i) => `x_{${i}}`);
  const outputs = names.outputs ?? graph.outputs.map((_, i) => `y_{${i}}`);
  for (const [what, given, needed] of [
    ["input", inputs.length, graph.inputs.length],
    ["result", outputs.length, graph.outputs.length],
  ] as const)
    if (given !== needed)
      throw new TensorError("toLatex", `${given} names for ${needed} ${what}s`, `give one for each ${what}`);

  const notation = { numbers: names.numbers ?? new Map(), axes: names.axes ?? [] };
  const symbols = symbolsOf(notation);
  const known: Known[] = [];
  const equations: LatexEquation[] = [];
  const algebra = symbolic(symbols, (expr) => known.reduce(fold, expr));

  const values: Expr[] = [];
  graph.nodes.forEach((node) => {
    let value: Expr;
    if (node.kind === "input") value = ofAtom(named(inputs[graph.inputs.indexOf(node.id)]!), node.spec.shape);
    else if (node.kind === "constant") value = algebra.constant(node.value);
    else {
      const operands = node.inputs.map((id) => values[id]!);
      value = algebra.operation(node.op, operands, node.params, node.spec);
    }
    outputs.forEach((output, i) => {
      if (graph.outputs[i] !== node.id) return;
      const { symbol, times } = typeof output === "string" ? { symbol: output, times: 1 } : output;
      const expr = symbols.times(number(times, []), value, value.shape);
      equations.push({ symbol, expression: symbols.print(expr) });
      if (numberOf(expr) !== null || atomOf(expr)?.form === "name") return;
      known.push({ expr, symbol });
      value = ofAtom(named(symbol), value.shape, 1 / times);
    });
    values.push(value);
  });
  return equations;
}

const named = (text: string) => ({ text, form: "name" }) as const;

/** An expression that has a name. */
interface Known {
  readonly expr: Expr;
  readonly symbol: string;
}

/** The expression with what is known in it written by its name. */
function fold(expr: Expr, { expr: pattern, symbol }: Known): Expr {
  const [first, ...others] = pattern.terms;
  if (others.length === 0)
    return { shape: expr.shape, terms: expr.terms.map((term) => foldTerm(term, first!, symbol)) };
  if (expr.terms.length !== pattern.terms.length) return expr;
  const ratio = expr.terms[0]!.coefficient / first!.coefficient;
  const same = pattern.terms.every((term) =>
    expr.terms.some((own) => keyOf(own) === keyOf(term) && own.coefficient === term.coefficient * ratio),
  );
  return same ? ofAtom(named(symbol), expr.shape, ratio) : expr;
}

function foldTerm(term: Term, pattern: Term, symbol: string): Term {
  const rest = [...term.factors];
  for (const { atom, power } of pattern.factors) {
    const at = rest.findIndex((own) => own.atom.text === atom.text && own.power >= power && power > 0);
    if (at < 0) return term;
    if (rest[at]!.power === power) rest.splice(at, 1);
    else rest[at] = { atom, power: rest[at]!.power - power };
  }
  const factors = [...rest, { atom: named(symbol), power: 1 }];
  return { coefficient: term.coefficient / pattern.coefficient, factors };
}

/** The arithmetic of symbols. */
function symbolic(symbols: ReturnType<typeof symbolsOf>, folded: (expr: Expr) => Expr): Algebra<Expr> {
  const constants = new Map<Tensor, string>();
  const algebra: Algebra<Expr> = {
    constant(value) {
      const [first, ...others] = new Set(valuesOf("toLatex", value));
      if (first !== undefined && others.length === 0) return number(Number(first), value.shape);
      // Each its own name: different constants must not cancel.
      if (!constants.has(value)) constants.set(value, value.label ?? `c_{${constants.size}}`);
      return ofAtom(named(constants.get(value)!), value.shape);
    },
    operation(op, inputs, params, { shape }) {
      const rule = rules[op.name] ?? rules[op.scalar ?? ""];
      const value = rule?.(symbols, inputs, shape, params) ?? byCall(op, inputs, shape, params);
      return folded(value);
    },
  };

  function byCall<P>(op: Primitive<P>, inputs: readonly Expr[], shape: Shape, params: P): Expr {
    const call = calls[op.name] ?? calls[op.scalar ?? ""];
    const texts = inputs.map((input) => symbols.print(input));
    if (call !== undefined) return ofAtom({ text: call(...texts), form: "closed" }, shape);
    if (op.formula !== undefined) {
      const floats = inputs.map((input) => zeros(input.shape) as Tensor);
      const graph = record((...xs: Tensor[]) => op.formula!(xs, params))(...floats);
      return replay(graph, inputs, algebra)[0]!;
    }
    return ofAtom({ text: `\\operatorname{${op.name}}\\left(${texts.join(", ")}\\right)`, form: "closed" }, shape);
  }
  return algebra;
}

type Rule = (
  symbols: ReturnType<typeof symbolsOf>,
  inputs: readonly Expr[],
  shape: Shape,
  params: unknown,
) => Expr | null;

const same: Rule = (_symbols, [x], shape) => reshaped(x!, shape);

/** The axes that are longer than 1. */
const long = (shape: Shape): string => shape.filter((extent) => extent !== 1).join();

interface Part {
  readonly start: readonly number[];
  readonly step: readonly number[];
  readonly extent: readonly number[];
}

/** Along each axis: all, one place, or from … to. */
function rangesOf({ start, step, extent }: Part, shape: Shape): string[] {
  return shape.map((whole, axis) => {
    const [first, by, count] = [start[axis]!, step[axis]!, extent[axis]!];
    if (count === whole && by === 1) return "\\cdot";
    if (count === 1) return String(first);
    const stop = first + count * by;
    return `${first === 0 ? "" : first}:${stop >= whole ? "" : stop}${by === 1 ? "" : `:${by}`}`;
  });
}

/**
 * What is simplified, by name: presentation. What stands here under no name is written as a function, so that an
 * operation nobody thought of is never written as another.
 */
const rules: Readonly<Record<string, Rule>> = {
  add: (s, [a, b], shape) => s.plus(a!, b!, shape),
  sub: (s, [a, b], shape) => s.minus(a!, b!, shape),
  neg: (s, [a], shape) => s.times(number(-1, shape), a!, shape),
  mul: (s, [a, b], shape) => s.times(a!, b!, shape),
  div: (s, [a, b], shape) => s.over(a!, b!, shape),
  square: (s, [a], shape) => s.times(a!, a!, shape),
  pow: (s, [a, p], shape) => {
    const exponent = numberOf(p!);
    return exponent !== null && Number.isInteger(exponent) && exponent > 0 ? s.power(a!, exponent, shape) : null;
  },
  cast: same,
  stopGradient: same,
  broadcastTo: same,
  reshape: (_s, [x], shape) => (long(shape) === long(x!.shape) ? reshaped(x!, shape) : null),
  matmul: (s, [a, b], shape) => (shape.length === 2 ? s.matmul(a!, b!, shape) : null),
  sum: (s, [x], shape, params) => s.sum(x!, (params as { axes: readonly number[] }).axes, shape),
  permute: (s, [x], shape, params) => {
    const { order } = params as { order: readonly number[] };
    if (order.every((axis, place) => axis === place)) return x!;
    return order.length === 2 ? s.transpose(x!, shape) : null;
  },
  concat: (s, inputs, shape, params) => s.blocks(inputs, (params as { axis: number }).axis, shape),
  slice: (s, [x], shape, params) => {
    if (numberOf(x!) !== null) return reshaped(x!, shape);
    const ranges = rangesOf(params as Part, x!.shape);
    if (ranges.every((range) => range === "\\cdot")) return x!;
    const atom = atomOf(x!);
    const name = atom?.form === "name" && x!.terms[0]!.coefficient === 1 ? atom.text : `\\left(${s.print(x!)}\\right)`;
    return ofAtom({ text: `${name}_{${ranges.join(",")}}`, form: "name" }, shape);
  },
  embed: (s, [x], whole, params) => {
    const { start, step, extent, fill } = params as Part & { fill: number };
    const partial = whole.flatMap((size, axis) => (extent[axis] === size ? [] : [axis]));
    if (fill !== 0 || partial.length !== 1 || step.some((by) => by !== 1)) return null;
    return s.embed(reshaped(x!, extent), partial[0]!, start[partial[0]!]!, whole);
  },
};
