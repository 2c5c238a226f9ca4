// Builds the entries of @deltagrad/tensor.
import { packageBuild } from "../../tsup.base.ts";

export default packageBuild({
  index: "src/index.ts",
  extend: "src/extend.ts",
  check: "src/check/index.ts",
  npz: "src/io/npz.ts",
  safetensors: "src/io/safetensors.ts",
});
