/** @file A program ready to run: its memory, its steps, and the ways in and out. */
import { allocate, type DType, type Storage } from "../core/dtype.ts";
import { isRowMajor, rowMajor, sizeOf } from "../core/shape.ts";
import { copyTo, type Spec, Tensor } from "../core/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import { backend } from "../wasm/machine.ts";
import { ALIGNED, type Arena, arenaOf, WIDTH } from "./arena.ts";
import { explained } from "./explain.ts";
import { isVectorized } from "./generate/elements.ts";
import { codeOf, isGenerated } from "./generate/generate.ts";
import { type Action, actionOf } from "./interpret.ts";
import { Resident, Results, type Slot } from "./resident.ts";
import { Seats, type Step, stepsOf } from "./steps.ts";

const ARRAYS = { float64: Float64Array, float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Elements of a dtype in a buffer, from a byte on. */
const elementsIn = (dtype: DType, buffer: ArrayBufferLike, start: number, length: number): Storage =>
  new ARRAYS[dtype](buffer as ArrayBuffer, start, length);

/** What is returned in one place: an argument or a constant as it is, or what was computed. */
type Output =
  | { readonly input: number; readonly label: string | undefined }
  | { readonly value: Tensor }
  | { readonly slot: number };

/** Fewer elements are copied one by one: the call of a method would take longer. */
const FEW = 16;

export class Program {
  readonly graph: Graph;
  readonly steps: readonly Step[];
  readonly arena: Arena;
  private readonly buffer: ArrayBufferLike;
  private readonly actions: readonly Action[];
  /** Where each argument goes. */
  private readonly inputs: readonly Storage[];
  /** The slot of the result that is written over each argument; −1: none is. */
  private readonly heirs: readonly number[];
  private readonly slots: readonly Slot[];
  private readonly outputs: readonly Output[];
  /** The bytes of results that take the place of arguments: they come first. */
  private readonly donated: number;
  private readonly donates: boolean;
  private readonly plain: boolean;
  /** What stands in the place of each argument. */
  private readonly there: (Tensor | null)[];
  private last: Results | null = null;

  /** `labels`: the names that the results were given. */
  constructor(graph: Graph, labels: readonly (string | undefined)[], donates: boolean) {
    this.graph = graph;
    this.donates = donates;
    const plain = backend() === "plain";
    this.plain = plain;
    this.steps = stepsOf(graph, (node) => plain || isVectorized(node, graph));
    this.arena = arenaOf(graph, this.steps);
    const { starts, results } = this.arena;
    const code = plain ? null : codeOf(this.steps, (node) => starts.get(node)!, this.arena.bytes);
    this.buffer = code?.memory.buffer ?? allocate("float64", Math.ceil(this.arena.bytes / 8), "compile").buffer;
    const { nodes } = graph;
    const values = (node: number): Storage => {
      const { spec } = nodes[node]!;
      const constant = nodes[node]!.kind === "constant" ? (nodes[node] as { value: Tensor }).value.storage : null;
      const length = constant?.length ?? sizeOf(spec.shape);
      return elementsIn(spec.dtype, this.buffer, starts.get(node)!, length);
    };
    for (const node of nodes)
      if (node.kind === "constant" && starts.has(node.id)) values(node.id).set(node.value.storage!);
    this.inputs = graph.inputs.map(values);
    this.there = graph.inputs.map(() => null);
    const slots: Slot[] = [];
    const slotOf = new Map<number, number>();
    const seats = new Seats(graph);
    this.outputs = graph.outputs.map((id, i): Output => {
      const label = labels[i];
      const { node } = seats.of(id);
      const made = nodes[node]!;
      if (made.kind === "input") return { input: graph.inputs.indexOf(node), label };
      if (made.kind === "constant") return { value: made.value };
      const known = slotOf.get(id);
      if (known !== undefined) return { slot: known };
      const { shape, dtype } = nodes[id]!.spec;
      const slot = slots.push(slotAt({ shape, dtype, label }, starts.get(node)! - results.start)) - 1;
      slotOf.set(id, slot);
      return { slot };
    });
    this.slots = slots;
    this.heirs = graph.inputs.map((id) => slots.findIndex(({ start }) => start + results.start === starts.get(id)));
    const kept = this.heirs.flatMap((slot) => (slot < 0 ? [] : [slots[slot]!]));
    this.donated = Math.max(
      0,
      ...kept.map(({ spec, start }) => Math.ceil((start + bytesOf(spec)) / ALIGNED) * ALIGNED),
    );
    const actions = this.steps.map((step) => actionOf(step, values));
    this.actions = code === null ? actions : [code.start(actions)];
  }

  /** The steps as text. */
  explain(): string {
    return explained(this.graph, this.steps, (step) => this.plain || isGenerated(step));
  }

  /** The results for these arguments. */
  run(args: readonly Tensor[]): Tensor[] {
    this.takeIn(args);
    for (const action of this.actions) action();
    const { slots, there, heirs } = this;
    for (let i = 0; i < heirs.length; i++) if (heirs[i]! >= 0) there[i] = null;
    const results = new Results(this.buffer, this.arena.results.start, slots.length);
    this.last = results;
    const made = slots.map((slot) => new Resident(results, slot));
    return this.outputs.map((output) => {
      if ("slot" in output) return made[output.slot]!;
      if ("value" in output) return output.value;
      const given = args[output.input]!;
      return output.label === undefined
        ? given
        : new Tensor({ ...specOf(given), label: output.label }, given.storage, given, null);
    });
  }

  /** Sees to it that every argument is in its place, and that no result is overwritten that someone may still read. */
  private takeIn(args: readonly Tensor[]): void {
    const { heirs, there, inputs, slots, last } = this;
    let givenBack = this.donates;
    for (let i = 0; i < heirs.length; i++) {
      const arg = args[i]!;
      const ours = last !== null && arg instanceof Resident && arg.results === last;
      const back = ours && arg.slot === slots[heirs[i]!];
      if (back) there[i] = arg;
      // Given back to another place it has to be read; and where not all come back, all that is left stays readable.
      else if (ours || heirs[i]! >= 0) givenBack = false;
    }
    last?.leave(this.arena.results.bytes, givenBack ? this.donated : 0);
    this.last = null;
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!;
      if (there[i] === arg) continue;
      copyIn(inputs[i]!, arg);
      there[i] = arg;
    }
  }
}

const specOf = ({ shape, dtype }: Spec): Spec => ({ shape, dtype });
const bytesOf = ({ shape, dtype }: Spec): number => sizeOf(shape) * WIDTH[dtype];

const slotAt = (spec: Spec, start: number): Slot => ({
  spec,
  start,
  elements: (buffer, from) => elementsIn(spec.dtype, buffer, from, sizeOf(spec.shape)),
});

/** Puts the elements of x in a row. */
function copyIn(row: Storage, x: Tensor): void {
  const { shape, strides, offset } = x;
  const storage = x.storage!;
  if (!isRowMajor(shape, strides)) copyTo("compile", x, row, { strides: rowMajor(shape), offset: 0 });
  else if (row.length <= FEW) for (let i = 0; i < row.length; i++) row[i] = storage[offset + i]!;
  else row.set(offset === 0 && storage.length === row.length ? storage : storage.subarray(offset, offset + row.length));
}
