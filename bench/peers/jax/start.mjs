/** @file Starts, and comes to the first gradient of a tiny network. */
import { defaultDevice, grad, init, nn, numpy as np } from "@jax-js/jax";

await init("wasm");
defaultDevice("wasm");
const loss = ([v, w, b], x, y) => {
  const z = np.matmul(nn.sigmoid(np.matmul(x, v)), w).add(b);
  return nn.softplus(z.ref).sub(y.mul(z)).sum().div(4);
};
const array = (values, shape) => np.array(new Float32Array(values)).reshape(shape);
const params = [array([0.1, -0.2, 0.3, 0.4, 0.5, -0.6], [2, 3]), array([0.7, -0.8, 0.9], [3, 1]), array([0], [1])];
const [v] = grad(loss)(params, array([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]), array([0, 1, 1, 0], [4, 1]));
console.log(await v.jsAsync());
