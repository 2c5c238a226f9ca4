/** @file A graph as data: what a function does, recorded without values, to be printed or done again. */
import { formatShape, show, TensorError } from "../core/errors.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { sameShape } from "../core/shape.ts";
import { type Spec, Tensor, type Watched } from "../core/tensor.ts";
import { seenBy, Trace } from "../core/trace.ts";
import { leaves, mapTree } from "../core/tree.ts";
import type { Graph, Node } from "./graph.ts";
import { toText } from "./print.ts";

interface Recorded extends Watched {
  readonly id: number;
}

class Recorder extends Trace {
  readonly nodes: Node[] = [];
  private readonly constants = new Map<Tensor, number>();
  private open = true;

  input(spec: Spec): Tensor {
    return this.value(spec, this.put({ kind: "input", id: this.nodes.length, spec }));
  }

  override handle<P>(op: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
    if (!this.open)
      throw new TensorError(
        op.name,
        "a tensor of a finished recording was used",
        "it has no value: use the graph, or replay it",
        inputs,
      );
    const { shape, dtype } = op.shape(inputs, params);
    const ids = inputs.map((input) => this.idOf(input));
    const id = this.nodes.length;
    return this.value(
      { shape, dtype },
      this.put({ kind: "operation", id, spec: { shape, dtype }, op: op as Primitive<unknown>, inputs: ids, params }),
    );
  }

  /** The id of what the recorder has seen; anything else is a constant to it. */
  idOf(x: Tensor): number {
    const seen = seenBy(this, x);
    if (seen !== null) return (seen.watched as Recorded).id;
    const known = this.constants.get(x);
    if (known !== undefined) return known;
    const id = this.put({ kind: "constant", id: this.nodes.length, spec: x, value: x });
    this.constants.set(x, id);
    return id;
  }

  override named(x: Tensor, label: string): void {
    const { id } = x.watched as Recorded;
    const node = this.nodes[id]!;
    this.nodes[id] = { ...node, spec: { shape: node.spec.shape, dtype: node.spec.dtype, label } };
  }

  close(): void {
    this.open = false;
  }

  private put(node: Node): number {
    this.nodes.push(node);
    return node.id;
  }

  private value(spec: Spec, id: number): Tensor {
    const recorded: Recorded = { trace: this, primal: null, id };
    return new Tensor(spec, null, null, recorded);
  }
}

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
    const inputs = recorder.nodes.map(({ id }) => id);
    const outputs = leaves(f(...abstract), "record").map(({ tensor }) => recorder.idOf(tensor));
    recorder.close();
    const { nodes } = recorder;
    return {
      nodes,
      inputs,
      outputs,
      toString(): string {
        return toText(this);
      },
    };
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
