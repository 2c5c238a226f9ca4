/** @file The four operations, powers, and what is combined from them. */
import { add, div, mul, neg, pow, reciprocal, square, sub, type Tensor } from "@deltagrad/tensor";
import { binary, type Family, missing, unary } from "../adapt.ts";
import type { Kwargs } from "../compare.ts";

const scaled = (alpha: Kwargs["alpha"], y: Tensor): Tensor => (alpha === undefined ? y : mul(alpha, y)) as Tensor;

export const arithmetic: Family = {
  adapters: {
    add: ({ alpha }, x, y) => add(x!, scaled(alpha, y!)) as Tensor,
    sub: ({ alpha }, x, y) => sub(x!, scaled(alpha, y!)) as Tensor,
    mul: binary(mul),
    div: (kwargs, x, y) => (kwargs.rounding_mode ? missing("rounding division") : div(x!, y!)) as Tensor,
    neg: unary(neg),
    pow: binary(pow),
    reciprocal: unary(reciprocal),
    square: unary(square),
  },
  exceptions: {
    "there is no division that rounds: rounding_mode trunc and floor": [0, 1, 2, 5, 6, 7, 10, 11, 12, 13].map(
      (i) => `div/${i} missing`,
    ),
  },
};
