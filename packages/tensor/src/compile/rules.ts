/**
 * @file The rules by which a graph becomes simpler. Each holds bit for bit, for every value, ±0, ±∞ and NaN among them:
 * that x + 0 is x, for one, is not a rule, since −0 + 0 is 0.
 */
import { isFloat } from "../core/dtype.ts";
import * as loops from "../core/loops.ts";
import { apply } from "../core/primitive.ts";
import { type Layout, rowMajor, type Shape } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { isCast } from "../ops/broadcast.ts";
import { matmulOp } from "../ops/matmul.ts";
import { copy } from "./look.ts";
import type { Op, Rewriter, Rule } from "./rewriter.ts";

/** Results of more elements are computed at every call, where they need no room between calls. */
const FOLDED = 4096;

/** An operation on constants alone is done once. */
const constants: Rule = ({ op, inputs, params, spec }, graph) => {
  const values = inputs.map((id) => graph.valueOf(id));
  if (op.check !== undefined || spec.shape.reduce((a, b) => a * b, 1) > FOLDED) return null;
  if (!values.every((value) => value !== null)) return null;
  return graph.constant(apply(op, values as Tensor[], params));
};

/** A tensor without values, of which a view can be taken. */
const standIn = (graph: Rewriter, id: number, layout: Layout): Tensor => new Tensor(graph.spec(id), null, layout, null);

/** Any chain of transposes, reshapes, slices and stretches is one view of what was computed. */
const views: Rule = ({ op, inputs, params, spec }, graph) => {
  if (op.view === undefined || op.check !== undefined) return null;
  const [input] = inputs as readonly [number];
  const { base, layout } = graph.seat(input);
  const seen = op.view(standIn(graph, input, layout), spec, params);
  return seen === null ? null : graph.view(base, spec.shape, seen);
};

/** Where no strides can say it, it is a view of the elements put in a row. */
const copies: Rule = ({ op, inputs, params, spec }, graph) => {
  if (op.view === undefined || op.check !== undefined) return null;
  const [input] = inputs as readonly [number];
  const row = { strides: rowMajor(graph.spec(input).shape), offset: 0 };
  const seen = op.view(standIn(graph, input, row), spec, params);
  if (seen === null) return null;
  const { shape, dtype } = graph.spec(input);
  const copied = graph.operation({ op: copy as Op, inputs: [input], params: null, spec: { shape, dtype } });
  return graph.view(copied, spec.shape, seen);
};

/** x·1, 1·x, x/1, x − 0, x + (−0), (−0) + x, and for whole numbers x + 0: each is x. */
const neutral: Rule = ({ op, inputs, spec }, graph) => {
  const [a, b] = inputs as readonly [number, number?];
  if (b === undefined || graph.spec(a).dtype !== spec.dtype) return null;
  const [left, right] = [graph.uniform(a), graph.uniform(b)];
  const zero = (x: number | null): boolean => (isFloat(spec.dtype) ? Object.is(x, -0) : x === 0);
  switch (op.scalar) {
    case "mul":
      return right === 1 ? a : left === 1 ? b : null;
    case "div":
      // Not of a quotient in which 0 absorbs: −0/1 would be 0 there.
      return right === 1 && op.element?.(spec.dtype, null) === loops.div ? a : null;
    case "add":
      return zero(right) ? a : zero(left) ? b : null;
    case "sub":
      return Object.is(right, 0) ? a : null;
    default:
      return null;
  }
};

/** −(−x) is x. */
const twice: Rule = ({ op, inputs }, graph) => {
  const inner = op.scalar === "neg" ? graph.made(inputs[0]!) : null;
  return inner?.op.scalar === "neg" ? inner.inputs[0]! : null;
};

const WIDER: Readonly<Record<string, readonly string[]>> = {
  bool: ["int32", "float32", "float64"],
  int32: ["float64"],
  float32: ["float64"],
};

/** To a dtype that holds every value of the first, and back. */
const casts: Rule = ({ op, inputs, spec }, graph) => {
  const inner = graph.made(inputs[0]!);
  if (inner === null || !isCast(inner.op) || !isCast(op)) return null;
  const from = graph.spec(inner.inputs[0]!).dtype;
  return from === spec.dtype && WIDER[from]?.includes(inner.spec.dtype) ? inner.inputs[0]! : null;
};

/** An element that is the same all along an axis is computed once, and the result stretched. */
const stretched: Rule = ({ op, inputs, params, spec }, graph) => {
  if (op.element === undefined || spec.shape.includes(0)) return null;
  const seats = inputs.map((id) => graph.seat(id));
  const alike = spec.shape.map((n, axis) => n > 1 && seats.every(({ layout }) => layout.strides[axis] === 0));
  if (!alike.includes(true)) return null;
  const shape: Shape = spec.shape.map((extent, axis) => (alike[axis] ? 1 : extent));
  const once = seats.map(({ base, layout }) => graph.view(base, shape, layout));
  const y = graph.rewritten({ op, inputs: once, params, spec: { shape, dtype: spec.dtype } });
  const { base, layout } = graph.seat(y);
  const strides = layout.strides.map((stride, axis) => (alike[axis] ? 0 : stride));
  return graph.view(base, spec.shape, { strides, offset: layout.offset });
};

/** The right side of a product has its columns side by side, as vectors read them. */
const packed: Rule = ({ op, inputs, params, spec }, graph) => {
  if (op !== (matmulOp as unknown)) return null;
  const [a, b] = inputs as readonly [number, number];
  if (spec.shape.at(-1)! <= 1 || graph.seat(b).layout.strides.at(-1) === 1) return null;
  const { shape, dtype } = graph.spec(b);
  const side = graph.operation({ op: copy as Op, inputs: [b], params: null, spec: { shape, dtype } });
  return graph.operation({ op, inputs: [a, side], params, spec });
};

/** All rules, by name, in the order in which they are tried. */
export const rules: Readonly<Record<string, Rule>> = {
  constants,
  views,
  copies,
  neutral,
  twice,
  casts,
  stretched,
  packed,
};
