/** @file Who is measured: our packages in each of their modes, the machine's own limits, and the peers, each at its best. */
import type { Float } from "./works.ts";

export interface Subject {
  readonly name: string;
  /** Its folder in peers/, with its runner and, if it is to be installed, a manifest. */
  readonly folder: string;
  /** What its runner is told. */
  readonly args: readonly string[];
  readonly engine?: "node" | "sources" | "python";
  /** Environment variables that it is faster with. */
  readonly env?: Readonly<Record<string, string>>;
  /** Multiplications and additions a second, for subjects so slow that some work has to be left out. */
  readonly pace?: Partial<Record<Float, number>>;
  /** Whether its start-up (start.mjs or start.py), installed size and memory are measured: once for each folder. */
  readonly process?: boolean;
  /** Whether its results need not agree: it does the arithmetic, not the work. */
  readonly unchecked?: boolean;
}

/** The subject that all ratios are to. */
export const OURS = "deltagrad";

const ours = (name: string, ...args: string[]): Subject => ({ name, folder: "deltagrad", args });

const pytorch = (name: string, threads: string): Subject => ({
  name,
  folder: "pytorch",
  args: [threads],
  engine: "python",
  // Its threads otherwise spin for longer than a small operation takes.
  env: { GOMP_SPINCOUNT: "1000", OMP_NUM_THREADS: threads },
});

export const subjects: readonly Subject[] = [
  { ...ours(OURS), process: true },
  ours("deltagrad ×2", "--threads", "2"),
  ours("deltagrad relaxed", "--relaxed"),
  ours("deltagrad BLAS", "--blas"),
  ours("deltagrad BLAS ×2", "--blas", "--threads", "2"),
  ours("compile", "--compile"),
  ours("compile relaxed ×2", "--compile", "--relaxed", "--threads", "2"),
  ours("compile BLAS", "--compile", "--blas"),
  ours("compile BLAS ×2", "--compile", "--blas", "--threads", "2"),
  { name: "ceiling", folder: "ceiling", args: [], engine: "sources", unchecked: true },
  { name: "ceiling relaxed", folder: "ceiling", args: ["relaxed"], engine: "sources", unchecked: true },
  { name: "jax-js jit", folder: "jax", args: ["jit"], pace: { float64: 0.5e9 }, process: true },
  { name: "jax-js eager", folder: "jax", args: ["eager"], pace: { float64: 0.5e9 } },
  { name: "TensorFlow.js wasm", folder: "tensorflow", args: ["wasm"], pace: { float32: 2e9 }, process: true },
  { name: "TensorFlow.js cpu", folder: "tensorflow", args: ["cpu"], pace: { float32: 0.2e9 } },
  { name: "plain loops", folder: "loops", args: [], pace: { float32: 1e9, float64: 1e9 } },
  { ...pytorch("PyTorch", "1"), process: true },
  pytorch("PyTorch ×2", "2"),
  { name: "OpenBLAS", folder: "openblas", args: ["1"] },
  { name: "OpenBLAS ×2", folder: "openblas", args: ["2"] },
];
