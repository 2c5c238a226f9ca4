/**
 * @file Products of matrices by WebAssembly, with the bits of core/product.ts. Operands come into the scratch memory in
 * panels as large as there is room for, are packed there for each stretch of k, and multiplied; a sum that goes on in
 * the next stretch waits in the result's panel.
 */
import type { DType } from "../../core/dtype.ts";
import type { Matrices, Sizes } from "../../core/product.ts";
import { backend, scratch } from "../machine.ts";
import { handsFor } from "./hands.ts";
import { MOST_PIECES, spareOf } from "./pieces.ts";
import { productsOf } from "./programs.ts";
import { type Floats, roomFor, stage } from "./stage.ts";
import type { Tile } from "./tile.ts";

/** Rows and columns of a panel of the result. */
const PANEL = 1024;
/** The most bytes of an operand's panel. */
const OPERAND = 6 * 2 ** 20;
/** The same where few rows or columns use it: it is to be in the second cache still. */
const OPERAND_OF_FEW = 2 ** 18;
const FEW = 8;
/** Steps of k that are packed at a time: a strip of the right operand stays in the nearest cache. */
const DEEP = 256;
/** How a product is divided, and where its parts lie in the scratch memory, in bytes after its base. */
interface Plan {
  /** Rows and columns of a panel, steps of k that are brought in at a time, and of those that are packed. */
  readonly rows: number;
  readonly columns: number;
  readonly stretch: number;
  readonly deep: number;
  readonly right: number;
  readonly packedLeft: number;
  readonly packedRight: number;
  readonly to: number;
  readonly spare: number;
  readonly end: number;
}

function planFor(tile: Tile, a: Matrices, b: Matrices, { m, k, n }: Sizes): Plan {
  const { size } = tile;
  const wide = (16 * tile.vectors) / size;
  const [rows, columns] = [Math.min(m, PANEL), Math.min(n, PANEL)];
  // Not where steps of k lie side by side in the larger operand: they would come in by short pieces.
  const inSteps = (n > m ? b.down : a.right) !== 1;
  const operand = inSteps && Math.min(m, n) < FEW ? OPERAND_OF_FEW : OPERAND;
  const stretch = Math.min(k, Math.floor(operand / size / Math.max(rows, columns)));
  const deep = Math.ceil(stretch / Math.ceil(stretch / DEEP));
  // Each part begins on a cache line of its own.
  const bytes = (elements: number): number => Math.ceil((elements * size) / 64) * 64;
  const right = bytes(roomFor(rows, stretch));
  const packedLeft = right + bytes(roomFor(stretch, columns));
  const packedRight = packedLeft + bytes((rows + tile.rows) * deep);
  const to = packedRight + bytes((columns + wide) * deep);
  const spare = to + bytes(rows * columns);
  return {
    rows,
    columns,
    stretch,
    deep,
    right,
    packedLeft,
    packedRight,
    to,
    spare,
    end: spare + MOST_PIECES * spareOf(tile),
  };
}

/** Whether a product is done faster here than by plain loops: as measured, copying included. */
export function pays(dtype: DType, m: number, k: number, n: number): boolean {
  const work = m * k * n;
  const enough = dtype === "float32" ? work >= 1500 : dtype === "float64" && work >= 2500 && Math.min(m, n) > 2;
  return enough && backend() === "wasm";
}

/** Writes a·b over what is in `out`, row-major, where `pays`; false where the machine cannot, and nothing is done. */
export function product(out: Matrices<Floats>, a: Matrices<Floats>, b: Matrices<Floats>, sizes: Sizes): boolean {
  const { count, m, k, n } = sizes;
  const size = out.data.BYTES_PER_ELEMENT as 4 | 8;
  const products = productsOf(size);
  const handsOf = handsFor(products, sizes);
  const functions = products.functions.exports();
  if (functions === null) return false;
  const hands = handsOf(functions);
  const plan = planFor(products.tile, a, b, sizes);
  const held = scratch(plan.end);
  if (held === null) return false;
  const { base } = held;
  const values: Floats = size === 4 ? held.float32 : held.float64;
  const [left, right, to] = [base + plan.packedLeft, base + plan.packedRight, base + plan.to];
  // What all matrices of a batch share is brought in once, where it is brought in whole.
  const whole = plan.rows === m && plan.columns === n && plan.deep === k;
  const panel = (g: number, i: number, j: number): boolean => {
    const [rows, columns] = [Math.min(plan.rows, m - i), Math.min(plan.columns, n - j)];
    const [keepA, keepB] = [whole && g > 0 && a.next === 0, whole && g > 0 && b.next === 0];
    for (let l = 0; l < k; l += plan.stretch) {
      const steps = Math.min(plan.stretch, k - l);
      const x = keepA ? null : stage(values, base / size, a, placeOf(a, g, i, l), rows, steps);
      const y = keepB ? null : stage(values, (base + plan.right) / size, b, placeOf(b, g, l, j), steps, columns);
      for (let p = 0; p < steps; p += plan.deep) {
        const depth = Math.min(plan.deep, steps - p);
        const [fromA, fromB] = [(x?.start ?? 0) + p * (x?.right ?? 0), (y?.start ?? 0) + p * (y?.down ?? 0)];
        const block = { left, right, to, rows, columns, depth, first: l + p === 0, spare: base + plan.spare };
        const done =
          (x === null || hands.packLeft(left, fromA * size, x.down * size, x.right * size, rows, depth)) &&
          (y === null || hands.packRight(right, fromB * size, y.right * size, y.down * size, columns, depth)) &&
          hands.multiply(block);
        if (!done) return false;
      }
    }
    copyOut(values, to / size, out.data, placeOf(out, g, i, j), n, rows, columns);
    return true;
  };
  for (let g = 0; g < count; g++)
    for (let i = 0; i < m; i += plan.rows)
      for (let j = 0; j < n; j += plan.columns) if (!panel(g, i, j)) return product(out, a, b, sizes);
  return true;
}

/** Where element i, j of matrix g is. */
const placeOf = ({ start, next, down, right }: Matrices, g: number, i: number, j: number): number =>
  start + g * next + i * down + j * right;

/** Copies a panel into rows that are `pitch` elements apart. */
function copyOut(
  values: Floats,
  start: number,
  out: Floats,
  to: number,
  pitch: number,
  rows: number,
  columns: number,
): void {
  if (columns === pitch) out.set(values.subarray(start, start + rows * columns), to);
  else
    for (let i = 0; i < rows; i++) {
      const from = start + i * columns;
      out.set(values.subarray(from, from + columns), to + i * pitch);
    }
}
