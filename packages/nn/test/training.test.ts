/** @file The training loop: its numbers, its events, how it stops, and the sentences in which it refuses. */
import { existsSync, readFileSync } from "node:fs";
import { batches } from "@deltagrad/datasets";
import {
  leaves,
  log,
  mean,
  mul,
  rng,
  type Scalar,
  sigmoid,
  square,
  sub,
  type Tensor,
  TensorError,
  tensor,
  valueAndGrad,
} from "@deltagrad/tensor";
import { describe, expect, test } from "vitest";
import {
  accumulated,
  adam,
  batchNorm,
  clipByNorm,
  crossEntropyFromLogits,
  dense,
  dropout,
  evaluate,
  findRate,
  fit,
  globalNorm,
  type LayerLike,
  metrics,
  mse,
  progress,
  type Snapshot,
  sgd,
  softmaxCrossEntropy,
  stack,
  type TrainEvent,
  train,
  transformed,
} from "../src/index.ts";

const x = rng(1).normal([16, 3]) as Tensor;
const y = rng(2).uniform([16, 2]) as Tensor;
const net = stack(dense(3, 4), sigmoid, dense(4, 2));
type Batch = { x: Tensor; y: Tensor };
const setup = {
  net,
  loss: (z: Tensor, batch: Batch) => crossEntropyFromLogits(z, batch.y),
  optimizer: adam({ rate: 0.1 }),
  data: (epoch: number) => batches({ x, y }, { size: 5, epoch, seed: 3 }),
  epochs: 4,
  seed: 9,
};
const bits = (tree: unknown): unknown[] => leaves(tree).map(({ path, tensor: t }) => [path, t.toArray()]);
const standing = ({ params, optimizer, ...rest }: Snapshot<unknown, unknown>): unknown => [
  bits(params),
  bits(optimizer),
  { ...rest, state: null },
];

async function all<E>(run: AsyncIterable<E>): Promise<E[]> {
  const events: E[] = [];
  for await (const event of run) events.push(event);
  return events;
}

test("it gives what the loop written by hand gives, bit for bit", async () => {
  let params = net.init(rng(9).stream("parameters"));
  let state = setup.optimizer.init(params);
  const step = valueAndGrad((p: typeof params, batch: Batch) =>
    crossEntropyFromLogits(net.apply(p, batch.x as never) as Tensor, batch.y),
  );
  for (let epoch = 0; epoch < 4; epoch++)
    for (const batch of setup.data(epoch)) {
      const [, gradient] = step(params, batch);
      [params, state] = setup.optimizer.update(params, gradient, state);
    }
  const { params: trained, snapshot } = await fit(setup);
  expect(bits(trained)).toEqual(bits(params));
  expect(bits(snapshot.optimizer)).toEqual(bits(state));
  expect([snapshot.step, snapshot.epoch, snapshot.batch]).toEqual([16, 4, 0]);
});

test.each([
  ["a plain network", net],
  ["one that drops", stack(dense(3, 8), sigmoid, dropout(0.5), dense(8, 2))],
  ["one with running statistics", stack(dense(3, 4), batchNorm(4), sigmoid, dense(4, 2))],
])("compiled, %s is trained to the same bits", async (_name, net) => {
  const data = (epoch: number) => batches({ x, y }, { size: 6, epoch, seed: 3 });
  const [plain, compiled] = [
    await fit({ ...setup, data, net: net as never }),
    await fit({ ...setup, data, net: net as never, compile: true }),
  ];
  expect(standing(compiled.snapshot as never)).toEqual(standing(plain.snapshot as never));
  expect(compiled.state === null ? null : bits(compiled.state)).toEqual(
    plain.state === null ? null : bits(plain.state),
  );
});

test("events come in order, and callbacks hear them first", async () => {
  const heard: string[] = [];
  const events = await all(
    train({
      ...setup,
      epochs: 2,
      validation: { data: [{ x, y }], every: 2 },
      callbacks: [({ type }) => void heard.push(type)],
    }),
  );
  const steps = ["step", "step", "step", "step"];
  const types = ["start", ...steps, "epoch", ...steps, "validation", "epoch", "end"];
  expect(events.map(({ type }) => type)).toEqual(types);
  expect(heard).toEqual(types);
  const [, first, , , , epoch] = events as [unknown, TrainEvent<unknown, unknown>, ...TrainEvent<unknown, unknown>[]];
  expect(first).toMatchObject({ type: "step", epoch: 0, batch: 0, step: 0, batches: 4 });
  expect(epoch).toMatchObject({ type: "epoch", epoch: 0, validation: null });
  expect(events.at(-1)).toMatchObject({ type: "end", reason: "done" });
});

describe("resumed from any snapshot it gives the same, bit for bit", () => {
  const losses = (events: readonly TrainEvent<unknown, unknown>[]): unknown[] =>
    events.flatMap((event) => (event.type === "step" || event.type === "epoch" ? [[event.type, event.loss]] : []));
  const kinds = {
    "data that goes on where it stood": (epoch: number, resume?: Snapshot<unknown, unknown>["position"]) =>
      batches({ x, y }, { size: 5, epoch, seed: 3, resume: resume ?? undefined }),
    "data that begins again": setup.data,
    "data that does not know where it stands": (epoch: number) => [...setup.data(epoch)],
  };
  test.each(Object.entries(kinds))("%s", async (_name, data) => {
    const events = await all(train({ ...setup, data }));
    const end = standing(events.at(-1)!.snapshot);
    for (const [place, event] of events.entries()) {
      const snapshot = { ...event.snapshot, position: JSON.parse(JSON.stringify(event.snapshot.position)) };
      const rest = await all(train({ ...setup, data, resume: snapshot, seed: "another" }));
      expect(losses(rest)).toEqual(losses(events.slice(place + 1)));
      expect(standing(rest.at(-1)!.snapshot)).toEqual(end);
    }
  });
});

test("an aborted training ends before the next step, and goes on from there", async () => {
  const stop = new AbortController();
  const whole = await fit(setup);
  const abort = (event: TrainEvent<unknown, unknown>): void => {
    if (event.type === "step" && event.step === 5) stop.abort();
  };
  const events = await all(train({ ...setup, signal: stop.signal, callbacks: [abort] }));
  const end = events.at(-1)!;
  expect(end).toMatchObject({ type: "end", reason: "aborted", snapshot: { step: 6, epoch: 1, batch: 2 } });
  const rest = await fit({ ...setup, resume: end.snapshot });
  expect(bits(rest.params)).toEqual(bits(whole.params));
});

test("leaving the loop closes the data, and others have their turn while it runs", async () => {
  let closed = false;
  let turns = 0;
  const timer = setInterval(() => turns++, 5);
  const many = function* () {
    try {
      for (;;) yield { x, y };
    } finally {
      closed = true;
    }
  };
  const begin = Date.now();
  for await (const event of train({ ...setup, data: many }))
    if (event.type === "step" && Date.now() - begin > 200) break;
  clearInterval(timer);
  expect(closed).toBe(true);
  expect(turns).toBeGreaterThan(1);
});

describe("early stopping", () => {
  /** w is 0, 1, 2, … after each epoch; the validation is best at 2. */
  const walk = {
    net: { init: () => tensor(0) as Tensor, apply: (w: Tensor, at: Tensor) => mul(w, at) as Tensor },
    loss: (z: Tensor, batch: { target: number }) => mean(square(sub(z, batch.target))) as Scalar,
    input: () => tensor([1]) as Tensor,
    optimizer: {
      init: () => tensor(0),
      update: <P>(params: P, _grads: P, state: Tensor): [P, Tensor] => [(params as Tensor).add(1) as P, state],
    },
    data: [{ target: 100 }],
    epochs: 50,
    validation: { data: [{ target: 2 }] },
  };

  test("restores the best weights after its patience", async () => {
    const { params, reason, snapshot } = await fit({ ...walk, earlyStopping: { patience: 3 } });
    expect([params.item(), reason, snapshot.epoch, snapshot.params.item()]).toEqual([2, "stopped", 6, 6]);
    expect(snapshot.best).toMatchObject({ value: 0, epoch: 1 });
  });

  test("goes on across a resume with what it had seen", async () => {
    const { snapshot } = await fit({ ...walk, earlyStopping: { patience: 3 }, epochs: 4 });
    const rest = await fit({ ...walk, earlyStopping: { patience: 3 }, resume: snapshot });
    expect([rest.params.item(), rest.reason, rest.snapshot.epoch]).toEqual([2, "stopped", 6]);
  });

  test("follows a metric upwards, and refuses one that there is not", async () => {
    const validation = {
      data: [{ target: 2 }],
      metrics: { r2: metrics.r2.streaming() },
      actual: (batch: { target: number }) => tensor([batch.target]) as Tensor,
    };
    const up = await fit({ ...walk, validation, earlyStopping: { patience: 1, monitor: "r2", mode: "max" } });
    expect(up.params.item()).toBe(2);
    await expect(fit({ ...walk, validation, earlyStopping: { patience: 1, monitor: "auc" } })).rejects.toThrow(
      'train: there is no result "auc" to stop by; monitor loss or r2',
    );
  });
});

test("gradients are accumulated and clipped by the optimizer", async () => {
  const data = [...setup.data(0)];
  const { params } = await fit({ ...setup, data, epochs: 1, optimizer: accumulated(sgd({ rate: 1 }), data.length) });
  const begin = net.init(rng(9).stream("parameters"));
  const sums = data.map(
    (batch) =>
      valueAndGrad((p: typeof begin) => crossEntropyFromLogits(net.apply(p, batch.x as never) as Tensor, batch.y))(
        begin,
      )[1],
  );
  const first = begin[0].bias
    .toArray()
    .map((b, i) => b - sums.reduce((a, g) => a + g[0].bias.toArray()[i]!, 0) / data.length);
  params[0].bias.toArray().forEach((b, i) => expect(b).toBeCloseTo(first[i]!, 14));
  const clipped = await fit({
    ...setup,
    data: data.slice(0, 1),
    epochs: 1,
    optimizer: transformed(sgd({ rate: 1 }), (g) => clipByNorm(g, 1e-3)),
  });
  const moved = [clipped.params, begin].map((p) => leaves(p).map(({ tensor: t }) => t));
  expect(globalNorm(moved[0]!.map((a, i) => sub(a, moved[1]![i]!)))).toBeCloseTo(1e-3, 12);
});

describe("it refuses, before parameters take it in", () => {
  const bad = (patch: object): Promise<unknown> => fit({ ...setup, ...patch } as typeof setup);
  const labels = (...list: number[]) => tensor(list, { dtype: "int32" });
  const cases: Record<string, [object, string]> = {
    "an epoch without batches": [
      { data: () => batches({ x, y }, { size: 17, dropLast: true }) },
      "train: epoch 0 has no batches; give at least one; is a batch larger than the data?",
    ],
    "half an epoch": [{ epochs: 0.5 }, "train: there are no 0.5 epochs; use a whole number ≥ 0"],
    "no network": [{ net: null }, "train: net is no layer; give a stack, or { init, apply }"],
    "no loss": [{ loss: "mse" }, "train: loss is no function; give (y, batch) => a scalar"],
    "no optimizer": [{ optimizer: undefined }, "train: optimizer is none; give sgd({ rate: 0.1 }), adam(), …"],
    "no data": [{ data: undefined }, "train: data has no batches; give a list of batches, or a function of the epoch"],
    "an iterator for two epochs": [
      { data: [{ x, y }].values() },
      "train: data is an iterator, which has the batches of one epoch; give a list of batches, or () => a new iterator",
    ],
    "batches without x": [
      { data: [{ features: x, y }] },
      "train: the batch has no tensor x; say what the network is given: input: (batch) => batch.features",
    ],
    "an input that is none": [
      { input: () => [1, 2, 3] },
      "train: input gives no tensor; say what the network is given: input: (batch) => batch.features",
    ],
    "a batch without rows": [
      { data: [{ x: x.slice([0, 0]), y: y.slice([0, 0]) }] },
      "train: the loss is NaN in epoch 0, step 0: x of the batch has no rows; leave empty batches out",
    ],
    "a seed that is none": [{ seed: {} }, "train: seed is [object Object]; use a string or a finite number"],
    "callbacks that are none": [
      { callbacks: ["progress"] },
      "train: callbacks is no list of functions; give callbacks: [(event) => …]",
    ],
    "parameters of another network": [
      { params: stack(dense(3, 9), sigmoid, dense(9, 2)).init(rng(1)) },
      "dense(3, 4): weight [3, 9] and bias [9]; give what init returns",
    ],
    "NaN in the targets": [
      { data: [{ x, y: y.mul(Number.NaN) }], loss: (z: Tensor, batch: Batch) => mean(square(sub(z, batch.y))) },
      "train: the loss is NaN in epoch 0, step 0: y of the batch is not finite; look for NaN and ∞ in the data",
    ],
    "a rate of ∞ at a step": [
      { optimizer: sgd({ rate: (step) => (step < 1 ? 1 : Number.POSITIVE_INFINITY) }) },
      "sgd: the rate is Infinity at step 1; use a finite number ≥ 0",
    ],
    "steps that are far too long": [
      { optimizer: sgd({ rate: 1e308 }), loss: (z: Tensor) => mul(4, mean(z)) },
      "is not finite; the steps were too long: lower the learning rate",
    ],
    "a class out of range": [
      {
        data: [{ x, labels: labels(...Array.from({ length: 16 }, (_, i) => i % 3)) }],
        loss: (z: Tensor, batch: { labels: Tensor }) => softmaxCrossEntropy(z, batch.labels),
      },
      "softmaxCrossEntropy: target 2 (element 2 of [16]); classes are 0 to 1",
    ],
    "patience that is none": [{ earlyStopping: { patience: -1 } }, "train: patience is -1; use a whole number ≥ 0"],
    "validation on nothing": [
      { validation: { data: [] } },
      "evaluate: the data has no batches; give at least one example",
    ],
  };
  test.each(Object.entries(cases))("%s", async (_name, [patch, sentence]) => {
    const error = await bad(patch).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TensorError);
    expect((error as Error).message).toContain(sentence);
  });

  test("a NaN of the network's own, with the operation that made it", async () => {
    const loss = (z: Tensor) => mean(log(z)) as Scalar;
    const error = await bad({ loss }).catch((e: Error) => e);
    expect((error as Error).message).toMatch(
      /^train: the loss is NaN in epoch 0, step 0: log: made NaN at \[\d, \d\] of \[5, 2\] from \[5, 2\] with -[\d.]+ there, called at .*training\.test\.ts.*; look at these inputs/,
    );
  });
});

test("validation passes over batches without rows", async () => {
  const task = { net: stack(dense(3, 2)), loss: (z: Tensor, batch: Batch) => mse(z, batch.y) };
  const params = task.net.init(rng(1));
  const whole = { x, y };
  const none = { x: x.slice([0, 0]) as Tensor, y: y.slice([0, 0]) as Tensor };
  expect(await evaluate(task, params, { data: [whole, none] })).toEqual(
    await evaluate(task, params, { data: [whole] }),
  );
});

test("the rate finder refuses data that is bad from the beginning", async () => {
  const task = { net: stack(dense(3, 2)), loss: (z: Tensor, batch: Batch) => mean(square(sub(z, batch.y))) as Scalar };
  const data = [{ x, y: y.mul(Number.NaN) as Tensor }];
  await expect(findRate({ ...task, optimizer: (rate) => sgd({ rate }), data })).rejects.toThrow(
    "findRate: the loss is NaN at the beginning; look for NaN and ∞ in the data",
  );
});

test("the rate finder's curve falls, then explodes; the suggestion trains", async () => {
  const flowers = { x, y: x.slice(null, [0, 2]) as Tensor };
  const task = { net: stack(dense(3, 2)), loss: (z: Tensor, batch: Batch) => mse(z, batch.y) };
  const found = await findRate({ ...task, optimizer: (rate) => sgd({ rate }), data: [flowers], from: 1e-4, to: 100 });
  const least = Math.min(...found.losses);
  expect(found.losses[0]).toBeGreaterThan(4 * least);
  expect(found.rates.length).toBeLessThan(100);
  const [first, last] = await Promise.all(
    [1, 200].map((epochs) => fit({ ...task, optimizer: sgd({ rate: found.suggestion }), data: [flowers], epochs })),
  );
  const lossOf = (p: typeof first): number =>
    mse(task.net.apply(p!.params as never, x as never) as Tensor, flowers.y).item();
  expect(lossOf(last)).toBeLessThan(lossOf(first) / 10);
});

test("a terminal gets one line that is written over, a log plain lines, quiet nothing", async () => {
  const written = async (tty: boolean, quiet = false): Promise<string> => {
    const parts: string[] = [];
    const stream = { isTTY: tty, columns: 60, write: (text: string) => parts.push(text) };
    await fit({ ...setup, epochs: 20, callbacks: [progress(stream, { quiet })] });
    return parts.join("");
  };
  const log = await written(false);
  expect(log.split("\n")).toHaveLength(11);
  expect(log).toMatch(/^epoch {2}2\/20 {2}loss \d\.\d{4}\n/);
  expect(log).not.toContain("\u001b");
  const bar = await written(true);
  expect(bar.split("\n")).toHaveLength(2);
  for (const line of bar.split("\r\u001b[2K")) expect(line.trimEnd().length).toBeLessThan(60);
  expect(await written(true, true)).toBe("");
});

test("10,000 training steps of a stack keep the heap flat", async () => {
  const collect = (globalThis as { gc?: () => void }).gc!;
  const small = stack(dense(8, 6), sigmoid, dense(6, 3));
  const batch = { x: rng(1).normal([4, 8]) as Tensor, y: rng(2).uniform([4, 3]) as Tensor };
  const run = async (steps: number): Promise<number> => {
    const data = Array.from({ length: steps }, () => batch);
    for await (const event of train({ ...setup, net: small, optimizer: sgd({ rate: 0.1 }), data, epochs: 1 }))
      if (event.type === "epoch") expect(event.loss).toBeGreaterThan(0);
    collect();
    return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  };
  const before = await run(1000);
  // One tensor kept for each step would be over 1.5 MB.
  expect((await run(10_000)) - before).toBeLessThan(2 ** 20);
}, 120_000);

const oracle = new URL("../../../../shared/oracle/training.json", import.meta.url);
const present = existsSync(oracle);
if (!present) console.warn("shared/oracle is absent: the trajectories computed by PyTorch are not compared");

interface Numbers {
  readonly shape: number[];
  readonly data: number[];
}
interface Run {
  readonly optimizer: string;
  readonly options: { readonly lr: number } & Record<string, number>;
  readonly sizes: number[];
  readonly theta0: Numbers[];
  readonly X: Numbers;
  readonly Y: Numbers;
  readonly losses: number[];
  readonly amplification: number;
}

test.skipIf(!present)("plain gradient descent follows PyTorch's trajectory", async () => {
  const runs = (JSON.parse(readFileSync(oracle, "utf8")) as { runs: Run[] }).runs.filter(
    ({ optimizer, options }) => optimizer === "SGD" && Object.keys(options).join() === "lr",
  );
  expect(runs.length).toBeGreaterThan(0);
  for (const { options, sizes, theta0, X, Y, losses, amplification } of runs) {
    const layers = sizes
      .slice(1)
      .flatMap((outputs, i): LayerLike[] => [...(i === 0 ? [] : [sigmoid]), dense(sizes[i]!, outputs)]);
    const read = ({ data, shape }: Numbers): Tensor => tensor(Float64Array.from(data), { shape }) as Tensor;
    const thetas = theta0.map(read);
    const params = layers.map((_, place) => {
      const theta = thetas[place / 2];
      return place % 2 === 0 ? { weight: theta!.slice(null, [1]).T, bias: theta!.slice(null, 0) } : null;
    });
    const run = train({
      net: stack(...layers),
      params: params as never,
      loss: (z, batch: Batch) => crossEntropyFromLogits(z, batch.y),
      optimizer: sgd({ rate: options.lr }),
      data: [{ x: read(X), y: read(Y) }],
      epochs: losses.length,
    });
    // Some thousand roundings a step, grown by what a change of the start may have grown.
    for await (const event of run)
      if (event.type === "epoch") {
        const expected = losses[event.epoch]!;
        expect(Math.abs(event.loss - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, amplification) * expected);
      }
  }
});
