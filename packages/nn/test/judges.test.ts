/** @file The judges of @deltagrad/tensor/check on networks of this package. */

import { crossEntropyFromLogits, type DenseParams, dense, stack } from "@deltagrad/nn";
import {
  add,
  div,
  grad,
  log,
  matmul,
  mul,
  neg,
  rng,
  sigmoid,
  softplus,
  sub,
  sum,
  type Tensor,
  transpose,
} from "@deltagrad/tensor";
import { proveEqual } from "@deltagrad/tensor/check";
import { expect, test } from "vitest";

const net = stack(dense(64, 32), sigmoid, dense(32, 10));
type Params = ReturnType<typeof net.init>;
const params = net.init(rng(7));
const x = rng("x").normal([16, 64]) as Tensor;
const y = rng("y").uniform([16, 10]) as Tensor;

const byTape = (p: Params, input: Tensor, target: Tensor) =>
  grad((q: Params) => crossEntropyFromLogits(net.apply(q, input as never) as Tensor, target))(p);

/** Equations 42–48, for this network. */
const byHand = ([first, , last]: Params, input: Tensor, target: Tensor): readonly (DenseParams | null)[] => {
  const h = sigmoid(add(matmul(input, first.weight), first.bias)) as Tensor;
  const delta3 = div(sub(sigmoid(add(matmul(h, last.weight), last.bias)), target), 16) as Tensor;
  const delta2 = mul(matmul(delta3, transpose(last.weight)), mul(h, sub(1, h))) as Tensor;
  return [
    { weight: matmul(transpose(input), delta2) as never, bias: sum(delta2, 0) as never },
    null,
    { weight: matmul(transpose(h), delta3) as never, bias: sum(delta3, 0) as never },
  ];
};

test("a 64-32-10 sigmoid network with 16 samples is proved in under 2 s", () => {
  const times = Array.from({ length: 3 }, () => {
    const begin = performance.now();
    const proof = proveEqual(byTape, byHand, [params, x, y]);
    expect(proof.verdict, String(proof)).toBe("proved");
    expect(proof.failure).toBeLessThan(1e-15);
    return performance.now() - begin;
  });
  // The best of three: other work on the machine is not the proof's.
  expect(Math.min(...times)).toBeLessThan(2000);
}, 60_000);

test("the cost from logits is the cost from probabilities", () => {
  const fromLogits = (z: Tensor, t: Tensor) => crossEntropyFromLogits(z, t);
  const fromProbabilities = (z: Tensor, t: Tensor) => {
    const h = sigmoid(z);
    return div(neg(sum(add(mul(t, log(h)), mul(sub(1, t), log(sub(1, h)))))), z.shape[0]);
  };
  const z = rng("z").normal([3, 2]) as Tensor;
  const targets = rng("t").uniform([3, 2]) as Tensor;
  expect(proveEqual(fromLogits, fromProbabilities, [z, targets]).verdict).toBe("proved");
  const bothSoftplus = (v: Tensor, t: Tensor) =>
    div(sum(add(mul(t, softplus(neg(v))), mul(sub(1, t), softplus(v)))), v.shape[0]);
  expect(proveEqual(fromLogits, bothSoftplus, [z, targets]).verdict).toBe("proved");
});
