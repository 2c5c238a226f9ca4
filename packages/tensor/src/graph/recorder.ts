/** @file The watcher that makes a graph of what it sees. */
import { TensorError } from "../core/errors.ts";
import type { Primitive } from "../core/primitive.ts";
import { type Spec, Tensor, type Watched } from "../core/tensor.ts";
import { seenBy, Trace } from "../core/trace.ts";
import type { Graph, Node } from "./graph.ts";
import { toText } from "./print.ts";

interface Recorded extends Watched {
  readonly id: number;
}

/** A watcher that writes down what is done, without values. */
export class Recorder extends Trace {
  readonly nodes: Node[] = [];
  private readonly inputs: number[] = [];
  private readonly constants = new Map<Tensor, number>();
  private open = true;

  /** One more input, as what is recorded sees it: a tensor without a value. */
  input(spec: Spec): Tensor {
    const id = this.put({ kind: "input", id: this.nodes.length, spec });
    this.inputs.push(id);
    return this.value(spec, id);
  }

  /** What was recorded, with these results; nothing can be added any more. */
  finish(results: readonly Tensor[]): Graph {
    const outputs = results.map((result) => this.idOf(result));
    this.open = false;
    const { nodes, inputs } = this;
    return {
      nodes,
      inputs,
      outputs,
      toString(): string {
        return toText(this);
      },
    };
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
  private idOf(x: Tensor): number {
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

  private put(node: Node): number {
    this.nodes.push(node);
    return node.id;
  }

  private value(spec: Spec, id: number): Tensor {
    const recorded: Recorded = { trace: this, primal: null, id };
    return new Tensor(spec, null, null, recorded);
  }
}
