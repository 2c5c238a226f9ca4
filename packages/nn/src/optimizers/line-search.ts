/** @file How far to go along a direction: a search for a point with the strong Wolfe conditions. */

/** A point on the line: how far, the value there, its slope along the line, and its gradient. */
export interface Point<G> {
  readonly at: number;
  readonly value: number;
  readonly slope: number;
  readonly gradient: G;
}

/** The minimum of the cubic through two points with their slopes, within bounds. */
function cubicMinimum(
  a: Point<unknown>,
  b: Point<unknown>,
  [least, most]: readonly [number, number] = [Math.min(a.at, b.at), Math.max(a.at, b.at)],
): number {
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.at - b.at);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (least + most) / 2;
  const d2 = Math.sqrt(square);
  const [left, right] = a.at <= b.at ? [a, b] : [b, a];
  const place = right.at - (right.at - left.at) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return Math.min(Math.max(place, least), most);
}

/** Sufficient decrease, and curvature. */
const [C1, C2] = [1e-4, 0.9];
const MOST_TRIALS = 25;

/**
 * A point on the line from `start` (at 0) that has f ≤ f₀ + c₁·t·f′₀ and |f′| ≤ c₂·|f′₀|, or the best one found within
 * 25 evaluations; `length` is the largest element of the direction, below `tolerance`/length an interval is a point.
 *
 * Source: J. Nocedal, S. Wright, Numerical Optimization (2006), algorithms 3.5 and 3.6; bounds and safeguards as
 * torch.optim.LBFGS has them.
 */
export function strongWolfe<G>(
  evaluate: (at: number) => Point<G>,
  start: Point<G>,
  first: number,
  length: number,
  tolerance: number,
): { readonly point: Point<G>; readonly evaluations: number } {
  const tooHigh = (point: Point<G>): boolean => point.value > start.value + C1 * point.at * start.slope;
  const flat = (point: Point<G>): boolean => Math.abs(point.slope) <= -C2 * start.slope;
  let before = start;
  let now = evaluate(first);
  let trials = 0;
  let bracket: [Point<G>, Point<G>] | null = null;
  for (; trials < MOST_TRIALS; trials++) {
    if (tooHigh(now) || (trials > 1 && now.value >= before.value)) bracket = [before, now];
    else if (flat(now)) return { point: now, evaluations: trials + 1 };
    else if (now.slope >= 0) bracket = [before, now];
    if (bracket !== null) break;
    const bounds = [now.at + 0.01 * (now.at - before.at), now.at * 10] as const;
    const next = cubicMinimum(before, now, bounds);
    before = now;
    now = evaluate(next);
  }
  bracket ??= [start, now];
  let poor = false;
  let low = bracket[0].value <= bracket[1].value ? 0 : 1;
  for (; trials < MOST_TRIALS; ) {
    const [from, to] = [Math.min(bracket[0].at, bracket[1].at), Math.max(bracket[0].at, bracket[1].at)];
    if ((to - from) * length < tolerance) break;
    let at = cubicMinimum(bracket[0], bracket[1]);
    // A point too near an end makes poor progress: the second time it is moved a tenth into the interval.
    const margin = 0.1 * (to - from);
    if (Math.min(to - at, at - from) < margin) {
      if (poor || at >= to || at <= from) {
        at = Math.abs(at - to) < Math.abs(at - from) ? to - margin : from + margin;
        poor = false;
      } else poor = true;
    } else poor = false;
    const point = evaluate(at);
    trials++;
    if (tooHigh(point) || point.value >= bracket[low]!.value) {
      bracket[1 - low] = point;
      low = bracket[0].value <= bracket[1].value ? 0 : 1;
    } else {
      if (flat(point)) return { point, evaluations: trials + 1 };
      if (point.slope * (bracket[1 - low]!.at - bracket[low]!.at) >= 0) bracket[1 - low] = bracket[low]!;
      bracket[low] = point;
    }
  }
  return { point: bracket[low]!, evaluations: trials + 1 };
}
