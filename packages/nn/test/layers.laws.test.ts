/** @file The laws of layers: what every one of them keeps, whatever it computes. */
import {
  compile,
  leaves,
  mapTree,
  rng,
  type Shape,
  sum,
  type Tensor,
  valueAndGrad,
  vmap,
  zeros,
} from "@deltagrad/tensor";
import { checkGradient } from "@deltagrad/tensor/check";
import { describe, expect, test } from "vitest";
import { kinds } from "../src/config/kinds.ts";
import { type Context, fromConfig, initState, type LayerLike, toConfig } from "../src/index.ts";
import { type LayerSample, samples } from "./samples/layers.ts";

const run = (layer: LayerLike, params: unknown, x: Tensor, context: Context): Tensor =>
  typeof layer === "function" ? layer(x) : layer.apply(params, x, { state: initState(layer), ...context });

const init = (layer: LayerLike): unknown => (typeof layer === "function" ? null : layer.init(rng(1)));

/** Examples in a batch, away from 0 so that no kink is near. */
function draw({ shape, rows }: LayerSample, batch: Shape): Tensor {
  if (rows !== undefined) return rng(2).randint([...batch, ...shape], { low: 0, high: rows }) as Tensor;
  return rng(2).normal([...batch, ...shape]) as Tensor;
}

const cases = Object.entries(samples);
const contextOf = ({ context }: LayerSample, batch: Shape): Context => context?.(batch) ?? {};

test("no layer is left out", () => {
  const sampled = new Set(cases.map(([, { layer }]) => layer.name.replace(/\(.*$/s, "")));
  expect(Object.keys(kinds()).filter((name) => !sampled.has(name))).toEqual([]);
});

describe.each(cases)("%s", (_name, sample) => {
  const { layer, shape } = sample;
  const params = init(layer);

  test("its derivatives are right, to parameters and input", () => {
    const x = draw(sample, [2]);
    const context = contextOf(sample, [2]);
    const report = checkGradient((p: unknown, input: Tensor) => run(layer, p, input, context), [params, x]);
    expect(report.ok, String(report)).toBe(true);
    expect(report.checks.every(({ compared }) => compared > 0)).toBe(true);
  });

  test("compiled, its derivatives have the same bits", () => {
    const x = draw(sample, [2]);
    const wholes = x.dtype === "int32";
    const step = valueAndGrad((tree: { params: unknown; x?: Tensor }, input: Tensor, context: Context) =>
      sum(run(layer, tree.params, tree.x ?? input, context).square()),
    );
    const results = (f: typeof step): unknown =>
      leaves(f(wholes ? { params } : { params, x }, x, contextOf(sample, [2]))).map(({ tensor }) => tensor.toArray());
    const compiled = compile(step);
    const expected = results(step);
    expect(results(compiled)).toEqual(expected);
    expect(results(compiled)).toEqual(expected);
    expect(compiled.programs.length).toBe(1);
  });

  test("gives the shape that it promises", () => {
    const y = run(layer, params, draw(sample, [2]), contextOf(sample, [2]));
    const { input, output } = layer as { input: Shape | undefined; output: Shape | undefined };
    const fits = (expected: Shape, actual: Shape): boolean =>
      expected.every((extent, i) => extent === -1 || extent === actual.slice(actual.length - expected.length)[i]);
    if (input !== undefined) expect(fits(input, [2, ...shape])).toBe(true);
    if (output !== undefined) expect(fits(output, y.shape)).toBe(true);
  });

  test("the same context gives the same result", () => {
    const x = draw(sample, [2]);
    const once = (): unknown => run(layer, params, x, contextOf(sample, [2])).toArray();
    expect(once()).toEqual(once());
  });

  // Neither is meant of layers that mix examples (batch normalization), nor vmap of those that need a context.
  if (!sample.mixes)
    test("leading axes are batches, of any number and size", () => {
      const x = draw(sample, [2, 3]);
      const all = run(layer, params, x, contextOf(sample, [2, 3]));
      for (const [i, j] of [
        [0, 0],
        [1, 2],
      ] as const) {
        const one = run(layer, params, x.slice([i, i + 1], j), contextOf(sample, [1]));
        const [a, b] = [all.slice(i, j).toTypedArray(), one.slice(0).toTypedArray()];
        // Products may sum in another order for another number of rows: a few units in the last place of the largest.
        const largest = Math.max(1, ...a.map(Math.abs));
        a.forEach((value, k) => expect(Math.abs(value - b[k]!)).toBeLessThanOrEqual(2 ** -48 * largest));
      }
      const none = run(layer, params, x.slice([0, 0]) as Tensor, contextOf(sample, [0, 3]));
      expect(none.shape).toEqual([0, ...all.shape.slice(1)]);
    });

  if (!sample.mixes && sample.context === undefined)
    test("vmap over examples is the batch", () => {
      const x = draw(sample, [3]);
      const each = vmap((one: Tensor) => run(layer, params, one.expandDims(0) as Tensor, {}).slice(0))(x);
      const all = run(layer, params, x, {});
      expect(each.shape).toEqual(all.shape);
      const [a, b] = [each.toTypedArray(), all.toTypedArray()];
      a.forEach((value, k) =>
        expect(Math.abs(value - b[k]!)).toBeLessThanOrEqual(2 ** -46 * Math.max(1, Math.abs(value))),
      );
    });

  test("float32 parameters and input give float32, near the float64 result", () => {
    const single = <T>(tree: T): T => mapTree((leaf) => (leaf.dtype === "float64" ? leaf.cast("float32") : leaf), tree);
    const context = contextOf(sample, [2]);
    const narrow: Context = {
      ...context,
      state: single(initState(layer)),
      ...(context.memory === undefined ? {} : { memory: single(context.memory) }),
    };
    const x = draw(sample, [2]);
    const [a, b] = [run(layer, single(params), single(x), narrow), run(layer, params, x, context)];
    expect(a.dtype).toBe("float32");
    const [left, right] = [a.toTypedArray(), b.toTypedArray()];
    // Under a thousand roundings of 2⁻²⁴ on numbers of size 1.
    left.forEach((value, k) =>
      expect(Math.abs(value - right[k]!)).toBeLessThan(1000 * 2 ** -24 * Math.max(1, Math.abs(value))),
    );
  });

  test("is rebuilt from its description", () => {
    const config = toConfig(layer);
    const again = fromConfig(JSON.parse(JSON.stringify(config)) as typeof config);
    expect(toConfig(again)).toEqual(config);
    const whole = "layers" in layer;
    const rebuilt: LayerLike = whole ? again : again.layers[0]!;
    expect(rebuilt.name).toBe(layer.name);
    expect(leaves(init(rebuilt)).map(({ path, tensor }) => [path, tensor.toArray()])).toEqual(
      leaves(params).map(({ path, tensor }) => [path, tensor.toArray()]),
    );
    const x = draw(sample, [2]);
    const result = (net: LayerLike): unknown => run(net, params, x, contextOf(sample, [2])).toArray();
    expect(result(rebuilt)).toEqual(result(layer));
  });

  test("refuses parameters of another layer", () => {
    if (leaves(params).length === 0) return;
    const other = mapTree(() => zeros([7, 7, 7]) as Tensor, params);
    expect(() => run(layer, other, draw(sample, [2]), contextOf(sample, [2]))).toThrow(/give what init returns/);
  });
});
