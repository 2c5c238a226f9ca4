/** @file Initializers of matrices that keep lengths: orthogonal ones, and the identity. */
import { eye, mul, qr, sign, type Tensor, TensorError, tensor, transpose, zeros as zerosOf } from "@deltagrad/tensor";
import { checkFinite, type Initializer, made } from "./initializer.ts";

interface Gain {
  readonly gain?: number;
}

/**
 * A matrix with orthonormal columns or, where there are more columns than rows, rows, times gain; axes after the first
 * count as one. All such matrices are equally likely.
 *
 * Source: A. Saxe and others, Exact solutions to the nonlinear dynamics of learning in deep linear networks (2014).
 *
 * @example
 * const q = orthogonal()([3, 2], rng(7));
 * q.T.matmul(q).sub(eye(2)).abs().max().item() < 1e-12;   // => true
 */
export function orthogonal(options: Gain = {}): Initializer {
  const { gain = 1 } = options;
  checkFinite("orthogonal", { gain });
  return made("orthogonal", options, (shape, rng) => {
    if (shape.length < 2)
      throw new TensorError("orthogonal", `[${shape.join(", ")}] is no matrix`, "give two axes at least");
    const rows = shape[0]!;
    const columns = shape.slice(1).reduce((a, b) => a * b, 1);
    if (rows * columns === 0) return zerosOf(shape) as Tensor;
    const tall = rng.normal([Math.max(rows, columns), Math.min(rows, columns)]) as Tensor;
    const [q, r] = qr(tall) as unknown as [Tensor, Tensor];
    // The sign of R's diagonal belongs to Q: without it the matrices would not be evenly spread.
    const signs = sign(mul(r, eye(r.shape[0]!)).sum(0) as Tensor) as Tensor;
    const spread = mul(mul(q, signs) as Tensor, gain) as Tensor;
    return (rows < columns ? transpose(spread) : spread).reshape(shape) as Tensor;
  });
}

/**
 * What lets the input through: 1 where an output meets the input of its number, at the middle of a kernel, else 0. Of
 * two axes the identity matrix; of more what PyTorch calls Dirac's.
 *
 * @example
 * identity()([2, 3], rng(7)).toArray();       // => [[1, 0, 0], [0, 1, 0]]
 * identity()([1, 1, 3], rng(7)).toArray();    // => [[[0, 1, 0]]]
 */
export const identity = (): Initializer =>
  made("identity", {}, (shape) => {
    if (shape.length < 2)
      throw new TensorError("identity", `[${shape.join(", ")}] is no matrix`, "give two axes at least");
    const [first, second, ...kernel] = shape as [number, number, ...number[]];
    const size = kernel.reduce((a, b) => a * b, 1);
    const middle = kernel.reduce((place, extent) => place * extent + Math.floor(extent / 2), 0);
    const values = new Float64Array(first * second * size);
    for (let i = 0; i < Math.min(first, second) && size > 0; i++) values[(i * second + i) * size + middle] = 1;
    return tensor(values, { shape }) as Tensor;
  });
