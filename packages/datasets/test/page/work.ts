/** @file The script of the worker that the page of browser.test.ts starts. */
import { serve } from "@deltagrad/datasets/workers";
import type { Tensor } from "@deltagrad/tensor";

serve((x: Tensor, index: number) => {
  if (x.size === 0) throw new RangeError(`example ${index} is empty`);
  return x.mul(2);
});
