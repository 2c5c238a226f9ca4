/** @file What the compiler knows of indexing: copies keep the shape, what is read has one that it does not know. */
import { expectTypeOf, test } from "vitest";
import { at, type Place, type Shape, type Tensor, tensor, zeros } from "../src/index.ts";

test("a copy with something else at places has the shape of the original", () => {
  const x = zeros([2, 3]);
  expectTypeOf(x.at(0).set(1)).toEqualTypeOf<Tensor<readonly [2, 3]>>();
  expectTypeOf(at(x, ":", [1]).add(tensor([1, 2]))).toEqualTypeOf<Tensor<readonly [2, 3]>>();
  expectTypeOf(x.at(0).get()).toEqualTypeOf<Tensor>();
  expectTypeOf(x.at(0).get().shape).toExtend<Shape>();
});

test("places are numbers, ranges, tensors and three signs", () => {
  expectTypeOf<Place>().toEqualTypeOf<
    | number
    | readonly [start?: number | null, stop?: number | null, step?: number | null]
    | ":"
    | "..."
    | null
    | Tensor
    | Int32Array
  >();
  const x = zeros([2, 3]);
  // @ts-expect-error a nested list is no range
  expectTypeOf(() => x.at([[0, 1]])).toBeFunction();
  // @ts-expect-error NumPy's text is not read
  expectTypeOf(() => x.at("1:2")).toBeFunction();
});
