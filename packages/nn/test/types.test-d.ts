import { relu, rng, sigmoid, type Tensor, tanh, zeros } from "@deltagrad/tensor";
import { expectTypeOf, test } from "vitest";
import { type DenseParams, dense, type LayerLike, stack } from "../src/index.ts";

test("a stack keeps literal sizes, through activations, at any length", () => {
  const net = stack(
    dense(784, 128),
    relu,
    dense(128, 64),
    tanh,
    dense(64, 32),
    sigmoid,
    dense(32, 16),
    relu,
    dense(16, 10),
  );
  const params = net.init(rng(1));
  expectTypeOf(net.apply(params, zeros([64, 784]))).toEqualTypeOf<Tensor<readonly [64, 10]>>();
  expectTypeOf(net.apply(params, zeros([5, 64, 784]))).toEqualTypeOf<Tensor<readonly [5, 64, 10]>>();
  expectTypeOf(params[0]).toEqualTypeOf<DenseParams<784, 128>>();
  expectTypeOf(params[1]).toEqualTypeOf<null>();
  expectTypeOf(params[8].weight).toEqualTypeOf<Tensor<readonly [16, 10]>>();
});

test("layers that do not fit do not compile", () => {
  // @ts-expect-error 128 features go into a layer that expects 64
  stack(dense(784, 128), dense(64, 10));
  // @ts-expect-error 128 features go into a layer that expects 64
  stack(dense(784, 128), sigmoid, dense(64, 10));
  // @ts-expect-error 128 features go into a layer that expects 64
  stack(stack(dense(784, 128), relu), dense(64, 10));
  const net = stack(dense(3, 2));
  // @ts-expect-error 4 features where 3 are expected
  net.apply(net.init(rng(1)), zeros([5, 4]));
  // @ts-expect-error parameters of another stack
  net.apply(stack(dense(3, 3)).init(rng(1)), zeros([5, 3]));
});

test("sizes that are not known are legal", () => {
  const size: number = 64;
  const net = stack(dense(784, size), relu, dense(64, 10));
  expectTypeOf(net.apply(net.init(rng(1)), zeros([2, 784]))).toEqualTypeOf<Tensor<readonly [2, 10]>>();
  const layers: LayerLike[] = [dense(3, 2), sigmoid];
  const open = stack(...layers);
  expectTypeOf(open.apply(open.init(rng(1)), zeros([5, 3]))).toEqualTypeOf<Tensor>();
});
