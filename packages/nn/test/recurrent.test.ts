/** @file Recurrent layers and attention beside their definitions, written as plain loops over plain numbers. */
import { leaves, rng, type Tensor, TensorError, tensor, zeros } from "@deltagrad/tensor";
import { describe, expect, test } from "vitest";
import {
  bidirectional,
  type Carried,
  gru,
  last,
  lstm,
  multiHeadAttention,
  type RecurrentParams,
  rnn,
  transformerDecoderBlock,
  transformerEncoderBlock,
} from "../src/index.ts";

const σ = (x: number): number => 1 / (1 + Math.exp(-x));
const rowsOf = (x: Tensor | null): number[][] => (x === null ? [] : (x.toArray() as number[][]));
const listOf = (x: Tensor | null): number[] => (x === null ? [] : (x.toArray() as number[]));

/** W·x + b, gate by gate. */
function gates(weight: number[][], bias: number[], x: number[], count: number): number[][] {
  const all = weight.map((row, i) => row.reduce((sum, w, j) => sum + w * x[j]!, bias[i] ?? 0));
  const size = all.length / count;
  return Array.from({ length: count }, (_, gate) => all.slice(gate * size, (gate + 1) * size));
}

/** PyTorch's documentation of nn.RNN, nn.LSTM and nn.GRU, line by line. */
const definitions: Record<string, (a: number[][], b: number[][], carried: number[][]) => number[][]> = {
  rnn: ([a], [b]) => [a!.map((x, k) => Math.tanh(x + b![k]!))],
  lstm([ai, af, ag, ao], [bi, bf, bg, bo], [, c]) {
    const next = c!.map((old, k) => {
      const [i, f, g] = [σ(ai![k]! + bi![k]!), σ(af![k]! + bf![k]!), Math.tanh(ag![k]! + bg![k]!)];
      return f * old + i * g;
    });
    return [next.map((cell, k) => σ(ao![k]! + bo![k]!) * Math.tanh(cell)), next];
  },
  gru([ar, az, an], [br, bz, bn], [h]) {
    const next = h!.map((old, k) => {
      const [r, z] = [σ(ar![k]! + br![k]!), σ(az![k]! + bz![k]!)];
      const n = Math.tanh(an![k]! + r * bn![k]!);
      return (1 - z) * n + z * old;
    });
    return [next];
  },
};
const gateCounts: Record<string, number> = { rnn: 1, lstm: 4, gru: 3 };

/** A sequence by the definition. */
function byDefinition(kind: string, params: RecurrentParams, xs: number[][], begin: number[][]): number[][][] {
  const count = gateCounts[kind]!;
  let carried = begin;
  return xs.map((x) => {
    const a = gates(rowsOf(params.inputWeight), listOf(params.inputBias), x, count);
    const b = gates(rowsOf(params.hiddenWeight), listOf(params.hiddenBias), carried[0]!, count);
    carried = definitions[kind]!(a, b, carried);
    return carried;
  });
}

const close = (actual: unknown, expected: unknown, tolerance = 1e-13): void => {
  const [a, b] = [[actual].flat(9) as number[], [expected].flat(9) as number[]];
  expect(a.length).toBe(b.length);
  // Sums of fewer than ten terms of size 1, through slopes of at most 1, over four steps.
  a.forEach((value, i) => expect(Math.abs(value - b[i]!)).toBeLessThan(tolerance));
};

const cells = { rnn: rnn(3, 4), lstm: lstm(3, 4), gru: gru(3, 4) };

describe.each(Object.entries(cells))("%s", (kind, layer) => {
  const params = layer.init(rng(1));
  const x = rng(2).normal([2, 5, 3]) as Tensor<readonly [2, 5, 3]>;
  const carries = kind === "lstm" ? 2 : 1;
  const initial: Carried = Array.from({ length: carries }, (_, i) => rng(3 + i).normal([2, 4]) as Tensor);

  test("is its definition, place by place, from any beginning", () => {
    const { output, final } = layer.run(params, x, { initial });
    for (const example of [0, 1]) {
      const begin = initial.map((h) => h.slice(example).toArray() as number[]);
      const steps = byDefinition(kind, params, x.slice(example).toArray() as number[][], begin);
      close(
        output.slice(example).toArray(),
        steps.map(([h]) => h!),
      );
      close(
        final.map((h) => h.slice(example).toArray()),
        steps.at(-1),
      );
    }
  });

  test("begins with zeros, and a step at a time is the whole", () => {
    const { output, final } = layer.run(params, x);
    let carried: Carried = initial.map((h) => zeros(h.shape) as Tensor);
    for (let place = 0; place < 5; place++) {
      carried = layer.step(params, x.slice(null, place), carried);
      close(carried[0]!.toArray(), output.slice(null, place).toArray());
    }
    close(
      carried.map((h) => h.toArray()),
      final.map((h) => h.toArray()),
    );
    expect(layer.apply(params, x).toArray()).toEqual(output.toArray());
  });

  test("in reverse it is the reversed sequence's", () => {
    const places = [4, 3, 2, 1, 0];
    const flipped = tensor((x.toArray() as number[][][]).map((rows) => places.map((i) => rows[i]!))) as Tensor;
    const backward = layer.run(params, x, { reverse: true });
    const forward = layer.run(params, flipped);
    expect(backward.final.map((h) => h.toArray())).toEqual(forward.final.map((h) => h.toArray()));
    expect((backward.output.toArray() as number[][][]).map((rows) => places.map((i) => rows[i]!))).toEqual(
      forward.output.toArray(),
    );
  });

  test("a masked sequence is the shorter one, in both directions", () => {
    const mask = tensor([
      [true, true, true, false, false],
      [true, true, true, true, true],
    ]) as Tensor;
    for (const reverse of [false, true]) {
      const { output, final } = layer.run(params, x, { mask, reverse });
      const short = layer.run(params, x.slice([0, 1], [0, 3]) as Tensor, { reverse });
      close(output.slice([0, 1], [0, 3]).toArray(), short.output.toArray());
      expect(output.slice(0, [3]).toArray()).toEqual([
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ]);
      close(
        final.map((h) => h.slice([0, 1]).toArray()),
        short.final.map((h) => h.toArray()),
      );
    }
  });

  test("empty sequences and batches", () => {
    const none = layer.run(params, zeros([2, 0, 3]), { initial });
    expect(none.output.shape).toEqual([2, 0, 4]);
    expect(none.final.map((h) => h.toArray())).toEqual(initial.map((h) => h.toArray()));
    expect(layer.apply(params, zeros([0, 5, 3])).shape).toEqual([0, 5, 4]);
    expect(layer.apply(params, zeros([5, 3])).shape).toEqual([5, 4]);
  });

  test("begins evenly within ±1/√hidden", () => {
    for (const { tensor: part } of leaves(params)) {
      expect((part.abs().max() as Tensor).item()).toBeLessThanOrEqual(0.5);
      expect((part.abs().max() as Tensor).item()).toBeGreaterThan(0.3);
    }
  });
});

test("an rnn with relu", () => {
  const layer = rnn(1, 1, { activation: "relu", bias: false });
  const params = { inputWeight: tensor([[1]]), hiddenWeight: tensor([[2]]), inputBias: null, hiddenBias: null };
  expect(layer.apply(params as RecurrentParams, tensor([[1], [1], [-9]])).toArray()).toEqual([[1], [3], [0]]);
});

test("both directions stand side by side, and last takes each one's last step", () => {
  const layer = bidirectional(lstm(3, 4));
  const params = layer.init(rng(1));
  const x = rng(2).normal([2, 5, 3]) as Tensor<readonly [2, 5, 3]>;
  const { output, final } = layer.run(params, x);
  const one = lstm(3, 4);
  const [forward, backward] = [one.run(params.forward, x), one.run(params.backward, x, { reverse: true })];
  expect(output.slice(null, null, [0, 4]).toArray()).toEqual(forward.output.toArray());
  expect(output.slice(null, null, [4]).toArray()).toEqual(backward.output.toArray());
  const both = last(layer).apply(params, x);
  expect(both.slice(null, [0, 4]).toArray()).toEqual(final[0]!.toArray());
  expect(both.slice(null, [4]).toArray()).toEqual(final[2]!.toArray());
  const again = layer.run(params, x, { initial: final });
  expect(again.final[3]!.toArray()).toEqual(
    one.run(params.backward, x, { initial: final.slice(2), reverse: true }).final[1]!.toArray(),
  );
});

describe("multi-head attention", () => {
  const [length, features, heads] = [4, 6, 2];
  const layer = multiHeadAttention(features, heads);
  const params = layer.init(rng(1));
  const x = rng(2).normal([length, features]) as Tensor;

  /** For each head and query: softmax over the keys that it sees, times values; then the output layer. */
  function byDefinition(sees: (query: number, key: number) => boolean): number[][] {
    const project = (part: "query" | "key" | "value"): number[][] =>
      x.matmul(params[part].weight).add(params[part].bias!).toArray() as number[][];
    const [q, k, v] = [project("query"), project("key"), project("value")];
    const size = features / heads;
    const heard = Array.from({ length }, (_, query) =>
      Array.from({ length: heads }, (_, head) => {
        const part = (row: number[]): number[] => row.slice(head * size, (head + 1) * size);
        const scores = k.map((row, key) =>
          sees(query, key)
            ? Math.exp(part(row).reduce((sum, value, i) => sum + value * part(q[query]!)[i]!, 0) / Math.sqrt(size))
            : 0,
        );
        const total = scores.reduce((a, b) => a + b, 0);
        return part(v[0]!).map((_, i) => scores.reduce((sum, s, key) => sum + (s / total) * part(v[key]!)[i]!, 0));
      }).flat(),
    );
    return tensor(heard).matmul(params.output.weight).add(params.output.bias!).toArray() as number[][];
  }

  test("is its definition", () =>
    close(
      layer.apply(params, x).toArray(),
      byDefinition(() => true),
    ));

  test("causal: a place sees itself and its past", () => {
    const causal = multiHeadAttention(features, heads, { causal: true });
    close(
      causal.apply(params, x).toArray(),
      byDefinition((query, key) => key <= query),
    );
  });

  test("the context's mask says which places are seen", () => {
    const mask = tensor([true, false, true, true]) as Tensor;
    close(
      layer.apply(params, x, { mask }).toArray(),
      byDefinition((_, key) => key !== 1),
    );
  });

  test("a mask of scores, bool or added, and both masks together", () => {
    const seen = [0, 1, 2, 3].map((query) => [0, 1, 2, 3].map((key) => (query + key) % 3 !== 0));
    const sees = (query: number, key: number): boolean => seen[query]![key]!;
    const attend = (mask: Tensor, keyMask?: Tensor): unknown =>
      layer.attend(params, { query: x, key: x, value: x, mask, keyMask }).toArray();
    const added = tensor(seen.map((row) => row.map((one) => (one ? 0 : Number.NEGATIVE_INFINITY)))) as Tensor;
    const keys = tensor([true, true, true, false]) as Tensor;
    for (const mask of [tensor(seen) as Tensor, added]) {
      close(attend(mask), byDefinition(sees));
      close(
        attend(mask, keys),
        byDefinition((query, key) => sees(query, key) && key !== 3),
      );
    }
    expect(
      layer.attend(params, { query: x.expandDims(0), key: x, value: x, mask: (tensor(seen) as Tensor).expandDims(0) })
        .shape,
    ).toEqual([1, 4, 6]);
  });

  test("who sees nothing gets the output's bias", () => {
    const biased = { ...params, output: { ...params.output, bias: rng(8).normal([features]) as Tensor } };
    const mask = tensor([false, false, false, false]) as Tensor;
    expect(layer.apply(biased as typeof params, x, { mask }).toArray()).toEqual(
      Array.from({ length }, () => biased.output.bias.toArray()),
    );
  });

  test("dropout drops weights in training alone, the same for the same stream", () => {
    const dropping = multiHeadAttention(features, heads, { dropout: 0.5 });
    const run = (context: object): unknown => dropping.apply(params, x, context).toArray();
    expect(run({})).toEqual(layer.apply(params, x).toArray());
    expect(run({ training: true, rng: rng(1) })).toEqual(run({ training: true, rng: rng(1) }));
    expect(run({ training: true, rng: rng(1) })).not.toEqual(run({ training: true, rng: rng(2) }));
  });
});

describe("transformer blocks", () => {
  const x = rng(2).normal([2, 4, 6]) as Tensor<readonly [2, 4, 6]>;

  test("norm last: each sum is normalized; norm first: the sum is not", () => {
    const normalized = (y: Tensor): number => Math.max(...(y.mean(-1) as Tensor).toTypedArray().map(Math.abs));
    const [post, pre] = [transformerEncoderBlock(6, 2), transformerEncoderBlock(6, 2, { norm: "pre" })];
    const params = post.init(rng(1));
    expect(normalized(post.apply(params, x))).toBeLessThan(1e-14);
    expect(normalized(pre.apply(params, x))).toBeGreaterThan(1e-3);
  });

  test("what a causal block says of a place does not depend on later ones; a decoder is causal", () => {
    const other = x.slice(null, [0, 3]);
    const encoder = transformerEncoderBlock(6, 2, { causal: true });
    const params = encoder.init(rng(1));
    close(encoder.apply(params, x).slice(null, [0, 3]).toArray(), encoder.apply(params, other as never).toArray());
    const decoder = transformerDecoderBlock(6, 2);
    const more = decoder.init(rng(1));
    const memory = rng(3).normal([2, 5, 6]) as Tensor;
    close(
      decoder.apply(more, x, { memory }).slice(null, [0, 3]).toArray(),
      decoder.apply(more, other as never, { memory }).toArray(),
    );
  });

  test("what the memory's mask hides does not matter", () => {
    const decoder = transformerDecoderBlock(6, 2);
    const params = decoder.init(rng(1));
    const memory = rng(3).normal([2, 3, 6]) as Tensor;
    const memoryMask = tensor([
      [true, true, false],
      [true, true, false],
    ]) as Tensor;
    close(
      decoder.apply(params, x, { memory, memoryMask }).toArray(),
      decoder.apply(params, x, { memory: memory.slice(null, [0, 2]) as Tensor }).toArray(),
    );
  });

  test("in training every dropout of a block draws on its own", () => {
    const block = transformerEncoderBlock(6, 2, { dropout: 0.5 });
    const params = block.init(rng(1));
    const run = (seed: number): unknown => block.apply(params, x, { training: true, rng: rng(seed) }).toArray();
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    expect(run(1)).not.toEqual(block.apply(params, x).toArray());
  });
});

const x = zeros([2, 5, 3]);
const x8 = zeros([2, 5, 8]);
const refused: Record<string, [() => unknown, string]> = {
  "features of another number": [
    () => lstm(4, 2).apply(lstm(4, 2).init(rng(1)), x as never),
    "lstm: expected sequences of 4 features, [batch, length, 4], got [2, 5, 3]; x ends in [?, 4], with any batch axes in front",
  ],
  "no hidden features": [() => gru(3, 0), "gru: gru(3, 0) has no such size as 0; sizes are whole numbers ≥ 1"],
  "an activation that is none": [
    () => rnn(3, 2, { activation: "sigmoid" as never }),
    'rnn: activation is "sigmoid"; use "tanh" or "relu"',
  ],
  "parameters of another cell": [
    () => gru(3, 2).apply(lstm(3, 2).init(rng(1)), x),
    "gru(3, 2): inputWeight [8, 3] and hiddenWeight [8, 2] and inputBias [8] and hiddenBias [8]; give what init returns",
  ],
  "one carried tensor for two": [
    () => lstm(3, 2).run(lstm(3, 2).init(rng(1)), x, { initial: [zeros([2, 2])] }),
    "lstm(3, 2): what is carried is [2, 2]; give a list of 2, [2, 2] each",
  ],
  "a mask of numbers": [
    () => rnn(3, 2).apply(rnn(3, 2).init(rng(1)), x, { mask: zeros([2, 5]) }),
    "rnn(3, 2): the mask is float64 [2, 5] for x [2, 5, 3]; give a bool mask [2, 5]",
  ],
  "heads that do not divide": [
    () => multiHeadAttention(6, 4),
    "multiHeadAttention: 4 heads for 6 features; give a number that divides them",
  ],
  "a mask of other scores": [
    () => {
      const layer = multiHeadAttention(8, 2);
      return layer.attend(layer.init(rng(1)), { query: x8, key: x8, value: x8, mask: zeros([5, 4]) });
    },
    "multiHeadAttention(8, 2): mask [5, 4] for 5 queries and 5 keys; give [5, 5], or with batch axes",
  ],
  "a decoder without memory": [
    () => transformerDecoderBlock(8, 2).apply(transformerDecoderBlock(8, 2).init(rng(1)), x8),
    "transformerDecoderBlock(8, 2): there is no memory to attend to; give { memory } in the context, or take transformerEncoderBlock with causal: true",
  ],
  "a norm that stands nowhere": [
    () => transformerEncoderBlock(8, 2, { norm: "first" as never }),
    'transformerEncoderBlock: norm is "first"; use "pre" or "post"',
  ],
  "training without a stream": [
    () => {
      const block = transformerEncoderBlock(8, 2);
      return block.apply(block.init(rng(1)), x8, { training: true });
    },
    'transformerEncoderBlock(8, 2): there is no random stream to drop by; in training give one for each step: apply(params, x, { training: true, rng: rng(7).stream("step 0") })',
  ],
};
test.each(Object.entries(refused))("is refused: %s", (_name, [attempt, sentence]) => {
  expect(attempt).toThrow(TensorError);
  expect(attempt).toThrow(sentence);
});
