import { expectTypeOf, test } from "vitest";
import {
  add,
  addmm,
  broadcastTo,
  cumsum,
  dot,
  einsum,
  flip,
  grad,
  jvp,
  kthValue,
  matmul,
  norm,
  outer,
  permute,
  quantile,
  ravel,
  reshape,
  roll,
  type Shape,
  sigmoid,
  slice,
  sort,
  sum,
  type Tensor,
  tensor,
  transpose,
  triu,
  valueAndGrad,
  variance,
  zeros,
} from "../src/index.ts";

type T<S extends Shape> = Tensor<S>;

test("literal extents flow from where they were written", () => {
  expectTypeOf(zeros([64, 784])).toEqualTypeOf<T<readonly [64, 784]>>();
  expectTypeOf(
    tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]),
  ).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(tensor(3)).toEqualTypeOf<T<readonly []>>();
  expectTypeOf(sigmoid(zeros([2, 3]))).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(add(zeros([2, 1]), zeros([3]))).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(zeros([2, 3]).mul(2)).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(matmul(zeros([64, 784]), zeros([784, 30]))).toEqualTypeOf<T<readonly [64, 30]>>();
  expectTypeOf(zeros([5, 64, 784]).matmul(zeros([784, 30]))).toEqualTypeOf<T<readonly [5, 64, 30]>>();
  expectTypeOf(zeros([3]).matmul(zeros([3]))).toEqualTypeOf<T<readonly []>>();
  expectTypeOf(transpose(zeros([2, 3, 4]))).toEqualTypeOf<T<readonly [4, 3, 2]>>();
  expectTypeOf(zeros([2, 3]).T).toEqualTypeOf<T<readonly [3, 2]>>();
  expectTypeOf(permute(zeros([2, 3, 4]), [2, 0, 1])).toEqualTypeOf<T<readonly [4, 2, 3]>>();
  expectTypeOf(reshape(zeros([2, 3]), [6])).toEqualTypeOf<T<readonly [6]>>();
  expectTypeOf(reshape(zeros([2, 3]), [-1, 2])).toEqualTypeOf<T<readonly [number, 2]>>();
  expectTypeOf(broadcastTo(zeros([3]), [2, 3])).toEqualTypeOf<T<readonly [2, 3]>>();
});

test("products and what keeps a shape say so", () => {
  expectTypeOf(outer(zeros([2]), zeros([3]))).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(dot(zeros([2]), zeros([2]))).toEqualTypeOf<T<readonly []>>();
  expectTypeOf(addmm(zeros([4]), zeros([2, 3]), zeros([3, 4]))).toEqualTypeOf<T<readonly [2, 4]>>();
  expectTypeOf(flip(zeros([2, 3]), 1)).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(roll(zeros([2, 3]), 1)).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(triu(zeros([2, 3]))).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(ravel(zeros([2, 3]))).toEqualTypeOf<T<readonly [number]>>();
  expectTypeOf(einsum("ij->ji", zeros([2, 3]))).toEqualTypeOf<Tensor>();
});

test("reductions drop their axes, or keep them as 1", () => {
  const x = zeros([2, 3, 4]);
  expectTypeOf(sum(x)).toEqualTypeOf<T<readonly []>>();
  expectTypeOf(sum(x, 1)).toEqualTypeOf<T<readonly [2, 4]>>();
  expectTypeOf(sum(x, -1)).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(x.mean([0, 2])).toEqualTypeOf<T<readonly [3]>>();
  expectTypeOf(x.max(1, { keepDims: true })).toEqualTypeOf<T<readonly [2, 1, 4]>>();
  expectTypeOf(x.argMax(0)).toEqualTypeOf<T<readonly [3, 4]>>();
  expectTypeOf(variance(x, 1, { correction: 0 })).toEqualTypeOf<T<readonly [2, 4]>>();
  expectTypeOf(norm(x, -1, { p: 1, keepDims: true })).toEqualTypeOf<T<readonly [2, 3, 1]>>();
  expectTypeOf(quantile(x, 0.5, 0)).toEqualTypeOf<T<readonly [3, 4]>>();
  expectTypeOf(kthValue(x, 1).values).toEqualTypeOf<T<readonly [2, 3]>>();
  expectTypeOf(cumsum(sort(x), 0)).toEqualTypeOf<T<readonly [2, 3, 4]>>();
});

test("axes may be negative, none, or not known", () => {
  const x = zeros([2, 3, 4]);
  expectTypeOf(sum(x, [-1, -2])).toEqualTypeOf<T<readonly [2]>>();
  expectTypeOf(sum(x, [0, -1])).toEqualTypeOf<T<readonly [3]>>();
  expectTypeOf(sum(x, [])).toEqualTypeOf<T<readonly [2, 3, 4]>>();
  expectTypeOf(sum(x, 1 as 0 | 1)).toEqualTypeOf<Tensor>();
  expectTypeOf(sum(x, 1 as number)).toEqualTypeOf<Tensor>();
});

test("mismatches do not compile", () => {
  // @ts-expect-error shapes do not broadcast
  add(zeros([2, 3]), zeros([4]));
  // @ts-expect-error shapes do not broadcast
  zeros([2, 3]).mul(zeros([2]));
  // @ts-expect-error inner dimensions differ
  matmul(zeros([64, 784]), zeros([780, 30]));
  // @ts-expect-error inner dimensions differ
  zeros([64, 784]).matmul(zeros([780, 30]));
  // @ts-expect-error f must return a scalar
  grad((x: Tensor<readonly [2, 3]>) => x.exp());
  // @ts-expect-error another shape
  const wrong: Tensor<readonly [3, 2]> = zeros([2, 3]);
  return wrong;
});

test("an unknown shape is legal everywhere", () => {
  const unknown = zeros([2, 3] as number[]);
  expectTypeOf(add(unknown, zeros([4]))).toEqualTypeOf<Tensor>();
  expectTypeOf(matmul(unknown, zeros([4, 5]))).toEqualTypeOf<Tensor>();
  expectTypeOf(slice(unknown, 0)).toEqualTypeOf<Tensor>();
  const known: Tensor<readonly [7]> = unknown;
  const rows: Tensor<readonly [number, 3]> = zeros([2, 3]);
  expectTypeOf(add(rows, zeros([5, 3]))).toEqualTypeOf<T<readonly [5, 3]>>();
  // @ts-expect-error the last extent is known
  const others: Tensor<readonly [number, 4]> = zeros([2, 3]);
  return [known, others];
});

test("a gradient has the type of its parameters", () => {
  interface Parameters {
    readonly weight: Tensor<readonly [3, 2]>;
    readonly bias: readonly Tensor<readonly [2]>[];
  }
  const cost = (p: Parameters, x: Tensor<readonly [4, 3]>) => matmul(x, p.weight).add(p.bias[0]!).sum();
  expectTypeOf(grad(cost)).toEqualTypeOf<(p: Parameters, x: Tensor<readonly [4, 3]>) => Parameters>();
  expectTypeOf(valueAndGrad(cost)).returns.toEqualTypeOf<[Tensor<readonly []>, Parameters]>();
  expectTypeOf(jvp((x: Tensor<readonly [2]>) => x.exp(), [zeros([2])], [zeros([2])])).toEqualTypeOf<
    [T<readonly [2]>, T<readonly [2]>]
  >();
});

test("nested arrays have the rank of the tensor", () => {
  expectTypeOf(zeros([2, 3]).toArray()).toEqualTypeOf<number[][]>();
  expectTypeOf(sum(zeros([2, 3])).toArray()).toEqualTypeOf<number>();
});
