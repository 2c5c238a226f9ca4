/** @file Cube roots and lengths, of square roots and the four operations. */
import { highWord, powers, productRest, sumRest } from "./bits.ts";

/** ∛x. */
export function cbrt(x: number): number {
  const size = Math.abs(x);
  if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return x;
  // m in [1, 8) times a power of 8.
  const normal = size < 2 ** -1022 ? size * 2 ** 54 : size;
  const third = Math.floor(((highWord(normal) >> 20) - 1023) / 3);
  const m = normal * powers[1074 - 3 * third]!;
  // A parabola through the roots of 1, 4 and 8; Halley's iteration trebles its digits, twice; the last step is exact.
  let root = 0.6764 + m * (0.3533 - m * 0.0236);
  for (let step = 0; step < 2; step++) {
    const cube = root * root * root;
    root = (root * (cube + 2 * m)) / (2 * cube + m);
  }
  const square = root * root;
  const cube = square * root;
  const missing = m - cube - productRest(square, root, cube) - productRest(root, root, square) * root;
  const y = (root + missing / (3 * square)) * powers[1074 + third - (normal === size ? 0 : 18)]!;
  return x < 0 ? -y : y;
}

/** √(x² + y²), without overflow; the squares in two parts. */
export function hypot(x: number, y: number): number {
  const long = Math.max(Math.abs(x), Math.abs(y));
  const short = Math.min(Math.abs(x), Math.abs(y));
  const infinite = Number.POSITIVE_INFINITY;
  if (Math.abs(x) === infinite || Math.abs(y) === infinite) return infinite;
  if (!(short > long * 2 ** -54)) return long + short;
  const scale = long > 2 ** 500 ? 2 ** -600 : short < 2 ** -450 ? 2 ** 600 : 1;
  const a = long * scale;
  const b = short * scale;
  const first = a * a;
  const second = b * b;
  const sum = first + second;
  const low = sumRest(first, second, sum) + productRest(a, a, first) + productRest(b, b, second);
  const root = Math.sqrt(sum);
  const square = root * root;
  return (root + (sum - square - productRest(root, root, square) + low) / (2 * root)) / scale;
}
