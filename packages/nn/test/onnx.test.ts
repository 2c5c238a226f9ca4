/** @file Exported networks, applied by ONNX Runtime: they give what they give here. */
import {
  argsort,
  avgPool2d,
  celu,
  concat,
  conv2d,
  convTranspose2d,
  elu,
  embedding,
  exp,
  gelu,
  glu,
  groupNorm,
  hardSigmoid,
  hardSwish,
  hardTanh,
  layerNorm,
  leakyRelu,
  leaves,
  log,
  logSigmoid,
  logSoftmax,
  mapTree,
  max,
  maxPool2d,
  mean,
  mish,
  mul,
  permute,
  relu,
  relu6,
  reshape,
  rmsNorm,
  rng,
  scaledDotProductAttention,
  selu,
  sigmoid,
  silu,
  slice,
  softmax,
  softplus,
  softsign,
  square,
  stack as stackTensors,
  sub,
  sum,
  type Tensor,
  TensorError,
  tanh,
  tanhshrink,
  tensor,
} from "@deltagrad/tensor";
import { describe, expect, test } from "vitest";
import {
  dense,
  embedding as embeddingLayer,
  fromConfig,
  type LayerConfig,
  learnedPositions,
  stack,
  transformerEncoderBlock,
} from "../src/index.ts";
import { type Exportable, type OnnxOptions, toOnnx } from "../src/onnx/index.ts";
import { onnxRuntime } from "./onnxRuntime.ts";

/** What ONNX Runtime makes of the exported network, and what we make of it in float32. */
async function both<P>(net: Exportable<P>, params: P, options: OnnxOptions, x: Tensor): Promise<[Tensor, Tensor]> {
  const session = await onnxRuntime!.InferenceSession.create(toOnnx(net, params, options), {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
  });
  const isInt = x.dtype === "int32";
  const data = isInt ? Int32Array.from(x.toTypedArray()) : Float32Array.from(x.toTypedArray());
  const fed = new onnxRuntime!.Tensor(isInt ? "int32" : "float32", data, x.shape);
  const { y } = await session.run({ x: fed });
  const single = <T>(tree: T): T => mapTree((t) => (t.dtype === "float64" ? (t.cast("float32") as Tensor) : t), tree);
  const ours = net.apply(
    single(params),
    single(x),
    options.state === undefined ? {} : { state: single(options.state) },
  );
  return [tensor(Float64Array.from(y.data), { shape: y.dims }) as Tensor, ours];
}

/** Both compute in float32, in another order: some hundred roundings of the largest value. */
function expectSame([theirs, ours]: [Tensor, Tensor]): void {
  expect(theirs.shape).toEqual(ours.shape);
  const [a, b] = [theirs, ours].map((t) => Array.from(t.toTypedArray())) as [number[], number[]];
  const scale = b.reduce((most: number, x: number) => Math.max(most, Math.abs(x)), 1e-3);
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThanOrEqual(256 * 2 ** -24 * scale);
}

const draw = (...shape: number[]): Tensor => rng(`onnx ${shape}`).normal(shape) as Tensor;
const ofInput = (f: (x: Tensor) => Tensor): Exportable<null> => ({ apply: (_, x) => f(x) });

describe.skipIf(onnxRuntime === null)("operations", () => {
  const image = [3, 8, 8];
  const kernel = draw(4, 3, 3, 3);
  const cases: Record<string, [(x: Tensor) => unknown, number[]]> = {
    softmax: [(x) => softmax(x, -1), [5]],
    "softmax of rows": [(x) => softmax(x, 1), [5, 3]],
    logSoftmax: [(x) => logSoftmax(x, 1), [5, 3]],
    "mean and max": [(x) => max(mean(x, 1) as Tensor, -1), [4, 3]],
    "sum to a scalar each": [(x) => sum(square(x), [1, 2]), [4, 3]],
    "a bias that is stretched": [(x) => sub(mul(x, draw(3)), draw(4, 1)), [4, 3]],
    "slices and a stack": [(x) => stackTensors([slice(x, null, 0), slice(x, null, -1)], 1), [4, 3]],
    "a slice backwards": [(x) => slice(x, null, [null, null, -2]), [5]],
    "glu and concat": [(x) => concat([glu(x), x], -1), [6]],
    "permute and reshape": [(x) => reshape(permute(x, [0, 2, 1]), [x.shape[0]!, 12]), [4, 3]],
    "conv2d with padding": [(x) => conv2d(x, kernel, { padding: 1, stride: 2, bias: draw(4) }), image],
    "conv2d, same, dilated": [(x) => conv2d(x, kernel, { padding: "same", dilation: 2 }), image],
    "conv2d in groups": [(x) => conv2d(x, draw(6, 1, 3, 3), { groups: 3 }), image],
    convTranspose2d: [(x) => convTranspose2d(x, draw(3, 4, 3, 3), { stride: 2, padding: 1, outputPadding: 1 }), image],
    maxPool2d: [(x) => maxPool2d(x, 2), image],
    "maxPool2d with padding": [(x) => maxPool2d(x, 3, { stride: 2, padding: 1 }), image],
    "maxPool2d, ceil": [(x) => maxPool2d(x, 3, { stride: 2, ceilMode: true }), image],
    avgPool2d: [(x) => avgPool2d(x, 3, { stride: 2, padding: 1 }), image],
    layerNorm: [(x) => layerNorm(x, 3, { weight: draw(3), bias: draw(3) }), [4, 3]],
    groupNorm: [(x) => groupNorm(x, 3, { weight: draw(6), bias: draw(6) }), [6, 5]],
    rmsNorm: [(x) => rmsNorm(x, 3), [4, 3]],
    attention: [(x) => scaledDotProductAttention(x, x, x), [2, 4, 3]],
    "attention, causal": [(x) => scaledDotProductAttention(x, x, x, { causal: true }), [2, 4, 3]],
    ...Object.fromEntries(
      Object.entries({
        celu,
        elu,
        exp,
        gelu,
        hardSigmoid,
        hardSwish,
        hardTanh,
        leakyRelu,
        logSigmoid,
        mish,
        relu,
        relu6,
        selu,
        sigmoid,
        silu,
        softplus,
        softsign,
        tanh,
        tanhshrink,
      }).map(([name, f]) => [name, [(x: Tensor) => (f as (x: Tensor) => Tensor)(mul(3, x) as Tensor), [7]]]),
    ),
    "gelu by tanh": [(x) => gelu(x, { approximate: "tanh" }), [7]],
    "log of squares": [(x) => log(square(x)), [7]],
  };
  test.each(Object.entries(cases))("%s, for any batch", async (_name, [f, input]) => {
    const net = ofInput(f as (x: Tensor) => Tensor);
    for (const batch of [1, 2, 5]) expectSame(await both(net, null, { input }, draw(batch, ...input)));
    expectSame(await both(net, null, { input, batch: 4 }, draw(4, ...input)));
  });

  test("an embedding takes whole numbers", async () => {
    const net = { apply: (table: Tensor, x: Tensor) => embedding(x, table) };
    const places = rng(1).randint([3, 4], { high: 7 }) as Tensor;
    expectSame(await both(net, draw(7, 2), { input: [4], dtype: "int32" }, places));
  });
});

describe.skipIf(onnxRuntime === null)("layers", () => {
  const nets: Record<string, [LayerConfig[], number[]]> = {
    "convolutions with batch norm": [
      [
        { conv2d: 4, kernel: 3 },
        { batchNorm: 4, spatial: 2 },
        "relu",
        { maxPool2d: 2 },
        { dropout: 0.5 },
        "flatten",
        { dense: 5 },
      ],
      [2, 8, 8],
    ],
    "pooling of all kinds": [
      [{ avgPool2d: 2 }, { adaptiveAvgPool2d: 3 }, { convTranspose2d: 3, kernel: 2, stride: 2 }, "globalMaxPool2d"],
      [2, 9, 9],
    ],
    "one axis": [
      [{ conv1d: 4, kernel: 3, padding: 1 }, { maxPool1d: 2 }, { groupNorm: 2, spatial: 1 }, "globalAvgPool1d"],
      [3, 8],
    ],
    "norms and ways around": [
      [
        { residual: [{ layerNorm: 6 }, { dense: 6 }, "gelu"] },
        { rmsNorm: 6 },
        { parallel: [{ dense: 2 }, { dense: 3 }] },
        { prelu: 1 },
      ],
      [4, 6],
    ],
    "a gru, an lstm, an rnn, from both ends": [
      [{ gru: 5 }, { bidirectional: { lstm: 4 } }, { rnn: 3 }],
      [6, 3],
    ],
    "the last of a sequence": [
      [{ last: { gru: 5 } }, { dense: 2 }],
      [6, 3],
    ],
    "a transformer": [
      [
        { sinusoidalPositions: 8 },
        { transformerEncoderBlock: 2, causal: true },
        { transformerEncoderBlock: 2, norm: "pre", activation: "gelu" },
      ],
      [5, 8],
    ],
    "layers that repeat": [[{ repeated: { dense: 3 }, times: 3 }, "softmax"], [3]],
  };
  test.each(Object.entries(nets))("%s", async (_name, [config, input]) => {
    const net = fromConfig(config, { input });
    const params = net.init(rng(5));
    for (const batch of [1, 4])
      expectSame(await both(net, params, { input, state: net.initState() }, draw(batch, ...input)));
  });

  test("an embedding in front of a transformer", async () => {
    const net = stack(embeddingLayer(9, 8), learnedPositions(5, 8), transformerEncoderBlock(8, 2), dense(8, 9));
    const places = rng(1).randint([3, 5], { high: 9 }) as Tensor;
    expectSame(await both(net, net.init(rng(2)), { input: [5], dtype: "int32", state: net.initState() }, places));
  });
});

test.skipIf(onnxRuntime === null)("a stack, under its parameters' names", async () => {
  const net = stack(dense(6, 5), tanh, dense(5, 4), relu, dense(4, 3));
  const params = net.init(rng(3));
  expectSame(await both(net, params, { input: [6] }, draw(7, 6)));
  const text = new TextDecoder("latin1").decode(toOnnx(net, params, { input: [6] }));
  for (const { path } of leaves(params))
    if (path.endsWith("weight")) expect(text).toContain(path.replace(/\[(\d)\]/, "$1"));
});

test.each<[string, () => unknown, string]>([
  [
    "an operation without words",
    () =>
      toOnnx(
        ofInput((x) => argsort(x) as Tensor),
        null,
        { input: [3] },
      ),
    "toOnnx: argsort has no words in ONNX here; apply it outside of the network",
  ],
  [
    "no shape",
    () => toOnnx(ofInput(relu), null, {} as never),
    "toOnnx: input is undefined; give the shape of one example, as [64]",
  ],
  [
    "no batch",
    () => toOnnx(ofInput(relu), null, { input: [3], batch: 0 }),
    "toOnnx: batch is 0; use a whole number ≥ 1, or leave it out",
  ],
  [
    "a constant for each example",
    () =>
      toOnnx(
        ofInput((x) => mul(x, draw(x.shape[0]!, 3)) as Tensor),
        null,
        { input: [3] },
      ),
    "toOnnx: a constant differs from example to example; give a batch: { batch: 1 }",
  ],
  [
    "other work for another batch",
    () =>
      toOnnx(
        ofInput((x) => (x.shape[0] === 2 ? relu(x) : tanh(x)) as Tensor),
        null,
        { input: [3] },
      ),
    "toOnnx: the network does other things with another batch; give a batch: { batch: 1 }",
  ],
])("is refused: %s", (_name, attempt, sentence) => {
  expect(attempt).toThrow(TensorError);
  expect(attempt).toThrow(sentence);
});
