/** @file Threads: the same numbers from any number of them, and what becomes of them, of their process and of failures. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { findChromium, openSite, WITHOUT } from "../../../../scripts/browser.ts";
import { matmul, matrixTranspose, rng, type Tensor } from "../../src/index.ts";
import { i32 } from "../../src/wasm/assembler/scalar.ts";
import { engine } from "../../src/wasm/engine.ts";
import { program, scratch, setBackend, useMemory } from "../../src/wasm/machine.ts";
import { Team } from "../../src/wasm/pool/team.ts";
import { helped, helpers, setThreads, share, threads } from "../../src/wasm/pool/threads.ts";
import { expectRefusal } from "../refusal.ts";
import { engage, MUCH, numbers, numbersOf } from "./pieces.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  setThreads(1);
});

describe("how many there are", () => {
  test("is the machine's cores at first, in Node", async () => {
    vi.resetModules();
    const fresh = await import("../../src/wasm/pool/threads.ts");
    expect(fresh.threads()).toBe(availableParallelism());
  });

  test("is what was chosen", () => {
    setThreads(3);
    expect(threads()).toBe(3);
    setThreads(1);
    expect(threads()).toBe(1);
  });

  test.each([0, 1.5, -2, Number.NaN, Number.POSITIVE_INFINITY, 257])("is not %s", (n) => {
    expectRefusal(() => setThreads(n), `setThreads: n is ${n}; give a whole number from 1 to 256`);
  });

  test("is no text and nothing", () => {
    expectRefusal(() => setThreads("2" as never), 'setThreads: n is "2"; give a whole number from 1 to 256');
    expectRefusal(
      () => setThreads(undefined as never),
      "setThreads: n is undefined; give a whole number from 1 to 256",
    );
  });

  test("is one where memory cannot be shared", () => {
    setThreads(2);
    vi.stubGlobal("crossOriginIsolated", false);
    expect(threads()).toBe(1);
    vi.unstubAllGlobals();
    vi.stubGlobal("SharedArrayBuffer", undefined);
    expect(threads()).toBe(1);
    expect(helpers(MUCH)).toBe(1);
  });

  test("is one where workers are refused", () => {
    setThreads(2);
    vi.stubGlobal("process", { getBuiltinModule: () => ({ Worker: refusing }) });
    expect(helpers(MUCH)).toBe(1);
    expect(threads()).toBe(1);
    expect(numbers(5, 10)).toHaveLength(20);
  });

  test("is one for work that is not worth it", () => {
    setThreads(2);
    expect(helpers(1000)).toBe(1);
  });
});

class refusing {
  constructor() {
    throw new Error("no workers here");
  }
}

describe("work that is shared", () => {
  test.each([2, 3])("gives the same numbers on %d threads as on one", async (n) => {
    const drawn = fc.sample(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2000 })), {
      numRuns: 100,
      seed: 7,
    });
    setThreads(1);
    const alone = drawn.map(([count, steps]) => numbers(count, steps));
    await engage(n);
    drawn.forEach(([count, steps], i) => expect(numbers(count, steps)).toEqual(alone[i]));
  });

  test.each([2, 3])("is a product with the same bits on %d threads as on one", async (n) => {
    const extent = fc.integer({ min: 150, max: 400 });
    const drawn = fc.sample(fc.tuple(extent, extent, extent, fc.boolean(), fc.constantFrom("float32", "float64")), {
      numRuns: 20,
      seed: 11,
    });
    const products = () =>
      drawn.map(([rows, depth, columns, turned, dtype], i) => {
        const stream = rng(`product ${i}`);
        const a = stream.normal([rows, depth], { dtype });
        const b = turned
          ? matrixTranspose(stream.normal([columns, depth], { dtype }))
          : stream.normal([depth, columns], { dtype });
        const { buffer } = matmul(a as Tensor, b as Tensor).toTypedArray();
        return Buffer.from(buffer).toString("base64");
      });
    setThreads(1);
    const alone = products();
    await engage(n);
    const before = helped();
    expect(products().every((bits, i) => bits === alone[i])).toBe(true);
    expect(helped()).toBeGreaterThan(before);
  });

  test("may be of a program that threads do not know yet", async () => {
    await engage(2);
    for (const factor of [0.5, 0.25, -0.75]) {
      const task = numbersOf(factor);
      const before = helped();
      const first = numbers(40, 100, task);
      while (helped() === before) numbers(40, 5000, task);
      setThreads(1);
      expect(numbers(40, 100, task)).toEqual(first);
      await engage(2);
    }
  });

  test("is done by one again after setThreads(1), and by others after setThreads(3)", async () => {
    await engage(2);
    setThreads(1);
    expect([helped(), numbers(3, 1).length, helped()]).toEqual([0, 12, 0]);
    await engage(3);
    expect(threads()).toBe(3);
  });

  test("is nothing while the backend is plain, and goes on afterwards", async () => {
    await engage(2);
    setBackend("plain");
    expect(numbersOf(0.5).exports()).toBeNull();
    setBackend("wasm");
    expect(numbers(30, 30)).toHaveLength(120);
  });
});

describe("a thread that fails", () => {
  /** Does what `bad` says where the thread has not called `mark`: in all but this one. */
  const marked = (bad: "trap" | "stay") =>
    program((module) => {
      const mine = module.global("i32", 0);
      return {
        mark: module.function([], "none", (body) => body.set(mine, 1)),
        task: module.function(["i32", "i32", "i32"], "none", (body, piece, steps, to) => {
          body.if({ type: "i32", code: [mine.code, 0x45] }, () => {
            if (bad === "trap") body.do({ type: "none", code: [0x00] });
            else body.loop((again) => body.br(again));
          });
          body.for({ to: steps }, () => {});
          body.do(i32.store(i32.add(to, i32.shl(piece, 2)), i32.add(piece, 1)));
        }),
      };
    });

  test("in a piece leaves it to this one, each time", async () => {
    const task = marked("trap");
    const words = () => Array.from(scratch(64)!.int32.subarray(scratch(64)!.base / 4, scratch(64)!.base / 4 + 16));
    await engage(2);
    task.exports()!.mark();
    // Both threads begin pieces as long as these; only this one ends them.
    for (let run = 0; run < 20; run++) {
      scratch(64)!.int32.fill(0, scratch(64)!.base / 4, scratch(64)!.base / 4 + 16);
      expect(share(task, "task", 16, [200_000, scratch(64)!.base], MUCH)).toBe(true);
      expect(words()).toEqual(Array.from({ length: 16 }, (_, piece) => piece + 1));
    }
    expect(threads()).toBe(2);
  });

  test("to come back is given up, and its memory left to it", () => {
    const limits = { initial: 2, maximum: 20, shared: true };
    const memory = new (engine()!.Memory)(limits);
    useMemory(memory, limits);
    const team = new Team(1, memory, 50);
    const task = marked("stay");
    task.exports()!.mark();
    const run = () => team.run(task.compiled()!, task.exports()!, "task", 50, [100_000, 65_536], true);
    const until = Date.now() + 30_000;
    while (run()) if (Date.now() > until) throw new Error("no thread has stayed away");
    expect(team.lost).toBe(true);
  });

  test("by its end is not counted on", async () => {
    const { buffer } = scratch(16)!.bytes;
    await engage(2);
    expect(scratch(16)!.bytes.buffer).not.toBe(buffer);
    setThreads(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(numbers(8, 8)).toHaveLength(32);
  });
});

describe("elsewhere", () => {
  const folder = mkdtempSync(join(tmpdir(), "deltagrad-threads-"));
  const built = (format: "esm" | "cjs") => join(folder, format === "esm" ? "pieces.mjs" : "pieces.cjs");

  beforeAll(async () => {
    const entryPoints = [fileURLToPath(new URL("pieces.ts", import.meta.url))];
    for (const format of ["esm", "cjs"] as const)
      await build({ entryPoints, bundle: true, format, platform: "neutral", outfile: built(format) });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a program of Node, and gives what it printed when it has ended by itself. */
  const output = (name: string, code: string): Promise<string> => {
    const file = join(folder, name);
    writeFileSync(file, code);
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
      let [text, errors] = ["", ""];
      child.stdout.on("data", (data) => (text += data));
      child.stderr.on("data", (data) => (errors += data));
      const timer = setTimeout(() => child.kill("SIGKILL"), 40_000);
      child.on("exit", (exitCode, signal) => {
        clearTimeout(timer);
        if (exitCode === 0) resolve(text.trim());
        else reject(new Error(`it ended with ${exitCode ?? signal}: ${errors}`));
      });
    });
  };

  test("a process that has used threads ends by itself, while they look for work and when they sleep", async () => {
    const program = (pause: number) => `
      import { engage, numbers } from "./pieces.mjs";
      await engage(3);
      console.log(numbers(3, 1).length);
      await new Promise((resolve) => setTimeout(resolve, ${pause}));
      console.log(Date.now());
      process.on("exit", () => console.log("end"));
    `;
    for (const pause of [0, 300]) {
      const said = await output(`end-${pause}.mjs`, program(pause));
      const [length, last, end] = said.split("\n");
      expect([length, end]).toEqual(["12", "end"]);
      // Not a matter of speed: what keeps a process alive keeps it for ever.
      expect(Date.now() - Number(last)).toBeLessThan(20_000);
    }
  });

  test("two copies of the package in one process do not disturb each other", async () => {
    const said = await output(
      "two.mjs",
      `
      import * as one from "./pieces.mjs";
      import { createRequire } from "node:module";
      const two = createRequire(import.meta.url)("./pieces.cjs");
      const alone = String(one.numbers(50, 100));
      await one.engage(2);
      await two.engage(3);
      const same = [one, two, one, two].map(({ numbers }) => String(numbers(50, 100)) === alone);
      console.log(same.join());
    `,
    );
    expect(said).toBe("true,true,true,true");
  });

  test("a thread that somebody else started has one by default, and more if it wants", async () => {
    const code = `
      const { parentPort } = require("node:worker_threads");
      const { engage, numbers, threads } = require(${JSON.stringify(built("cjs"))});
      const before = threads();
      const alone = String(numbers(50, 100));
      engage(2).then(() => parentPort.postMessage([before, String(numbers(50, 100)) === alone]));
    `;
    const worker = new Worker(code, { eval: true });
    const said = await new Promise((resolve, reject) => {
      worker.on("message", resolve);
      worker.on("error", reject);
    });
    await worker.terminate();
    expect(said).toEqual([1, true]);
  });

  const without = findChromium() === null;
  test.skipIf(without)(`in a page there is one, and two give the same${without ? ` (${WITHOUT})` : ""}`, async () => {
    const site = await openSite();
    try {
      expect(await site.run("packages/tensor/test/page/threads.ts")).toEqual({ before: 1, same: true });
    } finally {
      await site.close();
    }
  });
});
