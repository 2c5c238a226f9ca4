/** @file What all of linear algebra shares: batches of matrices, how a kernel meets them, right-hand sides, triangles. */
import { asTensor } from "../../core/create.ts";
import { allocate, floating, promote, type Storage } from "../../core/dtype.ts";
import { formatShape, show, TensorError } from "../../core/errors.ts";
import type { Primitive } from "../../core/primitive.ts";
import { broadcastShapes, type Shape, sizeOf } from "../../core/shape.ts";
import { fromStorage, type Spec, type Tensor, valuesOf } from "../../core/tensor.ts";
import { rows } from "../../core/walk.ts";
import { broadcastTo, cast, sum } from "../broadcast.ts";
import { where } from "../compare.ts";
import { expandDims, reshape } from "../shape.ts";
import { slice } from "../slice.ts";

/** One matrix of a batch, as a kernel meets it. */
export interface Element<P> {
  /** The matrix of an input, row-major, in float64 whatever the dtype: a copy, which may be used up. */
  take(input: number): Float64Array;
  readonly inputs: readonly Spec[];
  readonly params: P;
  /** "the matrix", or "matrix [1, 0] of the batch". */
  name(): string;
}

type Definition<P> = Pick<Primitive<P>, "name" | "shape" | "vjp" | "jvp"> & {
  /** Computes one matrix of the result, into zeros. */
  readonly kernel: (out: Float64Array, element: Element<P>) => void;
};

/**
 * An operation on batches of matrices: all inputs have the same leading axes, which are the result's. It is computed
 * in float64; a float32 result is rounded once.
 */
// @__NO_SIDE_EFFECTS__
export function onMatrices<P>({ kernel, ...definition }: Definition<P>): Primitive<P> {
  return {
    ...definition,
    kind: "general",
    run: (inputs, result, params) => eachMatrix(definition.name, inputs, result, params, kernel),
    batch: (params) => params,
    rounding: () => Number.POSITIVE_INFINITY,
  };
}

function eachMatrix<P>(
  op: string,
  inputs: readonly Tensor[],
  result: Spec,
  params: P,
  kernel: Definition<P>["kernel"],
): Storage {
  const batch = inputs[0]!.shape.slice(0, -2);
  const count = sizeOf(batch);
  const out = allocate(result.dtype, sizeOf(result.shape), op);
  const size = out.length / count;
  const reads = inputs.map((input) => reader(op, batch, input));
  let index = 0;
  const element: Element<P> = { take: (i) => reads[i]!(index), inputs, params, name: () => nameOf(batch, index) };
  if (count === 1 && out instanceof Float64Array) {
    kernel(out, element);
    return out;
  }
  // Small matrices come by the million: they share one array, and one for each input.
  const matrix = new Float64Array(count === 0 ? 0 : size);
  for (; index < count; index++) {
    matrix.fill(0);
    kernel(matrix, element);
    for (let i = 0, to = index * size; i < size; i++, to++) out[to] = matrix[i]!;
  }
  return out;
}

/** What copies the matrices of x, by their place in the batch, each over the one before. */
function reader(op: string, batch: Shape, x: Tensor): (index: number) => Float64Array {
  const storage = valuesOf(op, x);
  const [m, n] = x.shape.slice(-2) as [number, number];
  const [down, across] = x.strides.slice(-2) as [number, number];
  const starts = startsOf(batch, x);
  const copy = new Float64Array(m * n);
  return (index) => {
    for (let i = 0, to = 0; i < m; i++) {
      for (let j = 0, from = starts[index]! + i * down; j < n; j++, from += across, to++) copy[to] = storage[from]!;
    }
    return copy;
  };
}

/** Where the matrices of a batch begin in the storage of x. */
function startsOf(batch: Shape, { strides, offset }: Tensor): Float64Array {
  const starts = new Float64Array(sizeOf(batch));
  const { inner, steps, visit } = rows(batch, [{ strides: strides.slice(0, -2), offset }]);
  visit((position, [start]) => {
    for (let i = 0; i < inner; i++) starts[position + i] = start! + i * steps[0]!;
  });
  return starts;
}

function nameOf(batch: Shape, index: number): string {
  if (batch.length === 0) return "the matrix";
  let rest = index;
  const place = batch.map(() => 0);
  for (let axis = batch.length - 1; axis >= 0; axis--) {
    place[axis] = rest % batch[axis]!;
    rest = Math.floor(rest / batch[axis]!);
  }
  return `matrix ${formatShape(place)} of the batch`;
}

/** What was given as a matrix or a batch of them; whole numbers and bools as float64. */
export function asMatrix(op: string, x: Tensor): Tensor {
  const a = asTensor(op, x);
  if (a.rank < 2)
    throw new TensorError(op, `${show(a)} is no matrix`, "give at least two axes, the last two of which are its own", [
      a,
    ]);
  return cast(a, floating(a.dtype));
}

/** What was given as a square matrix or a batch of them. */
export function asSquare(op: string, x: Tensor): Tensor {
  const a = asMatrix(op, x);
  const [m, n] = a.shape.slice(-2);
  if (m !== n)
    throw new TensorError(op, `${show(x)} is not square (${m} ≠ ${n})`, "the last two axes must be of one extent", [x]);
  return a;
}

/** Throws unless each option is true or false. */
export function checkFlags(op: string, flags: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(flags)) {
    if (typeof value !== "boolean") throw new TensorError(op, `${name} is ${String(value)}`, "give true or false");
  }
}

/** Throws when an iteration did not end: it is capped, so that no input can hold it up. */
export function checkConverged(op: string, converged: boolean, { name, inputs }: Element<unknown>): void {
  if (!converged)
    throw new TensorError(
      op,
      `the iteration for ${name()} did not converge`,
      "look for elements of very different sizes",
      inputs,
    );
}

/**
 * Solves for a right-hand side of as many rows as `a` has, which may be a vector (rank 1); batches broadcast.
 * `solve` is given both in one float type, b with at least two axes, and what stretches a tensor of matrices to the
 * common batch.
 */
export function withRightHandSide(
  op: string,
  a: Tensor,
  b: Tensor,
  solve: (a: Tensor, b: Tensor, stretch: (x: Tensor) => Tensor) => Tensor,
): Tensor {
  const [matrix, right] = [asMatrix(op, a), asTensor(op, b)];
  const { rank, shape } = right;
  const vector = rank === 1;
  const [needed, got] = [matrix.shape.at(-2)!, shape.at(vector ? -1 : -2)];
  if (needed !== got) {
    const batch = rank >= 2 && rank + 1 === matrix.rank && shape.at(-1) === needed;
    throw new TensorError(
      op,
      `${show(a)} and ${show(right)} do not fit: ${needed} rows are needed, ${rank === 0 ? "a scalar has none" : `there are ${got}`}`,
      batch ? "a batch of vectors is given as columns: expandDims(b, -1)" : "b has a row for each row of a",
      [a, right],
    );
  }
  const dtype = floating(promote(matrix.dtype, right.dtype));
  const columns = cast(vector ? expandDims(right, 1) : right, dtype);
  const batch = broadcastShapes(op, matrix.shape.slice(0, -2), columns.shape.slice(0, -2));
  const stretch = (x: Tensor): Tensor => broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
  const x = solve(cast(matrix, dtype), stretch(columns), stretch);
  return vector ? reshape(x, x.shape.slice(0, -1)) : x;
}

/** Rows `start` to `stop` of each matrix. */
export const rowsOf = (x: Tensor, start: number, stop: number): Tensor =>
  slice(x, ...x.shape.slice(0, -2).map(() => null), [start, stop]);

/** Columns `start` to `stop` of each matrix. */
export const columnsOf = (x: Tensor, start: number, stop: number): Tensor =>
  slice(x, ...x.shape.slice(0, -1).map(() => null), [start, stop]);

/** A number, or a vector, for each matrix, as a row of it: [..., n] → [..., 1, n]. */
export const asRow = (x: Tensor): Tensor => expandDims(x, -2);

/** A number for each matrix of a batch, so that it broadcasts against them: [...] → [..., 1, 1]. */
export const asScalars = (x: Tensor): Tensor => expandDims(expandDims(x, -1), -1);

/** A bool matrix of the extents of x: where `holds` for row and column. */
function mask(x: Tensor, holds: (i: number, j: number) => boolean): Tensor {
  const [m, n] = x.shape.slice(-2) as [number, number];
  const storage = new Uint8Array(m * n);
  for (let i = 0, p = 0; i < m; i++) for (let j = 0; j < n; j++, p++) storage[p] = holds(i, j) ? 1 : 0;
  return fromStorage([m, n], "bool", storage);
}

/** The triangle of each matrix with its diagonal, the rest 0; `strict`: without its diagonal. */
export const triangleOf = (x: Tensor, upper: boolean, strict = false): Tensor =>
  where(
    mask(x, (i, j) => (upper ? i < j : j < i) || (i === j && !strict)),
    x,
    0,
  );

/** The diagonals: [..., n, n] → [..., n]. */
export const diagonalsOf = (x: Tensor): Tensor =>
  sum(
    where(
      mask(x, (i, j) => i === j),
      x,
      0,
    ),
    -1,
  );

/** x without its diagonals. */
export const offDiagonal = (x: Tensor): Tensor =>
  where(
    mask(x, (i, j) => i !== j),
    x,
    0,
  );

/** [..., n] → [..., n, n] with the vectors on the diagonals. */
export const diagonalMatrices = (x: Tensor): Tensor => {
  const n = x.shape.at(-1)!;
  const square = broadcastTo(asRow(x), [...x.shape, n]);
  return where(
    mask(square, (i, j) => i === j),
    square,
    0,
  );
};
