/** @file Comparisons, choices, and functions with kinks. */
import {
  abs,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  maximum,
  notEqual,
  relu,
  sign,
  where,
} from "@deltagrad/tensor";
import { binary, type Family, unary } from "../adapt.ts";

export const choices: Family = {
  adapters: {
    abs: unary(abs),
    sign: unary(sign),
    "nn.functional.relu": unary(relu),
    maximum: binary(maximum),
    eq: binary(equal),
    ne: binary(notEqual),
    lt: binary(less),
    le: binary(lessEqual),
    gt: binary(greater),
    ge: binary(greaterEqual),
    where: (_kwargs, condition, x, y) => where(condition!, x!, y!),
  },
  names: { eq: "equal", ne: "notEqual", lt: "less", le: "lessEqual", gt: "greater", ge: "greaterEqual" },
  exceptions: {
    "the sign of a zero: sign(−0) is −0 here, as in JavaScript, and 0 in PyTorch": ["sign/9 value[0][12]"],
    "the sign of a zero: relu(−0) is 0 here, as Math.max has it, and −0 in PyTorch": [
      "nn.functional.relu/12 value[0][1]",
    ],
  },
};
