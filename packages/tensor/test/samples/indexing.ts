/** @file Places that are data, and places that are named. */
import * as fc from "fast-check";
import * as api from "../../src/index.ts";
import { type Place, type ScatterReduction, tensor } from "../../src/index.ts";
import { type Draw, type Family, fixed, type Sample } from "./draws.ts";

const index = tensor(
  [
    [2, 0, 2],
    [1, 1, 0],
  ],
  { dtype: "int32" },
);
/** Twice the first; the last by its distance from the end. */
const list = tensor([0, 2, 0, -1], { dtype: "int32" });
const column = tensor([[1], [0]], { dtype: "int32" });
const mask = tensor([
  [true, false, true],
  [false, false, true],
]);

/** Ways to name places of a tensor [2, 3, 4], and the shape of what is there. */
const named: readonly (readonly [places: readonly Place[], shape: readonly number[]])[] = [
  [[], [2, 3, 4]],
  [
    [-1, [null, null, -2], null, ":"],
    [2, 1, 4],
  ],
  [
    ["...", [3, 0, -1], null],
    [2, 3, 3, 1],
  ],
  [
    [":", list],
    [2, 4, 4],
  ],
  [
    [column, list],
    [2, 4, 4],
  ],
  [
    [column, ":", list],
    [2, 4, 3],
  ],
  [
    [1, ":", list],
    [4, 3],
  ],
  [
    [mask, [1]],
    [3, 3],
  ],
  [
    [":", mask.slice(1), list.slice([0, 1])],
    [2, 1],
  ],
  [
    [[2], list],
    [0, 4, 4],
  ],
];
const x: Draw = { shape: [2, 3, 4] };
const read: Sample[] = named.map(([places]) => ({ f: (x) => api.at(x, ...places).get(), inputs: [x] }));
const updated: Sample[] = named.flatMap(([places, shape]) => [
  { f: (x, v) => api.at(x, ...places).set(v), inputs: [x, { shape }] },
  { f: (x, v) => api.at(x, ...places).add(v), inputs: [x, { shape: shape.slice(-1) }] },
  { f: (x) => api.at(x, ...places).apply((y) => api.mul(y, y)), inputs: [x] },
]);

const combined = (reduce: ScatterReduction, includeSelf: boolean): Sample => ({
  f: (x, source) => api.scatterReduce(x, index, source, 1, { reduce, includeSelf }),
  inputs: [{ shape: [2, 4] }, { shape: [2, 3] }],
});
/** Of two that are written to one place, the smaller and the larger by far: without kinks. */
const apart = (reduce: "amax" | "amin"): Sample => ({
  f: (x, low, high) =>
    api.scatterReduce(x, tensor([0, 1, 1], { dtype: "int32" }), api.concat([low, high]), 0, { reduce }),
  inputs: [{ shape: [3] }, { shape: [2], min: -5, max: -3 }, { shape: [1], min: 3, max: 5 }],
});

export const indexing: Family = {
  differentiable: {
    at: fc.constantFrom(...read, ...updated),
    gather: fixed((x) => api.gather(x, index, 1), { shape: [3, 4] }),
    takeAlongAxis: fc.constantFrom<Sample>(
      { f: (x) => api.takeAlongAxis(x, index, -1), inputs: [{ shape: [2, 4] }] },
      { f: (x) => api.takeAlongAxis(x, index, 1), inputs: [{ shape: [1, 4] }] },
      { f: (x) => api.takeAlongAxis(x, column, 0), inputs: [{ shape: [2, 3] }] },
    ),
    take: fc.constantFrom<Sample>(
      { f: (x) => api.take(x, list), inputs: [{ shape: [2, 3] }] },
      { f: (x) => api.take(x, index, 0), inputs: [{ shape: [3, 2] }] },
      { f: (x) => api.take(x, column, -1), inputs: [{ shape: [2, 0, 3] }] },
    ),
    indexSelect: fixed((x) => api.indexSelect(x, list.slice([0, 3]), 1), { shape: [2, 3] }),
    scatter: fixed((x, source) => api.scatter(x, index, source, 1), { shape: [3, 4] }, { shape: [2, 3] }),
    scatterAdd: fixed((x, source) => api.scatterAdd(x, index, source, 1), { shape: [3, 4] }, { shape: [2, 3] }),
    indexAdd: fixed((x, source) => api.indexAdd(x, list.slice([0, 3]), source, 1), { shape: [2, 3] }, { shape: [3] }),
    indexFill: fixed((x, value) => api.indexFill(x, list.slice([0, 3]), value, 0), { shape: [3, 2] }, { shape: [] }),
    scatterReduce: fc.constantFrom<Sample>(
      ...[true, false].flatMap((self) => [combined("sum", self), combined("prod", self), combined("mean", self)]),
      apart("amax"),
      apart("amin"),
    ),
    maskedSelect: fixed((x) => api.maskedSelect(x, mask), { shape: [3] }),
    maskedFill: fixed((x, value) => api.maskedFill(x, mask, value), { shape: [2, 3] }, { shape: [] }),
  },
  constant: {
    oneHot: fixed((labels) => api.oneHot(labels, 3), { shape: [2, 2], min: 0, max: 2, dtype: "int32" }),
  },
  // Products and extremes of what is written to one place.
  unbounded: ["scatterReduce"],
};
