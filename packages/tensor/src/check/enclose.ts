/** @file Intervals: a program done with outward rounding, so that the exact value lies inside. */
import type { Tensor } from "../core/tensor.ts";
import { leaves, mapTree } from "../core/tree.ts";
import { record, replay } from "../graph/record.ts";
import { intervalAlgebra, point, tensorOf } from "./interval.ts";

/**
 * The function that returns f's result twice: lower and upper bounds between which the exact value lies, for inputs
 * and constants taken as the numbers they are. A comparison that the intervals do not decide makes both branches
 * possible: their hull is taken.
 *
 * Dtype: float64 for floats, whatever theirs.
 * Accuracy: wider than roundingBound's, but a proof, kinks and branches included; a division by an interval that
 * contains 0 gives −∞ … ∞.
 * Throws: TensorError for an operation without a rule for intervals, by name.
 * Source: Moore (1966); Rump, Fast and parallel interval arithmetic (1999), for products.
 *
 * @example
 * const [low, high] = enclose((x: Tensor) => sum(x))(tensor([0.1, 0.2, 0.3]));
 * low.item() <= 0.6 && 0.6 <= high.item();   // => true
 */
export function enclose<A extends readonly unknown[], Y>(f: (...args: A) => Y): (...args: A) => [low: Y, high: Y] {
  return (...args) => {
    let result: Y | undefined;
    const graph = record((...abstract: A) => {
      result = f(...abstract);
      return result;
    })(...args);
    const inputs = leaves(args, "enclose").map(({ tensor }) => point(tensor));
    const values = replay(graph, inputs, intervalAlgebra("enclose"));
    const tree = (side: "low" | "high"): Y => {
      let place = 0;
      return mapTree((): Tensor => {
        const value = values[place++]!;
        return tensorOf(value[side], value.spec);
      }, result as Y);
    };
    return [tree("low"), tree("high")];
  };
}
