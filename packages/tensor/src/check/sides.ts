/** @file Two programs of the same arguments: what both compute, recorded, and in float64 with the bounds of both. */
import { formatShape, TensorError } from "../core/errors.ts";
import { sameShape } from "../core/shape.ts";
import { contiguous, type Tensor } from "../core/tensor.ts";
import { leaves, mapTree } from "../core/tree.ts";
import type { Graph } from "../graph/graph.ts";
import { record } from "../graph/record.ts";
import { add } from "../ops/arithmetic.ts";
import { boundEverything } from "./bound.ts";
import { compareEntries, type Entries, indexOf } from "./entries.ts";
import { formatIndex } from "./text.ts";

/** A tensor that both programs have: returned at the same path, or given the same name on the way. */
interface Pair {
  readonly name: string;
  /** Where it is returned; null where it is one on the way. */
  readonly path: string | null;
  readonly shape: readonly number[];
  /** Where it stands in either graph. */
  readonly left: number;
  readonly right: number;
}

/** What two programs do. */
export interface Compared {
  /** The tensors among the inputs. */
  readonly given: readonly Tensor[];
  /** In the order in which f computes them. */
  readonly pairs: readonly Pair[];
  /** What f and g do; their outputs are the pairs. */
  readonly graphs: readonly [Graph, Graph];
}

export interface Sides<A extends readonly unknown[]> extends Compared {
  readonly f: (...args: A) => unknown;
  readonly g: (...args: A) => unknown;
  readonly inputs: A;
}

/** The tensors of the arguments, if they can be judged. */
export function checkInputs(op: string, inputs: unknown): Tensor[] {
  const all = leaves(inputs, op);
  if (all.length === 0)
    throw new TensorError(op, "there is no tensor among the inputs", "give what f takes, in a list");
  for (const { path, tensor } of all) {
    const values = contiguous(op, tensor);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) continue;
    const problem = `element ${formatIndex(indexOf(bad, tensor.shape))} of ${tensor.label ?? path} is ${values[bad]}`;
    throw new TensorError(op, problem, "equality means nothing there; clean the data", [tensor]);
  }
  return all.map(({ tensor }) => tensor);
}

interface Recording {
  readonly graph: Graph;
  /** What was returned, by path, and what was named on the way. */
  readonly results: ReadonlyMap<string, number>;
  readonly labels: ReadonlyMap<string, number>;
}

function recorded<A extends readonly unknown[]>(op: string, f: (...args: A) => unknown, inputs: A): Recording {
  let paths: string[] = [];
  const graph = record((...args: A) => {
    const result = f(...args);
    paths = leaves(result, op).map(({ path }) => path);
    return result;
  })(...inputs);
  const labels = graph.nodes.flatMap(({ id, kind, spec: { label } }): [string, number][] =>
    kind === "operation" && label !== undefined ? [[label, id]] : [],
  );
  return { graph, results: new Map(paths.map((path, i) => [path, graph.outputs[i]!])), labels: new Map(labels) };
}

/**
 * Both programs recorded, and what they have in common.
 *
 * Throws: TensorError of `op` for inputs that are not finite, results at different paths or of different shapes, or
 * nothing to compare.
 */
export function sidesOf<A extends readonly unknown[]>(
  op: string,
  f: (...args: A) => unknown,
  g: (...args: A) => unknown,
  inputs: A,
): Sides<A> {
  const given = checkInputs(op, inputs);
  const [left, right] = [recorded(op, f, inputs), recorded(op, g, inputs)];
  for (const [mine, other, who] of [
    [left, right, "g"],
    [right, left, "f"],
  ] as const)
    for (const path of mine.results.keys())
      if (!other.results.has(path)) {
        const problem = `${who} does not return ${path === "" ? "a lone tensor" : path}`;
        throw new TensorError(op, problem, "let both return the same tree");
      }
  const inBoth = (kind: "labels" | "results"): Pair[] =>
    [...left[kind]].flatMap(([name, id]) => {
      const other = right[kind].get(name);
      if (other === undefined) return [];
      const [mine, theirs] = [left.graph.nodes[id]!.spec, right.graph.nodes[other]!.spec];
      if (!sameShape(mine.shape, theirs.shape)) {
        const problem = `${name || "the result"} is ${formatShape(mine.shape)} by f and ${formatShape(theirs.shape)} by g`;
        throw new TensorError(op, problem, "only tensors of one shape can be equal", [mine, theirs]);
      }
      return [{ name, path: kind === "labels" ? null : name, shape: mine.shape, left: id, right: other }];
    });
  const pairs = [...inBoth("labels"), ...inBoth("results")].sort((a, b) => a.left - b.left);
  if (pairs.every(({ shape }) => shape.includes(0)))
    throw new TensorError(op, "there is nothing to compare", "let both return tensors with elements");
  const graphs = [
    { ...left.graph, outputs: pairs.map((pair) => pair.left) },
    { ...right.graph, outputs: pairs.map((pair) => pair.right) },
  ] as const;
  return { f, g, inputs, given, pairs, graphs };
}

/** Both programs in float64 at some inputs, pair by pair, against the rounding bounds of both. */
export function inFloats<A extends readonly unknown[]>(
  { f, g, inputs, pairs }: Sides<A>,
  at: readonly Tensor[],
): Entries[] {
  let place = 0;
  const args = mapTree(() => at[place++]!, inputs);
  const [left, right] = [f, g]
    .map((program) => boundEverything(program, args))
    .map(({ value, bound, labels }) => {
      const bounds = leaves(bound);
      const results = new Map(
        leaves(value).map(({ path, tensor }, i) => [path, { primal: tensor, bound: bounds[i]!.tensor }]),
      );
      return (pair: Pair) => (pair.path === null ? labels.get(pair.name) : results.get(pair.path))!;
    }) as [PairBounds, PairBounds];
  return pairs.map((pair) => {
    const [a, b] = [left(pair), right(pair)];
    return compareEntries(a.primal, b.primal, add(a.bound, b.bound) as Tensor);
  });
}

type PairBounds = (pair: Pair) => { readonly primal: Tensor; readonly bound: Tensor };
