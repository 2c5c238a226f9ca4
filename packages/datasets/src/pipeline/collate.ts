/** @file From single examples to a batch: what is alike in all of them becomes one tensor. */
import { pad as padTensor, type Shape, stack, Tensor, TensorError, tensor } from "@deltagrad/tensor";
import { formatShape, shown } from "../checks.ts";
import { childPath, isPlainObject } from "../rows.ts";

/** Typed arrays that a batch takes for vectors. */
type Vector = Float64Array | Float32Array | Int32Array;
type Verbatim = string | bigint | symbol | null | undefined;

/**
 * What a batch of such examples is: tensors, numbers and typed arrays get a leading axis, records and tuples are
 * batched field by field, text and nothing are listed.
 */
export type Batch<T> = [T] extends [Verbatim]
  ? T[]
  : T extends Tensor<infer S>
    ? number extends S["length"]
      ? Tensor
      : Tensor<readonly [number, ...S]>
    : T extends number | boolean
      ? Tensor<readonly [number]>
      : T extends Vector
        ? Tensor<readonly [number, number]>
        : T extends object
          ? { [K in keyof T]: Batch<T[K]> }
          : T[];

export interface CollateOptions {
  /** Fills up tensors of different extents to the largest in the batch, at the end of each axis, with this value. */
  readonly pad?: number | undefined;
}

const isVector = (value: unknown): value is Vector =>
  value instanceof Float64Array || value instanceof Float32Array || value instanceof Int32Array;

/** What kind of thing an example holds at a place; two that differ cannot be in one batch. */
function kindOf(value: unknown): string {
  if (value instanceof Tensor) return `a tensor of ${value.dtype}`;
  if (isVector(value)) return `a ${value.constructor.name}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (isPlainObject(value)) return `a record of ${Object.keys(value).join(", ") || "nothing"}`;
  return typeof value === "number" || typeof value === "boolean" ? `a ${typeof value}` : "text or the like";
}

/**
 * The examples as one batch; `batches` does it unless it is given another `collate`.
 *
 * Shapes: tensors […] → [n, …]; numbers → [n]; typed arrays of k → [n, k].
 * Dtype: kept; float64 for numbers, bool for booleans.
 * Throws: TensorError when examples are not alike, shapes differ and there is no `pad`, or one is a promise.
 *
 * @example
 * collate([{ x: tensor([1, 2]), id: "a" }, { x: tensor([3, 4]), id: "b" }]).x.toArray();   // => [[1, 2], [3, 4]]
 * collate([tensor([1]), tensor([2, 3])], { pad: 0 }).toArray();                           // => [[1, 0], [2, 3]]
 */
export function collate<T>(examples: readonly T[], { pad }: CollateOptions = {}): Batch<T> {
  checkPad("collate", pad);
  return collateFor("collate", examples, pad);
}

export function checkPad(op: string, pad: unknown): void {
  if (pad !== undefined && typeof pad !== "number")
    throw new TensorError(op, `pad is ${shown(pad)}`, "give the number to fill up with");
}

/** `collate` in the name of the operation that was called. */
export function collateFor<T>(op: string, examples: readonly T[], pad: number | undefined): Batch<T> {
  if (!Array.isArray(examples) || examples.length === 0)
    throw new TensorError(op, `${shown(examples)} makes no batch`, "give at least one example");
  return join({ op, pad }, examples, "") as Batch<T>;
}

interface Joining {
  readonly op: string;
  readonly pad: number | undefined;
}

function join(how: Joining, examples: readonly unknown[], path: string): unknown {
  const [first] = examples;
  const kind = kindOf(first);
  const other = examples.findIndex((example) => kindOf(example) !== kind);
  const place = path === "" ? "" : ` at ${path}`;
  if (other >= 0)
    throw new TensorError(
      how.op,
      `example 0 of a batch has ${kind}${place}, example ${other} has ${kindOf(examples[other])}`,
      "examples must be alike, or be given a collate of their own",
    );
  if (first instanceof Promise)
    throw new TensorError(how.op, `an example is a promise${place}`, "map a stream: dataset.stream().map(f)");
  if (first instanceof Tensor) return joinTensors(how, examples as readonly Tensor[], place);
  if (isVector(first)) {
    const rows = (examples as readonly Vector[]).map((x) => tensor(x));
    return joinTensors(how, rows, place);
  }
  if (typeof first === "number" || typeof first === "boolean") return tensor(examples as readonly number[]);
  if (Array.isArray(first))
    return first.map((_, i) => {
      const values = examples.map((example) => (example as unknown[])[i]);
      return join(how, values, childPath(path, i));
    });
  if (!isPlainObject(first)) return [...examples];
  const fields = Object.keys(first).map((key) => {
    const values = examples.map((example) => (example as Record<string, unknown>)[key]);
    return [key, join(how, values, childPath(path, key))];
  });
  return Object.fromEntries(fields);
}

function joinTensors({ op, pad }: Joining, tensors: readonly Tensor[], place: string): Tensor {
  const [first] = tensors as readonly [Tensor];
  const other =
    tensors.find(({ rank }) => rank !== first.rank) ?? tensors.find((x) => !sameShape(x.shape, first.shape));
  if (other === undefined) return stack(tensors);
  if (pad === undefined || other.rank !== first.rank)
    throw new TensorError(
      op,
      `examples of one batch have shapes ${formatShape(first.shape)} and ${formatShape(other.shape)}${place}`,
      pad === undefined ? "give { pad: 0 } to fill them up, or a collate" : "only extents can be filled up, not axes",
      [first, other],
    );
  const extents = first.shape.map((_, axis) => Math.max(...tensors.map(({ shape }) => shape[axis]!)));
  const margins = (x: Tensor) => x.shape.map((extent, axis) => [0, extents[axis]! - extent] as const);
  return stack(tensors.map((x) => padTensor(x, margins(x), { value: pad })));
}

const sameShape = (a: Shape, b: Shape): boolean => a.every((extent, axis) => extent === b[axis]);
