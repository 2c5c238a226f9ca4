/** @file When a number counts as PyTorch's, and how a difference is told. */
import type { DType, Tensor } from "@deltagrad/tensor";
import type { TorchDType, Value } from "./fixtures.ts";

/** How far our numbers may be from PyTorch's. */
export interface Tolerance {
  readonly relative: number;
  /** In units of the largest element. */
  readonly absolute: number;
  /** What the problem's own sensitivity allows besides. */
  readonly slack: number;
  /** Whether 0 and −0 differ. */
  readonly zeroSign: boolean;
  /** The largest element of the whole sample: a difference that is small beside it counts for little. */
  readonly scale: number;
}

const exact: Tolerance = { relative: 0, absolute: 0, slack: 0, zeroSign: false, scale: 0 };

export const tolerances: Record<TorchDType | DType, Tolerance> = {
  float64: { ...exact, relative: 1e-10, absolute: 1e-12 },
  float32: { ...exact, relative: 1e-5, absolute: 1e-6 },
  int64: exact,
  int32: exact,
  bool: exact,
};

export interface Difference {
  /** As in "add/3 gradient[1][5]": sample, part, which output or input, which element; "add/3 refused" if it threw. */
  readonly place: string;
  readonly text: string;
  /** |ours − PyTorch's| / |PyTorch's|. */
  readonly error: number;
  /** Whether it is more than 10⁻¹⁰ of the element and 10⁻¹² of the sample's largest: less is a matter of taste. */
  readonly counts: boolean;
}

/** What is wrong as a whole. */
export const whole = (place: string, text: string): Difference => ({
  place,
  text: `${place}: ${text}`,
  error: Number.POSITIVE_INFINITY,
  counts: true,
});

export const numbers = (data: readonly Value[]): Float64Array => Float64Array.from(data, Number);

/** The elements in which `actual` differs from what was expected (null: zeros). */
export function unlike(
  place: string,
  actual: Tensor,
  shape: readonly number[],
  expected: readonly Value[] | null,
  { relative, absolute, slack, zeroSign, scale }: Tolerance,
): Difference[] {
  if (actual.shape.join() !== shape.join()) return [whole(place, `shape [${actual.shape}], expected [${shape}]`)];
  const got = actual.toTypedArray();
  const wanted = expected === null ? new Float64Array(got.length) : numbers(expected);
  const largest = Math.max(0, ...wanted.map(Math.abs).filter(Number.isFinite));
  return [...wanted].flatMap((y, i) => {
    const x = got[i]!;
    const same = Object.is(x, y) || (x === y && !zeroSign);
    const judged = Number.isFinite(y) && !(y === 0 && zeroSign);
    const off = Math.abs(x - y);
    const near = judged && off <= relative * Math.abs(y) + absolute * largest + slack;
    if (same || near) return [];
    const counts = !(judged && off <= relative * Math.abs(y) + tolerances.float64.absolute * scale + slack);
    const at = `${place}[${i}]`;
    const show = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));
    return [{ place: at, text: `${at}: ${show(x)}, expected ${show(y)}`, error: off / Math.abs(y), counts }];
  });
}
