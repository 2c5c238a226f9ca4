/** @file A network as a table: what stands in it, what each part returns, how many numbers each has to learn. */
import { leaves, record, rng, type Shape, type Tensor, TensorError, zeros } from "@deltagrad/tensor";
import { type Context, initOf, initState, type LayerLike } from "./layer.ts";
import { getIn } from "./trees.ts";

/** A part of a network. */
export interface SummaryRow {
  /** Where it stands, and where its parameters are: `[2][0]`; "" is the whole. */
  readonly path: string;
  readonly name: string;
  /** What it returns for one example. */
  readonly output: Shape;
  /** The numbers that are learned in it and in all parts of it. */
  readonly parameters: number;
}

/** A table of the parts, with totals. */
export interface Summary {
  readonly rows: readonly SummaryRow[];
  readonly input: Shape;
  readonly output: Shape;
  /** The numbers that are learned. */
  readonly parameters: number;
  /** The numbers that are kept beside them, as running statistics. */
  readonly state: number;
  toString(): string;
}

export interface SummaryOptions {
  /** The dtype of the input ("float64"; for embeddings "int32"). */
  readonly dtype?: "float64" | "float32" | "int32";
  /** What else the network is applied with, as a memory; as for a batch of one. */
  readonly context?: Context;
}

const count = (tree: unknown): number => leaves(tree, "summary").reduce((sum, { tensor }) => sum + tensor.size, 0);

/**
 * What a network is made of, for one example of a shape: a table that prints, and its data. Parts of parts stand below
 * them. Nothing is computed: shapes are followed through a recorded graph.
 *
 * Throws: TensorError when the network does not take that shape.
 *
 * @example
 * const table = summary(stack(dense(784, 128), relu, dense(128, 10)), [784]);
 * table.parameters;                               // => 101770
 * table.rows.map(({ output }) => output[0]);      // => [128, 128, 10]
 * table.toString().split("\n")[2];                // => "[0]   dense(784, 128)  [128]      100,480"
 */
export function summary(net: LayerLike, inputShape: Shape, options: SummaryOptions = {}): Summary {
  const { dtype = "float64", context = {} } = options;
  if (!Array.isArray(inputShape))
    throw new TensorError("summary", `the input is ${String(inputShape)}`, "give the shape of one example, as [784]");
  const params = initOf(net, rng("summary"));
  const state = initState(net);
  const rows: SummaryRow[] = [];
  const observe = (path: string, layer: LayerLike, y: Tensor): void => {
    if (rows.some((other) => other.path === path)) return;
    const parameters = count(getIn<unknown>(params, path));
    // A part of several is done after its parts, and stands before them.
    const first = rows.findIndex((other) => other.path.startsWith(`${path}[`) || other.path.startsWith(`${path}.`));
    const place = first < 0 ? rows.length : first;
    rows.splice(place, 0, { path, name: layer.name || "function", output: y.shape.slice(1), parameters });
  };
  let output: Shape = [];
  record((x: Tensor) => {
    const y = typeof net === "function" ? net(x) : net.apply(params, x, { ...context, state, observe });
    output = y.shape.slice(1);
    return y;
  })(zeros([1, ...inputShape], { dtype }) as Tensor);
  const total = count(params);
  const whole: SummaryRow = { path: "", name: net.name || "function", output, parameters: total };
  return {
    rows: rows.length === 0 ? [whole] : rows,
    input: [...inputShape],
    output,
    parameters: total,
    state: count(state),
    toString(): string {
      return toText(this);
    },
  };
}

const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

function toText({ rows, input, parameters, state }: Summary): string {
  const cells = [
    ["path", "layer", "output", "parameters"],
    ["", "input", `[${input.join(", ")}]`, ""],
    ...rows.map((row) => [row.path, row.name, `[${row.output.join(", ")}]`, grouped(row.parameters)]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
  const totals = [`parameters: ${grouped(parameters)}`, ...(state === 0 ? [] : [`state: ${grouped(state)}`])];
  return [...lines, totals.join(", ")].join("\n");
}
