// Builds the entries of @deltagrad/nn.
import { packageBuild } from "../../tsup.base.ts";

export default packageBuild({
  index: "src/index.ts",
  brawer: "src/brawer/index.ts",
  save: "src/save/index.ts",
  onnx: "src/onnx/index.ts",
});
