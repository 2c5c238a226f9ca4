import { expectTypeOf, test } from "vitest";
import {
  addcmul,
  atan2,
  clamp,
  elu,
  erf,
  eye,
  fromFunction,
  isClose,
  leakyRelu,
  lerp,
  logicalNot,
  polygamma,
  rng,
  round,
  type Shape,
  sinc,
  type Tensor,
  tri,
  zeros,
} from "../src/index.ts";

type T<S extends Shape> = Tensor<S>;
const x = zeros([2, 3]);

test("pointwise functions keep literal extents, with options too", () => {
  expectTypeOf(erf(x)).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(sinc(x)).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(leakyRelu(x, { slope: 0.1 })).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(elu(x)).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(round(x, { decimals: 2 })).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(polygamma(1, x)).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(logicalNot(x)).toEqualTypeOf<T<readonly [2, 3]>>();
});

test("several operands broadcast", () => {
  expectTypeOf(atan2(x, zeros([3]))).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(clamp(x, 0, 1)).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(clamp(zeros([3]), null, zeros([2, 1]))).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(lerp(x, zeros([3]), 0.5)).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(addcmul(zeros([3]), zeros([2, 1]), 3)).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(isClose(x, 1, { atol: 0.5 })).toEqualTypeOf<T<readonly [2, 3]>>();
  // @ts-expect-error shapes do not broadcast: 3 ≠ 4
  atan2(x, zeros([4]));
});

test("creation and streams have the shape that was asked for", () => {
  expectTypeOf(eye(3)).toEqualTypeOf<T<readonly [3, 3]>>();
  expectTypeOf(tri(2, { columns: 4 })).toEqualTypeOf<T<readonly [2, 4]>>();
  expectTypeOf(fromFunction([2, 5], (i, j) => i + j)).toEqualTypeOf<T<readonly [2, 5]>>();
  expectTypeOf(rng(1).bernoulli([4])).toEqualTypeOf<T<readonly [4]>>();
  expectTypeOf(rng(1).choice(9, [2, 2])).toEqualTypeOf<T<readonly [2, 2]>>();
});
