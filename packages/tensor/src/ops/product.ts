/**
 * @file Products of many elements. Their derivatives are products of all others, in linear time and without a division:
 * what stands before a place comes from `cumprod`, what stands after it from the recurrence.
 */
import { onesLike, zerosLike } from "../core/create.ts";
import { allocate, type DType, type Storage } from "../core/dtype.ts";
import { eachLane, packed } from "../core/lanes.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { type Reducer, reduceAxes } from "../core/reduce.ts";
import { reduceShape, sizeOf } from "../core/shape.ts";
import { type Spec, type Tensor, valuesOf } from "../core/tensor.ts";
import { mul } from "./arithmetic.ts";
import { type Along, along, batchOn, keep, type On, padAlong, type Reduction, reduction, shift } from "./axes.ts";
import { sum } from "./broadcast.ts";
import { placeOf, recurrence, recurrenceTransposed, writtenOut } from "./recurrence.ts";
import { reshape } from "./shape.ts";
import { sliceAlong } from "./slice.ts";

const productType = (x: Spec): DType => (x.dtype === "bool" ? "int32" : x.dtype);

/** The product of all that stands before each place. */
const before = (products: Tensor, axis: number): Tensor => shift(products, axis, 1);

/** The products one by one. */
const written = (x: Tensor, axis: number): Tensor =>
  writtenOut(x, axis, (place, product) => {
    const factor = placeOf(x, axis, place);
    return product === null ? factor : mul(product, factor);
  });

const cumprodOp: Primitive<On> = {
  name: "cumprod",
  kind: "general",
  shape: ([x]) => ({ shape: x!.shape, dtype: productType(x!) }),
  run([x], result, { axis }) {
    const data = valuesOf("cumprod", x!);
    const out = allocate(result.dtype, sizeOf(result.shape), "cumprod");
    const layout = packed(result.shape);
    const [from, to, extent] = [x!.strides[axis]!, layout.strides[axis]!, result.shape[axis]!];
    const whole = result.dtype === "int32";
    eachLane(result.shape, axis, [x!, layout], (start, first) => {
      for (let i = 0, p = start, q = first; i < extent; i++, p += from, q += to) {
        if (i === 0) out[q] = data[p]!;
        else out[q] = whole ? Math.imul(out[q - to]!, data[p]!) : out[q - to]! * data[p]!;
      }
    });
    return out;
  },
  vjp: [(ct, y, [x], { axis }) => mul(before(y, axis), recurrenceTransposed(x!, ct, axis))],
  jvp: [(t, y, [x], { axis }) => recurrence(x!, mul(before(y, axis), t), axis)],
  batch: batchOn,
  formula: ([x], { axis }) => written(x!, axis),
  rounding: () => Number.POSITIVE_INFINITY,
};

/**
 * The products x₀, x₀x₁, x₀x₁x₂, … along an axis (the last); bool is taken as int32, which wraps.
 *
 * Derivative: the products of all other factors, exact where some are 0; in linear time.
 *
 * @example
 * cumprod(tensor([1, 2, 3, 4])).toArray();   // => [1, 2, 6, 24]
 */
export const cumprod: Along = along("cumprod", (x, axis) => apply(cumprodOp, [x], { axis }));

// @__NO_SIDE_EFFECTS__
const productOf =
  (single: boolean): Reducer =>
  (data: Storage, start, step, count) => {
    let total = 1;
    for (let i = 0; i < count; i++) {
      const product = total * data[start + i * step]!;
      total = single ? Math.fround(product) : product;
    }
    return total;
  };
const productFloat64 = productOf(false);
const productFloat32 = productOf(true);
const productInt32: Reducer = (data, start, step, count) => {
  let total = 1;
  for (let i = 0; i < count; i++) total = Math.imul(total, data[start + i * step]!);
  return total;
};

/** Along one axis: the last of the products that `cumprod` gives, and so are its rules. */
const prodOp: Primitive<On> = {
  name: "prod",
  kind: "general",
  shape: ([x], { axis }) => ({ shape: reduceShape(x!.shape, [axis], false), dtype: productType(x!) }),
  run([x], result, { axis }) {
    const { dtype } = result;
    const reducer = dtype === "float64" ? productFloat64 : dtype === "float32" ? productFloat32 : productInt32;
    return reduceAxes("prod", x!, [axis], result, reducer);
  },
  vjp: [
    (ct, _y, [x], { axis }) => {
      const extent = x!.shape[axis]!;
      if (extent === 0) return zerosLike(x!);
      const last = padAlong(keep(ct, x!, [axis]), axis, [extent - 1, 0]);
      return mul(before(cumprod(x!, axis), axis), recurrenceTransposed(x!, last, axis));
    },
  ],
  jvp: [
    (t, y, [x], { axis }) => {
      if (x!.shape[axis] === 0) return zerosLike(y);
      return sliceAlong(recurrence(x!, mul(before(cumprod(x!, axis), axis), t), axis), axis, -1);
    },
  ],
  batch: batchOn,
  formula: ([x], { axis }) =>
    x!.shape[axis] === 0
      ? onesLike(sum(x!, axis) as Tensor)
      : reshape(placeOf(written(x!, axis), axis, x!.shape[axis]! - 1), reduceShape(x!.shape, [axis], false)),
  rounding: () => Number.POSITIVE_INFINITY,
};

/**
 * The product over an axis, several, or all; an empty product is 1. bool is taken as int32, which wraps.
 *
 * Derivative: the product of all other factors, exact where one or more are 0, to any order; in linear time.
 * Rounding: in order, an error of about n·u of the result.
 *
 * @example
 * prod(tensor([[1, 2], [3, 4]])).item();                                // => 24
 * grad((x) => prod(x))(tensor([2, 0, 3])).toArray();                    // => [0, 6, 0]
 */
export const prod: Reduction = reduction("prod", (x, axes) =>
  axes.reduceRight((y, axis) => apply(prodOp, [y], { axis }), x),
);
