/** @file The arithmetic of the exact judge: a recorded graph replayed over GF(2⁶¹ − 1), at one random point. */
import { isFloat } from "../../core/dtype.ts";
import type { Primitive } from "../../core/primitive.ts";
import { fromStorage, type Tensor } from "../../core/tensor.ts";
import type { Algebra } from "../../graph/record.ts";
import { type Arithmetic, algebraOf } from "../arithmetic.ts";
import { onWholeNumbers, widthFor } from "../exactly.ts";
import { addComplex, productOf } from "./complex.ts";
import { variable } from "./degree.ts";
import { addShifted, allocateLimbs, digitsOf, type Limbs, settle } from "./limbs.ts";
import { scalarsOf } from "./scalars.ts";
import type { FieldValue, Point, Related } from "./value.ts";

/** The algebra in which a graph is replayed at a point; `name` is whose errors are thrown. */
export function fieldAlgebra(name: string, point: Point): Algebra<FieldValue> {
  const { divisions } = point;

  const onDigits = <P>(
    op: Primitive<P>,
    inputs: readonly FieldValue[],
    params: P,
    digits: readonly Float64Array[],
  ): ArrayLike<number> => {
    const tensors = inputs.map(({ float }, i) =>
      isFloat(float.dtype) ? fromStorage(float.shape, "float64", digits[i]!) : float,
    );
    return onWholeNumbers(name, op, tensors, params);
  };

  const arithmetic: Arithmetic<FieldValue> = {
    name,
    constant: (float) => point.constant(float),
    scalars: scalarsOf(point),
    linear<P>(op: Primitive<P>, inputs: readonly FieldValue[], params: P, float: Tensor): FieldValue {
      const on = (parts: readonly Limbs[]): Limbs => {
        const sums = allocateLimbs(float.size);
        for (const k of [0, 1, 2] as const) {
          const digits = parts.map((limbs) => limbs[k]);
          addShifted(sums, onDigits(op, inputs, params, digits), 21 * k);
        }
        return settle(sums);
      };
      const real = inputs.every(({ im }) => im === null);
      const moved = inputs.length === 1 && op.rounding([inputs[0]!.float], params) === 0;
      const along = (related: Related | undefined): Related | undefined =>
        related && moved ? () => moveAll(related(), op, params) : undefined;
      return {
        float,
        re: on(inputs.map(({ re }) => re)),
        im: real ? null : on(inputs.map(({ re, im }) => im ?? allocateLimbs(re[0].length))),
        degree: divisions.sum(inputs.map(({ degree }) => degree)),
        sum: along(inputs[0]!.sum),
        product: along(inputs[0]!.product),
      };
    },
    bilinear<P>(op: Primitive<P>, inputs: readonly FieldValue[], params: P, float: Tensor): FieldValue {
      const [a, b] = inputs as readonly [FieldValue, FieldValue];
      const width = widthFor(name, op.rounding([a.float, b.float], params) + 1);
      const product = (x: Limbs, y: Limbs): Limbs => {
        const sums = allocateLimbs(float.size);
        const [left, right] = [digitsOf(x, width), digitsOf(y, width)];
        left.forEach((p, i) => {
          right.forEach((q, j) => addShifted(sums, onDigits(op, inputs, params, [p, q]), (i + j) * width));
        });
        return settle(sums);
      };
      return { float, ...productOf(a, b, product), degree: divisions.product(a.degree, b.degree) };
    },
    shifted: (y, c, float) => ({
      ...y,
      ...addComplex(y, point.constant(c)),
      float,
      sum: undefined,
      product: undefined,
    }),
    unknown(op, inputs, float) {
      point.unknown.add(op.name);
      return point.map(inputs, float, variable(), (_i, ...keys) => point.functions.unknown(op.name, keys.join(" ")));
    },
    branch: (op) => {
      point.branches.add(op);
    },
  };
  const algebra = algebraOf(arithmetic);

  /** The same elements of three related tensors. */
  function moveAll<P>(triple: ReturnType<Related>, op: Primitive<P>, params: P): ReturnType<Related> {
    const move = (x: FieldValue): FieldValue => {
      const { shape, dtype } = op.shape([x.float], params);
      return algebra.operation(op, [x], params, { shape, dtype });
    };
    return triple.map(move) as unknown as ReturnType<Related>;
  }
  return algebra;
}
