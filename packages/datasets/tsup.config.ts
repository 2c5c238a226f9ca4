// Builds the entries of @deltagrad/datasets.
import { packageBuild } from "../../tsup.base.ts";

export default packageBuild({
  index: "src/index.ts",
  digits: "src/embedded/digits.ts",
  iris: "src/embedded/iris.ts",
  wine: "src/embedded/wine.ts",
  "breast-cancer": "src/embedded/breastCancer.ts",
  workers: "src/pipeline/workers.ts",
  images: "src/look/images.ts",
  files: "src/files/index.ts",
  downloads: "src/downloads/index.ts",
});
