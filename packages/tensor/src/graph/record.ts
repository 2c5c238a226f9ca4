/** @file A graph as data: what a function does, recorded without values, to be printed or done again. */
import { formatShape, show, TensorError } from "../core/errors.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { sameShape } from "../core/shape.ts";
import { type Spec, Tensor } from "../core/tensor.ts";
import { leaves, mapTree } from "../core/tree.ts";
import type { Graph } from "./graph.ts";
import { Recorder } from "./recorder.ts";

/**
 * The function that, given arguments, returns the graph of what f does with tensors of their shapes. Values are not
 * looked at: f sees tensors without any.
 *
 * Throws: TensorError when f reads a value (item, toArray), which a graph cannot know.
 *
 * @example
 * record((x: Tensor, w: Tensor) => sigmoid(matmul(x, w)))(zeros([4, 3]), zeros([3, 2])).nodes.length;   // => 4
 */
export function record<A extends readonly unknown[]>(f: (...args: A) => unknown): (...args: A) => Graph {
  return (...args) => {
    const recorder = new Recorder();
    const abstract = mapTree((leaf) => recorder.input(leaf), args, "record") as A;
    return recorder.finish(leaves(f(...abstract), "record").map(({ tensor }) => tensor));
  };
}

/** Another arithmetic in which a graph can be done: numbers of a field, intervals, symbols. */
export interface Algebra<V> {
  constant(value: Tensor): V;
  operation<P>(op: Primitive<P>, inputs: readonly V[], params: P, spec: Spec): V;
}

/** The ordinary arithmetic: tensors through the gate. */
const ordinary: Algebra<Tensor> = {
  constant: (value) => value,
  operation: (op, inputs, params) => apply(op, inputs, params),
};

/**
 * The results of a graph for given inputs: in our own arithmetic, where it equals the recorded function bit for bit,
 * or in any other.
 *
 * Throws: TensorError unless there is one value for each input, of the recorded shape and dtype.
 *
 * @example
 * const graph = record((x: Tensor) => mul(x, x))(zeros([2]));
 * replay(graph, [tensor([2, 3])])[0]!.toArray();   // => [4, 9]
 */
export function replay(graph: Graph, inputs: readonly Tensor[]): Tensor[];
export function replay<V>(graph: Graph, inputs: readonly V[], algebra: Algebra<V>): V[];
export function replay<V>(
  graph: Graph,
  inputs: readonly V[],
  algebra: Algebra<V> = ordinary as unknown as Algebra<V>,
): V[] {
  if (inputs.length !== graph.inputs.length)
    throw new TensorError("replay", `${inputs.length} values for ${graph.inputs.length} inputs`, "give one for each");
  inputs.forEach((value, i) => {
    const { spec } = graph.nodes[graph.inputs[i]!]!;
    if (!(value instanceof Tensor) || (sameShape(value.shape, spec.shape) && value.dtype === spec.dtype)) return;
    const problem = `input ${i} is ${value.dtype} ${show(value)}, recorded as ${spec.dtype} ${formatShape(spec.shape)}`;
    throw new TensorError("replay", problem, "record f again for other shapes", [value, spec]);
  });
  const values: V[] = [];
  let next = 0;
  for (const node of graph.nodes) {
    if (node.kind === "input") values.push(inputs[next++]!);
    else if (node.kind === "constant") values.push(algebra.constant(node.value));
    else
      values.push(
        algebra.operation(
          node.op,
          node.inputs.map((id) => values[id]!),
          node.params,
          node.spec,
        ),
      );
  }
  return graph.outputs.map((id) => values[id]!);
}
