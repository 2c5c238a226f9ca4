/** @file What the project wants to reach, as ratios of medians of one run. */
import { BARE } from "./driver/processes.ts";
import type { Lookup } from "./rows.ts";
import { OURS } from "./subjects.ts";
import { works } from "./works.ts";

export interface Goal {
  readonly text: string;
  /** The ratio or amount that was measured; undefined where a part of it is missing. */
  readonly measured: (median: Lookup) => number | undefined;
  readonly atLeast?: number;
  readonly atMost?: number;
}

const JS_PEERS = ["jax-js jit", "jax-js eager", "TensorFlow.js wasm", "TensorFlow.js cpu"];
const PEERS_JIT = ["jax-js jit", "TensorFlow.js wasm", "TensorFlow.js cpu"];

export const STARTUP = "start-up to the first gradient";
export const MEMORY = "peak memory, 200 steps of 784-1024-1024-10";

/** The names of work that begin so: every one is to be won. */
const named = (...beginnings: string[]): string[] =>
  beginnings.flatMap((beginning) => {
    const names = works.map(({ name }) => name).filter((name) => name.startsWith(beginning));
    if (names.length === 0) throw new Error(`no work begins with ${beginning}`);
    return names;
  });

const allOf = (numbers: readonly (number | undefined)[]): number[] | undefined =>
  numbers.every((x) => x !== undefined) ? (numbers as number[]) : undefined;

/** How many times faster than the fastest of the others, in the work where that is least. */
const race =
  (ours: string, others: readonly string[], names: readonly string[]): Goal["measured"] =>
  (median) => {
    const ratios = names.map((work) => {
      const own = median(work, ours);
      const times = others.map((other) => median(work, other)).filter((time) => time !== undefined);
      return own === undefined || times.length === 0 ? undefined : Math.min(...times) / own;
    });
    const known = allOf(ratios);
    return known && Math.min(...known);
  };

const faster = (
  text: string,
  ours: string,
  others: readonly string[],
  beginnings: readonly string[],
  atLeast: number,
): Goal => ({
  text: `${text}: at least ${Number(atLeast.toFixed(2))}×`,
  measured: race(ours, others, named(...beginnings)),
  atLeast,
});

const squares = (dtype: string, from: number): string[] =>
  [32, 64, 128, 256, 512, 1024].filter((n) => n >= from).map((n) => `matmul ${dtype} ${n}³`);
const both = (from: number): string[] => ["float32", "float64"].flatMap((dtype) => squares(dtype, from));

const [TINY, SMALL, MIDDLE, LARGE] = ["2-3-1,", "64-32-10,", "784-128-10,", "784-1024-1024-10,"].map(
  (sizes) => `step float32 ${sizes}`,
) as [string, string, string, string];
const DOUBLES = ["step float64 784-128-10,", "step float64 784-1024-1024-10,"];
const [SIGMOID, ENTROPY, SUM, COPY, CHAIN] = ["sigmoid", "cross-entropy", "sum", "copy", "σ(a·x + b)·c"].map(
  (name) => `${name} over 10⁶`,
) as [string, string, string, string, string];

/** Goals of eager operations. */
export const eager: readonly Goal[] = [
  faster("float32 products 128³…1024³, of the ceiling", OURS, ["ceiling"], squares("float32", 128), 0.85),
  faster("float64 products 128³…1024³, of the ceiling", OURS, ["ceiling"], squares("float64", 128), 0.85),
  faster("float32 products 64³, of the ceiling", OURS, ["ceiling"], ["matmul float32 64³"], 0.7),
  faster(
    "relaxed products 128³…1024³, of the fused ceiling",
    "deltagrad relaxed",
    ["ceiling relaxed"],
    both(128),
    0.75,
  ),
  faster("every float32 product, of the best JavaScript peer", OURS, JS_PEERS, ["matmul float32"], 1),
  faster("every float64 product, of the best JavaScript peer", OURS, JS_PEERS, ["matmul float64"], 1),
  faster("products on two threads from 128³, of one", "deltagrad ×2", [OURS], both(128), 1.8),
  faster("step 2-3-1, of the best JavaScript peer's jit", OURS, PEERS_JIT, [TINY], 4),
  faster("step 2-3-1, of PyTorch", OURS, ["PyTorch"], [TINY], 4),
  faster("step 64-32-10, of the best JavaScript peer's jit", OURS, PEERS_JIT, [SMALL], 1.2),
  faster("step 64-32-10, of PyTorch", OURS, ["PyTorch"], [SMALL], 1.2),
  faster("the two large steps, of the best JavaScript peer's jit", OURS, PEERS_JIT, [MIDDLE, LARGE], 0.9),
  faster("the same on two threads", "deltagrad ×2", PEERS_JIT, [MIDDLE, LARGE], 1.6),
  faster("BLAS products 256³…1024³, of OpenBLAS itself", "deltagrad BLAS", ["OpenBLAS"], both(256), 0.9),
  faster("the same on two threads", "deltagrad BLAS ×2", ["OpenBLAS ×2"], both(256), 0.9),
  faster("BLAS, the two large steps, of PyTorch", "deltagrad BLAS", ["PyTorch"], [MIDDLE, LARGE], 0.95),
  faster("the same on two threads", "deltagrad BLAS ×2", ["PyTorch ×2"], [MIDDLE, LARGE], 0.95),
  faster("sigmoid over 10⁶, of the best JavaScript peer", OURS, JS_PEERS, [SIGMOID], 1 / 1.25),
  faster("sigmoid over 10⁶, of PyTorch", OURS, ["PyTorch"], [SIGMOID], 1 / 2.2),
  faster("cross-entropy over 10⁶, of PyTorch", OURS, ["PyTorch"], [ENTROPY], 2),
  faster("sum over 10⁶, of PyTorch", OURS, ["PyTorch"], [SUM], 0.95),
  { text: `${MEMORY}: at most 200 MB`, measured: (median) => median(MEMORY, OURS), atMost: 200 },
  {
    text: `${STARTUP}: at most 40 ms over bare Node`,
    measured(median) {
      const known = allOf([median(STARTUP, OURS), median(STARTUP, BARE)]);
      return known && known[0]! - known[1]!;
    },
    atMost: 40,
  },
];

/** Goals of compiled functions. */
export const compiled: readonly Goal[] = [
  faster("step 2-3-1, of the best JavaScript peer's jit", "compile", PEERS_JIT, [TINY], 100),
  faster("step 64-32-10, of the best JavaScript peer's jit", "compile", PEERS_JIT, [SMALL], 7),
  faster("step 784-128-10, of the best JavaScript peer's jit", "compile", PEERS_JIT, [MIDDLE], 1.05),
  faster("step 784-1024-1024-10, of the best JavaScript peer's jit", "compile", PEERS_JIT, [LARGE], 1.1),
  faster("step 2-3-1, of PyTorch", "compile", ["PyTorch"], [TINY], 80),
  faster("step 64-32-10, of PyTorch", "compile", ["PyTorch"], [SMALL], 7),
  faster("relaxed on two threads, step 784-128-10", "compile relaxed ×2", PEERS_JIT, [MIDDLE], 2.5),
  faster("relaxed on two threads, step 784-1024-1024-10", "compile relaxed ×2", PEERS_JIT, [LARGE], 3),
  faster("BLAS, step 784-128-10, of PyTorch", "compile BLAS", ["PyTorch"], [MIDDLE], 1.4),
  faster("the same on two threads", "compile BLAS ×2", ["PyTorch ×2"], [MIDDLE], 1.4),
  faster("BLAS, step 784-1024-1024-10, of PyTorch", "compile BLAS", ["PyTorch"], [LARGE], 1.05),
  faster("the same on two threads", "compile BLAS ×2", ["PyTorch ×2"], [LARGE], 1.05),
  faster("float64, the two large steps, of jax-js", "compile", ["jax-js jit"], DOUBLES, 20),
  {
    text: `${CHAIN}, of one copy and one sigmoid: at most 1.5×`,
    measured(median) {
      const known = allOf([median(CHAIN, "compile"), median(COPY, "plain loops"), median(SIGMOID, OURS)]);
      return known && known[0]! / (known[1]! + known[2]!);
    },
    atMost: 1.5,
  },
  {
    text: `${MEMORY}, of eager: at most 1×`,
    measured(median) {
      const known = allOf([median(MEMORY, "compile"), median(MEMORY, OURS)]);
      return known && known[0]! / known[1]!;
    },
    atMost: 1,
  },
];

type Verdict = "met" | "not met" | "not measured";

/** Each goal with what was measured, and whether it is reached. */
export const judged = (goals: readonly Goal[], median: Lookup) =>
  goals.map(({ text, measured, atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }) => {
    const value = measured(median);
    const verdict: Verdict =
      value === undefined ? "not measured" : value >= atLeast && value <= atMost ? "met" : "not met";
    return { text, value, verdict };
  });
