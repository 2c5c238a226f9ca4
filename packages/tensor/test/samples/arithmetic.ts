/** @file The four operations, powers, rests, and several at once. */
import * as fc from "fast-check";
import * as api from "../../src/index.ts";
import { anywhere, binary, type Family, positive, type Range, type Sample, shape, unary } from "./draws.ts";

/** Three tensors that broadcast: each may have extents of 1 for others. */
const ternary = (f: Sample["f"], ranges: readonly [Range, Range, Range]): fc.Arbitrary<Sample> =>
  fc.tuple(shape(), fc.nat(7), fc.nat(7), fc.nat(7)).map(([s, ...masks]) => ({
    f,
    inputs: masks.map((mask, i) => ({ shape: s.map((n, axis) => ((mask >> axis) & 1 ? 1 : n)), ...ranges[i] })),
  }));

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
    sqrt: unary(api.sqrt, positive),
    rsqrt: unary(api.rsqrt, positive),
    cbrt: unary(api.cbrt, positive),
    hypot: binary(api.hypot, positive),
    lerp: ternary((a, b, c) => api.lerp(a!, b!, c!), [anywhere, anywhere, anywhere]),
    addcmul: ternary((x, a, b) => api.addcmul(x!, a!, b!, { value: 3 }), [anywhere, anywhere, anywhere]),
    addcdiv: ternary((x, a, b) => api.addcdiv(x!, a!, b!, { value: 0.5 }), [anywhere, anywhere, positive]),
    floor: unary(api.floor),
    ceil: unary(api.ceil),
    trunc: unary(api.trunc),
    round: fc.constantFrom(0, 1, -1).chain((decimals) => unary((x) => api.round(x, { decimals }))),
    frac: unary(api.frac),
    floorDivide: binary(api.floorDivide, anywhere, positive),
    truncDivide: binary(api.truncDivide, anywhere, positive),
    remainder: binary(api.remainder, anywhere, positive),
    fmod: binary(api.fmod, anywhere, positive),
  },
  kinks: ["floor", "ceil", "trunc", "round", "frac", "floorDivide", "truncDivide", "remainder", "fmod"],
  // Near a jump float32 and float64 may fall on two sides of it.
  unbounded: ["round", "floorDivide", "truncDivide", "remainder", "fmod"],
};
