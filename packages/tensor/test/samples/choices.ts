/** @file Comparisons, truth, bits, and functions with kinks. */
import * as fc from "fast-check";
import * as api from "../../src/index.ts";
import { binary, type Family, positive, type Sample, shape, unary } from "./draws.ts";

/** Whole numbers, or bools where the laws draw them: bits of floats are refused. */
const bits = (f: (...xs: api.Tensor[]) => api.Tensor, count: 1 | 2): fc.Arbitrary<Sample> =>
  fc.tuple(shape(), fc.constantFrom("int32" as const, "bool" as const)).map(([s, dtype]) => ({
    f: (...xs) => f(...xs),
    inputs: Array.from({ length: count }, () => ({ shape: s, min: -100, max: 100, dtype })),
  }));
const words = (f: (a: api.Tensor, b: api.Tensor) => api.Tensor): fc.Arbitrary<Sample> =>
  shape().map((s) => ({
    f: (a, b) => f(a!, b!),
    inputs: [
      { shape: s, min: -100, max: 100, dtype: "int32" },
      { shape: s, min: -1, max: 33, dtype: "int32" },
    ],
  }));

export const choices: Family = {
  differentiable: {
    abs: unary(api.abs),
    sign: unary(api.sign, positive),
    copysign: binary(api.copysign),
    clamp: binary((x, y) => api.clamp(x, -1, y)),
    nanToNum: unary((x) => api.nanToNum(x)),
    maximum: binary(api.maximum),
    minimum: binary(api.minimum),
    fmax: binary(api.fmax),
    fmin: binary(api.fmin),
    where: binary((a, b) => api.where(api.greater(api.stopGradient(api.sub(a, b)), 0), a, b)),
    meshgrid: fc
      .tuple(fc.constantFrom("xy" as const, "ij" as const), fc.nat(1), fc.nat(3), fc.nat(3))
      .map(([indexing, i, n, m]) => ({
        f: (...xs) => api.meshgrid(xs, { indexing })[i]!,
        inputs: [{ shape: [n] }, { shape: [m] }],
      })),
  },
  constant: {
    equal: binary(api.equal),
    notEqual: binary(api.notEqual),
    less: binary(api.less),
    lessEqual: binary(api.lessEqual),
    greater: binary(api.greater),
    greaterEqual: binary(api.greaterEqual),
    isNaN: unary(api.isNaN),
    isFinite: unary(api.isFinite),
    isInf: unary(api.isInf),
    isClose: binary((a, b) => api.isClose(a, b, { atol: 1 })),
    logicalAnd: binary(api.logicalAnd),
    logicalOr: binary(api.logicalOr),
    logicalXor: binary(api.logicalXor),
    logicalNot: unary(api.logicalNot),
    bitwiseAnd: bits(api.bitwiseAnd, 2),
    bitwiseOr: bits(api.bitwiseOr, 2),
    bitwiseXor: bits(api.bitwiseXor, 2),
    bitwiseNot: bits(api.bitwiseNot, 1),
    leftShift: words(api.leftShift),
    rightShift: words(api.rightShift),
    stopGradient: unary(api.stopGradient),
  },
  kinks: ["abs", "maximum", "minimum", "fmax", "fmin", "where", "sign", "copysign", "clamp"],
};
