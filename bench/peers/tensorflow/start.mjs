/** @file Starts, and comes to the first gradient of a tiny network. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

if (process.argv[2] === "wasm")
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
await tf.setBackend(process.argv[2]);
const [x, y] = [tf.tensor2d([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]), tf.tensor2d([0, 1, 1, 0], [4, 1])];
const loss = (v, w, b) => {
  const z = tf.add(tf.matMul(tf.sigmoid(tf.matMul(x, v)), w), b);
  return tf.div(tf.sum(tf.sub(tf.softplus(z), tf.mul(y, z))), 4);
};
const [v] = tf.grads(loss)([
  tf.tensor2d([0.1, -0.2, 0.3, 0.4, 0.5, -0.6], [2, 3]),
  tf.tensor2d([0.7, -0.8, 0.9], [3, 1]),
  tf.tensor1d([0]),
]);
console.log(v.arraySync());
