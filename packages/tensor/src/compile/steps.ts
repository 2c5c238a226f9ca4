/** @file What a program does, in order: loops over elements, in which many operations are one; and other operations. */
import type { DType } from "../core/dtype.ts";
import { type Layout, rowMajor, type Shape } from "../core/shape.ts";
import type { Spec } from "../core/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import { fused } from "./fuse.ts";
import { look } from "./look.ts";
import type { Op, Operation } from "./rewriter.ts";

/** What a step reads: a value of the graph, or a view of it. */
export interface Operand extends Layout {
  /** The node that made the elements, which lie in row-major order (a constant's: as its own layout says). */
  readonly node: number;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** One operation within a loop: on operands of the loop (≥ 0) or earlier elements (−1 − their place). */
export interface Element {
  readonly op: Op;
  readonly params: unknown;
  readonly inputs: readonly number[];
  readonly dtype: DType;
}

export interface Loop {
  readonly kind: "loop";
  /** Every operand and result is of this shape. */
  readonly shape: Shape;
  readonly operands: readonly Operand[];
  readonly elements: readonly Element[];
  /** The nodes of which the values are kept, each with the place of its element. */
  readonly results: readonly { readonly node: number; readonly element: number }[];
}

/** An operation by its own definition. */
export interface Call {
  readonly kind: "call";
  readonly op: Op;
  readonly params: unknown;
  readonly inputs: readonly Operand[];
  readonly node: number;
  readonly spec: Spec;
}

/** Values that are looked at before anything is changed. */
export interface Check {
  readonly kind: "check";
  readonly op: Op;
  readonly params: unknown;
  readonly input: Operand;
}

export type Step = Loop | Call | Check;

/** Where the elements of each node lie: in those of the node that made them. */
export class Seats {
  private readonly graph: Graph;

  constructor(graph: Graph) {
    this.graph = graph;
  }

  of(id: number): Operand {
    const node = this.graph.nodes[id]!;
    const { shape, dtype } = node.spec;
    if (node.kind === "constant")
      return { node: id, shape, dtype, strides: node.value.strides, offset: node.value.offset };
    if (node.kind === "operation") {
      if (node.op === (look as unknown)) {
        const { strides, offset } = node.params as Layout;
        const base = this.of(node.inputs[0]!);
        // Checked values are views of views at most in name: what is checked is its input.
        return base.node === node.inputs[0]
          ? { node: base.node, shape, dtype, strides, offset }
          : { ...base, shape, strides, offset };
      }
      if (node.op.check !== undefined) return this.of(node.inputs[0]!);
    }
    return { node: id, shape, dtype, strides: rowMajor(shape), offset: 0 };
  }
}

/** The steps of a graph, in an order in which each has what it needs; checks of inputs first. */
export function stepsOf(graph: Graph, fusible: (node: Operation) => boolean): Step[] {
  const seats = new Seats(graph);
  const kept = new Set(graph.outputs.map((id) => seats.of(id).node));
  const units = fused(graph, seats, fusible);
  for (const unit of units)
    for (const id of unit) {
      const node = graph.nodes[id] as Operation;
      // What is read by its own layout is in memory; within a loop only the very same element is at hand.
      for (const input of node.inputs)
        if (!(unit.includes(input) && seats.of(input).node === input)) kept.add(seats.of(input).node);
    }
  const steps = units.map((unit) => stepOf(graph, unit, seats, kept));
  const early = (step: Step): boolean => step.kind === "check" && graph.nodes[step.input.node]!.kind !== "operation";
  return [...steps.filter(early), ...steps.filter((step) => !early(step))];
}

function stepOf(graph: Graph, unit: readonly number[], seats: Seats, kept: ReadonlySet<number>): Step {
  const nodes = unit.map((id) => graph.nodes[id] as Operation);
  const [first] = nodes as [Operation];
  const { op, params, inputs } = first;
  if (op.check !== undefined) return { kind: "check", op, params, input: seats.of(inputs[0]!) };
  if (op.element === undefined)
    return { kind: "call", op, params, inputs: inputs.map((id) => seats.of(id)), node: first.id, spec: first.spec };
  const operands: Operand[] = [];
  const places = new Map<number, number>();
  const operand = (id: number): number => {
    const local = unit.indexOf(id);
    if (local >= 0) return -1 - local;
    const place = places.get(id) ?? operands.push(seats.of(id)) - 1;
    places.set(id, place);
    return place;
  };
  const elements = nodes.map((node) => ({
    op: node.op,
    params: node.params,
    inputs: node.inputs.map(operand),
    dtype: node.spec.dtype,
  }));
  const results = unit.flatMap((node, element) => (kept.has(node) ? [{ node, element }] : []));
  return { kind: "loop", shape: first.spec.shape, operands, elements, results };
}
