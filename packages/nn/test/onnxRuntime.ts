/** @file ONNX Runtime, where `npm test` has installed it: it is large, so nothing else does. */
import { createRequire } from "node:module";

interface Fed {
  readonly data: ArrayLike<number>;
  readonly dims: readonly number[];
}

interface Runtime {
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: { readonly logSeverityLevel: number; readonly intraOpNumThreads: number },
    ): Promise<{ run(feeds: { readonly x: Fed }): Promise<{ readonly y: Fed }> }>;
  };
  readonly Tensor: new (type: "int32" | "float32", data: Int32Array | Float32Array, dims: readonly number[]) => Fed;
}

export const onnxRuntime = ((): Runtime | null => {
  try {
    return createRequire(new URL("../../../scripts/onnx/package.json", import.meta.url))("onnxruntime-node");
  } catch {
    console.warn("ONNX Runtime is not installed: npm test does it; exported networks are not run");
    return null;
  }
})();
