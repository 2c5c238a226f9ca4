/** @file Comparisons, truth, choices, and functions with kinks. */
import {
  abs,
  clamp,
  copysign,
  equal,
  fmin,
  greater,
  greaterEqual,
  isClose,
  isFinite as isFiniteElement,
  isInf,
  isNaN as isNaNElement,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  logicalXor,
  maximum,
  notEqual,
  sign,
  where,
} from "@deltagrad/tensor";
import { binary, type Family, unary } from "../adapt.ts";
import type { Kwargs } from "../compare.ts";

interface Closeness extends Kwargs {
  readonly rtol?: number;
  readonly atol?: number;
  readonly equal_nan?: boolean;
}

export const choices: Family = {
  adapters: {
    abs: unary(abs),
    sign: unary(sign),
    copysign: binary(copysign),
    clamp: (_kwargs, x, min, max) => clamp(x!, min, max),
    clamp_min: (_kwargs, x, min) => clamp(x!, min),
    maximum: binary(maximum),
    fmin: binary(fmin),
    eq: binary(equal),
    ne: binary(notEqual),
    lt: binary(less),
    le: binary(lessEqual),
    gt: binary(greater),
    ge: binary(greaterEqual),
    isnan: unary(isNaNElement),
    isinf: unary(isInf),
    isfinite: unary(isFiniteElement),
    isclose: ({ equal_nan, ...tolerances }: Closeness, a, b) =>
      isClose(a!, b!, { ...tolerances, equalNaN: equal_nan ?? false }),
    logical_and: binary(logicalAnd),
    logical_or: binary(logicalOr),
    logical_xor: binary(logicalXor),
    where: (_kwargs, condition, x, y) => where(condition!, x!, y!),
  },
  names: {
    eq: "equal",
    ne: "notEqual",
    lt: "less",
    le: "lessEqual",
    gt: "greater",
    ge: "greaterEqual",
    isclose: "isClose",
    clamp_min: "clamp",
  },
  exceptions: {
    "the second derivative is 0: PyTorch's copysign divides and has rounding for it": [
      ...[1, 13].map((i) => `copysign/1 hvp[0][${i}]`),
      ...[4, 13, 14, 19, 21, 23, 26, 34, 36, 38, 39, 41, 43].map((i) => `copysign/2 hvp[0][${i}]`),
      ...[1, 2, 6, 7, 8, 10, 11, 12, 13].map((i) => `copysign/3 hvp[0][${i}]`),
    ],
    "a tie: each gets half here, as with maximum; in PyTorch's fmin the first gets all": [
      "fmin/4 gradient[0][0]",
      "fmin/4 gradient[0][2]",
      "fmin/4 gradient[1][0]",
      "fmin/4 gradient[1][2]",
    ],
  },
};
