/** @file The work, in the order of the report: what is done, how often before it is checked, and how close results must be. */

export type Float = "float32" | "float64";

/** What a runner is asked to do; `kind` picks its function, the rest are the extents. */
export type Spec = { readonly kind: string; readonly dtype: Float; readonly steps?: number } & Readonly<
  Record<string, unknown>
>;

export interface Work {
  readonly name: string;
  readonly group: string;
  readonly spec: Spec;
  /** Multiplications and additions of one run, as far as they decide how long it takes. */
  readonly flops: number;
  /** How far, relatively, a subject's check may be from the others'. */
  readonly bound: number;
  /** Left out of --quick. */
  readonly long?: boolean;
}

const dtypes: readonly Float[] = ["float32", "float64"];

/** The bound of everything but long float32 sums, which some peers add up one by one. */
const BOUND = 1e-5;
const SUM_BOUND = 2e-3;

function matmul(dtype: Float, m: number, k: number, n: number, long: boolean): Work {
  const name = m === k && k === n ? `${dtype} ${m}³` : `${dtype} ${m}×${k}·${k}×${n}`;
  const spec = { kind: "matmul", m, k, n, dtype };
  return { name: `matmul ${name}`, group: `matmul ${dtype}`, spec, flops: 2 * m * k * n, bound: BOUND, long };
}

const squares = [32, 64, 128, 256, 512, 1024];
const skinny = [
  [256, 784, 10],
  [1024, 32, 1024],
  [1, 1024, 1024],
] as const;
const products = dtypes.flatMap((dtype) => [
  ...squares.map((n) => matmul(dtype, n, n, n, dtype === "float64" ? n !== 256 : n % 3 === 2)),
  ...skinny.map(([m, k, n]) => matmul(dtype, m, k, n, dtype === "float64")),
]);

function train(dtype: Float, batch: number, sizes: readonly number[], steps: number, long = false): Work {
  const weights = sizes.slice(1).reduce((total, n, i) => total + n * sizes[i]!, 0);
  return {
    name: `step ${dtype} ${sizes.join("-")}, batch ${batch}`,
    group: "training step",
    spec: { kind: "train", sizes, batch, dtype, steps },
    flops: 6 * batch * weights,
    bound: BOUND,
    long,
  };
}

const LARGE = [784, 1024, 1024, 10];
export const largest = train("float32", 256, LARGE, 2);
const steps = [
  train("float32", 4, [2, 3, 1], 10),
  train("float32", 32, [64, 32, 10], 10),
  train("float32", 128, [784, 128, 10], 5),
  largest,
  train("float64", 128, [784, 128, 10], 5, true),
  train("float64", 256, LARGE, 2, true),
  {
    name: "step float32 convolutions, batch 32",
    group: "training step",
    spec: { kind: "convolution", batch: 32, dtype: "float32", steps: 3 },
    flops: 6 * 32 * (26 * 26 * 8 * 9 + 12 * 12 * 16 * 72 + 2304 * 10),
    bound: BOUND,
  },
] satisfies Work[];

const over = (kind: string, name: string, flops: number, bound = BOUND): Work => ({
  name: `${name} over 10⁶`,
  group: "float32 over 10⁶",
  spec: { kind, length: 1e6, dtype: "float32" },
  flops: flops * 1e6,
  bound,
});
const passes = [
  over("copy", "copy", 1),
  over("add", "a + b", 1),
  over("sigmoid", "sigmoid", 10),
  over("chain", "σ(a·x + b)·c", 13),
  over("crossEntropy", "cross-entropy", 30, SUM_BOUND),
  over("sum", "sum", 1, SUM_BOUND),
  over("softmax", "softmax of rows of 1000", 15),
];

export const works: readonly Work[] = [...steps, ...passes, ...products];
