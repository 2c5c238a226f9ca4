/** @file Whatever stands in the place of an argument: the operation takes it, or refuses it in its own name. */
import { expect, test } from "vitest";
import * as api from "../../src/index.ts";
import { Tensor, TensorError, tensor, zeros } from "../../src/index.ts";

const [x, v, batch] = [zeros([2, 3]), zeros([3]), zeros([2, 2, 3])];

/** A good call of each operation that rearranges or multiplies. */
const calls: Readonly<Record<string, readonly unknown[]>> = {
  addmm: [zeros([2, 2]), x, zeros([3, 2]), { alpha: 2 }],
  atLeast1d: [x],
  atLeast2d: [x],
  atLeast3d: [x],
  baddbmm: [v, batch, zeros([2, 3, 3]), { alpha: 2 }],
  broadcastTensors: [[x, v]],
  broadcastTo: [x, [2, 2, 3]],
  cast: [x, "float32"],
  chunk: [x, 2, 0],
  concat: [[x, x], 0],
  diag: [x, 0],
  diagEmbed: [x, 0, { axes: [0, 1] }],
  diagonal: [x, 0, { axes: [0, 1] }],
  dot: [v, v],
  dstack: [[x]],
  einsum: ["ij,ij", x, x],
  expandDims: [x, 0],
  flatten: [x, 0, 1],
  flip: [x, 0],
  hstack: [[x]],
  inner: [x, x],
  kron: [x, x],
  matmul: [x, v],
  matrixTranspose: [x],
  matvec: [x, v],
  moveAxis: [x, 0, 1],
  multiDot: [[x, v]],
  outer: [v, v],
  pad: [
    x,
    [
      [0, 1],
      [1, 0],
    ],
    { mode: "constant", value: 2 },
  ],
  permute: [x, [1, 0]],
  ravel: [x],
  repeat: [x, 2, 0],
  reshape: [x, [6]],
  roll: [x, 1, 0],
  rot90: [x, 1, [0, 1]],
  slidingWindows: [x, 2, { axis: 1, step: 1 }],
  slice: [x, [0, 1]],
  split: [x, 2, 0],
  squeeze: [zeros([1]), 0],
  stack: [[x, x], 0],
  sumTo: [x, [3]],
  swapAxes: [x, 0, 1],
  tensorSplit: [x, 2, 0],
  tensordot: [x, zeros([3, 2]), 1],
  tile: [x, [1, 2]],
  trace: [x, 0, { axes: [0, 1] }],
  transpose: [x],
  tril: [x, 0],
  triu: [x, 0],
  unflatten: [x, 1, [3, 1]],
  unstack: [x, 0],
  vdot: [x, x],
  vecdot: [x, x, 0],
  vstack: [[x]],
};

const junk: readonly unknown[] = [
  undefined,
  null,
  true,
  -1,
  1.5,
  1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  "",
  "a",
  Symbol.iterator,
  () => 1,
  {},
  new Map(),
  [],
  [[1]],
  [1, "b"],
  ["0"],
  [null],
  { alpha: "1" },
  { axes: null },
  { axis: {}, step: {} },
  { mode: null },
  { value: null },
  tensor(2),
  tensor([true]),
];

/** What went wrong, or nothing. */
function complaint(name: string, args: readonly unknown[]): string | null {
  try {
    const results = [
      (api as unknown as Record<string, (...args: readonly unknown[]) => unknown>)[name]!(...args),
    ].flat();
    for (const y of results) (y as Tensor).toTypedArray();
    return results.every((y) => y instanceof Tensor) ? null : "returned no tensor";
  } catch (error) {
    if (!(error instanceof TensorError)) return String(error);
    return error.op === name ? null : error.message;
  }
}

test.each(Object.entries(calls))("%s", (name, args) => {
  expect(complaint(name, args)).toBeNull();
  const complaints = args.flatMap((_, place) =>
    junk.map((wrong) => complaint(name, args.with(place, wrong))).filter((text) => text !== null),
  );
  expect(complaints).toEqual([]);
});
