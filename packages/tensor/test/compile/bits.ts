/** @file What tests of programs compare: the very bits of tensors, where every NaN is one. */
import type { Tensor } from "../../src/index.ts";

/** dtype, shape and elements, −0 and 0 apart. */
export const bits = (x: Tensor): string =>
  `${x.dtype}[${x.shape}] ${[...x.toTypedArray()].map((value) => (Object.is(value, -0) ? "-0" : String(value)))}`;
