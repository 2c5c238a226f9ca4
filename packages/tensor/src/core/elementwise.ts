/** @file Element-by-element operations: one scalar function, applied to tensors of one shape and dtype. */
import { allocate, type DType, floating, isFloat, type Storage } from "./dtype.ts";
import { show, TensorError } from "./errors.ts";
import { type Primitive, type Scalar, type Scalar1, type Scalar2, unchanged } from "./primitive.ts";
import { sameShape } from "./shape.ts";
import { type Spec, type Tensor, valuesOf } from "./tensor.ts";
import { rows } from "./walk.ts";

/** The dtype of the result: the inputs', the float that holds them, or bool. */
export type ResultType = "same" | "float" | "bool";

/** Applies `f` to each element of the inputs; strided inputs are read where they lie. */
export function mapElements(op: string, f: Scalar, inputs: readonly Tensor[], result: Spec): Storage {
  const { inner, steps, visit } = rows(result.shape, inputs);
  const [a, b, c] = inputs.map((input) => valuesOf(op, input)) as [Storage, Storage, Storage];
  const [da, db, dc] = steps as [number, number, number];
  const size = inputs[0]!.size;
  const out = allocate(result.dtype, size, op);
  if (inputs.length === 1) {
    const g = f as Scalar1;
    visit((position, [i]) => {
      for (let n = 0, p = i!; n < inner; n++, p += da) out[position + n] = g(a[p]!);
    });
  } else if (inputs.length === 2) {
    const g = f as Scalar2;
    visit((position, [i, j]) => {
      for (let n = 0, p = i!, q = j!; n < inner; n++, p += da, q += db) out[position + n] = g(a[p]!, b[q]!);
    });
  } else {
    visit((position, [i, j, k]) => {
      for (let n = 0, p = i!, q = j!, r = k!; n < inner; n++, p += da, q += db, r += dc)
        out[position + n] = f(a[p]!, b[q]!, c[r]!);
    });
  }
  return out;
}

/** Throws unless the inputs of an elementwise operation have been brought to one shape and dtype. */
export function checkAlike(op: string, [first, ...others]: readonly Spec[]): void {
  for (const other of others) {
    if (!sameShape(first!.shape, other.shape) || first!.dtype !== other.dtype) {
      throw new TensorError(
        op,
        `${show(first!)} ${first!.dtype} beside ${show(other)} ${other.dtype}`,
        "broadcast and cast to one shape and dtype first",
        [first!, other],
      );
    }
  }
}

export interface ElementwiseOptions {
  readonly result?: ResultType;
  /** The function for floats where it is not `f`; null: floats are refused. */
  readonly float?: Scalar | null;
  /** The function for int32, where floating-point arithmetic would lose bits; null: integers are refused. */
  readonly integer?: Scalar | null;
  readonly bool?: Scalar | null;
}

/** The values of an operation by the function of its elements. Bool results are 0 or 1, whatever that returns. */
// @__NO_SIDE_EFFECTS__
export const byElement = <P>(
  op: string,
  element: NonNullable<Primitive<P>["element"]>,
): Required<Pick<Primitive<P>, "run" | "element" | "batch">> => ({
  element,
  run(inputs, result, params) {
    const f = element(inputs[0]!.dtype, params) as (...xs: number[]) => number;
    return mapElements(op, result.dtype === "bool" ? (x, y, z) => (f(x, y, z) ? 1 : 0) : f, inputs, result);
  },
  batch: unchanged,
});

type Elementwise<P> = Pick<Primitive<P>, "name" | "kind" | "shape" | "run" | "element" | "batch">;

/** Shape and values of an elementwise operation. */
// @__NO_SIDE_EFFECTS__
export const elementwise = (name: string, f: Scalar, options: ElementwiseOptions = {}): Elementwise<null> =>
  elementwiseWith(name, () => f, options);

/** The same for an operation with parameters, which make the function. */
// @__NO_SIDE_EFFECTS__
export function elementwiseWith<P>(
  name: string,
  f: (params: P) => Scalar,
  { result = "same", ...functions }: ElementwiseOptions = {},
): Elementwise<P> {
  const own = (dtype: DType): Scalar | null | undefined =>
    functions[dtype === "int32" ? "integer" : dtype === "bool" ? "bool" : "float"];
  return {
    name,
    kind: "pointwise",
    shape(inputs) {
      checkAlike(name, inputs);
      const { shape, dtype } = inputs[0]!;
      if (own(dtype) === null)
        throw new TensorError(name, `is not defined for ${dtype}`, `cast to another dtype first`, inputs);
      if (result === "float" && !isFloat(dtype))
        throw new TensorError(name, `${dtype} has no fractions`, `cast to ${floating(dtype)} first`, inputs);
      return { shape, dtype: result === "bool" ? "bool" : dtype };
    },
    ...byElement<P>(name, (dtype, params) => own(dtype) ?? f(params)),
  };
}
