/** @file Signs that a decomposition leaves free: found from PyTorch's values, and taken over. */
import { cast, expandDims, mul, sum, type Tensor, where } from "@deltagrad/tensor";
import type { Gauge } from "./fixtures.ts";

/** A function that gives outputs (or their cotangents, or their tangents) the signs that PyTorch chose. */
export function alignSigns(
  gauges: readonly Gauge[],
  actual: readonly Tensor[],
  expected: readonly Tensor[],
): (xs: readonly Tensor[]) => readonly Tensor[] {
  const [first] = gauges;
  if (first === undefined) return (xs) => xs;
  const along = first.axis === -1 ? -2 : -1;
  const agreement = sum(mul(actual[first.output]!, expected[first.output]!), along) as Tensor;
  const signs = cast(where(agreement.less(0), -1, 1), agreement.dtype) as Tensor;
  return (xs) =>
    xs.map((x, output) => {
      const gauge = gauges.find((g) => g.output === output);
      return gauge === undefined ? x : (mul(x, expandDims(signs, gauge.axis === -1 ? -2 : -1)) as Tensor);
    });
}
