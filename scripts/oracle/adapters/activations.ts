/** @file Activations of networks. */
import {
  celu,
  div,
  elu,
  gelu,
  glu,
  greater,
  hardSwish,
  hardshrink,
  hardTanh,
  logSigmoid,
  mish,
  mul,
  relu,
  relu6,
  silu,
  softplus,
  softshrink,
  softsign,
  type Tensor,
  where,
} from "@deltagrad/tensor";
import { type Family, unary } from "../adapt.ts";
import type { Adapter, Kwargs } from "../compare.ts";

/** As PyTorch: the identity where beta·x exceeds the threshold. */
const softplusWith: Adapter = ({ beta = 1, threshold = 20 }, x) => {
  const scaled = mul(beta, x!) as Tensor;
  return where(greater(scaled, threshold), x!, div(softplus(scaled), beta));
};

interface Alpha extends Kwargs {
  readonly alpha?: number;
}
const lambda = ({ lambd }: { lambd?: number }) => (lambd === undefined ? {} : { lambda: lambd });

export const activations: Family = {
  adapters: {
    "nn.functional.relu": unary(relu),
    "nn.functional.relu6": unary(relu6),
    "nn.functional.hardtanh": ({ min_val = -1, max_val = 1 }: { min_val?: number; max_val?: number }, x) =>
      hardTanh(x!, { min: min_val, max: max_val }),
    "nn.functional.hardswish": unary(hardSwish),
    "nn.functional.hardshrink": (kwargs: { lambd?: number }, x) => hardshrink(x!, lambda(kwargs)),
    "nn.functional.softshrink": (kwargs: { lambd?: number }, x) => softshrink(x!, lambda(kwargs)),
    "nn.functional.elu": (kwargs: Alpha, x) => elu(x!, kwargs),
    "nn.functional.celu": (kwargs: Alpha, x) => celu(x!, kwargs),
    "nn.functional.gelu": (kwargs: { approximate?: "none" | "tanh" }, x) => gelu(x!, kwargs),
    "nn.functional.silu": unary(silu),
    "nn.functional.mish": unary(mish),
    "nn.functional.softsign": unary(softsign),
    "nn.functional.softplus": softplusWith,
    "nn.functional.logsigmoid": unary(logSigmoid),
    "nn.functional.glu": ({ dim }: Kwargs & { dim?: number }, x) => glu(x!, dim),
  },
  names: {
    "nn.functional.hardtanh": "hardTanh",
    "nn.functional.hardswish": "hardSwish",
    "nn.functional.logsigmoid": "logSigmoid",
  },
  exceptions: {
    "PyTorch computes eˣ − 1 by subtraction, which loses small x: ours is expm1": [
      "nn.functional.celu/3 value[0][4]",
      "nn.functional.celu/3 value[0][5]",
      "nn.functional.celu/11 value[0][7]",
      "nn.functional.celu/11 value[0][13]",
      "nn.functional.elu/3 value[0][4]",
      "nn.functional.elu/3 value[0][5]",
      "nn.functional.elu/11 value[0][8]",
    ],
    "PyTorch's celu has the derivative (y + alpha)/alpha, which cancels for very negative x: ours is e^(x/alpha)": [
      0, 2, 4, 7,
    ].map((i) => `nn.functional.celu/6 gradient[0][${i}]`),
    "PyTorch's gelu is 0 in the far tail: −2.3960567181548651·10⁻⁹² has 17 digits that mpmath confirms": [
      "nn.functional.gelu/2 value[0][3]",
      "nn.functional.gelu/2 gradient[0][3]",
    ],
    "PyTorch's silu flushes the last subnormal numbers, of which ours keeps the magnitude": [
      "nn.functional.silu/3 value[0][0]",
      "nn.functional.silu/3 gradient[0][0]",
    ],
    "the limit at ±∞, where PyTorch has ∞·0 or ∞/∞": [
      "nn.functional.gelu/11 value[0][12]",
      "nn.functional.hardswish/9 value[0][4]",
      "nn.functional.silu/10 value[0][2]",
      "nn.functional.softsign/11 value[0][9]",
      "nn.functional.softsign/11 value[0][11]",
    ],
    "PyTorch multiplies by 6 before it divides by 6: hardswish of the largest number overflows": [
      "nn.functional.hardswish/9 value[0][5]",
    ],
    "NaN stays NaN: PyTorch's softshrink gives 0": ["nn.functional.softshrink/11 value[0][10]"],
  },
};
