/** @file The place of the machine's own BLAS: products ask here first, and find nothing until `useBlas` puts it in. */
import type { Matrices, Sizes } from "./product.ts";

/** Writes a·b over what is in `out`, or says that products of this kind are not for it: then nothing is done. */
export type Gemm = (out: Matrices, a: Matrices, b: Matrices, sizes: Sizes) => boolean;

/** A BLAS in use, and what it is. */
export interface MachineBlas {
  readonly gemm: Gemm;
  readonly about: { toString(): string };
}

let used: MachineBlas | null = null;

/** The BLAS that does the products, or null: they are done by the library's own kernels. */
export const machineBlas = (): MachineBlas | null => used;

/** Gives the products to a BLAS from now on, or takes them back. */
export function setMachineBlas(blas: MachineBlas | null): void {
  used = blas;
}
