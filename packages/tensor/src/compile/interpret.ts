/** @file A program done by plain loops, where there is no WebAssembly or it was switched off. */
import { allocate, type DType, type Storage } from "../core/dtype.ts";
import { rowOf } from "../core/elementwise.ts";
import { isRowMajor, sizeOf } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { rows } from "../core/walk.ts";
import type { Call, Check, Element, Loop, Operand, Step } from "./steps.ts";

/** The elements of a node in the memory of the program. */
export type Values = (node: number) => Storage;

/** Elements that are done at once: so many fit the cache for each of the values in a loop. */
const BLOCK = 1024;

/** Does one step. */
export type Action = () => void;

/** The actions of steps on values in memory. */
export const actionOf = (step: Step, values: Values): Action =>
  step.kind === "loop" ? looping(step, values) : step.kind === "call" ? calling(step, values) : checking(step, values);

/** An operand as a tensor over the memory. */
const tensorOf = (operand: Operand, values: Values): Tensor => new Tensor(operand, values(operand.node), operand, null);

/** An operation by its kernel, or its definition. */
function calling({ op, params, inputs, node, spec }: Call, values: Values): Action {
  const tensors = inputs.map((input) => tensorOf(input, values));
  const out = values(node);
  return () => out.set(op.kernel?.(tensors, spec, params) ?? op.run(tensors, spec, params));
}

/** A look at values, which may refuse. */
function checking({ op, params, input }: Check, values: Values): Action {
  const x = tensorOf(input, values);
  return () => op.check!(x, params);
}

/** Puts elements `from` to `from + count`, in row-major order, at the start of a block. */
type Fill = (block: Storage, from: number, count: number) => void;

function fillFrom({ shape, strides, offset }: Operand, storage: Storage): Fill {
  if (isRowMajor(shape, strides))
    return (block, from, count) => block.set(storage.subarray(offset + from, offset + from + count));
  const index = shape.map(() => 0);
  return (block, from, count) => {
    let at = offset;
    for (let axis = shape.length - 1, rest = from; axis >= 0; axis--) {
      index[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
      at += index[axis]! * strides[axis]!;
    }
    for (let i = 0; i < count; i++) {
      block[i] = storage[at]!;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        at += strides[axis]!;
        if (++index[axis]! < shape[axis]!) break;
        at -= strides[axis]! * shape[axis]!;
        index[axis] = 0;
      }
    }
  };
}

/** One operation on the first so many elements of blocks. */
function elementwise({ op, params, dtype }: Element, out: Storage, inputs: readonly Storage[], from: DType) {
  const row = rowOf(op.element!(from, params), inputs.length, dtype);
  const [a, b, c] = inputs as [Storage, Storage, Storage];
  return (count: number): void => row(out, 0, count, a, 0, 1, b, 0, 1, c, 0, 1);
}

/** A loop of one operation: on rows, where they lie. */
function single({ shape, operands, elements: [element], results: [result] }: Loop, values: Values): Action {
  const { inner, steps, visit } = rows(shape, operands);
  const row = rowOf(
    element!.op.element!(operands[element!.inputs[0]!]!.dtype, element!.params),
    operands.length,
    element!.dtype,
  );
  const [a, b, c] = operands.map(({ node }) => values(node)) as [Storage, Storage, Storage];
  const [da, db, dc] = steps as [number, number, number];
  const out = values(result!.node);
  return () => visit((at, places) => row(out, at, at + inner, a, places[0]!, da, b, places[1]!, db, c, places[2]!, dc));
}

/** A loop, block by block: every operand is read before any result is written, which may lie in its place. */
function looping(loop: Loop, values: Values): Action {
  const { shape, operands, elements, results } = loop;
  // Each operand is a place of its own, in order, unless one is used twice.
  if (elements.length === 1 && elements[0]!.inputs.every((place, i) => place === i)) return single(loop, values);
  const size = sizeOf(shape);
  const room = Math.min(size, BLOCK);
  const blocks = operands.map(({ dtype }) => allocate(dtype, room, "compile"));
  const fills = operands.map((operand) => fillFrom(operand, values(operand.node)));
  const made = elements.map(({ dtype }) => allocate(dtype, room, "compile"));
  const types = elements.map(({ inputs: [first] }) => (first! >= 0 ? operands[first!]! : elements[-1 - first!]!).dtype);
  const parts = elements.map((element, i) =>
    elementwise(
      element,
      made[i]!,
      element.inputs.map((place) => (place >= 0 ? blocks[place]! : made[-1 - place]!)),
      types[i]!,
    ),
  );
  const outs = results.map(({ node, element }) => ({ out: values(node), block: made[element]! }));
  return () => {
    for (let from = 0; from < size; from += BLOCK) {
      const count = Math.min(BLOCK, size - from);
      for (let i = 0; i < fills.length; i++) fills[i]!(blocks[i]!, from, count);
      for (const part of parts) part(count);
      for (const { out, block } of outs) out.set(count === block.length ? block : block.subarray(0, count), from);
    }
  };
}
