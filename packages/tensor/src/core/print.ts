/** @file How a tensor looks: as NumPy prints arrays, with nested brackets, aligned points, and long axes shortened. */
import type { Storage } from "./dtype.ts";
import { formatShape } from "./errors.ts";
import type { Shape } from "./shape.ts";
import { rowMajor, sizeOf } from "./shape.ts";

/** Tensors with more elements than this are shortened to the edges of each axis. */
const FULL = 1000;
const EDGE = 3;
/** Lines are broken before this column, as NumPy's are. */
const WIDTH = 75;
/** Digits that are shown of a fraction, unless fewer tell the number. */
const DIGITS = 8;

interface Printable {
  readonly shape: Shape;
  readonly dtype: string;
  readonly label?: string | undefined;
}

/** A number in two parts that are padded apart: up to the point, and from it on. */
type Parts = readonly [whole: string, fraction: string];

const split = (text: string): Parts => {
  const point = text.search(/[.e]/);
  return point < 0 ? [text, ""] : [text.slice(0, point), text.slice(point)];
};

/** Without zeros at the end of a fraction. */
const trimmed = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** The shortest text that reads back as the number; −0 with its sign. */
const text = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

/** How the numbers that are shown are written: with exponents where their sizes differ too much to be read otherwise. */
function writer(values: readonly number[], dtype: string): (value: number) => string {
  if (dtype === "bool") return (value) => String(value !== 0);
  const sizes = values.filter((value) => Number.isFinite(value) && value !== 0).map(Math.abs);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const whole = values.every((value) => Number.isInteger(value) || !Number.isFinite(value)) && most < 1e16;
  const wide = !whole && (most >= 1e8 || least < 1e-4 || most / least > 1e6);
  // float32 has 7 digits: more would show what is not there.
  const digits = dtype === "float32" ? 7 : DIGITS;
  return (value) => {
    if (!Number.isFinite(value)) return String(value);
    if (whole || value === 0) return text(value);
    if (!wide) return trimmed(value.toFixed(digits));
    const [mantissa, exponent] = value.toExponential(digits).split("e") as [string, string];
    return `${trimmed(mantissa)}e${exponent}`;
  };
}

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

  const shown: number[] = [];
  const collect = (axis: number, start: number): void => {
    if (axis === shape.length) shown.push(values[start]!);
    else for (const i of places(shape[axis]!)) if (i !== null) collect(axis + 1, start + i * strides[axis]!);
  };
  collect(0, 0);
  const write = writer(shown, dtype);
  // One number by itself is shown in full.
  if (shape.length === 0) return `Tensor(${dtype === "float64" ? text(shown[0]!) : write(shown[0]!)}, ${about})`;

  const parts = shown.filter(Number.isFinite).map((value) => split(write(value)));
  const widest = (part: 0 | 1): number => Math.max(0, ...parts.map((p) => p[part].length));
  const after = widest(1);
  const others = shown.filter((value) => !Number.isFinite(value)).map((value) => String(value).length - after);
  const before = Math.max(widest(0), ...others);
  const cell = (value: number): string => {
    if (!Number.isFinite(value)) return String(value).padStart(before + after);
    const [whole, fraction] = split(write(value));
    return whole.padStart(before) + fraction.padEnd(after);
  };

  const draw = (axis: number, start: number, column: number): string => {
    const inner = axis + 1 === shape.length;
    const indent = " ".repeat(column + 1);
    const cells = places(shape[axis]!).map((i) => {
      if (i === null) return "…";
      const from = start + i * strides[axis]!;
      return inner ? cell(values[from]!) : draw(axis + 1, from, column + 1);
    });
    if (!inner) return `[${cells.join(`,${"\n".repeat(shape.length - axis - 1)}${indent}`)}]`;
    let line = "";
    const lines: string[] = [];
    for (const text of cells) {
      const joined = line === "" ? text : `${line}, ${text}`;
      if (line !== "" && column + 1 + joined.length > WIDTH) {
        lines.push(line);
        line = text;
      } else line = joined;
    }
    return `[${[...lines, line].join(`,\n${indent}`)}]`;
  };
  return `Tensor(${draw(0, 0, "Tensor(".length)}, ${about})`;
}
