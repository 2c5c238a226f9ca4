/** @file Tensors by a rule: ranges, the identity, triangles, any function of the indices. */
import { allocate, checkDType, type DType, toDType } from "./dtype.ts";
import * as elementary from "./elementary.ts";
import { TensorError } from "./errors.ts";
import { checkShape, type Shape, sizeOf } from "./shape.ts";
import type { Known } from "./shape-types.ts";
import { fromStorage, type Tensor } from "./tensor.ts";

interface Typed {
  readonly dtype?: DType;
}

/**
 * start, start + step, … up to but without stop; `arange(n)` counts 0 … n − 1. Whole numbers give int32.
 *
 * At the edges: with fractions, rounding decides whether the last one is still below stop (as in NumPy): use linspace.
 * Throws: TensorError when a number is not finite, or the step is 0 or leads away from stop.
 *
 * @example
 * arange(3).toArray();               // => [0, 1, 2]
 * arange(1, 2, 0.25).toArray();      // => [1, 1.25, 1.5, 1.75]
 */
export function arange(start: number, stop?: number, step = 1, { dtype }: Typed = {}): Tensor<readonly [number]> {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (![from, to, step].every(Number.isFinite) || step === 0)
    throw new TensorError(
      "arange",
      `there is no range from ${from} to ${to} by ${step}`,
      "use finite numbers and a step that is not 0",
    );
  if ((to - from) * step < 0)
    throw new TensorError(
      "arange",
      `steps of ${step} do not lead from ${from} to ${to}`,
      "change the sign of the step",
    );
  const whole = [from, to, step].every((value) => value === (value | 0));
  return generate(
    "arange",
    [Math.ceil((to - from) / step)],
    dtype ?? (whole ? "int32" : "float64"),
    (i) => from + i * step,
  );
}

/** Throws unless both are finite numbers with a finite distance. */
function checkEnds(op: string, start: number, stop: number): void {
  if (!Number.isFinite(stop - start))
    throw new TensorError(
      op,
      `there is no range from ${start} to ${stop}`,
      "use finite numbers less than 1.8e308 apart",
    );
}

/** The i-th of `count` evenly spaced numbers, of which the last is `stop` itself. */
const spaced = (start: number, stop: number, count: number, i: number): number =>
  i === count - 1 && i > 0 ? stop : start + ((stop - start) * i) / Math.max(1, count - 1);

/**
 * `count` evenly spaced numbers from start to stop, both included.
 *
 * @example
 * linspace(0, 1, 5).toArray();   // => [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace(
  start: number,
  stop: number,
  count: number,
  { dtype = "float64" }: Typed = {},
): Tensor<readonly [number]> {
  checkEnds("linspace", start, stop);
  return generate("linspace", [count], dtype, (i) => spaced(start, stop, count, i));
}

/**
 * `count` numbers whose logarithms are evenly spaced: from base^start to base^stop, both included; the base is 10
 * unless told.
 *
 * Throws: TensorError unless the base is a number > 0.
 *
 * @example
 * logspace(0, 3, 4).toArray();                  // => [1, 10, 100, 1000]
 * logspace(0, 3, 4, { base: 2 }).toArray();     // => [1, 2, 4, 8]
 */
export function logspace(
  start: number,
  stop: number,
  count: number,
  { base = 10, dtype = "float64" }: Typed & { readonly base?: number } = {},
): Tensor<readonly [number]> {
  checkEnds("logspace", start, stop);
  if (!(Number.isFinite(base) && base > 0))
    throw new TensorError("logspace", `the base is ${base}`, "use a finite number > 0");
  return generate("logspace", [count], dtype, (i) => elementary.pow(base, spaced(start, stop, count, i)));
}

/**
 * The identity matrix, or one with ones on another diagonal (`offset` 1: the one above) and another number of columns.
 *
 * @example
 * eye(2).toArray();                             // => [[1, 0], [0, 1]]
 * eye(2, { columns: 3, offset: 1 }).toArray();   // => [[0, 1, 0], [0, 0, 1]]
 */
export function eye<const N extends number, const M extends number = N>(
  n: N,
  options: Typed & { readonly columns?: M; readonly offset?: number } = {},
): Tensor<readonly [N, M]> {
  const { columns = n, offset = 0, dtype = "float64" } = options;
  checkOffset("eye", offset);
  return generate("eye", [n, columns as M], dtype, (i, j) => (j - i === offset ? 1 : 0));
}

/**
 * A matrix of ones on and below a diagonal (`offset` 1: the one above the main one), zeros above it.
 *
 * @example
 * tri(2, { columns: 3 }).toArray();    // => [[1, 0, 0], [1, 1, 0]]
 */
export function tri<const N extends number, const M extends number = N>(
  n: N,
  options: Typed & { readonly columns?: M; readonly offset?: number } = {},
): Tensor<readonly [N, M]> {
  const { columns = n, offset = 0, dtype = "float64" } = options;
  checkOffset("tri", offset);
  return generate("tri", [n, columns as M], dtype, (i, j) => (j - i <= offset ? 1 : 0));
}

function checkOffset(op: string, offset: number): void {
  if (!Number.isInteger(offset))
    throw new TensorError(op, `offset is ${offset}`, "use a whole number: 0 is the main diagonal, 1 the one above");
}

/**
 * The tensor whose element at i, j, … is f(i, j, …); f is called once for each, in row-major order.
 *
 * Throws: TensorError when f is no function, or returns something that is neither number nor boolean.
 *
 * @example
 * fromFunction([2, 3], (i, j) => 10 * i + j).toArray();   // => [[0, 1, 2], [10, 11, 12]]
 */
export function fromFunction<const S extends Shape>(
  shape: S,
  f: (...indices: number[]) => number | boolean,
  { dtype = "float64" }: Typed = {},
): Tensor<Known<S>> {
  if (typeof f !== "function")
    throw new TensorError(
      "fromFunction",
      `f is ${f === null ? "null" : `a ${typeof f}`}`,
      "give a function of the indices",
    );
  return generate("fromFunction", shape as unknown as Known<S>, dtype, (...indices) => {
    const value: unknown = f(...indices);
    if (typeof value !== "number" && typeof value !== "boolean")
      throw new TensorError(
        "fromFunction",
        `f(${indices.join(", ")}) is ${String(value)}`,
        "return a number or a boolean",
      );
    return Number(value);
  });
}

function generate<S extends Shape>(op: string, shape: S, dtype: DType, f: (...indices: number[]) => number): Tensor<S> {
  checkShape(op, shape);
  checkDType(op, dtype);
  const storage = allocate(dtype, sizeOf(shape), op);
  const index = shape.map(() => 0);
  for (let place = 0; place < storage.length; place++) {
    storage[place] = toDType(dtype, f(...index));
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return fromStorage([...shape] as unknown as S, dtype, storage);
}
