/** @file Rows of a table by their numbers, and adding to such rows: each is the other's transpose. */
import { asTensor } from "../../core/create.ts";
import { allocate } from "../../core/dtype.ts";
import { TensorError } from "../../core/errors.ts";
import { exact } from "../../core/kinds.ts";
import { apply, type Primitive } from "../../core/primitive.ts";
import { sizeOf } from "../../core/shape.ts";
import { contiguous, type Tensor } from "../../core/tensor.ts";
import { broadcastTo } from "../broadcast.ts";
import { equal, where } from "../compare.ts";
import { stopGradient } from "../piecewise.ts";
import { expandDims } from "../shape.ts";
import { readLeading } from "./leading.ts";
import { called } from "./windows.ts";

interface Lookup {
  readonly rows: number;
  /** How many axes stand before the table's, in the indices too: each place there has a table of its own. */
  readonly leading: number;
}

const deeper = (params: Lookup): Lookup => ({ ...params, leading: params.leading + 1 });

/** Visits the indices in order: the place of each, the row that it names, and on the leading axes the table's place. */
function eachRow(
  indices: Tensor,
  { rows, leading }: Lookup,
  visit: (place: number, row: number, table: number) => void,
): void {
  const numbers = contiguous("embedding", indices);
  const bad = numbers.findIndex((row) => row < 0 || row >= rows);
  if (bad >= 0)
    throw new TensorError(
      "embedding",
      `index ${numbers[bad]} (element ${bad} of ${called("indices", indices)}) names no row of ${rows}`,
      `use 0 to ${rows - 1}`,
      [indices],
    );
  const each = sizeOf(indices.shape.slice(leading));
  for (let place = 0; place < numbers.length; place++) visit(place, numbers[place]!, Math.floor(place / each));
}

const embeddingOp: Primitive<Lookup> = {
  name: "embedding",
  kind: "linear",
  reads: "indices",
  shape: ([indices, table]) => ({ shape: [...indices!.shape, table!.shape.at(-1)!], dtype: table!.dtype }),
  run([indices, table], result, params) {
    const features = table!.shape.at(-1)!;
    const out = allocate(result.dtype, sizeOf(result.shape), "embedding");
    const { data, step } = readLeading("embedding", table!, params.leading);
    eachRow(indices!, params, (place, row, at) => {
      const start = at * step + row * features;
      out.set(data.subarray(start, start + features), place * features);
    });
    return out;
  },
  vjp: [null, (ct, _y, [indices], params) => apply(addRowsOp, [indices!, ct], params)],
  jvp: [null, (t, _y, [indices], params) => apply(embeddingOp, [indices!, t], params)],
  batch: deeper,
  rounding: exact,
};

/** Zeros with the vectors added to the rows that the indices name, in order. */
const addRowsOp: Primitive<Lookup> = {
  name: "addRows",
  kind: "linear",
  reads: "indices",
  shape: ([indices, vectors], { rows, leading }) => ({
    shape: [...indices!.shape.slice(0, leading), rows, vectors!.shape.at(-1)!],
    dtype: vectors!.dtype,
  }),
  run([indices, vectors], result, params) {
    const features = result.shape.at(-1)!;
    const out = allocate(result.dtype, sizeOf(result.shape), "addRows");
    const source = contiguous("addRows", vectors!);
    eachRow(indices!, params, (place, row, at) => {
      const start = (at * params.rows + row) * features;
      for (let i = 0; i < features; i++) out[start + i]! += source[place * features + i]!;
    });
    return out;
  },
  vjp: [null, (ct, _y, [indices], params) => apply(embeddingOp, [indices!, ct], params)],
  jvp: [null, (t, _y, [indices], params) => apply(addRowsOp, [indices!, t], params)],
  batch: deeper,
  rounding: ([indices], { leading }) => sizeOf(indices!.shape.slice(leading)),
};

/**
 * The rows of a table that an index tensor names.
 *
 * Shapes: indices […], int32, table [rows, features] → […, features].
 * Derivative: the cotangent added to the rows that were read, in order; none to row `paddingIndex`.
 * Throws: TensorError for indices that are not int32 or name no row (a negative paddingIndex counts from the end).
 *
 * @example
 * embedding(tensor([1, 0], { dtype: "int32" }), tensor([[1, 2], [3, 4]])).toArray();   // => [[3, 4], [1, 2]]
 */
export function embedding(
  indices: Tensor,
  table: Tensor,
  { paddingIndex }: { readonly paddingIndex?: number | undefined } = {},
): Tensor {
  if (asTensor("embedding", table).rank !== 2)
    throw new TensorError("embedding", `${called("table", table)} is no matrix`, "give [rows, features]", [table]);
  if (asTensor("embedding", indices).dtype !== "int32")
    throw new TensorError(
      "embedding",
      `${called("indices", indices)} are ${indices.dtype}`,
      'indices are int32: cast(indices, "int32")',
      [indices],
    );
  const rows = table.shape[0]!;
  const y = apply(embeddingOp, [indices, table], { rows, leading: 0 });
  if (paddingIndex === undefined) return y;
  const padding = paddingIndex < 0 ? paddingIndex + rows : paddingIndex;
  if (!(Number.isInteger(padding) && padding >= 0 && padding < rows))
    throw new TensorError(
      "embedding",
      `paddingIndex ${paddingIndex} names no row of ${called("table", table)}`,
      `use ${-rows} to ${rows - 1}`,
      [table],
    );
  return where(broadcastTo(expandDims(equal(indices, padding), -1), y.shape), stopGradient(y), y);
}
