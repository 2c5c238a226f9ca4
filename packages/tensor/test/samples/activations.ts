/** @file Activations of networks. */
import * as fc from "fast-check";
import * as api from "../../src/index.ts";
import { type Family, rows, unary } from "./draws.ts";

export const activations: Family = {
  differentiable: {
    relu: unary(api.relu),
    relu6: unary(api.relu6),
    leakyRelu: unary((x) => api.leakyRelu(x, { slope: 0.25 })),
    hardTanh: unary((x) => api.hardTanh(x, { min: -0.5, max: 1 })),
    hardSigmoid: unary(api.hardSigmoid, { min: -4, max: 4 }),
    hardSwish: unary(api.hardSwish, { min: -4, max: 4 }),
    softshrink: unary((x) => api.softshrink(x)),
    hardshrink: unary((x) => api.hardshrink(x)),
    threshold: unary((x) => api.threshold(x, 0.5, -1)),
    elu: unary((x) => api.elu(x, { alpha: 1.5 })),
    celu: unary((x) => api.celu(x, { alpha: 1.5 })),
    selu: unary(api.selu),
    gelu: fc
      .constantFrom("none" as const, "tanh" as const)
      .chain((approximate) => unary((x) => api.gelu(x, { approximate }))),
    silu: unary(api.silu),
    mish: unary(api.mish),
    softsign: unary(api.softsign),
    tanhshrink: unary(api.tanhshrink),
    glu: fc.tuple(rows(), fc.nat(2)).map(([s, at]) => {
      const axis = at % s.length;
      return { f: (x) => api.glu(x!, axis), inputs: [{ shape: s.map((n, i) => (i === axis ? 2 * n : n)) }] };
    }),
  },
  kinks: [
    ...["relu", "relu6", "leakyRelu", "hardTanh", "hardSigmoid", "hardSwish", "softshrink", "hardshrink", "threshold"],
    // Second derivatives jump at 0.
    ...["elu", "celu", "selu", "softsign"],
  ],
};
