/** @file The four operations and powers. */
import * as api from "../../src/index.ts";
import { anywhere, binary, type Family, positive, unary } from "./draws.ts";

export const arithmetic: Family = {
  differentiable: {
    add: binary(api.add),
    sub: binary(api.sub),
    mul: binary(api.mul),
    div: binary(api.div, anywhere, positive),
    neg: unary(api.neg),
    reciprocal: unary(api.reciprocal, positive),
    square: unary(api.square),
    pow: binary(api.pow, positive, anywhere),
  },
};
