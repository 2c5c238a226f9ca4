/** @file Reductions, and functions along an axis. */
import { argMax, argMin, logSoftmax, logSumExp, max, mean, min, softmax, sum, type Tensor } from "@deltagrad/tensor";
import { along, type Family, place, reduction } from "../adapt.ts";

export const reductions: Family = {
  adapters: {
    sum: reduction(sum),
    mean: reduction(mean),
    amax: reduction(max),
    amin: reduction(min),
    argmax: place(argMax),
    argmin: place(argMin),
    max: (kwargs, x) => {
      const value = reduction(max)(kwargs, x!) as Tensor;
      return kwargs.dim === undefined ? value : [value, place(argMax)(kwargs, x!) as Tensor];
    },
    logsumexp: reduction(logSumExp),
    softmax: along(softmax),
    log_softmax: along(logSoftmax),
  },
  names: { amax: "max", amin: "min", argmax: "argMax", argmin: "argMin", logsumexp: "logSumExp" },
};
