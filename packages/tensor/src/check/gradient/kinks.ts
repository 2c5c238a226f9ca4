/** @file Kinks: whether the branches of a recorded graph are others on the two sides of a point, and whose they are. */

import { isFloat } from "../../core/dtype.ts";
import { TensorError } from "../../core/errors.ts";
import { apply, type Primitive, ruleFor } from "../../core/primitive.ts";
import { contiguous, fromStorage, type Tensor } from "../../core/tensor.ts";
import type { Graph } from "../../graph/graph.ts";
import { record } from "../../graph/record.ts";

/** Whether an operation may have a kink or a jump: it compares, or moves values by what they are. */
const turns = (op: Primitive<unknown>, inputs: readonly Tensor[], params: unknown, y: Tensor): boolean =>
  !isFloat(y.dtype) ||
  op.lipschitz !== undefined ||
  (op.kind !== "linear" && op.kind !== "bilinear" && op.rounding(inputs, params) === 0);

/** A tangent in which no two elements are alike. */
const counting = (x: Tensor): Tensor =>
  fromStorage(
    x.shape,
    "float64",
    Float64Array.from({ length: x.size }, (_, i) => i + 1),
  ) as Tensor;

/** What tells the branches of one operation: its value where that is no float, else its slopes. */
function branchesOf(op: Primitive<unknown>, inputs: readonly Tensor[], params: unknown, y: Tensor): string {
  if (!isFloat(y.dtype)) return contiguous(op.name, y).join();
  return inputs
    .map((x, i) => {
      const rule = isFloat(x.dtype) ? ruleFor(op.jvp, i) : null;
      return rule === null ? "" : contiguous(op.name, rule(counting(x), y, inputs, params, i)).join();
    })
    .join(";");
}

/** The branches of all operations of a graph that have any, at these inputs. */
function branches(graph: Graph, xs: readonly Tensor[]): { name: string; taken: string }[] {
  const values: Tensor[] = [];
  const found: { name: string; taken: string }[] = [];
  let next = 0;
  for (const node of graph.nodes) {
    if (node.kind === "input") values.push(xs[next++]!);
    else if (node.kind === "constant") values.push(node.value);
    else {
      const { op, params } = node;
      const inputs = node.inputs.map((id) => values[id]!);
      const y = apply(op, inputs, params);
      values.push(y);
      if (inputs.some((x) => isFloat(x.dtype)) && turns(op, inputs, params, y))
        found.push({ name: op.name, taken: branchesOf(op, inputs, params, y) });
    }
  }
  return found;
}

/** The graph of a program, if it can be recorded: one that reads values cannot. */
export function graphOf(call: (...xs: Tensor[]) => Tensor[], xs: readonly Tensor[]): Graph | null {
  try {
    return record(call)(...xs);
  } catch (error) {
    if (error instanceof TensorError) return null;
    throw error;
  }
}

/** The operations that take other branches at one point than at another. */
export function kinksBetween(graph: Graph | null, left: readonly Tensor[], right: readonly Tensor[]): string[] {
  if (graph === null) return [];
  const [a, b] = [branches(graph, left), branches(graph, right)];
  return [...new Set(a.flatMap(({ name, taken }, i) => (taken === b[i]!.taken ? [] : [name])))];
}
