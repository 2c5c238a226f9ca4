/** @file Moving axes and extents. */
import * as fc from "fast-check";
import * as api from "../../src/index.ts";
import { extent, type Family, fixed, shape, unary } from "./draws.ts";

export const shapes: Family = {
  differentiable: {
    broadcastTo: fc
      .tuple(shape(2), extent)
      .map(([s, n]) => ({ f: (x) => api.broadcastTo(x, [n, ...s]), inputs: [{ shape: s }] })),
    cast: unary((x) => api.cast(x, "float64")),
    reshape: shape().map((s) => ({ f: (x) => api.reshape(x, [...s].reverse()), inputs: [{ shape: s }] })),
    permute: fixed((x) => api.permute(x, [2, 0, 1]), { shape: [2, 3, 4] }),
    transpose: unary(api.transpose),
    expandDims: shape(2).map((s) => ({ f: (x) => api.expandDims(x, -1), inputs: [{ shape: s }] })),
    squeeze: shape(2).map((s) => ({ f: (x) => api.squeeze(x), inputs: [{ shape: [1, ...s, 1] }] })),
    slice: fc
      .tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }), fc.constantFrom(-2, -1, 1, 2))
      .map(([start, stop, step]) => ({
        f: (x) => api.slice(x, [start, stop, step], null, -1),
        inputs: [{ shape: [3, 2, 4] }],
      })),
    pad: fixed(
      (x) =>
        api.pad(
          x,
          [
            [1, 0],
            [0, 2],
          ],
          { value: 3 },
        ),
      { shape: [2, 3] },
    ),
    concat: fixed((a, b, c) => api.concat([a, b, c], 1), { shape: [2, 1] }, { shape: [2, 0] }, { shape: [2, 3] }),
    stack: fixed((a, b) => api.stack([a, b], -1), { shape: [2, 3] }, { shape: [2, 3] }),
  },
};
