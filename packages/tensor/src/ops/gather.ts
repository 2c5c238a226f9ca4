/** @file Reading at places that are data, and adding at them: each is the other's transpose. */
import { zeros } from "../core/create.ts";
import { allocate } from "../core/dtype.ts";
import { show, TensorError } from "../core/errors.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { resolveAxis, type Shape, sizeOf } from "../core/shape.ts";
import { contiguous, type Spec, type Tensor } from "../core/tensor.ts";

interface Along {
  readonly axis: number;
}

/** Visits the elements of an index tensor with their place in it and the place they point at in `shape`. */
function eachPlace(
  op: string,
  index: Tensor,
  shape: Shape,
  axis: number,
  visit: (from: number, to: number) => void,
): void {
  const extent = shape[axis]!;
  const places = contiguous(op, index);
  const bad = places.findIndex((place) => place < 0 || place >= extent);
  if (bad >= 0)
    throw new TensorError(
      op,
      `index ${places[bad]} (element ${bad} of ${show(index)}) is out of range on axis ${axis} of extent ${extent}`,
      `use 0 to ${extent - 1}`,
      [index, { shape }],
    );
  const inner = sizeOf(shape.slice(axis + 1));
  const along = index.shape[axis]!;
  for (let from = 0; from < places.length; from++) {
    const outer = Math.floor(from / (inner * along));
    visit(from, (outer * extent + places[from]!) * inner + (from % inner));
  }
}

function checkIndex(op: string, whole: Spec, index: Spec, axis: number): void {
  if (index.dtype !== "int32")
    throw new TensorError(op, `the index ${show(index)} is ${index.dtype}`, 'indices are int32: cast(index, "int32")', [
      index,
    ]);
  const fits =
    whole.shape.length === index.shape.length &&
    whole.shape.every((extent, i) => i === axis || extent === index.shape[i]);
  if (!fits)
    throw new TensorError(
      op,
      `index ${show(index)} does not fit ${show(whole)}`,
      `all axes but ${axis} must be equal`,
      [whole, index],
    );
}

const gatherOp: Primitive<Along> = {
  name: "gather",
  kind: "linear",
  shape([x, index], { axis }) {
    checkIndex("gather", x!, index!, axis);
    return { shape: index!.shape, dtype: x!.dtype };
  },
  run([x, index], result, { axis }) {
    const out = allocate(result.dtype, sizeOf(result.shape), "gather");
    const source = contiguous("gather", x!);
    eachPlace("gather", index!, x!.shape, axis, (from, to) => {
      out[from] = source[to]!;
    });
    return out;
  },
  vjp: [
    (ct, _y, [x, index], { axis }) => apply(scatterAddOp, [zeros(x!.shape, { dtype: ct.dtype }), index!, ct], { axis }),
    null,
  ],
  jvp: [(t, _y, [, index], { axis }) => apply(gatherOp, [t, index!], { axis }), null],
  rounding: () => 0,
};

const scatterAddOp: Primitive<Along> = {
  name: "scatterAdd",
  kind: "linear",
  shape([x, index, source], { axis }) {
    checkIndex("scatterAdd", x!, index!, axis);
    if (source!.shape.join() !== index!.shape.join() || source!.dtype !== x!.dtype)
      throw new TensorError(
        "scatterAdd",
        `source ${show(source!)} ${source!.dtype} beside index ${show(index!)} and ${x!.dtype}`,
        "give a source of the index's shape and the tensor's dtype",
        [source!, index!],
      );
    if (x!.dtype === "bool")
      throw new TensorError("scatterAdd", "is not defined for bool", "cast to int32 first", [x!]);
    return { shape: x!.shape, dtype: x!.dtype };
  },
  run([x, index, source], _result, { axis }) {
    const out = contiguous("scatterAdd", x!).slice();
    const values = contiguous("scatterAdd", source!);
    eachPlace("scatterAdd", index!, x!.shape, axis, (from, to) => {
      out[to]! += values[from]!;
    });
    return out;
  },
  vjp: [(ct) => ct, null, (ct, _y, [, index], { axis }) => apply(gatherOp, [ct, index!], { axis })],
  jvp: [
    (t) => t,
    null,
    (t, y, [, index], { axis }) => apply(scatterAddOp, [zeros(y.shape, { dtype: t.dtype }), index!, t], { axis }),
  ],
  rounding: ([, index]) => sizeOf(index!.shape),
};

/**
 * The elements of x that an index tensor points at along one axis, as PyTorch's `gather`:
 * for axis 1 of a matrix, y[i][j] = x[i][index[i][j]].
 *
 * Shapes: x [a, b, c], index [a, n, c], axis 1 → [a, n, c].
 * Derivative: the cotangent added where it was read; none to the index.
 * Throws: TensorError for an index that is not int32, does not fit, or points outside.
 *
 * @example
 * gather(tensor([[1, 2], [3, 4]]), tensor([[1], [0]], { dtype: "int32" }), 1).toArray();   // => [[2], [3]]
 */
export function gather(x: Tensor, index: Tensor, axis: number): Tensor {
  return apply(gatherOp, [x, index], { axis: resolveAxis("gather", axis, x.rank) });
}

/**
 * x with the elements of `source` added where an index tensor points along one axis; repeated places add up, in order.
 *
 * Shapes: x [a, b, c], index and source [a, n, c], axis 1 → [a, b, c].
 * Derivative: the cotangent to x; what `gather` reads of it to the source; none to the index.
 * Throws: TensorError for an index that is not int32, does not fit, or points outside.
 *
 * @example
 * scatterAdd(zeros([3]), tensor([0, 2, 0], { dtype: "int32" }), tensor([1, 2, 3]), 0).toArray();   // => [4, 0, 2]
 */
export function scatterAdd(x: Tensor, index: Tensor, source: Tensor, axis: number): Tensor {
  return apply(scatterAddOp, [x, index, source], { axis: resolveAxis("scatterAdd", axis, x.rank) });
}
