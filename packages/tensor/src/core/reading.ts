/** @file Tensors as other things: numbers, arrays, text. Installed as methods (see methods.ts). */
import type { Storage } from "./dtype.ts";
import { show, TensorError } from "./errors.ts";
import { format } from "./print.ts";
import type { Shape } from "./shape.ts";
import type { JSONData, Nested, NestedNumbers } from "./shape-types.ts";
import { contiguous, Tensor, valuesOf } from "./tensor.ts";

/** The value of a tensor of one element. */
export function item(x: Tensor): number {
  if (x.size !== 1)
    throw new TensorError("item", `${show(x)} has ${x.size} elements, not 1`, "reduce it, or use toArray()", [x]);
  return valuesOf("item", x)[x.offset]!;
}

/** The values as nested plain arrays. */
export function toArray<S extends Shape>(x: Tensor<S>): Nested<S> {
  const flat = contiguous("toArray", x);
  const nest = (axis: number, start: number, size: number): unknown => {
    if (axis === x.rank) return flat[start];
    const extent = x.shape[axis]!;
    const step = extent === 0 ? 0 : size / extent;
    return Array.from({ length: extent }, (_, i) => nest(axis + 1, start + i * step, step));
  };
  return nest(0, 0, x.size) as Nested<S>;
}

/** The values in row-major order. */
export function toTypedArray(x: Tensor, { copy = true }: { readonly copy?: boolean } = {}): Storage {
  const flat = contiguous("toTypedArray", x);
  return copy && flat.buffer === x.storage?.buffer ? flat.slice() : flat;
}

/** The same tensor under a name. */
export function named<S extends Shape>(x: Tensor<S>, label: string): Tensor<S> {
  for (let seen: Tensor | null = x; seen?.watched; seen = seen.watched.primal) seen.watched.trace.named(seen, label);
  return new Tensor<S>({ shape: x.shape, dtype: x.dtype, label }, x.storage, x, x.watched);
}

/** The values as NumPy prints them. */
export const toText = (x: Tensor): string => format(x, x.storage === null ? null : contiguous("toString", x));

/** The values for JSON. */
export function toJSON(x: Tensor): JSONData {
  const plain = (data: NestedNumbers): JSONData =>
    Array.isArray(data) ? data.map(plain) : Number.isFinite(data) ? data : (String(data) as JSONData);
  return plain(toArray(x) as NestedNumbers);
}

/** `x + y` on tensors would be a string or NaN without a word; it is an error instead. */
export function toPrimitive(x: Tensor, hint: string): string {
  if (hint === "string") return toText(x);
  throw new TensorError(
    "tensor",
    `JavaScript's operators do not work on ${show(x)}`,
    "use add(x, y), x.add(y) and the like, or x.item() for a number",
    [x],
  );
}
