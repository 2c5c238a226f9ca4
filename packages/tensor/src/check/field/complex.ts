/**
 * @file Numbers a + b·i over the field, where i² = −1: there every number of the field has a square root. The imaginary
 * part is null as long as no root of a non-square has come in.
 */
import {
  addLimbs,
  allocateLimbs,
  digitsAt,
  invertLimbs,
  keyOf,
  type Limbs,
  mulLimbs,
  setDigits,
  subLimbs,
} from "./limbs.ts";

export interface Complex {
  readonly re: Limbs;
  readonly im: Limbs | null;
}

type Kernel = (out: Limbs, x: Limbs, y: Limbs) => void;

const sizeOf = ({ re }: Complex): number => re[0].length;

function of(kernel: Kernel, x: Limbs, y: Limbs): Limbs {
  const out = allocateLimbs(x[0].length);
  kernel(out, x, y);
  return out;
}

const zerosFor = (x: Complex): Limbs => allocateLimbs(sizeOf(x));

const componentwise =
  (kernel: Kernel) =>
  (x: Complex, y: Complex): Complex => ({
    re: of(kernel, x.re, y.re),
    im: x.im === null && y.im === null ? null : of(kernel, x.im ?? zerosFor(x), y.im ?? zerosFor(y)),
  });

export const addComplex = componentwise(addLimbs);
export const subComplex = componentwise(subLimbs);
export const negComplex = (x: Complex): Complex => subComplex({ re: zerosFor(x), im: null }, x);

/** A product that is bilinear in whatever way `times` says. */
export function productOf(x: Complex, y: Complex, times: (a: Limbs, b: Limbs) => Limbs): Complex {
  const re = times(x.re, y.re);
  if (x.im === null && y.im === null) return { re, im: null };
  const crossed = [...(x.im === null ? [] : [times(x.im, y.re)]), ...(y.im === null ? [] : [times(x.re, y.im)])].reduce(
    (a, b) => of(addLimbs, a, b),
  );
  return { re: x.im === null || y.im === null ? re : of(subLimbs, re, times(x.im, y.im)), im: crossed };
}

export const mulComplex = (x: Complex, y: Complex): Complex => productOf(x, y, (a, b) => of(mulLimbs, a, b));

/** 1/(a + b·i) = (a − b·i)/(a² + b²). */
export function invertComplex(x: Complex): Complex {
  if (x.im === null) return { re: invertLimbs(x.re), im: null };
  const norm = of(addLimbs, of(mulLimbs, x.re, x.re), of(mulLimbs, x.im, x.im));
  const conjugate = { re: x.re, im: of(subLimbs, zerosFor(x), x.im) };
  return mulComplex(conjugate, { re: invertLimbs(norm), im: null });
}

export const missingAt = ({ re, im }: Complex, i: number): boolean =>
  Number.isNaN(re[0][i]!) || (im !== null && Number.isNaN(im[0][i]!));

export const isZeroAt = ({ re, im }: Complex, i: number): boolean =>
  [re, ...(im === null ? [] : [im])].every((part) => part.every((digits) => digits[i] === 0));

/** A name for element i: equal numbers have equal ones. */
export function keyAt({ re, im }: Complex, i: number): string {
  const real = keyOf(digitsAt(re, i));
  if (im === null || im.every((digits) => digits[i] === 0)) return real;
  return `${real} + ${keyOf(digitsAt(im, i))} i`;
}

/** Element by element where `take` holds x, elsewhere y. */
export function chooseComplex(take: ArrayLike<number>, x: Complex, y: Complex): Complex {
  const pick: Kernel = (out, a, b) => {
    for (let i = 0; i < out[0].length; i++) setDigits(out, i, digitsAt(take[i] ? a : b, i));
  };
  return componentwise(pick)(x, y);
}
