import { relu, rng, type Statistics, sigmoid, type Tensor, tanh, valueAndGrad, zeros } from "@deltagrad/tensor";
import { expectTypeOf, test } from "vitest";
import {
  activations,
  batchNorm,
  bidirectional,
  conv2d,
  type DenseParams,
  dense,
  dropout,
  embedding,
  flatten,
  globalAvgPool2d,
  gru,
  type LayerLike,
  last,
  layerNorm,
  lstm,
  maxPool2d,
  multiHeadAttention,
  type NormParams,
  parallel,
  repeated,
  reshape,
  residual,
  stack,
  tied,
  transformerEncoderBlock,
} from "../src/index.ts";

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

test("images: channels are followed through what lets them pass, other channels do not compile", () => {
  const net = stack(
    reshape([784], [1, 28, 28]),
    conv2d(1, 8, 3),
    batchNorm(8, { spatial: 2 }),
    relu,
    maxPool2d(2),
    dropout(0.5),
    conv2d(8, 16, 3),
    globalAvgPool2d(),
    dense(16, 10),
  );
  const params = net.init(rng(1));
  expectTypeOf(net.apply(params, zeros([32, 784]), { state: net.initState() })).toEqualTypeOf<
    Tensor<readonly [32, 10]>
  >();
  expectTypeOf(params[2]).toEqualTypeOf<NormParams>();
  expectTypeOf(net.initState()[2]).toEqualTypeOf<Statistics>();
  expectTypeOf(net.initState()[1]).toEqualTypeOf<null>();
  // @ts-expect-error 8 channels go into a layer that expects 16
  stack(conv2d(1, 8, 3), relu, maxPool2d(2), conv2d(16, 4, 3));
  // @ts-expect-error 8 channels go into a norm of 4
  stack(conv2d(1, 8, 3), batchNorm(4, { spatial: 2 }));
  // @ts-expect-error 8 features are left of an image, not 10
  stack(conv2d(1, 8, 3), globalAvgPool2d(), dense(10, 2));
  // @ts-expect-error a vector of 784 is no image
  stack(conv2d(1, 8, 3)).apply([stack(conv2d(1, 8, 3)).init(rng(1))[0]], zeros([784]));
});

test("what a first layer lets pass, a later one may mind", () => {
  const net = stack(maxPool2d(2), conv2d(3, 8, 3));
  expectTypeOf(net.input).toEqualTypeOf<readonly [3, number, number]>();
  expectTypeOf(net.apply(net.init(rng(1)), zeros([5, 3, 9, 9]))).toEqualTypeOf<
    Tensor<readonly [5, 8, number, number]>
  >();
  const flat = stack(conv2d(1, 8, 3), flatten(), dense(72, 10));
  expectTypeOf(flat.apply(flat.init(rng(1)), zeros([5, 1, 5, 5]))).toEqualTypeOf<Tensor<readonly [5, 10]>>();
});

test("sequences", () => {
  const words = stack(embedding(100, 16), lstm(16, 32), layerNorm(32), last(gru(32, 8)), dense(8, 4));
  const params = words.init(rng(1));
  expectTypeOf(params[0].table).toEqualTypeOf<Tensor<readonly [100, 16]>>();
  expectTypeOf(words.apply(params, zeros([2, 7]))).toEqualTypeOf<Tensor<readonly [2, 4]>>();
  const attending = stack(multiHeadAttention(16, 4), transformerEncoderBlock(16, 2), dense(16, 3));
  expectTypeOf(attending.apply(attending.init(rng(1)), zeros([2, 7, 16]))).toEqualTypeOf<
    Tensor<readonly [2, number, 3]>
  >();
  bidirectional(gru(4, 5)).apply(bidirectional(gru(4, 5)).init(rng(1)), zeros([2, 7, 4]));
  // @ts-expect-error 16 features go into a layer that expects 15
  stack(embedding(100, 16), lstm(15, 32));
  // @ts-expect-error 3 features where 4 are expected
  bidirectional(gru(4, 5)).apply(bidirectional(gru(4, 5)).init(rng(1)), zeros([2, 7, 3]));
});

test("layers of layers", () => {
  const net = stack(dense(4, 8), residual(dense(8, 8), activations.leakyRelu()), repeated(dense(8, 8), 2), dense(8, 2));
  expectTypeOf(net.apply(net.init(rng(1)), zeros([5, 4]))).toEqualTypeOf<Tensor<readonly [5, 2]>>();
  const wide = stack(dense(4, 8), parallel([dense(8, 3), tanh]), dense(11, 2));
  expectTypeOf(wide.apply(wide.init(rng(1)), zeros([5, 4]))).toEqualTypeOf<Tensor<readonly [5, 2]>>();
  expectTypeOf(wide.init(rng(1))[1][0]).toEqualTypeOf<DenseParams<8, 3>>();
  const sums = parallel([dense(8, 3), dense(8, 3)], { combine: "add" });
  expectTypeOf(sums.apply(sums.init(rng(1)), zeros([5, 8]))).toEqualTypeOf<Tensor<readonly [5, 3]>>();
  const twins = tied(stack(dense(3, 3), tanh, dense(3, 3)), { "[2].weight": (p) => p[0].weight });
  expectTypeOf(twins.init(rng(1))[0]).toEqualTypeOf<DenseParams<3, 3>>();
  // @ts-expect-error 8 features go into a stack with a way around that expects 6
  stack(dense(4, 8), residual(dense(6, 6)), dense(6, 2));
  // @ts-expect-error 8 features go into a layer that expects 7
  residual(dense(7, 8), dense(7, 7));
});

test("a value may bring others along out of a gradient", () => {
  const net = stack(dense(3, 2), batchNorm(2));
  type Params = ReturnType<typeof net.init>;
  type State = ReturnType<typeof net.initState>;
  const loss = (p: Params, state: State) => {
    const [y, next] = net.applyWithState(p, zeros([5, 3]), { training: true, state });
    return [y.sum(), next] as const;
  };
  const [cost, gradient, next] = valueAndGrad(loss)(net.init(rng(1)), net.initState());
  expectTypeOf(cost).toEqualTypeOf<Tensor<readonly []>>();
  expectTypeOf(gradient).toEqualTypeOf<Params>();
  expectTypeOf(next).toEqualTypeOf<State>();
});
