/** @file Reductions, and functions along an axis. */
import {
  any,
  argMax,
  argMin,
  argsort,
  cumsum,
  diff,
  equal,
  logCumSumExp,
  logSoftmax,
  logSumExp,
  max,
  mean,
  median,
  min,
  nansum,
  norm,
  normalize,
  prod,
  reshape,
  softmax,
  sort,
  std,
  sum,
  type Tensor,
  topK,
  variance,
} from "@deltagrad/tensor";
import { along, axesOf, axisOf, type Family, place, reduction } from "../adapt.ts";
import type { Adapter, Kwargs } from "../compare.ts";

const spread =
  (f: typeof variance): Adapter =>
  (kwargs, x) => {
    const { correction = 1, keepdim = false } = kwargs as Kwargs & { readonly correction?: number };
    return f(x!, axesOf(x!, kwargs), { correction, keepDims: keepdim });
  };

/** Several results along an axis; PyTorch takes a 0-d tensor for a vector of one. */
const found =
  (f: (x: Tensor, axis: number) => readonly Tensor[]): Adapter =>
  (kwargs, x) =>
    x!.rank === 0 ? f(reshape(x!, [1]), 0).map((y) => reshape(y, [])) : f(x!, axisOf(x!, kwargs) ?? -1);

const upTo = (count: number): number[] => [...Array(count).keys()];
const elements = (part: string, indices: readonly number[]): string[] => indices.map((i) => `${part}[${i}]`);

export const reductions: Family = {
  adapters: {
    sum: reduction(sum),
    mean: reduction(mean),
    nansum: reduction(nansum),
    prod: reduction(prod),
    any: reduction(any),
    amax: reduction(max),
    amin: reduction(min),
    argmax: place(argMax),
    argmin: place(argMin),
    max: (kwargs, x) => {
      const value = reduction(max)(kwargs, x!) as Tensor;
      return kwargs.dim === undefined ? value : [value, place(argMax)(kwargs, x!) as Tensor];
    },
    median: (kwargs, x) => {
      const value = reduction(median)(kwargs, x!) as Tensor;
      const isMedian = (y: Tensor, axis?: number): Tensor =>
        argMax(equal(y, median(y, axis, { keepDims: true }) as Tensor), axis);
      return kwargs.dim === undefined ? value : [value, place(isMedian)(kwargs, x!) as Tensor];
    },
    var: spread(variance),
    std: spread(std),
    var_mean: (kwargs, x) => [spread(variance)(kwargs, x!) as Tensor, reduction(mean)(kwargs, x!) as Tensor],
    "linalg.vector_norm": (kwargs, x) => {
      const { ord = 2, keepdim = false } = kwargs as Kwargs & { readonly ord?: number };
      return norm(x!, axesOf(x!, kwargs), { p: ord, keepDims: keepdim });
    },
    "nn.functional.normalize": (kwargs, x) => {
      const { p = 2, dim = 1, eps = 1e-12 } = kwargs as { p?: number; dim?: number; eps?: number };
      return x!.rank === 0 ? reshape(normalize(reshape(x!, [1]), 0, { p, eps }), []) : normalize(x!, dim, { p, eps });
    },
    logsumexp: reduction(logSumExp),
    softmax: along(softmax),
    log_softmax: along(logSoftmax),
    cumsum: along(cumsum),
    logcumsumexp: along(logCumSumExp),
    diff: (kwargs, x, prepend, append) => {
      const { n = 1, dim = -1 } = kwargs as { n?: number; dim?: number };
      return diff(x!, dim, { n, ...(prepend && { prepend }), ...(append && { append }) });
    },
    sort: (kwargs, x) => {
      const options = { descending: (kwargs.descending ?? false) as boolean };
      return found((y, axis) => [sort(y, axis, options), argsort(y, axis, options)])(kwargs, x!);
    },
    argsort: (kwargs, x) => {
      const options = { descending: (kwargs.descending ?? false) as boolean };
      const [places] = found((y, axis) => [argsort(y, axis, options)])(kwargs, x!) as readonly [Tensor];
      return places;
    },
    topk: (kwargs, x) => {
      const { k, largest = true } = kwargs as { k?: number; largest?: boolean };
      return found((y, axis) => {
        const { values, indices } = topK(y, k!, axis, { largest });
        return [values, indices];
      })(kwargs, x!);
    },
  },
  names: {
    amax: "max",
    amin: "min",
    argmax: "argMax",
    argmin: "argMin",
    logsumexp: "logSumExp",
    logcumsumexp: "logCumSumExp",
    topk: "topK",
    var: "variance",
    var_mean: ["variance", "mean"],
    "linalg.vector_norm": "norm",
  },
  exceptions: {
    "the derivative is 0; PyTorch's is what rounding left of it": [
      "prod/2 hvp[0][0]",
      "linalg.vector_norm/0 hvp[0][0]",
      ...elements("logcumsumexp/1 hvp[0]", upTo(9)),
      ...elements(
        "nn.functional.normalize/7 gradient[0]",
        [0, 1, 2, 4, 5, 6, 10, 11, 13, 14, 16, 18, 20, 21, 22, 23, 24, 26, 29, 31, 32, 33, 34, 35, 36, 38, 39],
      ),
    ],
    "PyTorch's var_mean gives 12.666666679 for 10⁸ + {1, 2, 4, 9}, whose variance is 38/3": ["var_mean/4 value[0][0]"],
    "PyTorch's norm overflows to ∞ at 10²⁰⁰, and its gradient is 0 there": [
      "linalg.vector_norm/8 value[0][0]",
      ...elements("linalg.vector_norm/8 gradient[0]", upTo(2)),
    ],
    "PyTorch rounds the power 0.9 to float32 for the value (0.89999998), and not for the derivative": [
      ...elements("linalg.vector_norm/3 value[0]", upTo(2)),
      ...elements("linalg.vector_norm/3 gradient[0]", upTo(12)),
      ...elements("linalg.vector_norm/3 jvp[0]", upTo(2)),
      ...elements("linalg.vector_norm/3 hvp[0]", upTo(12)),
      ...elements("linalg.vector_norm/13 value[0]", upTo(4)),
      ...elements("linalg.vector_norm/13 gradient[0]", upTo(12)),
    ],
  },
};
