/** @file Entry "@deltagrad/tensor/safetensors": the files in which models are exchanged. */
import * as safetensors from "./io/safetensors.ts";
import { withMethods } from "./methods.ts";

export const decodeSafetensors = /* @__PURE__ */ withMethods(safetensors.decodeSafetensors);
export type { Bytes, DecodeOptions } from "./io/bytes.ts";
export type { Safetensors } from "./io/safetensors.ts";
export { encodeSafetensors } from "./io/safetensors.ts";
