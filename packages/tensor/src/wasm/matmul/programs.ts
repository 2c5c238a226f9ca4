/** @file The programs of products, one for each type and rounding; each is compiled when it is first needed. */
import { isRelaxed, program } from "../machine.ts";
import { packing } from "./pack.ts";
import { packingPiece, tilesPiece } from "./pieces.ts";
import { type Tile, tiles } from "./tile.ts";

// As many sums as leave registers for the operands, of which V8 has 15; a fused sum needs none for the product.
// @__NO_SIDE_EFFECTS__
const products = (size: 4 | 8, relaxed: boolean) => {
  const tile: Tile = { size, rows: relaxed ? 6 : 5, vectors: 2, relaxed };
  const functions = program((module) => {
    const packLeft = packing(module, size, tile.rows);
    const packRight = packing(module, size, (16 * tile.vectors) / size);
    const whole = tiles(module, tile);
    return {
      packLeft,
      packRight,
      tiles: whole,
      packLeftPiece: packingPiece(module, size, packLeft),
      packRightPiece: packingPiece(module, size, packRight),
      tilesPiece: tilesPiece(module, tile, whole),
    };
  });
  return { tile, functions };
};

const float32 = products(4, false);
const float64 = products(8, false);
const relaxedFloat32 = products(4, true);
const relaxedFloat64 = products(8, true);

/** A way to multiply, and its functions. */
export type Products = ReturnType<typeof products>;

/** How products of elements of so many bytes are done now. */
export const productsOf = (size: 4 | 8): Products => {
  if (isRelaxed()) return size === 4 ? relaxedFloat32 : relaxedFloat64;
  return size === 4 ? float32 : float64;
};

/** The functions of a program, and how it multiplies. */
export interface Functions extends NonNullable<ReturnType<Products["functions"]["exports"]>> {}
