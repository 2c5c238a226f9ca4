/** @file How each operation on elements is done by vectors: a table by the loop that defines it. */
import type { DType } from "../../core/dtype.ts";
import type { Body as Definition } from "../../core/elementwise.ts";
import * as loops from "../../core/loops.ts";
import type { Graph } from "../../graph/graph.ts";
import { isCast } from "../../ops/broadcast.ts";
import type { Body } from "../../wasm/assembler/body.ts";
import type { Variable } from "../../wasm/assembler/expression.ts";
import { f32x4, f64x2, i32x4, v128 } from "../../wasm/assembler/vector.ts";
import type { Emission, Emitter, VectorForm } from "../../wasm/elementary/emitter.ts";
import { type VectorName, vectorForms } from "../../wasm/elementary/forms.ts";
import type { Op, Operation } from "../rewriter.ts";
import type { Element } from "../steps.ts";
import { cast, named, narrowed, type Value, type Vector, widened } from "./vectors.ts";

type Float = typeof f32x4 | typeof f64x2;
type Operands = readonly Variable<"v128">[];

/** The same for both float types: it is given the instructions of the type, and the operands' vectors. */
type Floats = (f: Float, body: Body, ...operands: Operands) => Vector;

const zero = (f: Float): Vector => f.const(0);

const floats: readonly (readonly [Definition, Floats])[] = [
  [loops.add, (f, _body, a, b) => f.add(a!, b!)],
  [loops.sub, (f, _body, a, b) => f.sub(a!, b!)],
  [loops.mul, (f, _body, a, b) => f.mul(a!, b!)],
  [loops.div, (f, _body, a, b) => f.div(a!, b!)],
  [loops.neg, (f, _body, a) => f.neg(a!)],
  [loops.abs, (f, _body, a) => f.abs(a!)],
  [loops.sqrt, (f, _body, a) => f.sqrt(a!)],
  [loops.square, (f, _body, a) => f.mul(a!, a!)],
  [loops.reciprocal, (f, _body, a) => f.div(f.const(1), a!)],
  [loops.maximum, (f, _body, a, b) => f.max(a!, b!)],
  [loops.minimum, (f, _body, a, b) => f.min(a!, b!)],
  [loops.relu, (f, _body, a) => v128.andnot(a!, f.lt(a!, zero(f)))],
  [loops.ratio, (f, _body, a, b) => v128.andnot(f.div(a!, b!), f.eq(a!, zero(f)))],
  // A product that is no number though one factor is 0 counts as 0; else it stays.
  [
    loops.scale,
    (f, body, a, b) => {
      const none = v128.or(f.eq(a!, zero(f)), f.eq(b!, zero(f)));
      const product = body.let(f.mul(a!, b!));
      return v128.andnot(product, v128.and(none, f.ne(product, product)));
    },
  ],
  [loops.store, (_f, _body, a) => a!],
];

/** Comparisons: what they leave are masks. */
const relations: readonly (readonly [Definition, "eq" | "ne" | "lt" | "le" | "gt" | "ge"])[] = [
  [loops.equal, "eq"],
  [loops.notEqual, "ne"],
  [loops.less, "lt"],
  [loops.lessEqual, "le"],
  [loops.greater, "gt"],
  [loops.greaterEqual, "ge"],
];

const wholes: readonly (readonly [Definition, (...operands: Operands) => Vector])[] = [
  [loops.add, (a, b) => i32x4.add(a!, b!)],
  [loops.sub, (a, b) => i32x4.sub(a!, b!)],
  [loops.neg, (a) => i32x4.neg(a!)],
  [Math.imul, (a, b) => i32x4.mul(a!, b!)],
  [loops.store, (a) => a!],
];

const find = <T>(table: readonly (readonly [Definition, T])[], definition: Definition): T | undefined =>
  table.find(([known]) => known === definition)?.[1];

/** Emits one operation on four elements. */
export type Emit = (to: Emission, inputs: readonly Value[]) => Value;

/** How an operation on elements of that dtype is done; null: only its definition can. */
export function emitterOf(op: Op, params: unknown, from: DType, to: DType): Emit | null {
  if (op.element === undefined) return null;
  const definition = op.element(from, params);
  if (isCast(op)) return castable(from, to) ? ({ body }, [x]) => cast(body, x!, to)! : null;
  if (definition === loops.where) return chosen;
  if (from === "bool") return definition === loops.store ? (_to, [x]) => x! : null;
  if (from === "int32") {
    const relation = find(relations, definition);
    if (relation !== undefined) return compared(relation);
    const emit = find(wholes, definition);
    return emit === undefined
      ? null
      : ({ body }, inputs) => named(body, to, emit(...inputs.map(({ parts }) => parts[0]!)));
  }
  const relation = find(relations, definition);
  if (relation !== undefined) return compared(relation);
  const emit = find(floats, definition);
  if (emit !== undefined)
    return inParts(from, ({ body }, ...operands) => emit(from === "float64" ? f64x2 : f32x4, body, ...operands));
  const form: VectorForm | undefined = vectorForms[op.vector as VectorName];
  const emitter = form?.[from];
  return emitter === undefined ? null : inParts(from, emitter);
}

const castable = (from: DType, to: DType): boolean => !(to === "int32" && from !== "bool" && from !== "int32");

/** On each vector by itself. */
const inParts =
  (dtype: DType, emit: Emitter): Emit =>
  (to, inputs) =>
    named(to.body, dtype, ...inputs[0]!.parts.map((_, i) => emit(to, ...inputs.map(({ parts }) => parts[i]!))));

const signed = { eq: "eq", ne: "ne", lt: "ltS", le: "leS", gt: "gtS", ge: "geS" } as const;

const compared =
  (relation: keyof typeof signed): Emit =>
  ({ body }, inputs) => {
    const [a, b] = inputs as [Value, Value];
    const [low, high] = a.parts.map((x, i): Vector => {
      if (a.dtype === "int32") return i32x4[signed[relation]](x, b.parts[i]!);
      return (a.dtype === "float64" ? f64x2 : f32x4)[relation](x, b.parts[i]!);
    });
    return named(body, "bool", high === undefined ? low! : narrowed(low!, high));
  };

const chosen: Emit = ({ body }, inputs) => {
  const [condition, a, b] = inputs as [Value, Value, Value];
  const [mask] = condition.parts as [Variable<"v128">];
  const masks = a.parts.length === 1 ? [mask] : widened(mask);
  return named(body, a.dtype, ...a.parts.map((x, i) => v128.bitselect(x, b.parts[i]!, masks[i]!)));
};

/** Whether vectors can do an operation of a graph. */
export function isVectorized({ op, params, inputs, spec }: Operation, graph: Graph): boolean {
  return emitterOf(op, params, graph.nodes[inputs[0]!]!.spec.dtype, spec.dtype) !== null;
}

/** The dtype of what an element is computed from. */
export const sourceOf = (
  { inputs: [first] }: Element,
  operands: readonly { readonly dtype: DType }[],
  elements: readonly Element[],
) => (first! >= 0 ? operands[first!]! : elements[-1 - first!]!).dtype;
