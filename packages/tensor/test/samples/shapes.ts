/** @file Moving axes and extents, cutting, joining and repeating. */
import * as fc from "fast-check";
import type { Tensor } from "../../src/index.ts";
import * as api from "../../src/index.ts";
import { along, extent, type Family, filled, fixed, reduction, rows, type Sample, shape, unary } from "./draws.ts";

/** One of the pieces that an operation gives; the last and the first are joined, so that it matters which is which. */
const pieces = (f: (x: Tensor, axis: number) => Tensor[]): fc.Arbitrary<Sample> =>
  along((x, axis) => {
    const all = f(x, axis);
    return all.length === 1 ? all[0]! : api.concat([api.ravel(all.at(-1)!), api.ravel(all[0]!)]);
  });

const matrix = { shape: [3, 4] };
const batch = fc.tuple(fc.array(extent, { maxLength: 1 }), extent, extent).map((parts) => parts.flat());
const offset = fc.integer({ min: -3, max: 3 });
const offDiagonal = (f: (x: Tensor, offset: number) => Tensor): fc.Arbitrary<Sample> =>
  fc.tuple(batch, offset).map(([s, k]) => ({ f: (x) => f(x, k), inputs: [{ shape: s }] }));

export const shapes: Family = {
  differentiable: {
    broadcastTo: fc
      .tuple(shape(2), extent)
      .map(([s, n]) => ({ f: (x) => api.broadcastTo(x, [n, ...s]), inputs: [{ shape: s }] })),
    broadcastTensors: fixed(
      (a, b) => api.concat(api.broadcastTensors([a, b]).reverse()),
      { shape: [3, 1] },
      { shape: [2] },
    ),
    cast: unary((x) => api.cast(x, "float64")),
    reshape: shape().map((s) => ({ f: (x) => api.reshape(x, [...s].reverse()), inputs: [{ shape: s }] })),
    flatten: rows().map((s) => ({ f: (x) => api.flatten(x, s.length > 1 ? 1 : 0), inputs: [{ shape: s }] })),
    ravel: unary((x) => api.ravel(x) as Tensor),
    unflatten: fixed((x) => api.unflatten(x, 1, [2, -1]), { shape: [3, 4, 2] }),
    atLeast1d: unary(api.atLeast1d),
    atLeast2d: unary(api.atLeast2d),
    atLeast3d: unary(api.atLeast3d),
    permute: fixed((x) => api.permute(x, [2, 0, 1]), { shape: [2, 3, 4] }),
    transpose: unary(api.transpose),
    matrixTranspose: batch.map((s) => ({ f: api.matrixTranspose, inputs: [{ shape: s }] })),
    moveAxis: fixed((x) => api.moveAxis(x, [0, 2], [-1, 0]), { shape: [2, 3, 4, 2] }),
    swapAxes: fixed((x) => api.swapAxes(x, 0, -1), { shape: [2, 3, 4] }),
    expandDims: shape(2).map((s) => ({ f: (x) => api.expandDims(x, [0, -1]), inputs: [{ shape: s }] })),
    squeeze: shape(2).map((s) => ({ f: (x) => api.squeeze(x), inputs: [{ shape: [1, ...s, 1] }] })),
    flip: reduction((x, axis) => api.flip(x, axis)),
    rot90: fc.tuple(shape(1), extent, extent, fc.integer({ min: -5, max: 5 })).map(([s, m, n, turns]) => ({
      f: (x) => api.rot90(x, turns, [-2, -1]),
      inputs: [{ shape: [...s, m, n] }],
    })),
    slice: fc
      .tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }), fc.constantFrom(-2, -1, 1, 2))
      .map(([start, stop, step]) => ({
        f: (x) => api.slice(x, [start, stop, step], null, -1),
        inputs: [{ shape: [3, 2, 4] }],
      })),
    pad: fc
      .tuple(fc.constantFrom<api.PadMode>("constant", "reflect", "replicate", "circular"), offset, offset)
      .map(([mode, before, after]) => ({
        f: (x) =>
          api.pad(
            x,
            [
              [0, 0],
              [Math.max(before, -2), Math.max(after, -2) + Math.max(0, -2 - before)],
            ],
            { mode, value: 3 },
          ),
        inputs: [{ shape: [2, 6] }],
      })),
    concat: fixed((a, b, c) => api.concat([a, b, c], 1), { shape: [2, 1] }, { shape: [2, 0] }, { shape: [2, 3] }),
    stack: fixed((a, b) => api.stack([a, b], -1), { shape: [2, 3] }, { shape: [2, 3] }),
    hstack: fixed((a, b) => api.hstack([a, b]), { shape: [2, 3] }, { shape: [2, 1] }),
    vstack: fixed((a, b) => api.vstack([a, b]), { shape: [3] }, { shape: [2, 3] }),
    dstack: fixed((a, b) => api.dstack([a, b]), { shape: [3] }, { shape: [1, 3, 2] }),
    split: pieces((x, axis) => api.split(x, 2, axis)),
    chunk: pieces((x, axis) => api.chunk(x, 2, axis)),
    tensorSplit: pieces((x, axis) => api.tensorSplit(x, [1, -1], axis)),
    unstack: pieces(api.unstack),
    tile: fc
      .tuple(shape(2), fc.array(extent, { maxLength: 3 }))
      .map(([s, counts]) => ({ f: (x) => api.tile(x, counts), inputs: [{ shape: s }] })),
    repeat: fc
      .tuple(filled(2), extent)
      .map(([s, n]) => ({ f: (x) => api.repeat(x, n, s.length > 0 ? -1 : undefined), inputs: [{ shape: s }] })),
    roll: fc.oneof(
      reduction((x, axis) => api.roll(x, axis === undefined ? -5 : [axis].flat().map((i) => 2 - i), axis)),
      unary((x) => api.roll(x, 2) as Tensor),
    ),
    slidingWindows: fc.tuple(fc.constantFrom(1, 2, 3), fc.constantFrom(1, 2, 3)).map(([size, step]) => ({
      f: (x) => api.slidingWindows(x, [size, 2], { axis: [1, 0], step: [step, 1] }),
      inputs: [{ shape: [3, 5, 2] }],
    })),
    diagonal: offDiagonal((x, k) => api.diagonal(x, k, { axes: [-1, -2] })),
    diagEmbed: fc
      .tuple(filled(1), extent, offset)
      .map(([s, n, k]) => ({ f: (x) => api.diagEmbed(x, k, { axes: [0, -1] }), inputs: [{ shape: [...s, n] }] })),
    diag: fc.oneof(
      fixed((x) => api.diag(x, -1), matrix),
      fixed((x) => api.diag(x, 2), { shape: [3] }),
    ),
    trace: offDiagonal((x, k) => api.trace(x, k)),
    triu: offDiagonal((x, k) => api.triu(x, k)),
    tril: offDiagonal((x, k) => api.tril(x, k)),
  },
};
