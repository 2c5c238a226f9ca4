/** @file Indexing: NumPy's rules, what is written twice, what is refused. */
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import {
  arange,
  at,
  grad,
  greater,
  jvp,
  mul,
  type Place,
  record,
  reshape,
  rng,
  scatterReduce,
  sum,
  type Tensor,
  tensor,
  vjp,
  zeros,
} from "../../src/index.ts";
import { expectRefusal } from "../refusal.ts";

const int = (data: number | number[] | number[][]): Tensor => tensor(data as number[], { dtype: "int32" });
const counted = (...shape: number[]): Tensor => reshape(arange(shape.reduce((a, b) => a * b, 1)), shape);
const x = counted(2, 3, 4);

describe("at reads as NumPy's brackets do", () => {
  const pick = Int32Array.of(1, 0);
  const none = tensor(false);
  const shapes: Record<string, readonly [places: readonly Place[], shape: readonly number[]]> = {
    "a number takes the axis away": [[0], [3, 4]],
    "the axes after the named ones are whole": [
      [0, [1]],
      [2, 4],
    ],
    "an ellipsis stands for what is not named": [
      ["...", 0],
      [2, 3],
    ],
    "an ellipsis may stand for nothing": [[0, 0, 0, "..."], []],
    "null is a new axis": [
      [null, "...", null],
      [1, 2, 3, 4, 1],
    ],
    "a range backwards": [
      [":", [null, null, -2]],
      [2, 2, 4],
    ],
    "bounds are clamped": [[[5, 9]], [0, 3, 4]],
    "an index tensor comes in its place": [
      [":", pick],
      [2, 2, 4],
    ],
    "a matrix of places": [
      [":", int([[0, 1, 2]])],
      [2, 1, 3, 4],
    ],
    "neighbours come in their place": [
      [":", pick, pick],
      [2, 2],
    ],
    "index tensors broadcast": [
      [":", int([[0], [1], [2]]), pick],
      [2, 3, 2],
    ],
    "with a range between them they come first": [
      [pick, ":", pick],
      [2, 3],
    ],
    "a number beside an index tensor is one too": [
      [0, ":", pick],
      [2, 3],
    ],
    "a new axis stands between as well": [
      [0, null, pick],
      [2, 1, 4],
    ],
    "and so does an ellipsis of no axes": [
      [":", pick, "...", pick],
      [2, 2],
    ],
    "an index tensor of rank 0 takes the axis away": [
      [":", int(1)],
      [2, 4],
    ],
    "a mask of two axes": [[greater(counted(2, 3), 2)], [3, 4]],
    "a mask of the last axis": [
      ["...", greater(counted(4), 0)],
      [2, 3, 3],
    ],
    "a mask of no axes is an axis of 0 or 1": [
      [none, 0],
      [0, 3, 4],
    ],
    "a mask that holds nowhere": [[greater(counted(2), 9)], [0, 3, 4]],
    "an empty list": [[new Int32Array(0)], [0, 3, 4]],
  };
  test.each(Object.entries(shapes))("%s", (_name, [places, shape]) => {
    expect(x.at(...places).get().shape).toEqual(shape);
  });

  test("values, with numbers from the end", () => {
    expect(x.at(-1, Int32Array.of(0, -1), [2]).get().toArray()).toEqual([
      [14, 15],
      [22, 23],
    ]);
    expect(
      x
        .at(int([1, 0]), ":", int([3, -4]))
        .get()
        .toArray(),
    ).toEqual([
      [15, 19, 23],
      [0, 4, 8],
    ]);
    const m = counted(3, 3);
    expect(m.at(greater(m, 5)).get().toArray()).toEqual([6, 7, 8]);
    expect(
      m
        .at(...api.nonzero(greater(m, 5)))
        .get()
        .toArray(),
    ).toEqual([6, 7, 8]);
  });

  test("numbers and ranges alone give a view, index tensors a copy", () => {
    expect(x.transpose().at("...", 1, null, [null, null, -1]).get().storage).toBe(x.storage);
    expect(x.at(0, Int32Array.of(0)).get().storage).not.toBe(x.storage);
  });

  test("an Int32Array that changes later changes nothing", () => {
    const list = Int32Array.of(0);
    const place = counted(3).at(list);
    list[0] = 2;
    expect(place.get().toArray()).toEqual([0]);
  });

  test("strided and broadcast tensors, and index tensors, are read where they lie", () => {
    const y = counted(3, 2).transpose();
    const index = api.broadcastTo(int([[2], [0]]), [2, 2]).transpose();
    expect(y.at(1, index).get().toArray()).toEqual([
      [5, 1],
      [5, 1],
    ]);
    expect(api.take(api.broadcastTo(tensor([7, 8]), [2, 2]), int([1, 2])).toArray()).toEqual([8, 7]);
  });
});

describe("at writes copies", () => {
  test("x stays as it is", () => {
    const y = zeros([3]);
    expect(y.at(1).set(5).toArray()).toEqual([0, 5, 0]);
    expect(y.toArray()).toEqual([0, 0, 0]);
  });

  test("of several for one place the last is set, and all are added, multiplied and compared", () => {
    const place = tensor([10, 20, 30]).at(Int32Array.of(0, 2, 0));
    const v = tensor([1, 2, 40]);
    expect(place.set(v).toArray()).toEqual([40, 20, 2]);
    expect(place.add(v).toArray()).toEqual([51, 20, 32]);
    expect(place.mul(v).toArray()).toEqual([400, 20, 60]);
    expect(place.min(v).toArray()).toEqual([1, 20, 2]);
    expect(place.max(v).toArray()).toEqual([40, 20, 30]);
    expect(place.apply((y) => y.add(1)).toArray()).toEqual([11, 20, 31]);
  });

  test("values stretch to the places", () => {
    expect(
      zeros([2, 3])
        .at(":", [1])
        .set(tensor([1, 2]))
        .toArray(),
    ).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  test("the derivative of set: nothing to what was overwritten, in x or among the values", () => {
    const place = Int32Array.of(0, 2, 0);
    const f = (y: Tensor, v: Tensor): Tensor => sum(mul(at(y, place).set(v), tensor([3, 5, 7]))) as Tensor;
    const [dy, dv] = vjp(f, tensor([1, 1, 1]), tensor([1, 1, 1]))[1](tensor(1));
    expect([dy!.toArray(), dv!.toArray()]).toEqual([
      [0, 5, 0],
      [0, 7, 3],
    ]);
  });

  test("the derivative of mul with factors that are 0, to second order", () => {
    // y = x·a·b·c at one place: the derivative by a is x·b·c, and by a and b it is x·c, also where both are 0.
    const f = (v: Tensor): Tensor =>
      sum(
        tensor([2])
          .at(Int32Array.of(0, 0, 0))
          .mul(v),
      ) as Tensor;
    const v = tensor([0, 0, 5]);
    expect(grad(f)(v).toArray()).toEqual([0, 0, 0]);
    expect(jvp(grad(f), [v], [tensor([1, 0, 0])])[1].toArray()).toEqual([0, 10, 0]);
    expect(grad(f)(tensor([0, 3, 5])).toArray()).toEqual([30, 0, 0]);
  });

  test("products of ranges need no chains, and of no writers none", () => {
    const [dx, dv] = vjp((y: Tensor, v: Tensor) => y.at([0, 2]).mul(v), tensor([2, 3, 4]), tensor([5, 6]))[1](
      tensor([1, 1, 1]),
    );
    expect([dx!.toArray(), dv!.toArray()]).toEqual([
      [5, 6, 1],
      [2, 3],
    ]);
    expect(tensor([2, 3]).at(new Int32Array(0)).mul(9).toArray()).toEqual([2, 3]);
  });

  test("equal extremes share the derivative, x among them", () => {
    const f = (y: Tensor, v: Tensor): Tensor => y.at(Int32Array.of(0, 0, 1)).max(v);
    const [dx, dv] = vjp(f, tensor([4, 9]), tensor([4, 4, 1]))[1](tensor([3, 1]));
    expect([dx!.toArray(), dv!.toArray()]).toEqual([
      [1, 1],
      [1, 1, 0],
    ]);
    expect(jvp(f, [tensor([4, 9]), tensor([4, 4, 1])], [tensor([3, 1]), tensor([6, 0, 1])])[1].toArray()).toEqual([
      3, 1,
    ]);
  });

  test("NaN stays, and has no derivative", () => {
    const f = (y: Tensor): Tensor => y.at(Int32Array.of(0)).max(1);
    expect(f(tensor([Number.NaN, 0])).toArray()).toEqual([Number.NaN, 0]);
    expect(vjp(f, tensor([Number.NaN, 0]))[1](tensor([1, 1])).map((t) => t.toArray())).toEqual([[0, 1]]);
  });

  test("int32 products wrap, bools are or-ed by max and and-ed by min", () => {
    expect(int([65537]).at(0).mul(65537).toArray()).toEqual([131073]);
    const both = tensor([true, false]).at(Int32Array.of(0, 1));
    expect(both.max(tensor([false, true])).toArray()).toEqual([1, 1]);
    expect(both.min(tensor([false, true])).toArray()).toEqual([0, 0]);
  });
});

describe("scatterReduce", () => {
  const index = int([0, 0, 2]);
  const source = tensor([2, 4, 8]);
  test.each([
    ["sum", [7, 1, 9], [6, 1, 8]],
    ["prod", [8, 1, 8], [8, 1, 8]],
    ["mean", [7 / 3, 1, 4.5], [3, 1, 8]],
    ["amax", [4, 1, 8], [4, 1, 8]],
    ["amin", [1, 1, 1], [2, 1, 8]],
  ] as const)("%s with and without what was there", (reduce, withSelf, without) => {
    const of = (includeSelf: boolean): unknown =>
      scatterReduce(tensor([1, 1, 1]), index, source, 0, { reduce, includeSelf }).toArray();
    expect([of(true), of(false)]).toEqual([withSelf, without]);
  });

  test("whole numbers: extremes at the edges of the type, a mean with fractions", () => {
    const lowest = int([-(2 ** 31), 3]);
    const x = int([0, 0]);
    const of = (reduce: "amax" | "mean"): Tensor =>
      scatterReduce(x, int([0, 1]), lowest, 0, { reduce, includeSelf: false });
    expect(of("amax").toArray()).toEqual([-(2 ** 31), 3]);
    const mean = scatterReduce(x, int([1, 1]), int([1, 2]), 0, { reduce: "mean", includeSelf: false });
    expect([mean.dtype, mean.toArray()]).toEqual(["float64", [0, 1.5]]);
  });

  test("the product of a thousand factors has the derivative of a product", () => {
    const v = rng("factors").normal([1000]);
    const f = (v: Tensor): Tensor =>
      scatterReduce(tensor([1, 1]), int([...v.toTypedArray()].map((_, i) => i % 2)), v, 0, { reduce: "prod" });
    const factors = [...v.toTypedArray()];
    const direct = factors.map((_, i) => factors.reduce((p, g, j) => (j !== i && (i - j) % 2 === 0 ? p * g : p), 1));
    const [d] = vjp(f, v)[1](tensor([1, 1]));
    // 500 factors, each product rounded, in another order.
    d!
      .toTypedArray()
      .forEach((g, i) => expect(Math.abs(g - direct[i]!)).toBeLessThanOrEqual(1000 * 2 ** -53 * Math.abs(direct[i]!)));
  });
});

test("scatterAdd adds in row-major order of the source, each sum rounded to float32", () => {
  const y = api.scatterAdd(
    zeros([1], { dtype: "float32" }),
    int([0, 0, 0]),
    tensor(new Float32Array([1e8, 1, -1e8])),
    0,
  );
  expect(y.item()).toBe(0);
});

test("masks: x and the mask broadcast, the value keeps the dtype", () => {
  expect(api.maskedSelect(tensor([1, 2]), tensor([[true], [false]])).toArray()).toEqual([1, 2]);
  expect(
    api
      .argWhere(
        tensor([
          [0, Number.NaN],
          [-0, 2],
        ]),
      )
      .toArray(),
  ).toEqual([
    [0, 1],
    [1, 1],
  ]);
  expect([api.argWhere(tensor(3)).shape, api.argWhere(tensor(0)).shape]).toEqual([
    [1, 0],
    [0, 0],
  ]);
  expect(api.maskedFill(int([[1, 2]]), tensor([true, false]), 9).dtype).toBe("int32");
});

test("oneHot counts the classes where nobody says how many", () => {
  expect(api.oneHot(int([[2], [0]])).toArray()).toEqual([[[0, 0, 1]], [[1, 0, 0]]]);
  expect(api.oneHot(int([1]), 2, { dtype: "int32" }).dtype).toBe("int32");
  expect(api.oneHot(zeros([0], { dtype: "int32" }), 4).shape).toEqual([0, 4]);
});

const refusals: Record<string, readonly [() => unknown, string]> = {
  "a number out of range": [() => x.at(0, 3), "at: there is no element 3 on axis 1 of extent 3; use -3 to 2"],
  "a number of nothing": [() => zeros([0]).at(0), "at: there is no element 0 on axis 0 of extent 0; it has none"],
  "a fraction": [() => x.at(0.5), "at: there is no element 0.5 on axis 0 of extent 2; use -2 to 1"],
  "a step of 0": [
    () => x.at([0, 1, 0]),
    "at: [0, 1, 0] is no range on axis 0 of extent 2; ranges are [start, stop, step] in whole numbers, with a step that is not 0",
  ],
  "too many places": [() => x.at(0, 0, ":", 0), "at: 4 axes are named, [2, 3, 4] has 3; name fewer"],
  "a place on a scalar": [() => tensor(3).at(0), "at: 1 axes are named, [] has 0; name fewer"],
  "two ellipses": [() => x.at("...", 0, "..."), 'at: there are 2 "..."; one of them is enough'],
  "nested lists": [
    () => x.at([[0, 1]] as never),
    'at: [0,1] is no range [start, stop, step]; a list of elements is an int32 tensor, or Int32Array.of(…); all of an axis is ":"',
  ],
  "a long list": [
    () => x.at([0, 1, 1, 0] as never),
    'at: [0, 1, 1, 0] is no range [start, stop, step]; a list of elements is an int32 tensor, or Int32Array.of(…); all of an axis is ":"',
  ],
  "what names nothing": [
    () => x.at("1:2" as never),
    'at: "1:2" names no place; use a number, a range [start, stop, step], ":", "...", null, or an int32 or bool tensor',
  ],
  nothing: [
    () => x.at(undefined as never),
    'at: undefined names no place; use a number, a range [start, stop, step], ":", "...", null, or an int32 or bool tensor',
  ],
  "a float index": [
    () => x.at(tensor([0, 1])),
    'at: the index [2] is float64; indices are int32: cast(index, "int32")',
  ],
  "an index that points outside": [
    () => x.at(":", int([[0, -4]])).get(),
    "at: index -4 (element 1 of [1, 2]) is out of range on axis 1 of extent 3; use -3 to 2",
  ],
  "indices that do not broadcast": [
    () => x.at(int([0, 1]), int([0, 1, 2])),
    "at: shapes [2] and [3] do not broadcast (2 ≠ 3 on axis -1); extents must be equal or 1, counted from the last axis",
  ],
  "a mask of other extents": [
    () => x.at(":", tensor([true, false])),
    "at: the mask [2] lies on axes of extent [3] of [2, 3, 4]; a mask has the extents of the axes that it is for",
  ],
  "a mask without a value": [
    () => record((y: Tensor) => y.at(greater(y, 0)).get())(zeros([2])),
    "at: [2] has no value of its own: a graph is recorded, or vmap does many at once; use tensor operations (where, maximum, …) in place of values",
  ],
  "an array in place of a tensor": [
    () => at([1, 2] as never, 0),
    "at: expected a tensor or a number, got an array; wrap data with tensor(…)",
  ],
  "values that do not stretch": [
    () => x.at(0).set(int([1, 2])),
    "at.set: shapes [2] and [3, 4] do not broadcast (2 ≠ 4 on axis -1); extents must be equal or 1, counted from the last axis",
  ],
  "values of more axes": [
    () => x.at(0, 0).set(zeros([2, 4], { dtype: "int32" })),
    "at.set: [2, 4] does not stretch to the places of shape [4]; only axes of extent 1 stretch",
  ],
  "fractions among whole numbers": [
    () => x.at(0).set(0.5),
    "at.set: 0.5 does not go into int32 [2, 3, 4]; cast one of them first",
  ],
  "floats among whole numbers": [
    () => x.at(0).add(tensor([1, 2, 3, 4])),
    "at.add: [4] float64 does not go into int32 [2, 3, 4]; cast one of them first",
  ],
  "sums of bools": [() => tensor([true]).at(0).add(true), "at.add: is not defined for bool; cast to int32 first"],
  "nothing to write": [
    () => x.at(0).set(null as never),
    "at.set: expected a tensor or a number, got null; wrap data with tensor(…)",
  ],
  "an index of another rank": [
    () => api.gather(x, int([0]), 0),
    "gather: index [1] does not fit [2, 3, 4]; it needs 3 axes, none but 0 longer than that of the tensor",
  ],
  "PyTorch's gather does not count from the end": [
    () => api.gather(counted(3), int([-1]), 0),
    "gather: index -1 (element 0 of [1]) is out of range on axis 0 of extent 3; use 0 to 2",
  ],
  "an index that does not broadcast": [
    () => api.takeAlongAxis(counted(2, 3), int([[0], [0], [0]]), 1),
    "takeAlongAxis: index [3, 1] does not broadcast with [2, 3]; it needs 2 axes, all but 1 equal or 1",
  ],
  "taking from nothing": [
    () => api.take(zeros([0]), int([0])),
    "take: index 0 (element 0 of [1]) is out of range on axis 0 of extent 0; there is nothing on it",
  ],
  "a list in place of an index": [
    () => api.take(x, [0] as never),
    "take: expected a tensor or a number, got an array; wrap data with tensor(…)",
  ],
  "a list of two axes": [
    () => api.indexSelect(x, int([[0]]), 0),
    "indexSelect: the index [1, 1] is no list; give it one axis",
  ],
  "a source of another shape": [
    () => api.scatter(counted(2, 2), int([[0]]), int([[1, 2]]), 0),
    "scatter: source [1, 2] int32 beside index [1, 1] and int32; give a source of the index's shape and the tensor's dtype",
  ],
  "a named index that points outside": [
    () => api.scatter(zeros([2]), int([5]).named("labels"), 1, 0),
    "scatter: index 5 (element 0 of labels [1]) is out of range on axis 0 of extent 2; use 0 to 1",
  ],
  "a reduction that is none": [
    () => scatterReduce(zeros([2]), int([0]), 1, 0, { reduce: "max" as never }),
    "scatterReduce: there is no reduction max; use sum, mean, prod, amax, amin",
  ],
  "a mean of bools": [
    () => scatterReduce(tensor([true]), int([0]), true, 0, { reduce: "mean" }),
    "scatterReduce: is not defined for bool; cast to int32 first",
  ],
  "a mask of numbers": [
    () => api.maskedSelect(x, x),
    "maskedSelect: the mask [2, 3, 4] is int32, not bool; compare first, e.g. greater(x, 0)",
  ],
  "a mask larger than the tensor": [
    () => api.maskedFill(counted(2), greater(counted(2, 2), 0), 0),
    "maskedFill: the mask [2, 2] does not stretch to [2]; only axes of extent 1 stretch",
  ],
  "a label that is no class": [
    () => api.oneHot(int([0, 3]), 3),
    "oneHot: index 3 (element 1 of [2]) is out of range on axis 1 of extent 3; use 0 to 2",
  ],
  "a negative label": [
    () => api.oneHot(int([-1])),
    "oneHot: index -1 (element 0 of [1]) is out of range on axis 1 of extent 1; use 0 to 0",
  ],
  "no labels and no classes": [
    () => api.oneHot(zeros([0], { dtype: "int32" })),
    "oneHot: no labels say how many classes there are; give the number of classes",
  ],
  "half a class": [() => api.oneHot(int([0]), 0.5), "oneHot: 0.5 is no number of classes; give a whole number ≥ 0"],
};

describe("what is refused, in whole sentences", () => {
  test.each(Object.entries(refusals))("%s", (_name, [attempt, sentence]) => {
    expectRefusal(attempt, sentence);
  });
});
