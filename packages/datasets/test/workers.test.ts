/** @file Maps in real worker threads: results in order, errors carried over, and no thread left behind. */
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { batches, dataset, tensorDataset } from "@deltagrad/datasets";
import { serve, workers } from "@deltagrad/datasets/workers";
import { type Tensor, tensor } from "@deltagrad/tensor";
import { afterEach, describe, expect, test } from "vitest";
import { pack, unpack } from "../src/pipeline/wire.ts";
import type { Task } from "./fixtures/work.ts";

const started: Worker[] = [];
const alive = new Set<Worker>();
const start = (): Worker => {
  const worker = new Worker(new URL("./fixtures/start.mjs", import.meta.url), {
    execArgv: ["--conditions", "deltagrad-source"],
  });
  started.push(worker);
  alive.add(worker);
  worker.on("exit", () => alive.delete(worker));
  return worker;
};

/** Waits until the threads have ended; the test fails by its time limit if they never do. */
const allEnded = async (): Promise<void> => {
  while (alive.size > 0) await setTimeout(5);
};

interface Answer {
  readonly index: number;
  readonly x: Tensor;
}

const tasks = (...kinds: Task["kind"][]) => dataset<Task>(kinds.map((kind) => ({ kind, x: tensor(1) }))).stream();

afterEach(async () => {
  await allEnded();
  started.length = 0;
});

describe("threads", { timeout: 30_000 }, () => {
  test("results come in the order of the examples, tensors as tensors, and batches are stacked from them", async () => {
    const x = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
      [9, 10],
    ]);
    const doubled = tensorDataset({ x })
      .stream()
      .map(({ x }): Task => ({ kind: "double", x }))
      .map(workers<Task, Answer>(start, { count: 2 }));
    const seen: unknown[] = [];
    for await (const batch of batches(doubled, { size: 2 })) seen.push([batch.index.toArray(), batch.x.toArray()]);
    expect(seen).toEqual([
      [
        [0, 1],
        [
          [2, 4],
          [6, 8],
        ],
      ],
      [
        [2, 3],
        [
          [10, 12],
          [14, 16],
        ],
      ],
      [[4], [[18, 20]]],
    ]);
    expect(started.length).toBe(2);
  });

  test("what f throws is thrown in the pass, with its name, message and stack; then the threads end", async () => {
    const error = await tasks("double", "fail", "double")
      .map(workers(start))
      .toArray()
      .catch((error) => error);
    expect([error.name, error.message]).toEqual(["RangeError", "no result for example 1"]);
    expect(error.stack).toContain("work.ts");
    await allEnded();
  });

  test("a pass that is left early ends its threads, even those at work", async () => {
    for await (const { index } of tasks("double", "hang", "hang", "hang").map(
      workers<Task, Answer>(start, { count: 2 }),
    ))
      if (index === 0) break;
    await allEnded();
    expect(started.length).toBe(2);
  });

  test("a thread that ends by itself, or a script that does not load, is an error in words", async () => {
    await expect(tasks("exit").map(workers(start)).toArray()).rejects.toThrow(
      "workers: a thread has failed: it ended with exit code 3; see that its script loads, and calls serve(f)",
    );
    const missing = () => new Worker(new URL("./fixtures/none.mjs", import.meta.url));
    await expect(tasks("double").map(workers(missing)).toArray()).rejects.toThrow(
      /^workers: a thread has failed: Cannot find module/,
    );
  });

  test("what cannot be sent is refused, there and back", async () => {
    const unsendable = dataset([() => 1]).stream();
    await expect(unsendable.map(workers(start, { count: 1 })).toArray()).rejects.toThrow(
      /^workers: example 0 cannot be sent to a thread: .*could not be cloned.*; send tensors, typed arrays and plain data$/,
    );
    await expect(
      tasks("function")
        .map(workers(start, { count: 1 }))
        .toArray(),
    ).rejects.toThrow("could not be cloned");
  });

  test("threads without work end after a while, and start anew with the next example", async () => {
    const mapped = tasks("double", "double").map(workers<Task, Answer>(start, { count: 1, idle: 30 }), {
      concurrency: 1,
    });
    const pass = mapped[Symbol.asyncIterator]();
    expect((await pass.next()).value?.index).toBe(0);
    await allEnded();
    expect((await pass.next()).value?.index).toBe(1);
    expect(started.length).toBe(2);
    await pass.return?.();
  });

  test("two passes at once share the threads, which stay until the last has ended", async () => {
    const mapped = tasks("double", "double", "double").map(workers<Task, Answer>(start, { count: 1 }));
    const [left, right] = [mapped[Symbol.asyncIterator](), mapped[Symbol.asyncIterator]()];
    await Promise.all([left.next(), right.next()]);
    await left.return?.();
    expect((await right.next()).value?.index).toBe(1);
    await right.return?.();
    expect(started.length).toBe(1);
  });
});

describe("a browser's worker", () => {
  /** As much of one as the pool needs, answering in this thread. */
  class FakeWorker {
    static ended = 0;
    readonly #listeners = new Map<string, ((event: unknown) => void)[]>();
    addEventListener(type: string, listener: (event: unknown) => void): void {
      this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
    }
    postMessage(message: { id: number; example: number }): void {
      const [type, event] =
        message.example < 0
          ? ["error", { message: "Uncaught SyntaxError" }]
          : ["message", { data: { id: message.id, result: message.example + 1 } }];
      setTimeout(1).then(() => this.#listeners.get(type)?.forEach((listener) => void listener(event)));
    }
    terminate(): void {
      FakeWorker.ended++;
    }
  }

  test("speaks by events", async () => {
    const mapped = dataset([1, 2, 3])
      .stream()
      .map(workers<number, number>(() => new FakeWorker(), { count: 2 }));
    expect(await mapped.toArray()).toEqual([2, 3, 4]);
    expect(FakeWorker.ended).toBe(2);
    await expect(
      dataset([-1])
        .stream()
        .map(workers(() => new FakeWorker()))
        .toArray(),
    ).rejects.toThrow(
      "workers: a thread has failed: Uncaught SyntaxError; see that its script loads, and calls serve(f)",
    );
  });
});

describe("errors", () => {
  test.each([
    ["workers: start is an object; give a function: () => new Worker(…)", () => workers({} as never)],
    ["workers: count is 0; use a whole number ≥ 1", () => workers(start, { count: 0 })],
    ["workers: idle is NaN; use a finite number from 0 to 2147483647", () => workers(start, { idle: Number.NaN })],
    ["serve: f is 3; give a function of an example", () => serve(3 as never)],
  ])("%s", (sentence, f) => {
    expect(f).toThrow(sentence);
  });

  test("a start that gives no worker", async () => {
    await expect(
      tasks("double")
        .map(workers(() => undefined as never))
        .toArray(),
    ).rejects.toThrow("workers: start returned undefined; return a worker: () => new Worker(…)");
  });
});

test("messages carry tensors of any dtype and layout, and leave other data alone", () => {
  const value = {
    view: tensor([
      [1, 2],
      [3, 4],
    ]).transpose(),
    list: [tensor([true, false]), "text", 3, null],
    bytes: new Uint8Array([1, 2]),
  };
  const { packed, buffers } = pack(value);
  const back = unpack(structuredClone(packed, { transfer: buffers })) as typeof value;
  expect([back.view.toArray(), (back.list[0] as Tensor).dtype]).toEqual([
    [
      [1, 3],
      [2, 4],
    ],
    "bool",
  ]);
  expect([back.list.slice(1), back.bytes]).toEqual([["text", 3, null], value.bytes]);
  expect(value.view.toArray()).toEqual([
    [1, 3],
    [2, 4],
  ]);
});
