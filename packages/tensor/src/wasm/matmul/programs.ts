/** @file The programs of products, one for each type and rounding; each is compiled when it is first needed. */
import { isRelaxed, program } from "../machine.ts";
import { packing } from "./pack.ts";
import { type Tile, tiles } from "./tile.ts";

// As many sums as leave registers for the operands, of which V8 has 15; a fused sum needs none for the product.
// @__NO_SIDE_EFFECTS__
const products = (size: 4 | 8, relaxed: boolean) => {
  const tile: Tile = { size, rows: relaxed ? 6 : 5, vectors: 2, relaxed };
  const { exports } = program((module) => ({
    packLeft: packing(module, size, tile.rows),
    packRight: packing(module, size, (16 * tile.vectors) / size),
    tiles: tiles(module, tile),
  }));
  return { tile, exports };
};

const float32 = products(4, false);
const float64 = products(8, false);
const relaxedFloat32 = products(4, true);
const relaxedFloat64 = products(8, true);

/** How products of elements of so many bytes are done now. */
export const productsOf = (size: 4 | 8) => {
  if (isRelaxed()) return size === 4 ? relaxedFloat32 : relaxedFloat64;
  return size === 4 ? float32 : float64;
};

/** The functions of a program, and how it multiplies. */
export interface Functions extends NonNullable<ReturnType<typeof float32.exports>> {}
