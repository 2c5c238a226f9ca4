/** @file Starts, and comes to the first gradient of a tiny network. */
import { crossEntropyFromLogits } from "@deltagrad/nn";
import { add, matmul, sigmoid, tensor, valueAndGrad, zeros } from "@deltagrad/tensor";

const loss = ({ v, w, b }, x, y) => crossEntropyFromLogits(add(matmul(sigmoid(matmul(x, v)), w), b), y);
const params = {
  v: tensor(new Float32Array([0.1, -0.2, 0.3, 0.4, 0.5, -0.6]), { shape: [2, 3] }),
  w: tensor(new Float32Array([0.7, -0.8, 0.9]), { shape: [3, 1] }),
  b: zeros([1], { dtype: "float32" }),
};
const [x, y] = [
  tensor(new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]), { shape: [4, 2] }),
  tensor(new Float32Array([0, 1, 1, 0]), { shape: [4, 1] }),
];
const [, { v }] = valueAndGrad(loss)(params, x, y);
console.log(v.toArray());
