/** @file Element-by-element operations: one scalar function, applied to tensors of one shape and dtype. */
import { allocate, type DType, floating, isFloat, type Storage } from "./dtype.ts";
import { show, TensorError } from "./errors.ts";
import { type Primitive, unchanged } from "./primitive.ts";
import { sameShape } from "./shape.ts";
import { type Spec, type Tensor, valuesOf } from "./tensor.ts";
import { rows } from "./walk.ts";

export type Scalar1 = (x: number) => number;
type Scalar2 = (x: number, y: number) => number;
type Scalar = Scalar1 | Scalar2 | ((x: number, y: number, z: number) => number);

/** The dtype of the result: the inputs', the float that holds them, or bool. */
export type ResultType = "same" | "float" | "bool";

/**
 * A row of a result: writes elements `at` to `end` of `out`, from each input (a, b, c) at its place (i, j, k) by its
 * step. Written out for operations that cost less than the call of a function for each element would.
 */
type Row = (
  out: Storage,
  at: number,
  end: number,
  a: Storage,
  i: number,
  da: number,
  b: Storage,
  j: number,
  db: number,
  c: Storage,
  k: number,
  dc: number,
) => void;

/** A loop of its own. */
export interface Loop {
  readonly row: Row;
}

/** How an element is computed. */
export type Body = Scalar | Loop;

/** The loop that calls `f` for each element. */
function calling(f: Scalar, count: number): Row {
  if (count === 1) {
    const g = f as Scalar1;
    return (out, at, end, a, i, da) => {
      for (; at < end; at++, i += da) out[at] = g(a[i]!);
    };
  }
  if (count === 2) {
    const g = f as Scalar2;
    return (out, at, end, a, i, da, b, j, db) => {
      for (; at < end; at++, i += da, j += db) out[at] = g(a[i]!, b[j]!);
    };
  }
  return (out, at, end, a, i, da, b, j, db, c, k, dc) => {
    for (; at < end; at++, i += da, j += db, k += dc) out[at] = f(a[i]!, b[j]!, c[k]!);
  };
}

/** Applies `body` to each element of the inputs (three at most); strided inputs are read where they lie. */
export function mapElements(op: string, body: Body, inputs: readonly Tensor[], result: Spec): Storage {
  const { inner, steps, visit } = rows(result.shape, inputs);
  const [x, y = x, z = x] = inputs as [Tensor, Tensor?, Tensor?];
  const [a, b, c] = [valuesOf(op, x), valuesOf(op, y), valuesOf(op, z)];
  const [da, db = 0, dc = 0] = steps as [number, number?, number?];
  const out = allocate(result.dtype, x.size, op);
  const row = typeof body === "function" ? calling(body, inputs.length) : body.row;
  // One row, as most often: what is small would spend as much again on the visit.
  if (inner === out.length) row(out, 0, inner, a, x.offset, da, b, y.offset, db, c, z.offset, dc);
  else visit((at, [i, j = 0, k = 0]) => row(out, at, at + inner, a, i!, da, b, j, db, c, k, dc));
  return out;
}

/** A kernel that WebAssembly brings once something has used it: on its own, `add` is to weigh nothing more. */
export const brought: { add?: NonNullable<Primitive<unknown>["kernel"]> } = {};

/** Throws unless the inputs of an elementwise operation have been brought to one shape and dtype. */
export function checkAlike(op: string, inputs: readonly Spec[]): void {
  const first = inputs[0]!;
  for (const other of inputs) {
    if (!sameShape(first.shape, other.shape) || first.dtype !== other.dtype) {
      throw new TensorError(
        op,
        `${show(first)} ${first.dtype} beside ${show(other)} ${other.dtype}`,
        "broadcast and cast to one shape and dtype first",
        [first, other],
      );
    }
  }
}

/** `result`: the dtype of the result. A dtype: what is done there in place of `f`; null: it is refused. */
export interface ElementwiseOptions extends Partial<Readonly<Record<DType, Body | null>>> {
  readonly result?: ResultType;
}

/** Whether f is true of numbers, as bools are kept. */
const truthOf =
  (f: Scalar): Scalar =>
  (x: number, y: number, z: number) =>
    (f as (...xs: number[]) => number)(x, y, z) ? 1 : 0;

type Elementwise<P> = Pick<Primitive<P>, "name" | "kind" | "shape" | "run" | "batch">;

/** Shape and values of an elementwise operation. Bool results are 0 or 1, whatever a function of numbers returns. */
// @__NO_SIDE_EFFECTS__
export const elementwise = (name: string, f: Body, options: ElementwiseOptions = {}): Elementwise<null> =>
  elementwiseWith(name, () => f, options);

/** The same for an operation with parameters, which make the function. */
// @__NO_SIDE_EFFECTS__
export function elementwiseWith<P>(
  name: string,
  f: (params: P) => Body,
  { result = "same", ...bodies }: ElementwiseOptions = {},
): Elementwise<P> {
  return {
    name,
    kind: "pointwise",
    shape(inputs) {
      checkAlike(name, inputs);
      const { shape, dtype } = inputs[0]!;
      if (bodies[dtype] === null)
        throw new TensorError(name, `is not defined for ${dtype}`, `cast to another dtype first`, inputs);
      if (result === "float" && !isFloat(dtype))
        throw new TensorError(name, `${dtype} has no fractions`, `cast to ${floating(dtype)} first`, inputs);
      return { shape, dtype: result === "bool" ? "bool" : dtype };
    },
    run(inputs, spec, params) {
      const body = bodies[inputs[0]!.dtype] ?? f(params);
      return mapElements(
        name,
        spec.dtype === "bool" && typeof body === "function" ? truthOf(body) : body,
        inputs,
        spec,
      );
    },
    batch: unchanged,
  };
}
