/** @file How parameters begin: functions of a shape and a stream of random numbers. The namespace `initializers`. */

export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  torchUniform,
} from "./initializers/fans.ts";
export { fansOf, gainOf } from "./initializers/initializer.ts";
export { identity, orthogonal } from "./initializers/matrices.ts";
export { constant, normal, ones, truncatedNormal, uniform, zeros } from "./initializers/plain.ts";
