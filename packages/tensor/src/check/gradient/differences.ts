/** @file Derivatives by differences, with steps chosen from the scale of what is varied, and how far to trust them. */
import type { Tensor } from "../../core/tensor.ts";
import type { Graph } from "../../graph/graph.ts";
import { kinksBetween } from "./kinks.ts";
import { changed, dot, type Program, valuesIn } from "./program.ts";

/** A derivative along a direction, by differences. */
export interface Difference {
  readonly value: number;
  /** How far rounding and truncation may have taken it from the derivative. */
  readonly error: number;
}

/** Steps relative to the scale, the likeliest first: near the cube root of 2⁻⁵³, then wider, then narrower. */
const STEPS = [2 ** -17, 2 ** -13, 2 ** -10, 2 ** -7, 2 ** -21, 2 ** -25] as const;

/** A step that is small beside the others. */
const NEAR = 2 ** -21;

/** A line through the inputs, along which results are projected on a cotangent. */
export class Line {
  private readonly program: Program;
  private readonly xs: readonly Tensor[];
  private readonly direction: readonly Tensor[];
  private readonly known = new Map<number, Tensor[]>();

  /** `direction`: where one step of length 1 leads. */
  constructor(program: Program, xs: readonly Tensor[], direction: readonly Tensor[]) {
    this.program = program;
    this.xs = xs;
    this.direction = direction;
  }

  /** The inputs so many steps away. */
  inputsAt(h: number): Tensor[] {
    return this.xs.map((x, i) => {
      const way = valuesIn(this.direction[i]!);
      return changed(x, (value, place) => value + h * way[place]!);
    });
  }

  /** The operations that take other branches a little before the inputs than a little behind. */
  kinks(graph: Graph | null): string[] {
    return kinksBetween(graph, this.inputsAt(-NEAR), this.inputsAt(NEAR));
  }

  at(h: number): Tensor[] {
    const known = this.known.get(h);
    if (known !== undefined) return known;
    const values = this.program.call(...this.inputsAt(h));
    this.known.set(h, values);
    return values;
  }

  /** ⟨ct, (F(x + b·d) − F(x + a·d))⟩/(b − a), where rounding may have moved each result by `noise`. */
  slope(ct: readonly Tensor[], a: number, b: number, noise: number): Difference {
    const [left, right] = [this.at(a), this.at(b)];
    const difference = right.map((y, k) => {
      const other = valuesIn(left[k]!);
      return changed(y, (value, place) => value - other[place]!);
    });
    return { value: dot(ct, difference) / (b - a), error: (2 * noise) / (b - a) };
  }
}

/** A centred difference of step h, extrapolated from that of 2h: truncation falls with h⁴. */
function extrapolated(line: Line, ct: readonly Tensor[], h: number, noise: number): Difference {
  const [near, far] = [line.slope(ct, -h, h, noise), line.slope(ct, -2 * h, 2 * h, noise)];
  const value = near.value + (near.value - far.value) / 3;
  return { value, error: Math.abs(near.value - far.value) / 3 + 2 * near.error };
}

/**
 * A derivative by centred differences: at the given step, or at the one of some whose error is the least; the first
 * that agrees with `expected` by itself is enough.
 */
export function centred(
  line: Line,
  ct: readonly Tensor[],
  {
    eps,
    expected,
    noise,
    tolerance,
  }: { eps?: number; expected: number; noise: number; tolerance: (value: number) => number },
): Difference {
  if (eps !== undefined) return line.slope(ct, -eps, eps, noise);
  let best: Difference = { value: Number.NaN, error: Number.POSITIVE_INFINITY };
  for (const h of STEPS) {
    const quick = line.slope(ct, -h, h, noise);
    if (Math.abs(quick.value - expected) <= tolerance(quick.value)) return quick;
    const found = extrapolated(line, ct, h, noise);
    if (found.error < best.error) best = found;
  }
  return best;
}

/** The slopes on both sides of a place without a derivative. */
export interface Sides {
  readonly left: number;
  readonly right: number;
  /** Whether the function jumps there: then its slopes grow the nearer one looks. */
  readonly jump: boolean;
}

/** The slopes on both sides, if by more than rounding they differ, or grow, however near one looks; else null. */
export function sides(line: Line, ct: readonly Tensor[], noise: number): Sides | null {
  const at = (h: number): [left: Difference, right: Difference] => [
    line.slope(ct, -h, 0, noise),
    line.slope(ct, 0, h, noise),
  ];
  const [[farLeft, farRight], [left, right]] = [at(16 * NEAR), at(NEAR)];
  const error = left.error + right.error;
  const slopes = { left: left.value, right: right.value };
  const size = (a: Difference, b: Difference): number => Math.abs(a.value) + Math.abs(b.value);
  if (size(left, right) > 8 * size(farLeft, farRight) && size(left, right) > 4 * error)
    return { ...slopes, jump: true };
  const [near, far] = [Math.abs(right.value - left.value), Math.abs(farRight.value - farLeft.value)];
  // Of a smooth function the gap falls with h, by 16 here.
  return near > 4 * error && near > far / 4 ? { ...slopes, jump: false } : null;
}
