/** @file Stretching axes and summing them: each is the other's transpose. And the bringing of operands to one form. */
import { checkTensor, noTensor } from "../core/checks.ts";
import { repeated } from "../core/create.ts";
import { checkDType, type DType, floating, isFloat, promote, promoteScalar } from "../core/dtype.ts";
import { mapElements, type ResultType } from "../core/elementwise.ts";
import { show, TensorError } from "../core/errors.ts";
import { constant, linear, looking } from "../core/kinds.ts";
import * as loops from "../core/loops.ts";
import { apply, unchanged } from "../core/primitive.ts";
import { reduceAxes, summing } from "../core/reduce.ts";
import { broadcastShapes, checkShape, reduceShape, type Shape, sameShape, upTo } from "../core/shape.ts";
import type { Known, Operand } from "../core/shape-types.ts";
import { Tensor } from "../core/tensor.ts";
import { reduceRuns } from "../wasm/reduce/kernel.ts";
import { batchOver, countOf, keep, type Over, type Reduction, reduction } from "./axes.ts";
import { reshape, reshaped } from "./shape.ts";

/** For `broadcastTo`: x is stretched to `shape`. */
interface Stretch {
  readonly shape: Shape;
  /** How many leading axes stay where they are: the new ones come after them. */
  readonly batches: number;
}

/** The axis of x [a, c] that each axis of the result [a, b, c] shows; −1 for a new one. */
const sourceAxes = (rank: number, { shape, batches }: Stretch): number[] => {
  const added = shape.length - rank;
  return shape.map((_, axis) => (axis < batches ? axis : axis < batches + added ? -1 : axis - added));
};

const broadcastOp = looking<Stretch>(
  {
    name: "broadcastTo",
    shape: ([x], { shape }) => ({ shape, dtype: x!.dtype }),
    view: (x, _result, stretch) => ({
      strides: sourceAxes(x.rank, stretch).map((axis) => (axis < 0 || x.shape[axis] === 1 ? 0 : x.strides[axis]!)),
      offset: x.offset,
    }),
    batch: ({ shape, batches }, size) => ({ shape: [size, ...shape], batches: batches + 1 }),
  },
  (ct, x, stretch) => {
    const from = sourceAxes(x.rank, stretch);
    const axes = upTo(ct.rank).filter((axis) => from[axis]! < 0 || x.shape[from[axis]!] !== ct.shape[axis]);
    return reshaped(apply(sumOp, [ct], { axes }), x.shape);
  },
);

/**
 * x stretched to `shape`: axes are aligned at the last, those of extent 1 repeat. A view; nothing is copied.
 *
 * Derivative: the cotangent summed over what was stretched.
 * Throws: TensorError when an axis has neither extent 1 nor the one asked for.
 *
 * @example
 * broadcastTo(tensor([1, 2]), [2, 2]).toArray();   // => [[1, 2], [1, 2]]
 */
export function broadcastTo<const T extends Shape>(x: Tensor, shape: T): Tensor<Known<T>> {
  checkTensor("broadcastTo", x);
  checkShape("broadcastTo", shape);
  if (!sameShape(broadcastShapes("broadcastTo", x.shape, shape), shape))
    throw new TensorError(
      "broadcastTo",
      `[${x.shape.join(", ")}] does not stretch to [${shape.join(", ")}]`,
      "only axes of extent 1 stretch",
      [x, { shape }],
    );
  return stretched(x, [...shape]);
}

/** `broadcastTo` where the shape is known to fit: for rules. */
const stretched = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : apply(broadcastOp, [x], { shape, batches: 0 });

const sumOp = linear<Over>(
  {
    name: "sum",
    shape: ([x], { axes }) => ({
      shape: reduceShape(x!.shape, axes, false),
      dtype: x!.dtype === "bool" ? "int32" : x!.dtype,
    }),
    run: ([x], result, { axes }) => reduceAxes("sum", x!, axes, result, summing(result.dtype)),
    batch: batchOver,
    rounding: ([x], { axes }) => Math.max(0, countOf(x!, axes) - 1),
  },
  (ct, x, { axes }) => stretched(keep(ct, x, axes), x.shape),
);

/** The sum with its kernel. The rules need none of that: the smallest programs that differentiate leave it out. */
const fastSumOp: typeof sumOp = {
  ...sumOp,
  kernel: ([x], result, { axes }) => reduceRuns("sum", x!, axes, result),
};

/**
 * The sum over an axis, several, or all; an empty sum is 0. bool counts in int32; int32 wraps modulo 2³².
 *
 * Shapes: x [a, b, c], axis 1 → [a, c], or [a, 1, c] with keepDims.
 * Derivative: the cotangent, repeated.
 * Rounding: pairwise (NumPy's order), an error of about log₂(n)·u·Σ|x|; the order is part of the contract.
 *
 * @example
 * sum(tensor([[1, 2], [3, 4]])).item();          // => 10
 * sum(tensor([[1, 2], [3, 4]]), 0).toArray();    // => [4, 6]
 * sum(zeros([0, 2]), 0).toArray();               // => [0, 0]
 */
export const sum: Reduction = reduction("sum", (x, axes) => apply(fastSumOp, [x], { axes }));

/** x summed to `shape`, from which it was or could have been broadcast: the transpose of broadcastTo. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  checkTensor("sumTo", x);
  checkShape("sumTo", shape);
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcastShapes("sumTo", shape, x.shape), x.shape))
    throw new TensorError(
      "sumTo",
      `${show(x)} is not what [${shape.join(", ")}] broadcasts to`,
      "give a shape with extents equal or 1, counted from the last axis",
      [x, { shape }],
    );
  const missing = x.rank - shape.length;
  const axes = upTo(x.rank).filter((axis) => axis < missing || shape[axis - missing] !== x.shape[axis]);
  return reshape(apply(sumOp, [x], { axes }), shape);
}

const truth = (value: number): number => (value === 0 ? 0 : 1);

const castOp = linear<{ readonly dtype: DType }>(
  {
    name: "cast",
    shape: ([x], { dtype }) => ({ shape: x!.shape, dtype }),
    run: ([x], result) => mapElements("cast", result.dtype === "bool" ? truth : loops.store, [x!], result),
    batch: unchanged,
    rounding: ([x], { dtype }) => (dtype === "float32" && x!.dtype === "float64" ? 1 : 0),
  },
  (ct, x) => converted(ct, x.dtype),
);

/** To whole numbers there is no derivative: what went in is not seen any more. */
const truncateOp = constant(castOp);

/** From what holds less to what holds more, the order stays. */
const widenOp: typeof castOp = { ...truncateOp, increasing: true };

/**
 * x in another dtype. To int32, fractions are cut off and the rest wraps (NaN and ±∞ give 0); to bool, all but 0 is true.
 *
 * Derivative: the cotangent in the old dtype, between float types; none to or from int32 and bool.
 *
 * @example
 * cast(tensor([1.7, -1.7]), "int32").toArray();   // => [1, -1]
 */
export function cast<S extends Shape>(x: Tensor<S>, dtype: DType): Tensor<S> {
  checkTensor("cast", x);
  checkDType("cast", dtype);
  return converted(x, dtype);
}

/** `cast` to what is known to be a dtype: for rules. */
function converted(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  if (isFloat(dtype) && isFloat(x.dtype)) return apply(castOp, [x], { dtype });
  return apply(x.dtype === "bool" || isFloat(dtype) ? widenOp : truncateOp, [x], { dtype });
}

/** x as it is if it has fractions, else in float64. */
export const toFloat = (x: Tensor): Tensor => cast(x, floating(x.dtype));

/**
 * Tensors stretched to the one shape that all broadcast to; each keeps its dtype. Views; nothing is copied.
 *
 * Derivative: to each its cotangent, summed over what was stretched.
 * Throws: TensorError when shapes do not broadcast.
 *
 * @example
 * broadcastTensors([zeros([3, 1]), zeros([2])]).map((x) => x.shape);   // => [[3, 2], [3, 2]]
 */
export function broadcastTensors(tensors: readonly Tensor[]): Tensor[] {
  if (!Array.isArray(tensors as unknown))
    throw new TensorError("broadcastTensors", "the tensors are not in a list", "write broadcastTensors([a, b])");
  for (const x of tensors) checkTensor("broadcastTensors", x);
  const shape = tensors.map((x): Shape => x.shape).reduce((a, b) => broadcastShapes("broadcastTensors", a, b), []);
  return tensors.map((x) => stretched(x, shape));
}

/** Brings operands to one shape and dtype; plain numbers take the tensors' dtype where it can hold them. */
export function align(op: string, operands: readonly Operand[], result: ResultType): Tensor[] {
  let first: Tensor | null = null;
  let dtype: DType = "bool";
  let shape: Shape = [];
  for (const operand of operands) {
    if (operand instanceof Tensor) {
      dtype = first === null ? operand.dtype : promote(dtype, operand.dtype);
      shape = first === null ? operand.shape : broadcastShapes(op, shape, operand.shape);
      first ??= operand;
    } else if (typeof operand === "number") {
      if (first === null) dtype = "float64";
    } else if (typeof operand !== "boolean") throw noTensor(op, operand, "a tensor or a number");
  }
  for (const operand of operands) if (!(operand instanceof Tensor)) dtype = promoteScalar(dtype, operand);
  if (result === "float") dtype = floating(dtype);
  return operands.map((operand) =>
    operand instanceof Tensor ? stretched(converted(operand, dtype), shape) : repeated(shape, operand, dtype),
  );
}
