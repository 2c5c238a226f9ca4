/** @file Reductions and what is made of them. */
import * as api from "../../src/index.ts";
import { along, type Family, filled, fixed, reduction } from "./draws.ts";

export const reductions: Family = {
  differentiable: {
    sum: reduction(api.sum),
    mean: reduction(api.mean, filled),
    max: reduction(api.max, filled),
    min: reduction(api.min, filled),
    logSumExp: reduction(api.logSumExp, filled),
    softmax: along(api.softmax),
    logSoftmax: along(api.logSoftmax),
    sumTo: fixed((x) => api.sumTo(x, [3, 1]), { shape: [2, 3, 4] }),
  },
  constant: {
    argMax: along((x, axis) => api.argMax(x, axis)),
    argMin: along((x, axis) => api.argMin(x, axis)),
  },
  kinks: ["max", "min"],
};
