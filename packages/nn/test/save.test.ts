/** @file Files of trainings: what is kept, what a damaged one is told by, and that a kill at any moment leaves a whole one. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { leaves, ones, relu, rng, type Tensor, TensorError, tensor, zeros } from "@deltagrad/tensor";
import { decodeSafetensors, encodeSafetensors } from "@deltagrad/tensor/safetensors";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adam, dense, fit, mse, type Snapshot, sgd, stack } from "../src/index.ts";
import {
  autosave,
  decodeCheckpoint,
  decodeParams,
  encodeCheckpoint,
  encodeParams,
  type FileSystem,
  loadCheckpoint,
  loadParams,
  loadPyTorch,
  saveCheckpoint,
  saveParams,
} from "../src/save/index.ts";
import { seal } from "../src/save/seal.ts";

let folder = "";
beforeAll(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), "deltagrad-save-"));
});
afterAll(() => fs.rm(folder, { recursive: true }));

const net = stack(dense(3, 4), relu, dense(4, 2));
type Batch = { x: Tensor; y: Tensor };
const data = [{ x: rng(1).normal([5, 3]) as Tensor, y: rng(2).normal([5, 2]) as Tensor }];
const setup = { net, loss: (y: Tensor, batch: Batch) => mse(y, batch.y), optimizer: adam(), data, epochs: 2 };
const message = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    expect(error).toBeInstanceOf(TensorError);
    return (error as Error).message;
  }
  return "nothing was refused";
};

describe("a checkpoint", () => {
  const leaf = fc.oneof(
    fc.double(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom<Tensor>(
      ones([2, 0]) as Tensor,
      tensor(Number.NaN) as Tensor,
      zeros([2], { dtype: "float32" }) as Tensor,
    ),
  );
  const { tree } = fc.letrec<{ tree: unknown; node: unknown }>((tie) => ({
    tree: fc.oneof({ depthSize: "small" }, leaf, tie("node")),
    node: fc.oneof(
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.stringMatching(/^[a-z_]{1,6}$/), tie("tree"), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  const plain = (value: unknown): unknown =>
    typeof value !== "object" || value === null
      ? value
      : "shape" in value && "dtype" in value && typeof value.shape !== "number"
        ? [String(value.dtype), (value as Tensor).shape, (value as Tensor).toTypedArray?.()]
        : Array.isArray(value)
          ? value.map(plain)
          : Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));

  test("is the tree that went in, with every bit", () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(plain(decodeCheckpoint(encodeCheckpoint(value)))).toEqual(plain(value));
      }),
    );
  });

  test("is a safetensors file with the paths as names, and keeps a tensor once", () => {
    const w = ones([2]);
    const { tensors } = decodeSafetensors(encodeCheckpoint({ params: [{ w }], best: { params: [{ w }] } }));
    expect(Object.keys(tensors)).toEqual(["params.0.w"]);
  });

  test.each([
    [
      { f: () => 1 },
      "encodeCheckpoint: f is a function; keep tensors, numbers, texts, lists and plain objects; of a stream its state()",
    ],
    [
      { a: [rng(1)] },
      "encodeCheckpoint: a.0 is a Rng; keep tensors, numbers, texts, lists and plain objects; of a stream its state()",
    ],
    [
      { "a.b": ones([1]), a: { b: zeros([1]) } },
      "encodeCheckpoint: two tensors are named a.b; leave dots out of the keys of the tree",
    ],
    [{ $tensor: 1 }, "encodeCheckpoint: a key is $tensor; give it another name"],
  ])("refuses what it cannot keep: %#", (value, sentence) => {
    expect(message(() => encodeCheckpoint(value))).toBe(sentence);
  });

  test("tells every flipped bit and every cut", () => {
    const bytes = encodeCheckpoint({ params: [ones([3])], step: 12 });
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const bad = bytes.slice();
      bad[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decodeCheckpoint(bad), `bit ${bit}`).toThrow(TensorError);
    }
    for (let end = 0; end < bytes.length; end++)
      expect(() => decodeCheckpoint(bytes.slice(0, end)), `${end} bytes`).toThrow(TensorError);
  });

  test("of a later version is refused, and of one that is none", () => {
    for (const version of ["2", "one"])
      expect(message(() => decodeCheckpoint(seal({}, { version, format: "deltagrad checkpoint" })))).toBe(
        `decodeCheckpoint: the file has version ${version}; this package reads up to 1: update it`,
      );
  });

  test("says what is wrong with a file", async () => {
    const path = join(folder, "bad.safetensors");
    const bytes = encodeCheckpoint({ step: 1, w: ones([3]) });
    await fs.writeFile(path, bytes.subarray(0, bytes.length - 5));
    const error = await loadCheckpoint(path).catch((e: Error) => e);
    expect((error as Error).message).toMatch(
      /^loadCheckpoint: .*bad\.safetensors: the file's checksum is "[0-9a-f]{8}", that of its \d+ bytes [0-9a-f]{8}; it is truncated or damaged: take an earlier one$/,
    );
    await fs.writeFile(path, encodeSafetensors({ w: ones([1]) }));
    await expect(loadCheckpoint(path)).rejects.toThrow(
      "bad.safetensors: the file has no checksum; give a file that saveCheckpoint wrote",
    );
    await fs.writeFile(path, encodeParams([ones([1])]));
    await expect(loadCheckpoint(path)).rejects.toThrow('its format is "pt"; give a file that saveCheckpoint wrote');
    await expect(loadCheckpoint(join(folder, "none"))).rejects.toThrow(/^loadCheckpoint: .*none was not read: ENOENT/);
  });

  test("is held against what is expected, and all that is wrong is said", () => {
    const bytes = encodeCheckpoint({ params: net.init(rng(1)), step: 3 });
    const other = stack(dense(3, 5), relu, dense(5, 2), relu, dense(2, 1)).init(rng(1));
    expect(message(() => decodeCheckpoint(bytes, { params: other }))).toBe(
      "decodeCheckpoint: 5 of 6 tensors do not fit: params.0.weight is float64 [3, 4] in place of float64 [3, 5], params.0.bias is float64 [4] in place of float64 [5], params.2.weight is float64 [4, 2] in place of float64 [5, 2], params.4.weight float64 [2, 1] is missing, params.4.bias float64 [1] is missing; load it into the network that it was saved from",
    );
    const single = net.init(rng(1)).map((p) => p && { weight: p.weight.cast("float32"), bias: p.bias.cast("float32") });
    expect(message(() => decodeCheckpoint(bytes, { params: single }))).toContain(
      "params.0.bias is float64 [4] in place of float32 [4]",
    );
  });
});

describe("parameters alone", () => {
  const params = net.init(rng(4));

  test("are what Sequential calls them, and lie as in Linear where told", () => {
    const { tensors, metadata } = decodeSafetensors(encodeParams(params, { transpose: /weight$/ }));
    const shapes = Object.entries(tensors).map(([name, { shape }]) => [name, shape]);
    expect(Object.fromEntries(shapes)).toEqual({
      "0.weight": [4, 3],
      "0.bias": [4],
      "2.weight": [2, 4],
      "2.bias": [2],
    });
    expect(metadata).toMatchObject({ format: "pt", writer: "deltagrad", version: "1" });
  });

  test("come back from PyTorch's names, layouts and float32", () => {
    const theirs = {
      "fc1.weight": params[0].weight.T,
      "fc1.bias": params[0].bias,
      "fc2.weight": params[2].weight.T,
      "fc2.bias": params[2].bias,
    };
    const file = encodeSafetensors(
      Object.fromEntries(Object.entries(theirs).map(([name, x]) => [name, x.cast("float32") as Tensor])),
    );
    const map = (name: string): string => name.replace("0.", "fc1.").replace("2.", "fc2.");
    const loaded = loadPyTorch(file, { like: params, map, transpose: /weight$/ });
    for (const [i, { tensor: t }] of leaves(loaded).entries()) {
      const own = leaves(params)[i]!.tensor;
      expect([t.dtype, t.shape]).toEqual(["float64", own.shape]);
      expect(t.toArray()).toEqual(own.cast("float32").cast("float64").toArray());
    }
    expect(message(() => loadPyTorch(file, { like: params, map }))).toBe(
      "loadPyTorch: 2 of 4 tensors do not fit: 0.weight is float64 [4, 3] in place of float64 [3, 4], 2.weight is float64 [2, 4] in place of float64 [4, 2]; name others in map, and what lies the other way round in transpose",
    );
    expect(message(() => loadPyTorch(file, { like: params }))).toContain("0.weight float64 [3, 4] is missing");
  });

  test("go through a file with names and layouts of others", async () => {
    const path = join(folder, "model.safetensors");
    const names = { transpose: ["0.weight", "2.weight"], map: { "0.weight": "first.weight" } };
    await saveParams(path, params, names);
    const loaded = await loadParams(path, params, names);
    expect(leaves(loaded).map(({ tensor: t }) => t.toArray())).toEqual(
      leaves(params).map(({ tensor: t }) => t.toArray()),
    );
    await expect(loadParams(path, [ones([1])])).rejects.toThrow(
      /^loadParams: .*model\.safetensors: 5 of 5 tensors do not fit: 0 float64 \[1\] is missing/,
    );
    const bytes = encodeParams(params);
    bytes[bytes.length - 1]! ^= 1;
    expect(message(() => decodeParams(bytes, params))).toContain("it is truncated or damaged");
  });
});

describe("a disk", () => {
  /** A file system in which the n-th call fails; the others reach the disk. */
  const failing = (at: string, code: string): FileSystem => {
    const fail = (call: string): void => {
      if (call === at) throw Object.assign(new Error(`${code}: it failed, ${call}`), { code });
    };
    return {
      async open(path, flags) {
        fail("open");
        const file = await fs.open(path, flags);
        return {
          async writeFile(bytes) {
            if (at === "writeFile") await file.writeFile(bytes.subarray(0, bytes.length / 2));
            fail("writeFile");
            await file.writeFile(bytes);
          },
          async sync() {
            fail("sync");
            await file.sync();
          },
          close: () => file.close(),
        };
      },
      async rename(from, to) {
        fail("rename");
        await fs.rename(from, to);
      },
      unlink: fs.unlink,
      readFile: fs.readFile,
    };
  };

  test.each(["open", "writeFile", "sync", "rename"])(
    "that fails to %s leaves the earlier file and no other",
    async (call) => {
      const path = join(folder, `${call}.safetensors`);
      await saveCheckpoint(path, { step: 1 });
      const attempt = saveCheckpoint(path, { step: 2 }, { files: failing(call, "ENOSPC") });
      await expect(attempt).rejects.toThrow(
        new TensorError(
          "saveCheckpoint",
          `${path} was not written: ENOSPC: it failed, ${call}`,
          "an earlier file of that name is as it was",
        ),
      );
      expect(await loadCheckpoint(path)).toEqual({ step: 1 });
      expect((await fs.readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    },
  );

  test.skipIf(!existsSync("/dev/full"))("that is really full leaves the earlier file", async () => {
    const path = join(folder, "devfull.safetensors");
    await saveCheckpoint(path, { step: 1 });
    // The temporary file is a device on which the system itself finds no room.
    await fs.symlink("/dev/full", `${path}.tmp`);
    await expect(saveCheckpoint(path, { step: 2 })).rejects.toThrow(
      /^saveCheckpoint: .*devfull\.safetensors was not written: ENOSPC: no space left on device, write; an earlier file of that name is as it was$/,
    );
    expect(await loadCheckpoint(path)).toEqual({ step: 1 });
    await saveCheckpoint(path, { step: 3 });
    expect(await loadCheckpoint(path)).toEqual({ step: 3 });
  });

  test("that is full ends a training with that sentence", async () => {
    const path = join(folder, "full.safetensors");
    const callbacks = [autosave(path, { files: failing("writeFile", "ENOSPC") })];
    await expect(fit({ ...setup, callbacks })).rejects.toThrow("was not written: ENOSPC");
  });
});

describe("a resume with something else is refused at the beginning", () => {
  test("another network, another optimizer", async () => {
    const { snapshot } = await fit(setup);
    const wide = stack(dense(3, 6), relu, dense(6, 2));
    await expect(fit({ ...setup, net: wide, resume: snapshot as never })).rejects.toThrow(
      /^train: 9 of 13 tensors do not fit: params\.0\.weight is float64 \[3, 4\] in place of float64 \[3, 6\], .*; resume with the network and the optimizer that the snapshot is of$/,
    );
    await expect(fit({ ...setup, optimizer: sgd({ rate: 1 }), resume: snapshot })).rejects.toThrow(
      "is not expected; resume with the network and the optimizer",
    );
  });
});

const root = fileURLToPath(new URL("../../..", import.meta.url));
const program = join(root, "packages/nn/test/fixtures/run.ts");
const start = (path: string, epochs: number): ChildProcess =>
  spawn(process.execPath, ["--conditions=deltagrad-source", "--import", "tsx", program, path, String(epochs)], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });

/** Resolves when the training has done so many steps, or has ended. */
const reached = (child: ChildProcess, steps: number): Promise<void> =>
  new Promise((done) => {
    let seen = 0;
    child.stdout!.on("data", (text: Buffer) => {
      seen += text.toString().split("\n").length - 1;
      if (seen >= steps) done();
    });
    child.on("exit", () => done());
  });
const exited = (child: ChildProcess): Promise<void> =>
  new Promise((done) =>
    child.exitCode === null && child.signalCode === null ? child.on("exit", () => done()) : done(),
  );

test("10 + 10 epochs around a kill are 20, bit for bit", async () => {
  const [whole, parts] = [join(folder, "whole.safetensors"), join(folder, "parts.safetensors")];
  const uninterrupted = start(whole, 20);
  const killed = start(parts, 20);
  // 8 steps an epoch: in the tenth.
  await reached(killed, 77);
  killed.kill("SIGKILL");
  await exited(killed);
  const there = await loadCheckpoint<Snapshot<unknown, unknown>>(parts);
  expect(there.epoch).toBeGreaterThanOrEqual(9);
  expect(there.step).toBeLessThan(160);
  const rest = start(parts, 20);
  await Promise.all([exited(uninterrupted), exited(rest)]);
  expect(Buffer.compare(await fs.readFile(whole), await fs.readFile(parts))).toBe(0);
  expect((await loadCheckpoint<Snapshot<unknown, unknown>>(whole)).step).toBe(160);
}, 120_000);

test("Ctrl-C ends it between two steps, saved, and without an error", async () => {
  const path = join(folder, "interrupted.safetensors");
  const child = start(path, 1e6);
  await reached(child, 10);
  child.kill("SIGINT");
  await exited(child);
  expect(child.exitCode).toBe(0);
  const there = await loadCheckpoint<Snapshot<unknown, unknown>>(path);
  expect(there.step).toBeGreaterThanOrEqual(10);
  expect(there.step).toBe(8 * there.epoch + there.batch);
}, 60_000);

// `npm run faults` kills a hundred times.
const kills = Number(process.env.DELTAGRAD_KILLS ?? 5);
test(
  `killed at ${kills} random moments while it saves continuously, the file loads and training goes on`,
  async () => {
    const path = join(folder, "faults.safetensors");
    const moments = rng("faults");
    let before = -1;
    for (let kill = 0; kill < kills; kill++) {
      const child = start(path, 1e6);
      await reached(child, 1);
      await new Promise((done) => setTimeout(done, moments.next() * 40));
      child.kill("SIGKILL");
      await exited(child);
      expect(child.signalCode).toBe("SIGKILL");
      const { step } = await loadCheckpoint<Snapshot<unknown, unknown>>(path);
      expect(step).toBeGreaterThan(before);
      before = step;
    }
  },
  20_000 * Math.max(6, kills),
);
