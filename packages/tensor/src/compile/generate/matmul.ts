/**
 * @file Products of matrices on the memory of a program. Each element is the sum over k in ascending order, each step
 * rounded: what is computed side by side are neighbours, never parts of one sum.
 */

import { isFloat } from "../../core/dtype.ts";
import { rowMajor } from "../../core/shape.ts";
import { collapse } from "../../core/walk.ts";
import { type Body, call, type Func } from "../../wasm/assembler/body.ts";
import type { Operand as Address, Variable } from "../../wasm/assembler/expression.ts";
import type { Module } from "../../wasm/assembler/module.ts";
import { i32 } from "../../wasm/assembler/scalar.ts";
import { f32x4, f64x2, v128 } from "../../wasm/assembler/vector.ts";
import { WIDTH } from "../arena.ts";
import type { Call, Operand } from "../steps.ts";
import { moved, type Starts } from "./loop.ts";

type Float = "float32" | "float64";

/** Rows and vectors of a tile: their sums stay in registers. */
const ROWS = 4;
const VECTORS = 2;
/** So many steps of the sum are written out. */
const UNROLLED = 4;

interface Matrix {
  /** Bytes from one row, and from one column, to the next. */
  readonly down: number;
  readonly right: number;
}

interface Product {
  readonly dtype: Float;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly a: Matrix;
  readonly b: Matrix;
}

/** Rows this many bytes apart take turns in the same lines of a cache: they are put side by side first. */
const FAR = 512;
/** So many rows of the left side make it worth while for the right one. */
const MANY = 16;

/**
 * From so many products on, tiles are functions: the engine makes a function faster while it is called, not while it
 * runs.
 */
const LARGE = 1 << 14;

type Tile = Func<readonly ["i32", "i32", "i32"], "none">;

const lanesOf = (dtype: Float): number => 16 / WIDTH[dtype];

/** Whether the left side, which lies column by column, is packed in tiles as a whole. */
const packsLeft = ({ a, dtype, m }: Product): boolean => a.down === WIDTH[dtype] && a.right >= FAR && m >= ROWS;

/** Whether each panel of the right side is packed before it is used. */
const packsRight = ({ b, m }: Product): boolean => b.down >= FAR && m >= MANY;

const leftBytes = ({ m, k, dtype }: Product): number => Math.ceil(m / ROWS) * ROWS * k * WIDTH[dtype];

/** The bytes that packing takes. */
export function packingOf(step: Call): number {
  const product = productOf(step);
  return (packsLeft(product) ? leftBytes(product) : 0) + (packsRight(product) ? product.k * VECTORS * 16 : 0);
}

function productOf({ inputs, spec }: Call): Product {
  const [a, b] = inputs as readonly [Operand, Operand];
  const dtype = a.dtype as Float;
  const width = WIDTH[dtype];
  const [m, n] = spec.shape.slice(-2) as [number, number];
  const matrix = ({ strides }: Operand): Matrix => ({ down: strides.at(-2)! * width, right: strides.at(-1)! * width });
  return { dtype, m, n, k: a.shape.at(-1)!, a: matrix(a), b: matrix(b) };
}

/** Whether a product is generated: of float types, forwards, the columns of the right side one after the other. */
export function isMultiplied({ inputs }: Call): boolean {
  const [a, b] = inputs as readonly [Operand, Operand];
  const forwards = [...a.strides.slice(-2), ...b.strides.slice(-2)].every((stride) => stride >= 0);
  return isFloat(a.dtype) && forwards && (b.shape.at(-1) === 1 || b.strides.at(-1) === 1);
}

/** Emits a product, or many of a batch; `packing` is where there is room to pack. */
export function emitMatmul(module: Module, body: Body, step: Call, starts: Starts, packing: number): void {
  const { inputs, node, spec } = step;
  const [a, b] = inputs as readonly [Operand, Operand];
  if (spec.shape.includes(0)) return;
  const product = productOf(step);
  const width = WIDTH[product.dtype];
  const batch = spec.shape.slice(0, -2);
  const leading = ({ strides }: { readonly strides: readonly number[] }) => ({
    strides: strides.slice(0, -2),
    offset: 0,
  });
  const { extents, strides } = collapse(batch, [leading(a), leading(b), leading({ strides: rowMajor(spec.shape) })]);
  const walk = (axis: number, places: readonly Address<"i32">[]): void => {
    if (axis === extents.length) tiles(module, body, product, places, packing);
    else
      body.for({ to: extents[axis]! }, (i) =>
        walk(
          axis + 1,
          places.map((place, array) => named(body, moved(place, i, strides[axis]![array]! * width))),
        ),
      );
  };
  walk(0, [starts(a.node) + a.offset * width, starts(b.node) + b.offset * width, starts(node)]);
}

const named = (body: Body, address: Address<"i32">): Address<"i32"> =>
  typeof address === "number" ? address : (body.let(address) as Variable<"i32">);

/** Puts the left side in tiles of four rows, column by column. */
function packLeft(body: Body, { m, k, a, dtype }: Product, from: Address<"i32">, to: number): void {
  const bytes = ROWS * WIDTH[dtype];
  const rows = Math.ceil(m / ROWS);
  body.for({ to: rows }, (tile) => {
    const p = body.let(moved(from, tile, bytes) as Variable<"i32">);
    const q = body.let(i32.add(i32.mul(tile, k * bytes), to));
    body.for({ to: k }, () => {
      for (let at = 0; at < bytes; at += 16) body.do(v128.store(q, v128.load(p, at), at));
      body.set(p, i32.add(p, a.right));
      body.set(q, i32.add(q, bytes));
    });
  });
}

/** Puts a panel of the right side in a row. */
function packRight(body: Body, { k, b }: Product, from: Address<"i32">, to: number): void {
  const bytes = VECTORS * 16;
  const p = body.let(i32.add(from, 0));
  const q = body.let(i32.const(to));
  body.for({ to: k }, () => {
    for (let at = 0; at < bytes; at += 16) body.do(v128.store(q, v128.load(p, at), at));
    body.set(p, i32.add(p, b.down));
    body.set(q, i32.add(q, bytes));
  });
}

/** Panels of columns, and in each all rows: a panel of the right side stays in the nearest cache. */
function tiles(
  module: Module,
  body: Body,
  given: Product,
  [a, b, out]: readonly Address<"i32">[],
  packing: number,
): void {
  const { m, n, k, dtype } = given;
  const width = WIDTH[dtype];
  const left = packsLeft(given);
  const right = packsRight(given);
  if (left) packLeft(body, given, a!, packing);
  const panelAt = packing + (left ? leftBytes(given) : 0);
  const product: Product = {
    ...given,
    a: left ? { down: width, right: ROWS * width } : given.a,
    b: right ? { down: VECTORS * 16, right: width } : given.b,
  };
  const made = new Map<number, Tile>();
  const tileOf = (rows: number, columns: number): Tile => {
    const key = rows * VECTORS * 16 + columns;
    const known =
      made.get(key) ??
      module.function(["i32", "i32", "i32"], "none", (inner, left, right, out) =>
        tile(inner, product, left, right, out, rows, columns),
      );
    made.set(key, known);
    return known;
  };
  // Tiles lie one after the other, each with all of its columns.
  const [leftAt, perRow] = left ? [packing, k * width] : [a!, given.a.down];
  const panel = (column: Address<"i32">, columns: number): void => {
    const there = named(body, moved(b!, column, given.b.right));
    if (right) packRight(body, given, there, panelAt);
    const under = named(body, moved(out!, column, width));
    const rows = (row: Address<"i32">, count: number): void => {
      const from = named(body, moved(leftAt, row, perRow));
      const to = moved(under, row, n * width);
      if (m * n * k < LARGE) tile(body, product, from, right ? panelAt : there, to, count, columns);
      else body.do(call(tileOf(count, columns), from, right ? panelAt : there, to));
    };
    const rest = m % ROWS;
    if (m > ROWS) body.for({ to: m - rest, step: ROWS }, (row) => rows(row, ROWS));
    else if (m === ROWS) rows(0, ROWS);
    if (rest > 0) rows(m - rest, rest);
  };
  const wide = VECTORS * lanesOf(dtype);
  const rest = n % wide;
  if (n > wide) body.for({ to: n - rest, step: wide }, (column) => panel(column, wide));
  else if (n === wide) panel(0, wide);
  if (rest > 0) panel(n - rest, rest);
}

function tile(
  body: Body,
  { dtype, k, n, a, b }: Product,
  left: Address<"i32">,
  right: Address<"i32">,
  out: Address<"i32">,
  rows: number,
  columns: number,
): void {
  const width = WIDTH[dtype];
  const lanes = 16 / width;
  const f = dtype === "float32" ? f32x4 : f64x2;
  const spread = dtype === "float32" ? v128.load32Splat : v128.load64Splat;
  const vectors = Math.ceil(columns / lanes);
  const sums = Array.from({ length: rows }, () =>
    Array.from({ length: vectors }, () => {
      // A local in a loop has what the last round left in it.
      const sum = body.local("v128");
      body.set(sum, f.const(0));
      return sum;
    }),
  );
  const p = body.let(i32.add(left, 0));
  const q = body.let(i32.add(right, 0));
  const steps = (count: number): void => {
    for (let l = 0; l < count; l++) {
      const ys = Array.from({ length: vectors }, (_, j) => body.let(v128.load(q, 16 * j + l * b.down)));
      for (let i = 0; i < rows; i++) {
        const x = body.let(spread(p, i * a.down + l * a.right));
        for (let j = 0; j < vectors; j++) body.set(sums[i]![j]!, f.add(sums[i]![j]!, f.mul(x, ys[j]!)));
      }
    }
    body.set(p, i32.add(p, count * a.right));
    body.set(q, i32.add(q, count * b.down));
  };
  const rest = k % UNROLLED;
  if (k >= 2 * UNROLLED) body.for({ to: k - rest, step: UNROLLED }, () => steps(UNROLLED));
  else if (k >= UNROLLED) steps(UNROLLED);
  if (rest > 0) steps(rest);
  const to = named(body, out);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < vectors; j++) {
      const place = moved(to, 1, i * n * width + 16 * j);
      const most = columns - j * lanes;
      if (most >= lanes) body.do(v128.store(place, sums[i]![j]!));
      else
        for (let lane = 0; lane < most; lane++)
          body.do(
            width === 4
              ? v128.store32Lane(place, sums[i]![j]!, lane, 4 * lane)
              : v128.store64Lane(place, sums[i]![j]!, lane, 8 * lane),
          );
    }
}
