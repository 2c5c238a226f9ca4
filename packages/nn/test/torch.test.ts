/** @file PyTorch itself reads what was saved here, and its files are read here: the outputs are the same. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { abs, concat, gelu, max, relu, rng, slice, sub, type Tensor, tensor, transpose } from "@deltagrad/tensor";
import { decodeSafetensors, encodeSafetensors } from "@deltagrad/tensor/safetensors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as nn from "../src/index.ts";
import type { AttentionParams } from "../src/layers/attention.ts";
import { encodeParams, loadPyTorch, torchNames } from "../src/save/index.ts";

/** A Python that has PyTorch. */
const python = ["/usr/bin/python3", "python3", "python"].find(
  (command) => spawnSync(command, ["-c", "import torch"]).status === 0,
);
if (python === undefined) console.warn("no Python here has PyTorch (Debian: apt install python3-torch): not tested");

/** A network, an input, and its parameters as PyTorch has them, where that is another tree. */
interface Case {
  readonly net: { readonly init: (random: ReturnType<typeof rng>) => unknown; readonly initState?: () => unknown };
  readonly x: Tensor;
  readonly apply: (tree: Tree) => Tensor;
  readonly to?: (params: unknown) => unknown;
  readonly from?: (theirs: unknown) => unknown;
}
interface Tree {
  readonly params: unknown;
  readonly state: unknown;
}

const random = rng("torch");
const caseOf = (net: object, x: Tensor, more: Pick<Case, "to" | "from"> = {}): Case => ({
  net: net as Case["net"],
  x,
  apply: ({ params, state }) => (net as nn.Layer<unknown>).apply(params, x, { state } as never) as Tensor,
  ...more,
});

/** PyTorch has queries, keys and values in one matrix, and one bias. */
interface TorchAttention {
  readonly in_proj_weight: Tensor;
  readonly in_proj_bias: Tensor;
  readonly out_proj: unknown;
}
const toTorch = ({ query, key, value, output }: AttentionParams): TorchAttention => ({
  in_proj_weight: concat([query, key, value].map(({ weight }) => transpose(weight))) as Tensor,
  in_proj_bias: concat([query, key, value].map(({ bias }) => bias!)) as Tensor,
  out_proj: output,
});
const fromTorch = ({ in_proj_weight, in_proj_bias, out_proj }: TorchAttention): AttentionParams => {
  const d = in_proj_weight.shape[1]!;
  const [query, key, value] = [0, d, 2 * d].map((at) => ({
    weight: transpose(slice(in_proj_weight, [at, at + d])) as Tensor,
    bias: slice(in_proj_bias, [at, at + d]) as Tensor,
  }));
  return { query, key, value, output: out_proj } as unknown as AttentionParams;
};

type Block = ReturnType<ReturnType<typeof nn.transformerEncoderBlock<8>>["init"]>;
const blockToTorch = ({ attention, attentionNorm, feedForward, feedForwardNorm }: Block) => ({
  self_attn: toTorch(attention),
  norm1: attentionNorm,
  linear1: feedForward.expand,
  linear2: feedForward.contract,
  norm2: feedForwardNorm,
});
const blockFromTorch = ({ self_attn, norm1, linear1, linear2, norm2 }: ReturnType<typeof blockToTorch>): Block => ({
  attention: fromTorch(self_attn),
  attentionNorm: norm1,
  feedForward: { expand: linear1, contract: linear2 },
  feedForwardNorm: norm2,
});

const sequences = random.normal([2, 5, 3]) as Tensor;
const cases: Readonly<Record<string, Case>> = {
  dense: caseOf(nn.stack(nn.dense(3, 4), relu, nn.dense(4, 2)), random.normal([5, 3])),
  conv2d: caseOf(
    nn.stack(
      nn.conv2d(2, 4, 3, { padding: 1 }),
      nn.batchNorm(4, { spatial: 2 }),
      relu,
      nn.maxPool2d(2),
      nn.flatten(),
      nn.dense(16, 3),
    ),
    random.normal([5, 2, 4, 4]),
  ),
  conv1d: caseOf(
    nn.stack(
      nn.conv1d(3, 4, 2, { stride: 2 }),
      nn.groupNorm(2, 4, { spatial: 1 }),
      nn.activations.prelu(4, { spatial: 1 }),
    ),
    random.normal([5, 3, 6]),
  ),
  convTranspose2d: caseOf(
    nn.stack(nn.convTranspose2d(2, 3, 2, { stride: 2 }), nn.instanceNorm(3, { spatial: 2, affine: true })),
    random.normal([2, 2, 3, 3]),
  ),
  layerNorm: caseOf(nn.stack(nn.dense(3, 6), nn.layerNorm(6), gelu), random.normal([5, 3])),
  embedding: caseOf(nn.stack(nn.embedding(10, 4), nn.dense(4, 2)), tensor(Int32Array.of(3, 1, 4, 1, 5, 9))),
  rnn: caseOf(nn.rnn(3, 4), sequences),
  lstm: caseOf(nn.lstm(3, 4), sequences),
  gru: caseOf(nn.gru(3, 4), sequences),
  bidirectional: caseOf(nn.bidirectional(nn.lstm(3, 4)), sequences),
  attention: caseOf(nn.multiHeadAttention(8, 2), random.normal([2, 5, 8]), { to: toTorch, from: fromTorch } as never),
  transformer: caseOf(nn.transformerEncoderBlock(8, 2, { hidden: 16 }), random.normal([2, 5, 8]), {
    to: blockToTorch,
    from: blockFromTorch,
  } as never),
};

describe.skipIf(python === undefined)("PyTorch", () => {
  let folder = "";
  const fileOf = (name: string): string => join(folder, `${name}.safetensors`);
  const treeOf = ({ net }: Case): Tree => ({ params: net.init(rng(7)), state: net.initState?.() ?? null });
  const same = <T>(x: T): T => x;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "deltagrad-torch-"));
    for (const [name, one] of Object.entries(cases)) {
      const { params, state } = treeOf(one);
      writeFileSync(fileOf(name), encodeParams({ params: (one.to ?? same)(params), state }, torchNames));
      writeFileSync(fileOf(`${name}.input`), encodeSafetensors({ x: one.x }));
    }
    const script = fileURLToPath(new URL("./fixtures/modules.py", import.meta.url));
    const { status, stderr } = spawnSync(python!, [script, folder], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("runs its side of the guide from other frameworks", () => {
    const guide = readFileSync(new URL("../../../docs/from-other-frameworks.md", import.meta.url), "utf8");
    const code = [...guide.matchAll(/```python\n(# PyTorch\n[\s\S]*?)```/g)].map(([, block]) => block);
    expect(code.length).toBeGreaterThan(3);
    const { stderr } = spawnSync(python!, ["-c", code.join("\n")], { encoding: "utf8" });
    expect(stderr).toBe("");
  });

  test.each(Object.keys(cases))("%s", (name) => {
    const one = cases[name]!;
    const outputs = decodeSafetensors(readFileSync(fileOf(`${name}.outputs`))).tensors;
    // Both are in float64 with sums of at most 50 products of numbers below 10: rounding alone, with room.
    const off = (y: Tensor, theirs: Tensor): number => (max(abs(sub(y, theirs))) as Tensor).item();
    const ours = treeOf(one);
    expect(off(one.apply(ours), outputs.ours!)).toBeLessThan(1e-12);

    const like = { params: (one.to ?? same)(ours.params), state: ours.state };
    const loaded = loadPyTorch(readFileSync(fileOf(`${name}.torch`)), { like, ...torchNames });
    const tree = { params: (one.from ?? same)(loaded.params), state: loaded.state };
    expect(off(one.apply(tree), outputs.theirs!)).toBeLessThan(1e-12);
    expect(off(outputs.ours!, outputs.theirs!)).toBeGreaterThan(1e-3);
  });
});
