/** @file The kinds of operation whose rules write themselves: views, linear and bilinear ones. */
import type { Storage } from "./dtype.ts";
import { apply, type Kind, type Primitive } from "./primitive.ts";
import type { Layout } from "./shape.ts";
import { contiguous, type Spec, Tensor } from "./tensor.ts";

type Definition<P> = Pick<Primitive<P>, "name" | "shape" | "run"> &
  Partial<Pick<Primitive<P>, "kernel" | "view" | "element" | "rounding" | "batch" | "reads" | "scalar" | "formula">>;

/** What every rounding is unless an operation says otherwise: none, values are only moved. */
export const exact = (): number => 0;

/** The same operation with a result that counts as constant: no derivative passes through it. */
// @__NO_SIDE_EFFECTS__
export function constant<P>(op: Omit<Primitive<P>, "vjp" | "jvp" | "rounding">, kind: Kind = "general"): Primitive<P> {
  return { ...op, kind, vjp: [null], jvp: [null], rounding: exact };
}

/**
 * An operation that is linear in its one input x, with coefficients ≥ 0: its own forward mode. `transpose` gives the
 * cotangent of x.
 */
// @__NO_SIDE_EFFECTS__
export function linear<P>(
  definition: Definition<P>,
  transpose: (ct: Tensor, x: Tensor, params: P) => Tensor,
): Primitive<P> {
  const op: Primitive<P> = {
    rounding: exact,
    reads: "nothing",
    ...definition,
    kind: "linear",
    vjp: [(ct, _y, [x], params) => transpose(ct, x!, params)],
    jvp: [(t, _y, _inputs, params) => apply(op, [t], params)],
  };
  return op;
}

/** An operation that is linear in each of its two inputs: `left` and `right` are the transposes, given the other. */
// @__NO_SIDE_EFFECTS__
export function bilinear<P>(
  definition: Definition<P> & Pick<Primitive<P>, "rounding">,
  left: (ct: Tensor, b: Tensor, params: P) => Tensor,
  right: (ct: Tensor, a: Tensor, params: P) => Tensor,
): Primitive<P> {
  const op: Primitive<P> = {
    reads: "inputs",
    ...definition,
    kind: "bilinear",
    vjp: [(ct, _y, [, b], params) => left(ct, b!, params), (ct, _y, [a], params) => right(ct, a!, params)],
    jvp: [(t, _y, [, b], params) => apply(op, [t, b!], params), (t, _y, [a], params) => apply(op, [a!, t], params)],
  };
  return op;
}

/** A linear operation that only looks at its input differently; where `view` gives null the elements are copied. */
// @__NO_SIDE_EFFECTS__
export function looking<P>(
  definition: Pick<Primitive<P>, "name" | "shape" | "batch"> & {
    view(input: Tensor, result: Spec, params: P): Layout | null;
  },
  transpose: (ct: Tensor, x: Tensor, params: P) => Tensor,
): Primitive<P> {
  return linear(
    { ...definition, run: (inputs, result, params) => copyThrough(definition, inputs[0]!, result, params) },
    transpose,
  );
}

function copyThrough<P>(
  { name, view }: { name: string; view(input: Tensor, result: Spec, params: P): Layout | null },
  input: Tensor,
  result: Spec,
  params: P,
): Storage {
  const layout = view(input, result, params);
  const flat = contiguous(name, layout === null ? input : new Tensor(result, input.storage, layout, null));
  return flat.buffer === input.storage?.buffer ? flat.slice() : flat;
}
