/** @file A graph that is written anew, value by value: what is there already is found, and what is not needed is left out. */
import type { Primitive } from "../core/primitive.ts";
import { isRowMajor, type Layout, rowMajor, type Shape, sameShape, sizeOf } from "../core/shape.ts";
import { type Spec, Tensor } from "../core/tensor.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { toText } from "../graph/print.ts";
import { copy, look } from "./look.ts";

export type Operation = Extract<Node, { kind: "operation" }>;
export type Op = Primitive<unknown>;

/** An operation that is about to be written: with inputs that have been. */
export interface Draft {
  readonly op: Op;
  readonly inputs: readonly number[];
  readonly params: unknown;
  readonly spec: Spec;
}

/** Constants of more elements than these are compared by identity alone. */
const COMPARED = 64;

/** Whether two values are the same through and through: params of operations. */
function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (Object.getPrototypeOf(a) !== Object.prototype && !Array.isArray(a)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    keys.length === others.length &&
    keys.every((key) => sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

/** What an operation is the same as: an earlier value, or one that the rule has written; null: the rule has no say. */
export type Rule = (draft: Draft, graph: Rewriter) => number | null;

export class Rewriter {
  readonly nodes: Node[] = [];
  private readonly known = new Map<string, Operation[]>();
  private readonly numbers = new Map<unknown, number>();
  private readonly constants = new Map<string, number>();
  private readonly rules: readonly (readonly [name: string, rule: Rule])[];
  /** How often each rule had its say. */
  readonly applied = new Map<string, number>();

  constructor(rules: Readonly<Record<string, Rule>>) {
    this.rules = Object.entries(rules);
  }

  input(spec: Spec): number {
    return this.put({ kind: "input", id: this.nodes.length, spec });
  }

  constant(value: Tensor): number {
    const key = this.keyOf(value);
    const before = this.constants.get(key);
    if (before !== undefined) return before;
    const spec = { shape: value.shape, dtype: value.dtype, label: value.label };
    const id = this.put({ kind: "constant", id: this.nodes.length, spec, value });
    this.constants.set(key, id);
    return id;
  }

  /** The value of an operation by the first rule that has a say, else as it is. */
  rewritten(draft: Draft): number {
    for (const [name, rule] of this.rules) {
      const id = rule(draft, this);
      if (id === null) continue;
      this.applied.set(name, (this.applied.get(name) ?? 0) + 1);
      return id;
    }
    return this.operation(draft);
  }

  /** The value of an operation: one that is there already, or a new one. */
  operation({ op, inputs, params, spec }: Draft): number {
    const key = `${this.numberOf(op)}(${inputs.join()})`;
    const alike = this.known.get(key) ?? [];
    const before = alike.find((node) => sameValue(node.params, params));
    if (before !== undefined) return before.id;
    const node: Operation = { kind: "operation", id: this.nodes.length, spec, op, inputs, params };
    this.known.set(key, [...alike, node]);
    return this.put(node);
  }

  /** The operation that made a value; null for inputs and constants. */
  made(id: number): Operation | null {
    const node = this.nodes[id]!;
    return node.kind === "operation" ? node : null;
  }

  spec(id: number): Spec {
    return this.nodes[id]!.spec;
  }

  /** The value of a constant, else null. */
  valueOf(id: number): Tensor | null {
    const node = this.nodes[id]!;
    return node.kind === "constant" ? node.value : null;
  }

  /** The number that each element of a constant is; null where they differ, or it is none. */
  uniform(id: number): number | null {
    const value = this.valueOf(id);
    if (value === null || value.storage === null || value.size === 0) return null;
    const { shape, strides, storage, offset } = value;
    return shape.every((extent, axis) => extent === 1 || strides[axis] === 0) ? storage[offset]! : null;
  }

  /** Where the elements of a value lie in another, of which it is a view; itself where it is none. */
  seat(id: number): { readonly base: number; readonly layout: Layout } {
    const [made, constant] = [this.made(id), this.valueOf(id)];
    if (constant !== null) return { base: id, layout: constant };
    if (made !== null && made.op === (look as unknown)) return { base: made.inputs[0]!, layout: made.params as Layout };
    return { base: id, layout: { strides: rowMajor(this.spec(id).shape), offset: 0 } };
  }

  /** The value `base` as another shape and layout show it. */
  view(base: number, shape: Shape, { strides, offset }: Layout): number {
    const { shape: whole, dtype } = this.spec(base);
    // One axis of extent 1 may have any stride: one way of writing it.
    const written = shape.map((extent, axis) => (extent === 1 ? 0 : strides[axis]!));
    const constant = this.valueOf(base);
    if (constant !== null)
      return this.constant(new Tensor({ shape, dtype }, constant.storage, { strides: written, offset }, null));
    if (offset === 0 && sameShape(shape, whole) && isRowMajor(shape, written)) return base;
    const params = { shape, strides: written, offset };
    return this.operation({ op: look as Op, inputs: [base], params, spec: { shape, dtype } });
  }

  /** A result by itself: what is a view of something else has its elements copied. */
  result(id: number): number {
    const made = this.made(id);
    if (made === null || made.op !== (look as unknown)) return id;
    const { shape, dtype } = made.spec;
    const { base, layout } = this.seat(id);
    const same =
      sizeOf(shape) === sizeOf(this.spec(base).shape) && layout.offset === 0 && isRowMajor(shape, layout.strides);
    if (same && this.made(base) !== null) return id;
    return this.operation({ op: copy as Op, inputs: [id], params: null, spec: { shape, dtype } });
  }

  /** The graph of what the results need, and of what looks at values. */
  finish(inputs: readonly number[], outputs: readonly number[]): Graph {
    const needed = new Set([...inputs, ...outputs]);
    for (const node of this.nodes.toReversed()) {
      if (node.kind !== "operation") continue;
      if (node.op.check !== undefined) needed.add(node.id);
      if (needed.has(node.id)) for (const input of node.inputs) needed.add(input);
    }
    const places = new Map<number, number>();
    const nodes: Node[] = [];
    for (const node of this.nodes) {
      if (!needed.has(node.id)) continue;
      const id = nodes.length;
      places.set(node.id, id);
      nodes.push(
        node.kind === "operation"
          ? { ...node, id, inputs: node.inputs.map((input) => places.get(input)!) }
          : { ...node, id },
      );
    }
    return {
      nodes,
      inputs: inputs.map((id) => places.get(id)!),
      outputs: outputs.map((id) => places.get(id)!),
      toString(): string {
        return toText(this);
      },
    };
  }

  private put(node: Node): number {
    this.nodes.push(node);
    return node.id;
  }

  private numberOf(thing: unknown): number {
    const number = this.numbers.get(thing) ?? this.numbers.size;
    this.numbers.set(thing, number);
    return number;
  }

  /** What two constants have in common that are the same: small ones by their elements. */
  private keyOf({ shape, dtype, strides, offset, storage }: Tensor): string {
    const layout = `${dtype}[${shape}]/${strides.map((stride, axis) => (shape[axis] === 1 ? 0 : stride))}+${offset}`;
    if (storage === null || storage.length > COMPARED) return `${layout} of ${this.numberOf(storage)}`;
    return `${layout}: ${Array.from(storage, (value) => (Object.is(value, -0) ? "-0" : String(value)))}`;
  }
}
