// Builds the entries of @deltagrad/datasets.
import { packageBuild } from "../../tsup.base.ts";

export default packageBuild({ index: "src/index.ts", digits: "src/digits.ts", iris: "src/iris.ts" });
