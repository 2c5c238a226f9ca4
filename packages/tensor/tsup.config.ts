// Builds the entries of @deltagrad/tensor.
import { packageBuild } from "../../tsup.base.ts";

export default packageBuild({
  index: "src/index.ts",
  extend: "src/extend.ts",
  check: "src/check/index.ts",
  npz: "src/npz.ts",
  safetensors: "src/safetensors.ts",
  blas: "src/blas/index.ts",
  // No entry of the package: a file of its own, so that bundles that draw no numbers leave seedrandom out.
  random: "src/core/random.ts",
});
