/** @file The four operations, powers, rests, and what is combined from them. */
import {
  add,
  addcdiv,
  addcmul,
  ceil,
  div,
  floorDivide,
  fmod,
  lerp,
  mul,
  neg,
  pow,
  reciprocal,
  remainder,
  round,
  rsqrt,
  sqrt,
  square,
  sub,
  type Tensor,
  trunc,
  truncDivide,
} from "@deltagrad/tensor";
import { binary, type Family, unary } from "../adapt.ts";
import type { Kwargs } from "../compare.ts";

const scaled = (alpha: Kwargs["alpha"], y: Tensor): Tensor => (alpha === undefined ? y : mul(alpha, y)) as Tensor;
/** PyTorch cuts the factor of whole numbers off to a whole number. */
const factor = ({ value }: { value?: number }, x: Tensor) =>
  value === undefined ? {} : { value: x.dtype === "int32" ? Math.trunc(value) : value };
const divisions = { floor: floorDivide, trunc: truncDivide };

export const arithmetic: Family = {
  adapters: {
    add: ({ alpha }, x, y) => add(x!, scaled(alpha, y!)) as Tensor,
    sub: ({ alpha }, x, y) => sub(x!, scaled(alpha, y!)) as Tensor,
    mul: binary(mul),
    div: (kwargs: { rounding_mode?: "floor" | "trunc" }, x, y) =>
      (kwargs.rounding_mode ? divisions[kwargs.rounding_mode] : div)(x!, y!) as Tensor,
    remainder: binary(remainder),
    fmod: binary(fmod),
    neg: unary(neg),
    pow: binary(pow),
    reciprocal: unary(reciprocal),
    square: unary(square),
    sqrt: unary(sqrt),
    rsqrt: unary(rsqrt),
    lerp: (_kwargs, a, b, weight) => lerp(a!, b!, weight!),
    addcmul: (kwargs: { value?: number }, x, a, b) => addcmul(x!, a!, b!, factor(kwargs, x!)),
    addcdiv: (kwargs: { value?: number }, x, a, b) => addcdiv(x!, a!, b!, kwargs),
    ceil: unary(ceil),
    trunc: unary(trunc),
    round: (kwargs: { decimals?: number }, x) => round(x!, kwargs),
  },
};
