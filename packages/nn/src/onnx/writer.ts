/** @file A recorded graph being written: what its values are called, how they look, and what stretches by itself. */
import { all, equal, type Graph, reshape, slice, type Tensor, TensorError } from "@deltagrad/tensor";
import {
  type Attribute,
  type ElementType,
  type Extent,
  initializer,
  node as nodeOf,
  tensorInitializer,
} from "./messages.ts";

type Node = Graph["nodes"][number];
export type Operation = Extract<Node, { readonly kind: "operation" }>;

/** A value of the model: its name and extents; null: as many as the batch has, or a multiple. */
export interface Value {
  readonly name: string;
  readonly shape: readonly Extent[];
}

/** Does the operation of its name: writes it, and returns its value. */
export type Translate = (writer: Writer, operation: Operation) => Value;

export class Writer {
  readonly nodes: Uint8Array[] = [];
  readonly initializers: Uint8Array[] = [];
  private readonly graph: Graph;
  private readonly twin: Graph | null;
  private readonly names: ReadonlyMap<Tensor, string>;
  private readonly values = new Map<string, Value>();
  private count = 0;

  /** twin: the same function recorded with another batch, by which open extents are told; null: there are none. */
  constructor(graph: Graph, twin: Graph | null, names: ReadonlyMap<Tensor, string>) {
    this.graph = graph;
    this.twin = twin;
    this.names = names;
  }

  /** The extents of a value: null where they vary with the batch. */
  shapeOf(id: number): Extent[] {
    const other = this.twin?.nodes[id]?.spec.shape;
    return this.graph.nodes[id]!.spec.shape.map((n: number, axis: number) =>
      other === undefined || other[axis] === n ? n : null,
    );
  }

  dtypeOf(id: number): ElementType {
    return this.graph.nodes[id]!.spec.dtype;
  }

  set(id: number, value: Value): void {
    this.values.set(`${id}`, value);
  }

  /** A value in full. */
  operand(id: number): Value {
    return this.value(id, "", (node) => {
      if (node.kind === "constant") return this.constantOf(node.value, this.shapeOf(id), false);
      const { inputs, op } = node as Operation;
      return this.expanded(this.operand(inputs[0]!), this.shapeOf(id), op.name);
    });
  }

  /** A value for an operation that stretches its inputs by itself: extents may be 1, and leading ones missing. */
  stretching(id: number): Value {
    const node = this.graph.nodes[id]!;
    if (node.kind === "operation" && node.op.name === "broadcastTo") return this.stretching(node.inputs[0]!);
    if (node.kind !== "constant") return this.operand(id);
    return this.value(id, "~", () => this.constantOf(node.value, this.shapeOf(id), true));
  }

  /** Writes an operation on values, and returns its result. */
  emit(
    op: string,
    inputs: readonly (Value | string)[],
    shape: readonly Extent[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    const name = `v${this.count++}`;
    this.nodes.push(
      nodeOf(
        op,
        inputs.map((x) => (typeof x === "string" ? x : x.name)),
        [name],
        attributes,
      ),
    );
    return { name, shape };
  }

  /** Writes an operation, and returns what it is called. */
  emitSecond(
    op: string,
    input: Value,
    shape: readonly Extent[],
    attributes: Readonly<Record<string, Attribute>>,
  ): Value {
    const [first, name] = [`v${this.count++}`, `v${this.count++}`];
    this.nodes.push(nodeOf(op, [input.name], [first, name], attributes));
    return { name, shape };
  }

  /** Gives a result the name that it has outside. */
  finish(result: Value, name: string): void {
    this.nodes.push(nodeOf("Identity", [result.name], [name], {}));
  }

  /** A constant of whole numbers, as shapes and axes are given. */
  integers(...values: readonly number[]): string {
    const name = `k${this.count++}`;
    this.initializers.push(initializer(name, "int64", [values.length], values));
    return name;
  }

  scalar(value: number): Value {
    return this.matrix([], [value]);
  }

  /** A constant of floats. */
  matrix(shape: readonly number[], values: ArrayLike<number>): Value {
    const name = `k${this.count++}`;
    this.initializers.push(initializer(name, "float32", shape, values));
    return { name, shape };
  }

  /** A value with another shape of which at most one extent is open. */
  reshaped(value: Value, shape: readonly Extent[], op: string): Value {
    if (shape.filter((n) => n === null).length > 1) this.refuse(op, "leaves more than one extent open");
    return this.emit("Reshape", [value, this.integers(...shape.map((n) => n ?? -1))], shape);
  }

  /** Stretched to a shape. */
  expanded(value: Value, shape: readonly Extent[], op: string): Value {
    const own = [...new Array<number>(shape.length - value.shape.length).fill(1), ...value.shape];
    if (shape.some((n, axis) => n === null && own[axis] !== null)) this.refuse(op, "stretches a value over the batch");
    return this.emit("Expand", [value, this.integers(...shape.map((n) => n ?? 1))], shape);
  }

  refuse(op: string, problem: string): never {
    throw new TensorError("toOnnx", `${op} ${problem}`, "give a batch: { batch: 1 }");
  }

  private value(id: number, mark: string, make: (node: Node) => Value): Value {
    const known = this.values.get(`${id}${mark}`);
    if (known !== undefined) return known;
    const value = make(this.graph.nodes[id]!);
    this.values.set(`${id}${mark}`, value);
    return value;
  }

  /** A constant; along axes where it is the same all along, and which are open or may be stretched, once. */
  private constantOf(x: Tensor, shape: readonly Extent[], stretches: boolean): Value {
    const once = shape.reduce<Tensor>((y, n, axis) => {
      if (!stretches && n !== null) return y;
      if (y.shape[axis]! <= 1) return y;
      const first = slice(y, ...new Array<null>(axis).fill(null), [0, 1]) as Tensor;
      const same = all(equal(first, y)).item() === 1;
      if (n === null && !same) this.refuse("a constant", "differs from example to example");
      return same ? first : y;
    }, x);
    const extents: number[] = [...once.shape];
    const leading = stretches ? extents.findIndex((n) => n !== 1) : 0;
    const trimmed = extents.slice(leading < 0 ? extents.length : leading);
    const name = this.names.get(x) ?? `c${this.count++}`;
    this.initializers.push(tensorInitializer(name, reshape(once, trimmed) as Tensor));
    return { name, shape: trimmed };
  }
}
