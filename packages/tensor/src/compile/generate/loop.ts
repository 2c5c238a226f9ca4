/** @file A loop of many operations in one, four elements at a time: the rows of all operands side by side. */
import { rowMajor } from "../../core/shape.ts";
import { collapse } from "../../core/walk.ts";
import type { Body } from "../../wasm/assembler/body.ts";
import type { Operand as Address, Variable } from "../../wasm/assembler/expression.ts";
import { i32 } from "../../wasm/assembler/scalar.ts";
import type { Emission } from "../../wasm/elementary/emitter.ts";
import { WIDTH } from "../arena.ts";
import type { Element, Loop, Operand } from "../steps.ts";
import { type Emit, emitterOf, sourceOf } from "./elements.ts";
import { gather, LANES, load, splat, store, storeFirst, type Value } from "./vectors.ts";

/** Where the elements of a node begin in memory. */
export type Starts = (node: number) => number;

/** Whether vectors can do an operation on elements. */
export const isEmitted = (element: Element, operands: readonly Operand[], elements: readonly Element[]): boolean =>
  emitterOf(element.op, element.params, sourceOf(element, operands, elements), element.dtype) !== null;

/** `pointer + count·step`, where both are known or not. */
export const moved = (pointer: Address<"i32">, count: Address<"i32">, step: number): Address<"i32"> => {
  if (step === 0 || count === 0) return pointer;
  if (typeof count === "number")
    return typeof pointer === "number" ? pointer + count * step : i32.add(pointer, count * step);
  return i32.add(pointer, step === 1 ? count : i32.mul(count, step));
};

/** What is read or written in a loop, row by row. */
interface Array_ {
  readonly dtype: Value["dtype"];
  readonly start: number;
  /** Bytes from one element to the next, along each axis. */
  readonly steps: readonly number[];
}

/** Emits the whole loop. */
export function emitLoop(to: Emission, { shape, operands, elements, results }: Loop, starts: Starts): void {
  if (shape.includes(0)) return;
  const { body } = to;
  const emits = elements.map(
    ({ op, params, dtype }, i) => emitterOf(op, params, sourceOf(elements[i]!, operands, elements), dtype)!,
  );
  const row = { strides: rowMajor(shape), offset: 0 };
  const { extents, strides } = collapse(shape, [...operands, row]);
  if (extents.length === 0) {
    extents.push(1);
    strides.push([...operands.map(() => 0), 1]);
  }
  const array = (dtype: Value["dtype"], start: number, place: number): Array_ => ({
    dtype,
    start,
    steps: strides.map((axis) => axis[place]! * WIDTH[dtype]),
  });
  const reads = operands.map(({ dtype, node, offset }, i) => array(dtype, starts(node) + offset * WIDTH[dtype], i));
  const writes = results.map(({ node, element }) => array(elements[element]!.dtype, starts(node), operands.length));
  emitAxes(body, extents, reads, writes, (values) => {
    const made: Value[] = [];
    elements.forEach(({ inputs }, i) => {
      const given = inputs.map((place) => (place >= 0 ? values[place]! : made[-1 - place]!));
      made.push((emits[i] as Emit)(to, given));
    });
    return results.map(({ element }) => made[element]!);
  });
}

type Compute = (values: readonly Value[]) => readonly Value[];

/** Loops over the leading axes; along the last, four at a time. */
function emitAxes(
  body: Body,
  extents: readonly number[],
  reads: readonly Array_[],
  writes: readonly Array_[],
  compute: Compute,
): void {
  const last = extents.length - 1;
  const inner = extents[last]!;
  /** What is one element from an axis on is loaded before that axis is walked. */
  const loaded = new Map<Array_, Value>();
  const loadBefore = (axis: number, pointers: readonly Address<"i32">[]): Array_[] =>
    reads.filter((read, i) => {
      if (loaded.has(read) || read.steps.slice(axis).some((step) => step !== 0)) return false;
      loaded.set(read, splat(body, read.dtype, pointers[i]!));
      return true;
    });
  const chunk = (pointers: readonly Address<"i32">[], count: Address<"i32">, lanes: number): void => {
    const at = (array: Array_, pointer: Address<"i32">): Address<"i32"> => moved(pointer, count, array.steps[last]!);
    const values = reads.map((read, i): Value => {
      const before = loaded.get(read);
      if (before !== undefined) return before;
      const step = read.steps[last]!;
      const place = at(read, pointers[i]!);
      if (step === WIDTH[read.dtype]) return load(body, read.dtype, place);
      const first: Address<"i32"> = typeof place === "number" ? place : body.let(place);
      return gather(
        body,
        read.dtype,
        [0, 1, 2, 3].map((lane) => moved(first, Math.min(lane, lanes - 1), step)),
      );
    });
    compute(values).forEach((value, i) => {
      const place = at(writes[i]!, pointers[reads.length + i]!);
      if (lanes === LANES) store(body, value, place);
      else storeFirst(body, value, place, lanes);
    });
  };
  const walk = (axis: number, pointers: readonly Address<"i32">[]): void => {
    const before = loadBefore(axis, pointers);
    if (axis < last) {
      body.for({ to: extents[axis]! }, (count) => {
        const next = [...reads, ...writes].map((array, i) => {
          const pointer = moved(pointers[i]!, count, array.steps[axis]!);
          return pointer === pointers[i] || typeof pointer === "number"
            ? pointer
            : (body.let(pointer) as Variable<"i32">);
        });
        walk(axis + 1, next);
      });
    } else {
      const rest = inner % LANES;
      const whole = inner - rest;
      if (whole > LANES) body.for({ to: whole, step: LANES }, (count) => chunk(pointers, count, LANES));
      else if (whole > 0) chunk(pointers, 0, LANES);
      // The end of a value has room for four; the end of a row is the start of the next.
      if (rest > 0) chunk(pointers, whole, last === 0 && reads.every(isPlain) ? LANES : rest);
    }
    for (const read of before) loaded.delete(read);
  };
  const isPlain = (read: Array_): boolean => loaded.has(read) || read.steps[last] === WIDTH[read.dtype];
  walk(
    0,
    [...reads, ...writes].map(({ start }) => start),
  );
}
