/** @file Exponential, logarithmic and trigonometric functions. */
import * as api from "../../src/index.ts";
import { type Family, positive, unary } from "./draws.ts";

export const elementary: Family = {
  differentiable: {
    exp: unary(api.exp),
    expm1: unary(api.expm1),
    log: unary(api.log, positive),
    log1p: unary(api.log1p, positive),
    sqrt: unary(api.sqrt, positive),
    sigmoid: unary(api.sigmoid),
    softplus: unary(api.softplus),
    tanh: unary(api.tanh),
    sin: unary(api.sin),
    cos: unary(api.cos),
  },
};
