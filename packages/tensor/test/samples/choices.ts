/** @file Comparisons, and functions with kinks. */
import * as api from "../../src/index.ts";
import { binary, type Family, positive, unary } from "./draws.ts";

export const choices: Family = {
  differentiable: {
    abs: unary(api.abs),
    sign: unary(api.sign, positive),
    relu: unary(api.relu),
    maximum: binary(api.maximum),
    minimum: binary(api.minimum),
    where: binary((a, b) => api.where(api.greater(api.stopGradient(api.sub(a, b)), 0), a, b)),
  },
  constant: {
    equal: binary(api.equal),
    notEqual: binary(api.notEqual),
    less: binary(api.less),
    lessEqual: binary(api.lessEqual),
    greater: binary(api.greater),
    greaterEqual: binary(api.greaterEqual),
    stopGradient: unary(api.stopGradient),
  },
  kinks: ["abs", "relu", "maximum", "minimum", "where", "sign"],
};
