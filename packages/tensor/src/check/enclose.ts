/** @file Intervals: a program done with outward rounding, so that the exact value lies inside. */
import { TensorError } from "../core/errors.ts";

/**
 * The function that returns f's result twice: lower and upper bounds between which the exact value lies, for inputs
 * and constants taken as the float64 numbers they are. A comparison that the intervals do not decide makes both
 * branches possible.
 *
 * Accuracy: wider than roundingBound's, but a proof, kinks and branches included.
 * Throws: TensorError for an operation without a rule for intervals, by name.
 * Source: Moore (1966); Rump, Fast and parallel interval arithmetic (1999) for products.
 *
 * @example
 * const [low, high] = enclose((x: Tensor) => sum(x))(tensor([0.1, 0.2, 0.3]));
 * low.item() <= 0.6 && 0.6 <= high.item();   // => true
 */
export function enclose<A extends readonly unknown[], Y>(_f: (...args: A) => Y): (...args: A) => [low: Y, high: Y] {
  throw new TensorError("enclose", "is being written", "wait");
}
