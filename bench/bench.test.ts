/** @file The driver's logic on subjects that only pretend to work, and our own work on small sizes. */
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { agree, measure, median } from "./driver/rounds.ts";
import { type Asked, type Prepared, Runner, stopAll } from "./driver/runner.ts";
import { compiled, eager, judged } from "./goals.ts";
import { worksOf } from "./peers/deltagrad/works.mjs";
import { chart } from "./report/chart.ts";
import { remarkLines } from "./report/page.ts";
import { amount, grids, markdownTable, terminalTable } from "./report/tables.ts";
import { lookup, rowsOf, timeRows } from "./rows.ts";
import { OURS, subjects } from "./subjects.ts";
import { type Spec, type Work, works } from "./works.ts";

afterAll(stopAll);

const work: Work = {
  name: "matmul float32 64³",
  group: "matmul float32",
  spec: { kind: "matmul", dtype: "float32" },
  flops: 1e6,
  bound: 1e-5,
};
const turns = { rounds: 3, ms: 10, limit: 1 };

/** A subject that answers what it is told, and writes down when it was asked. */
const played = (name: string, prepared: Prepared, seconds: readonly number[], diary: string[] = []): Asked => ({
  prepare: async () => prepared,
  measure: async (ms) => {
    diary.push(`${name} ${ms}`);
    const next = seconds[diary.filter((entry) => entry.startsWith(name)).length - 1];
    if (next === undefined) throw new Error(`${name} is tired`);
    return next;
  },
});

describe("rounds", () => {
  test("subjects take turns, there and back, and medians are taken", async () => {
    const diary: string[] = [];
    const contestants = ["a", "b"].map((name, i) => ({
      name,
      asked: played(name, { check: 1, seconds: 0.01 }, [3 + i, 1 + i, 2 + i], diary),
    }));
    const { measured, remarks } = await measure(work, contestants, turns);
    expect(diary).toEqual(["a 10", "b 10", "b 10", "a 10", "a 10", "b 10"]);
    expect(measured).toEqual([
      { subject: "a", seconds: 2 },
      { subject: "b", seconds: 3 },
    ]);
    expect(remarks).toEqual([]);
  });

  test("a check that differs from ours is called wrong", async () => {
    const contestants = [
      { name: "peer", asked: played("peer", { check: 1.1, seconds: 0.01 }, [1, 1, 1]) },
      { name: "close", asked: played("close", { check: 1.000001, seconds: 0.01 }, [1, 1, 1]) },
      { name: "ceiling", unchecked: true, asked: played("ceiling", { check: 7, seconds: 0.01 }, [1, 1, 1]) },
      { name: OURS, asked: played(OURS, { check: 1, seconds: 0.01 }, [1, 1, 1]) },
    ];
    const { remarks } = await measure(work, contestants, turns);
    expect(remarks).toEqual([
      {
        work: work.name,
        subject: "peer",
        text: `WRONG: its check is 1.1, that of ${OURS} 1`,
        wrong: true,
      },
    ]);
  });

  test("slow work is done once, and what would take too long is left out", async () => {
    const diary: string[] = [];
    const contestants = [
      { name: "slow", asked: played("slow", { check: 1, seconds: 5 }, [6], diary) },
      { name: "slower", pace: { float32: 1e5 }, asked: played("slower", { check: 1, seconds: 10 }, [], diary) },
    ];
    const { measured, remarks } = await measure(work, contestants, turns);
    expect(diary).toEqual(["slow 0"]);
    expect(measured).toEqual([{ subject: "slow", seconds: 6 }]);
    expect(remarks.map(({ subject, text }) => `${subject}: ${text}`)).toEqual([
      "slow: measured once",
      "slower: left out: about 10 s a run",
    ]);
  });

  test("who cannot do the work is passed over, who fails is named, and the others go on", async () => {
    const contestants = [
      { name: "unable", asked: played("unable", { error: null }, []) },
      { name: "broken", asked: played("broken", { error: "no such kernel" }, []) },
      { name: "tired", asked: played("tired", { check: 1, seconds: 0.01 }, [1]) },
      { name: "well", asked: played("well", { check: 1, seconds: 0.01 }, [1, 1, 1]) },
    ];
    const { measured, remarks } = await measure(work, contestants, turns);
    expect(measured).toEqual([{ subject: "well", seconds: 1 }]);
    expect(remarks.map(({ subject, text }) => `${subject}: ${text}`)).toEqual([
      "broken: no such kernel",
      "tired: tired is tired",
    ]);
  });

  test("the median of an even number lies between the middle two; agreement is relative", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(agree(1e6, 1e6 + 9, 1e-5)).toBe(true);
    expect(agree(1e-6, 2e-6, 1e-5)).toBe(false);
    expect(agree(Number.NaN, Number.NaN, 1e-5)).toBe(false);
  });
});

describe("a subject's process", () => {
  const script = (code: string) => ({ file: process.execPath, args: ["--input-type=module", "--eval", code] });

  test("that cannot run here gives the reason", async () => {
    expect(await Runner.start(script('console.log(JSON.stringify({ absent: "no such library" }))'))).toBe(
      "no such library",
    );
    expect(await Runner.start(script('throw new Error("broken")'))).toBe("Error: broken");
    expect(await Runner.start({ file: "/nowhere/node", args: [] })).toContain("ENOENT");
    expect(await Runner.start(script(""))).toBe("its process ended");
  });

  test("does what it is asked, greets or not, and its death is an error", async () => {
    const runner = await Runner.start(
      script(`console.log("welcome"); console.log('{"ready":{"node":"1"}}');
        process.stdin.once("data", () => { console.log('{"check":2,"seconds":3}'); process.exit(); });`),
    );
    if (typeof runner === "string") throw new Error(runner);
    expect(runner.versions).toEqual({ node: "1" });
    expect(await runner.prepare(work.spec)).toEqual({ check: 2, seconds: 3 });
    await expect(runner.measure(1)).rejects.toThrow("its process ended");
  });
});

describe("goals", () => {
  const all = [...eager, ...compiled];

  test("name only subjects and work that there are", () => {
    const names = new Set([...subjects.map(({ name }) => name), "bare Node"]);
    for (const { measured } of all)
      measured((_, subject) => {
        expect(names).toContain(subject);
        return 1;
      });
  });

  test("are met, not met, or not measured", () => {
    const name = "sum over 10⁶";
    const [sum] = eager.filter(({ text }) => text.startsWith("sum over 10⁶"));
    const verdict = (...medians: [string, number][]) => judged([sum!], lookup(rowsOf(name, "µs", medians)))[0];
    expect(verdict([OURS, 100], ["PyTorch", 110])).toMatchObject({ value: 1.1, verdict: "met" });
    expect(verdict([OURS, 100], ["PyTorch", 50])).toMatchObject({ value: 0.5, verdict: "not met" });
    expect(verdict([OURS, 100])).toMatchObject({ value: undefined, verdict: "not measured" });
  });

  test("count the least of several races, against the fastest of several peers", () => {
    const [goal] = eager.filter(({ text }) => text.startsWith("the two large steps"));
    const [middle, large] = works.filter(({ name }) => /^step float32 784/.test(name)).map(({ name }) => name);
    const rows = [
      ...rowsOf(middle!, "µs", [
        [OURS, 10],
        ["jax-js jit", 20],
        ["TensorFlow.js cpu", 900],
      ]),
      ...rowsOf(large!, "µs", [
        [OURS, 10],
        ["jax-js jit", 12],
        ["TensorFlow.js wasm", 15],
      ]),
    ];
    expect(judged([goal!], lookup(rows))[0]).toMatchObject({ value: 1.2, verdict: "met" });
  });
});

describe("the report", () => {
  const rows = [
    ...timeRows("matmul float32 64³", [
      { subject: "OpenBLAS", seconds: 1e-6 },
      { subject: OURS, seconds: 2e-6 },
    ]),
    ...rowsOf("installed", "MB", [["jax-js jit", 1.5]]),
  ];

  test("has ratios to ours where ours did the work", () => {
    expect(rows.map(({ ratioToOurs }) => ratioToOurs)).toEqual([0.5, 1, null]);
  });

  test("is a table for each group, subjects down in their order, work across", () => {
    const [products, processes] = grids(rows);
    expect(markdownTable(products!)).toBe(
      ["|  | 64³ |", "| --- | ---: |", `| ${OURS} | 2.00 µs (1.00×) |`, "| OpenBLAS | 1.00 µs (0.500×) |"].join("\n"),
    );
    expect(processes!.body).toEqual([["jax-js jit", "1.50 MB"]]);
    const lines = terminalTable(products!).split("\n");
    expect(new Set(lines.slice(1).map((line) => line.length)).size).toBe(1);
  });

  test("writes amounts with three digits in the unit that suits them", () => {
    expect([0.5, 12.345, 1234, 1.5e6].map((x) => amount(x, "µs"))).toEqual([
      "0.500 µs",
      "12.3 µs",
      "1.23 ms",
      "1.50 s",
    ]);
    expect(amount(12345.6, "ms")).toBe("12 346 ms");
  });

  test("draws what has a ratio", () => {
    const svg = chart(rows);
    expect(svg.match(/<title>matmul/g)).toHaveLength(2);
    expect(svg).toContain("OpenBLAS takes 0.500 times ours");
    expect(svg).not.toContain("installed");
  });

  test("names wrong results first, and the same remark once", () => {
    const remarks = [
      { work: "a", subject: "x", text: "measured once" },
      { work: "b", subject: "y", text: "WRONG", wrong: true },
      { work: "b", subject: "x", text: "measured once" },
    ];
    expect(remarkLines({ remarks, absent: new Map([["z", "no torch"]]) })).toEqual([
      "y: WRONG (b)",
      "x: measured once (a, b)",
      "z is absent: no torch",
    ]);
  });
});

describe("our work on small sizes", () => {
  const ours = worksOf((f) => f);
  const train = { kind: "train", sizes: [5, 4, 3], batch: 7, steps: 4 };
  const specs: Spec[] = (["float32", "float64"] as const).flatMap((dtype) => [
    { kind: "matmul", m: 5, k: 7, n: 3, dtype },
    { ...train, dtype },
    ...["add", "sigmoid", "chain", "crossEntropy", "sum", "softmax"].map((kind) => ({ kind, length: 2000, dtype })),
  ]);

  test("is the same as plain loops do", async () => {
    const loops = fileURLToPath(new URL("peers/loops/runner.mjs", import.meta.url));
    const runner = await Runner.start({ file: process.execPath, args: [loops] });
    if (typeof runner === "string") throw new Error(runner);
    for (const spec of specs) {
      const theirs = await runner.prepare(spec);
      const work = ours[spec.kind]!(spec);
      expect.soft(theirs, JSON.stringify(spec)).toHaveProperty("check");
      // Loops add in another order: 2000 terms of float32 differ by less than this.
      if ("check" in theirs) expect.soft(agree(work.check(), theirs.check, 1e-5), JSON.stringify(spec)).toBe(true);
      work.run(2);
    }
    runner.stop();
  });

  test("descends in the network of convolutions", () => {
    const work = ours.convolution!({ kind: "convolution", batch: 2, dtype: "float64", steps: 1 });
    const begin = work.check();
    work.run(20);
    expect(work.check()).toBeLessThan(begin);
  });

  test("every kind of work is one of ours, but copying, which is no operation", () => {
    const kinds = new Set(works.map(({ spec }) => spec.kind).filter((kind) => kind !== "copy"));
    expect(Object.keys(ours).sort()).toEqual([...kinds].sort());
  });
});
