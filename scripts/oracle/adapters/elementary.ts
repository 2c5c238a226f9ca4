/** @file Exponential, logarithmic and trigonometric functions. */
import {
  div,
  exp,
  expm1,
  greater,
  log,
  log1p,
  mul,
  sigmoid,
  sin,
  softplus,
  sqrt,
  type Tensor,
  tanh,
  where,
} from "@deltagrad/tensor";
import { type Family, unary } from "../adapt.ts";
import type { Adapter } from "../compare.ts";

/** As PyTorch: the identity where beta·x exceeds the threshold. */
const softplusWith: Adapter = ({ beta, threshold }, x) => {
  if (beta === undefined) return softplus(x!);
  const scaled = mul(beta, x!) as Tensor;
  return where(greater(scaled, threshold!), x!, div(softplus(scaled), beta));
};

export const elementary: Family = {
  adapters: {
    exp: unary(exp),
    expm1: unary(expm1),
    log: unary(log),
    log1p: unary(log1p),
    sqrt: unary(sqrt),
    sin: unary(sin),
    tanh: unary(tanh),
    sigmoid: unary(sigmoid),
    "nn.functional.softplus": softplusWith,
  },
  exceptions: {
    "PyTorch's expm1 has the derivative y + 1, which at −30 keeps four digits: ours is eˣ": ["expm1/1 gradient[0][0]"],
    "PyTorch's softplus is the identity above 20, with derivative 1 where ours is sigmoid(x)": [
      "nn.functional.softplus/3 gradient[0][8]",
    ],
    "PyTorch's log1p loses denormals and overflows at the largest number: ours are right": [9, 10, 11].map(
      (i) => `log1p/9 value[0][${i}]`,
    ),
  },
};
