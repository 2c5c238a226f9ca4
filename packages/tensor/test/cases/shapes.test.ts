/** @file Moving, cutting, joining and repeating: what shares storage, edges, and what is refused. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import { arange, type PadMode, type Tensor, tensor, zeros } from "../../src/index.ts";
import { expectRefusal } from "../refusal.ts";

const grid = (...shape: number[]): Tensor =>
  api.reshape(arange(shape.reduce((a, b) => a * b, 1)).cast("float64"), shape) as Tensor;
const lists = (xs: readonly Tensor[]): unknown[] => xs.map((x) => x.toArray());
const gradientOf = (f: (x: Tensor) => Tensor, x: Tensor): unknown =>
  api
    .vjp(f, x)[1](api.onesLike(f(x)))[0]
    .toArray();

describe("views", () => {
  const x = grid(2, 3, 4);
  test.each<[string, (x: Tensor) => Tensor | Tensor[]]>([
    ["flip", (x) => api.flip(x, [0, 2])],
    ["rot90", (x) => api.rot90(x, 3)],
    ["moveAxis", (x) => api.moveAxis(x, 0, -1)],
    ["swapAxes", (x) => api.swapAxes(x, 0, 1)],
    ["diagonal", (x) => api.diagonal(x, 1)],
    ["slidingWindows", (x) => api.slidingWindows(x, 3)],
    ["unstack", (x) => api.unstack(x, 1)],
    ["split", (x) => api.split(x, 2, 2)],
    ["broadcastTensors", (x) => api.broadcastTensors([x, zeros([5, 1, 1, 1])])[0]!],
    ["flatten of axes that lie as one", (x) => api.flatten(api.moveAxis(x, 2, 0), 1)],
    ["a new axis in a transposed one", (x) => api.expandDims(api.transpose(x), [1, -1])],
  ])("%s shares storage", (_name, f) => {
    for (const y of [f(x)].flat()) expect(y.storage).toBe(x.storage);
  });

  test("reshape copies only where no strides can say it", () => {
    expect(api.reshape(api.transpose(x), [12, 2]).storage).not.toBe(x.storage);
    expect(api.reshape(api.slice(x, null, [0, 2]), [2, 2, 2, 2]).storage).toBe(x.storage);
    expect(api.reshape(api.slice(x, null, [0, 2]), [16]).storage).not.toBe(x.storage);
    const row = tensor([1, 2, 3]);
    expect(api.reshape(api.broadcastTo(row, [2, 3]), [2, 1, 3]).storage).toBe(row.storage);
  });

  test("reshape of any view is reshape of its copy", () => {
    const views: fc.Arbitrary<Tensor> = fc
      .tuple(fc.constantFrom([4, 3, 2], [2, 1, 6], [1, 12], [6, 1, 1, 2]), fc.nat(5), fc.boolean(), fc.boolean())
      .map(([shape, turns, reverse, stretched]) => {
        let y = grid(...shape);
        for (let i = 0; i < turns; i++) y = api.moveAxis(y, 0, i % y.rank);
        if (reverse) y = api.flip(y, 0);
        return stretched ? api.broadcastTo(y, [2, ...y.shape]) : y;
      });
    const targets = fc.constantFrom([-1], [2, -1], [3, -1], [-1, 4], [-1, 1, 2], [2, 3, -1], [1, 6, -1, 2]);
    fc.assert(
      fc.property(views, targets, (y, target) => {
        const copy = tensor(y.toTypedArray(), { shape: y.shape });
        expect(api.reshape(y, target).toArray()).toEqual(api.reshape(copy, target).toArray());
      }),
    );
  });
});

describe("axes", () => {
  test("four quarter turns are none, and one and minus one cancel", () => {
    const x = grid(2, 3);
    expect(api.rot90(api.rot90(x), 3).toArray()).toEqual(x.toArray());
    expect(api.rot90(x, 2).toArray()).toEqual(api.flip(x).toArray());
    expect(api.rot90(x, -1).toArray()).toEqual(api.rot90(x, 3).toArray());
    expect(api.rot90(x, 1, [1, 0]).toArray()).toEqual(api.rot90(x, -1).toArray());
  });

  test("a scalar flattens to a list of one; a scalar has no axis to flip and stays", () => {
    expect(api.flatten(tensor(3)).shape).toEqual([1]);
    expect(api.flip(tensor(3)).item()).toBe(3);
    expect(api.flatten(zeros([2, 0, 3]), 1).shape).toEqual([2, 0]);
  });

  test("triangles copy: what is cut off may be NaN", () => {
    const x = tensor([
      [1, 2],
      [Number.NaN, 4],
    ]);
    expect(api.triu(x).toArray()).toEqual([
      [1, 2],
      [0, 4],
    ]);
    expect(api.tril(zeros([2, 0, 3])).shape).toEqual([2, 0, 3]);
  });

  test("a diagonal beyond the matrix is empty, and its trace 0", () => {
    expect(api.diagonal(grid(2, 3), 3).toArray()).toEqual([]);
    expect(api.diagonal(grid(2, 3), -5).toArray()).toEqual([]);
    expect(api.trace(grid(2, 3), 7).item()).toBe(0);
    expect(gradientOf((x) => api.trace(x, 1), grid(2, 3))).toEqual([
      [0, 1, 0],
      [0, 0, 1],
    ]);
  });

  test("diagonals of whole numbers and bools keep their dtype", () => {
    expect(api.diagEmbed(tensor([true, false])).dtype).toBe("bool");
    expect(api.trace(tensor([[true], [true]])).toString()).toBe(tensor(1, { dtype: "int32" }).toString());
  });
});

describe("pieces", () => {
  test("split leaves the rest to the last, tensorSplit shares it among the first", () => {
    expect(lists(api.split(arange(7), 3))).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    expect(lists(api.tensorSplit(arange(7), 3))).toEqual([
      [0, 1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(lists(api.chunk(arange(7), 4))).toEqual([[0, 1], [2, 3], [4, 5], [6]]);
    expect(api.chunk(arange(6), 4)).toHaveLength(3);
    expect(lists(api.tensorSplit(arange(2), 3))).toEqual([[0], [1], []]);
  });

  test("cuts that go back give empty pieces, as NumPy's", () => {
    expect(lists(api.tensorSplit(arange(5), [4, 2, 9]))).toEqual([[0, 1, 2, 3], [], [2, 3, 4], []]);
  });

  test("an axis of extent 0 has one empty piece, or as many as were asked for", () => {
    expect(lists(api.split(zeros([0]), 2))).toEqual([[]]);
    expect(lists(api.chunk(zeros([0]), 2))).toEqual([[], []]);
    expect(api.unstack(zeros([0, 2]))).toEqual([]);
  });

  test("stack undoes unstack, concat undoes split", () => {
    const x = grid(3, 4);
    expect(api.stack(api.unstack(x, 1), 1).toArray()).toEqual(x.toArray());
    expect(api.concat(api.split(x, [1, 0, 3], 1), 1).toArray()).toEqual(x.toArray());
  });
});

describe("copies", () => {
  test("tile with more counts than axes adds axes; with fewer it leaves the leading ones alone", () => {
    expect(api.tile(tensor([1, 2]), [2, 1, 2]).shape).toEqual([2, 1, 4]);
    expect(api.tile(grid(2, 3), 2).shape).toEqual([2, 6]);
    expect(api.tile(grid(2, 3), [0, 2]).shape).toEqual([0, 6]);
    expect(api.tile(tensor(7), [2]).toArray()).toEqual([7, 7]);
  });

  test("repeat as often as a list says, and its gradient counts", () => {
    const x = tensor([1, 2, 3]);
    expect(api.repeat(x, [2, 0, 1], 0).toArray()).toEqual([1, 1, 3]);
    expect(gradientOf((v) => api.repeat(v, [2, 0, 1], 0), x)).toEqual([2, 0, 1]);
    expect(api.repeat(grid(2, 2), 2).toArray()).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(api.repeat(grid(2, 2), 0, 1).shape).toEqual([2, 0]);
  });

  test("roll wraps as often as it has to", () => {
    expect(api.roll(arange(3), 100).toArray()).toEqual([2, 0, 1]);
    expect(api.roll(arange(3), -1).toArray()).toEqual([1, 2, 0]);
    expect(api.roll(zeros([0, 2]), 5, 0).shape).toEqual([0, 2]);
    expect(api.roll(arange(4), [1, 1], [0, 0]).toArray()).toEqual([2, 3, 0, 1]);
  });

  /** The place in a row of n that place i outside of it stands for. */
  const places: Record<Exclude<PadMode, "constant">, (i: number, n: number) => number> = {
    reflect: (i, n) => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i),
    replicate: (i, n) => Math.min(Math.max(i, 0), n - 1),
    circular: (i, n) => ((i % n) + n) % n,
  };

  test.each(Object.entries(places))("pad by %s, and its gradient counts", (mode, place) => {
    const n = 4;
    for (const [before, after] of [
      [0, 0],
      [3, 3],
      [1, 2],
      [3, 0],
    ] as const) {
      const from = Array.from({ length: before + n + after }, (_, i) => place(i - before, n));
      const f = (x: Tensor): Tensor => api.pad(x, [[before, after]], { mode: mode as PadMode });
      expect(f(grid(n)).toArray()).toEqual(from);
      const counts = Array.from({ length: n }, (_, i) => from.filter((at) => at === i).length);
      expect(gradientOf(f, grid(n))).toEqual(counts);
    }
  });

  test("negative margins crop before others are laid on", () => {
    expect(api.pad(grid(4), [[-1, 2]]).toArray()).toEqual([1, 2, 3, 0, 0]);
    expect(api.pad(grid(4), [[-2, 1]], { mode: "reflect" }).toArray()).toEqual([2, 3, 2]);
    expect(api.pad(grid(4), [[-2, -2]]).toArray()).toEqual([]);
  });

  test("a margin takes the dtype of what it surrounds", () => {
    expect(api.pad(tensor([1], { dtype: "int32" }), [[1, 0]], { value: 2.9 }).toArray()).toEqual([2, 1]);
    expect(api.pad(tensor([true]), [[1, 0]], { value: true }).dtype).toBe("bool");
  });

  test("windows overlap, and their cotangents add where they do, in order and rounded", () => {
    expect(gradientOf((x) => api.slidingWindows(x, 3), grid(5))).toEqual([1, 2, 3, 2, 1]);
    expect(gradientOf((x) => api.slidingWindows(x, 2, { step: 3 }), grid(6))).toEqual([1, 1, 0, 1, 1, 0]);
    const x = zeros([3], { dtype: "float32" }) as Tensor;
    const ct = tensor(
      [
        [0, 1],
        [2 ** -24, 0],
      ],
      { dtype: "float32" },
    ) as Tensor;
    expect(
      api
        .vjp((v: Tensor) => api.slidingWindows(v, 2), x)[1](ct)[0]
        .toArray(),
    ).toEqual([0, 1, 0]);
  });
});

describe("what is refused, in whole sentences", () => {
  const x = zeros([2, 3]) as Tensor;
  test.each<[() => unknown, string]>([
    [
      () => api.reshape(zeros([0, 2]), [0, -1]),
      "reshape: [0, 2] has 0 elements, the -1 of [0, -1] could be anything; say what it is",
    ],
    [
      () => api.reshape(x, 6 as never),
      "reshape: [2, 3] has 6 elements, 6 does not; sizes must agree; at most one extent may be −1",
    ],
    [() => api.flatten(x, 1, 0), "flatten: axis 0 comes before axis 1 in [2, 3]; name the first one first"],
    [
      () => api.unflatten(x, 1, [2, 2]),
      "unflatten: axis 1 of [2, 3] has extent 3, not 2 · 2; give extents whose product it is; one may be −1",
    ],
    [() => api.moveAxis(x, [0, 0], [0, 1]), "moveAxis: an axis is named twice in [0, 0]; name each axis once"],
    [
      () => api.swapAxes(x, 0, 2),
      "swapAxes: axis 2 is out of range for rank 2; use a whole number from -2 to 1 (−1: last)",
    ],
    [() => api.swapAxes([[1]] as never, 0, 1), "swapAxes: expected a tensor, got an array; wrap data with tensor(…)"],
    [() => api.matrixTranspose(zeros([3])), "matrixTranspose: [3] is no matrix; it takes two axes or more"],
    [() => api.expandDims(x, [0, 0]), "expandDims: an axis is named twice in [0, 0]; name each axis once"],
    [() => api.rot90(x, 0.5), "rot90: turns is 0.5; give a whole number"],
    [() => api.rot90(x, 1, [0] as never), "rot90: 1 axes [0] are no plane; give two axes"],
    [
      () => api.flip(x, Number.NaN),
      "flip: axis NaN is out of range for rank 2; use a whole number from -2 to 1 (−1: last)",
    ],
    [() => api.split(x, 0), "split: the size of a piece is 0; give a whole number ≥ 1"],
    [
      () => api.split(x, [1, 3], 1),
      "split: the sizes [1, 3] add to 4, axis 1 of [2, 3] has 3; give sizes that add to the extent",
    ],
    [() => api.chunk(x, 1.5), "chunk: the number of pieces is 1.5; give a whole number from 1 to 16777216"],
    [() => api.tensorSplit(x, ["a"] as never), 'tensorSplit: a place to cut is "a"; give whole numbers'],
    [() => api.stack(x as never), "stack: the tensors are not in a list; write stack([a, b])"],
    [() => api.hstack([1, 2] as never), "hstack: expected a tensor, got number; wrap data with tensor(…)"],
    [
      () => api.hstack([zeros([2]), zeros([2, 1])]),
      "hstack: [2] float64 and [2, 1] float64 do not join on axis 0; only that axis may differ; cast to one dtype",
    ],
    [() => api.dstack([]), "dstack: there are no tensors; give at least one"],
    [
      () => api.broadcastTensors([zeros([2]), zeros([3])]),
      "broadcastTensors: shapes [2] and [3] do not broadcast (2 ≠ 3 on axis -1); extents must be equal or 1, counted from the last axis",
    ],
    [() => api.tile(x, Number.NaN), "tile: a count is NaN; give a whole number ≥ 0"],
    [
      () => api.repeat(x, [1, 2, 3], 0),
      "repeat: 3 counts [1, 2, 3] for axis 0 of [2, 3]; give one for all, or one for each of its elements",
    ],
    [() => api.roll(x, 1.5, 0), "roll: a shift is 1.5; give a whole number"],
    [
      () => api.pad(x, [[0, 0]]),
      "pad: margins [[0,0]] for [2, 3]; give [before, after] in whole numbers for each axis",
    ],
    [
      () =>
        api.pad(x, [
          [0, 0],
          [-2, -2],
        ]),
      "pad: margins [-2, -2] take more than there is from axis 1 of [2, 3]; negative margins crop: take at most 3",
    ],
    [
      () =>
        api.pad(
          x,
          [
            [0, 0],
            [4, 0],
          ],
          { mode: "circular" },
        ),
      'pad: margins [4, 0] are too wide to wrap on axis 1 of [2, 3]; use at most 3, or mode "constant"',
    ],
    [
      () => api.pad(zeros([0]), [[1, 0]], { mode: "replicate" }),
      'pad: margins [1, 0] are too wide to replicate on axis 0 of [0]; use at most 0, or mode "constant"',
    ],
    [
      () =>
        api.pad(
          x,
          [
            [0, 0],
            [1, 0],
          ],
          { mode: "mirror" as never },
        ),
      'pad: mode is "mirror"; use "constant" or "reflect" or "replicate" or "circular"',
    ],
    [
      () =>
        api.pad(
          x,
          [
            [0, 0],
            [1, 0],
          ],
          { value: "0" as never },
        ),
      "pad: the value is 0; give a number or a boolean",
    ],
    [
      () => api.slidingWindows(x, 4),
      "slidingWindows: a window of 4 does not fit axis 1 of [2, 3]; use a smaller one, or pad",
    ],
    [() => api.slidingWindows(x, 0), "slidingWindows: a size is 0; give a whole number ≥ 1"],
    [
      () => api.slidingWindows(x, [1, 1]),
      "slidingWindows: sizes [1, 1] and steps [1] for axes [1]; give one of each for each axis",
    ],
    [() => api.diag(zeros([1, 1, 1])), "diag: [1, 1, 1] is no vector or matrix; use diagonal or diagEmbed for batches"],
    [() => api.diagEmbed(tensor(1)), "diagEmbed: a scalar has no axis for a diagonal; give a vector"],
    [() => api.diagonal(x, 0.5), "diagonal: the offset is 0.5; give a whole number"],
    [() => api.trace(x, 0, { axes: [0, -2] }), "trace: an axis is named twice in [0, 0]; name each axis once"],
    [() => api.triu(zeros([3])), "triu: [3] is no matrix; it takes two axes or more"],
  ])("%#", (attempt, sentence) => {
    expectRefusal(attempt, sentence);
  });
});
