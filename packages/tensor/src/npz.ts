/** @file Entry "@deltagrad/tensor/npz": NumPy's files of one array (npy) and of several (npz). */
import * as npy from "./io/npy.ts";
import * as npz from "./io/npz.ts";
import { withMethods } from "./methods.ts";

export const decodeNpy = /* @__PURE__ */ withMethods(npy.decodeNpy);
export const decodeNpz = /* @__PURE__ */ withMethods(npz.decodeNpz);
export type { Bytes, DecodeOptions } from "./io/bytes.ts";
export { encodeNpy } from "./io/npy.ts";
export type * from "./io/npz.ts";
export { encodeNpz } from "./io/npz.ts";
