/** @file Reductions, what goes along an axis, and what is made of order. */
import * as fc from "fast-check";
import * as api from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import { along, type Family, filled, fixed, reduction, rows, type Sample } from "./draws.ts";

type Reduced = (x: Tensor, axis?: number | number[], options?: { keepDims?: boolean }) => Tensor;
/** Several ways to call a reduction. */
const ways = (fs: readonly Reduced[], from = filled): fc.Arbitrary<Sample> =>
  fc.constantFrom(...fs).chain((f) => reduction(f, from));
/** Several ways to call what goes along an axis. */
const alongs = (...fs: ((x: Tensor, axis: number) => Tensor)[]): fc.Arbitrary<Sample> =>
  fc.constantFrom(...fs).chain((f) => along(f));

const norms = [2, 2, 1, 0, 3, 1.5, 0.5, 4, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(
  (p): Reduced =>
    (x, axis, options) =>
      api.norm(x, axis, { p, ...options }),
);
const quantiles = (["linear", "lower", "higher", "nearest", "midpoint"] as const).map(
  (interpolation): Reduced =>
    (x, axis, options) =>
      api.quantile(x, [0, 0.3, 0.5, 1], axis, { interpolation, ...options }),
);

export const reductions: Family = {
  differentiable: {
    sum: reduction(api.sum),
    mean: reduction(api.mean, filled),
    nansum: reduction(api.nansum),
    nanmean: reduction(api.nanmean, filled),
    variance: reduction((x, axis, options) => api.variance(x, axis, { correction: 0.5, ...options }), filled),
    std: reduction((x, axis, options) => api.std(x, axis, { correction: 0.5, ...options }), filled),
    norm: ways(norms),
    normalize: alongs(
      (x, axis) => api.normalize(api.add(x, 3), axis),
      (x, axis) => api.normalize(api.add(x, 3), axis, { p: 3 }),
    ),
    prod: reduction(api.prod),
    max: reduction(api.max, filled),
    min: reduction(api.min, filled),
    median: reduction(api.median, filled),
    nanmedian: reduction(api.nanmedian, filled),
    quantile: ways(quantiles),
    kthValue: along((x, axis) => api.kthValue(x, x.shape[axis]!, axis).values),
    logSumExp: reduction(api.logSumExp, filled),
    softmax: along(api.softmax),
    logSoftmax: along(api.logSoftmax),
    sumTo: fixed((x) => api.sumTo(x, [3, 1]), { shape: [2, 3, 4] }),
    cumsum: along(api.cumsum),
    cumprod: along(api.cumprod),
    logCumSumExp: along(api.logCumSumExp),
    cummax: along((x, axis) => api.cummax(x, axis).values),
    cummin: along((x, axis) => api.cummin(x, axis).values),
    diff: alongs(
      api.diff,
      (x, axis) => api.diff(x, axis, { n: 2, prepend: 0, append: x }),
      (x, axis) => api.diff(x, axis, { n: 4 }),
    ),
    sort: alongs(api.sort, (x, axis) => api.sort(x, axis, { descending: true })),
    topK: alongs(
      (x, axis) => api.topK(x, 1, axis).values,
      (x, axis) => api.topK(x, x.shape[axis]! - 1, axis, { largest: false }).values,
    ),
    histogram: fixed(
      (weights) => api.histogram(tensor([0, 1, 0.5, 3, 2, 0.1]), { bins: [0, 0.5, 2], weights }).counts,
      { shape: [6] },
    ),
  },
  constant: {
    argMax: along((x, axis) => api.argMax(x, axis)),
    argMin: along((x, axis) => api.argMin(x, axis)),
    all: reduction(api.all),
    any: reduction(api.any),
    countNonZero: reduction(api.countNonZero),
    argsort: alongs(api.argsort, (x, axis) => api.argsort(x, axis, { descending: true })),
    searchSorted: rows().map((shape) => ({
      f: (x: Tensor, values: Tensor) => api.searchSorted(api.sort(x), values, { side: "right" }),
      inputs: [{ shape }, { shape }],
    })),
  },
  kinks: [
    "max",
    "min",
    "median",
    "nanmedian",
    "quantile",
    "kthValue",
    "cummax",
    "cummin",
    "sort",
    "topK",
    "norm",
    "std",
  ],
  unbounded: ["histogram"],
};
