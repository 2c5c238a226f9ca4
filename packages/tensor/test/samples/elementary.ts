/** @file Exponential, logarithmic, trigonometric, hyperbolic and special functions. */
import * as fc from "fast-check";
import * as api from "../../src/index.ts";
import { anywhere, binary, type Family, positive, type Range, unary } from "./draws.ts";

/** Inside of where arc functions and their like have derivatives. */
const fraction: Range = { min: -0.75, max: 0.75 };
/** Between the poles at 0 and −1 and the zero of ψ. */
const aboveOne: Range = { min: 1.125, max: 3 };

export const elementary: Family = {
  differentiable: {
    exp: unary(api.exp),
    exp2: unary(api.exp2),
    expm1: unary(api.expm1),
    log: unary(api.log, positive),
    log1p: unary(api.log1p, positive),
    log2: unary(api.log2, positive),
    log10: unary(api.log10, positive),
    xlogy: binary(api.xlogy, anywhere, positive),
    sigmoid: unary(api.sigmoid),
    softplus: unary(api.softplus),
    logSigmoid: unary(api.logSigmoid),
    logit: fc
      .constantFrom(null, 0.0625)
      .chain((eps) => unary((x) => api.logit(x, { eps }), { min: 0.125, max: 0.875 })),
    logaddexp: binary(api.logaddexp),
    logaddexp2: binary(api.logaddexp2),
    sinh: unary(api.sinh),
    cosh: unary(api.cosh),
    tanh: unary(api.tanh),
    asinh: unary(api.asinh),
    acosh: unary(api.acosh, { min: 1.25, max: 3 }),
    atanh: unary(api.atanh, fraction),
    sin: unary(api.sin),
    cos: unary(api.cos),
    tan: unary(api.tan, fraction),
    asin: unary(api.asin, fraction),
    acos: unary(api.acos, fraction),
    atan: unary(api.atan),
    atan2: binary(api.atan2, anywhere, positive),
    sinc: unary(api.sinc),
    deg2rad: unary(api.deg2rad),
    rad2deg: unary(api.rad2deg),
    erf: unary(api.erf),
    erfc: unary(api.erfc),
    erfinv: unary(api.erfinv, fraction),
    lgamma: unary(api.lgamma, positive),
    digamma: unary(api.digamma, positive),
    polygamma: fc.constantFrom(0, 1, 2, 3).chain((n) => unary((x) => api.polygamma(n, x), aboveOne)),
  },
  // Values that pass through 0 have no bound relative to them.
  unbounded: ["sinc", "lgamma", "digamma", "polygamma"],
};
