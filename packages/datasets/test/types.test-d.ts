/** @file What the compiler knows of rows: their number is forgotten, all else is kept. */
import { type Tensor, tensor, zeros } from "@deltagrad/tensor";
import { expectTypeOf, test } from "vitest";
import { digits } from "../src/digits.ts";
import { batches, type Dataset, oneHot, split, standardize } from "../src/index.ts";
import { iris } from "../src/iris.ts";

test("a part of a data set is a data set with the same columns", () => {
  const { train } = split(digits(), { seed: 7 });
  expectTypeOf(train.features).toEqualTypeOf<Tensor<readonly [number, 64]>>();
  expectTypeOf(train.labels).toEqualTypeOf<Tensor<readonly [number]>>();
  expectTypeOf(train).toExtend<Dataset<readonly [number, 64]>>();
  expectTypeOf(split(iris(), { seed: 7 }).test.featureNames).toEqualTypeOf<readonly string[]>();
});

test("a batch has the form of the data", () => {
  const data = { x: zeros([100, 8, 8]), y: zeros([100]), unknown: zeros([100] as number[]) };
  for (const batch of batches(data, { size: 10 }))
    expectTypeOf(batch).toEqualTypeOf<{
      x: Tensor<readonly [number, 8, 8]>;
      y: Tensor<readonly [number]>;
      unknown: Tensor;
    }>();
  for (const [x] of batches([zeros([9, 2]), zeros([9])] as const, { size: 3 }))
    expectTypeOf(x).toEqualTypeOf<Tensor<readonly [number, 2]>>();
});

test("oneHot knows its shape", () => {
  expectTypeOf(oneHot(digits().labels, 10)).toEqualTypeOf<Tensor<readonly [1797, 10]>>();
});

test("standardize keeps the shape, and minds the columns", () => {
  const scale = standardize(zeros([5, 3]));
  expectTypeOf(scale.mean).toEqualTypeOf<Tensor<readonly [3]>>();
  expectTypeOf(scale(zeros([2, 3]))).toEqualTypeOf<Tensor<readonly [2, 3]>>();
  // @ts-expect-error fitted to 3 columns
  scale(zeros([2, 4]));
  const unknown: Tensor = tensor([[1]]);
  scale(unknown);
  standardize(unknown)(zeros([2, 4]));
});
