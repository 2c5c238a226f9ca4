/** @file How a tensor looks: nested brackets, aligned columns, long axes shortened. */
import type { Storage } from "./dtype.ts";
import { formatShape } from "./errors.ts";
import type { Shape } from "./shape.ts";
import { rowMajor, sizeOf } from "./shape.ts";

/** Tensors with more elements than this are shortened to the edges of each axis. */
const FULL = 1000;
const EDGE = 3;

interface Printable {
  readonly shape: Shape;
  readonly dtype: string;
  readonly label?: string | undefined;
}

const shortest = (value: number): string => {
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.length <= 10 || Number.isSafeInteger(value) ? text : String(Number(value.toPrecision(6)));
};

/** `values` in row-major order, or null for a tensor that has a shape but no value. */
export function format({ shape, dtype, label }: Printable, values: Storage | null): string {
  const about = `${label === undefined ? "" : `${label}: `}${dtype} ${formatShape(shape)}`;
  if (values === null) return `Tensor(no value, ${about})`;
  const strides = rowMajor(shape);
  const shortened = sizeOf(shape) > FULL;
  const places = (extent: number): (number | null)[] =>
    shortened && extent > 2 * EDGE
      ? [0, 1, 2, null, extent - 3, extent - 2, extent - 1]
      : Array.from({ length: extent }, (_, i) => i);
  const show = (value: number): string => (dtype === "bool" ? String(value !== 0) : shortest(value));

  let width = 0;
  const measure = (axis: number, start: number): void => {
    if (axis === shape.length) width = Math.max(width, show(values[start]!).length);
    else for (const i of places(shape[axis]!)) if (i !== null) measure(axis + 1, start + i * strides[axis]!);
  };
  measure(0, 0);

  const indent = "Tensor(".length;
  const draw = (axis: number, start: number): string => {
    if (axis === shape.length) return show(values[start]!).padStart(shape.length === 0 ? 0 : width);
    const parts = places(shape[axis]!).map((i) => (i === null ? "…" : draw(axis + 1, start + i * strides[axis]!)));
    const gaps = shape.length - axis - 1;
    const separator = gaps === 0 ? ", " : `,${"\n".repeat(gaps)}${" ".repeat(indent + axis + 1)}`;
    return `[${parts.join(separator)}]`;
  };
  return `Tensor(${draw(0, 0)}, ${about})`;
}
