/** @file Layers in a row. */
import { type Shape, type Tensor, TensorError } from "@deltagrad/tensor";
import type { Chained, InputOf, Layer, LayerLike, OutputOf, ParamsOfAll } from "../layer.ts";

/** Layers in a row, which are a layer themselves. */
export interface Stack<L extends readonly LayerLike[] = readonly LayerLike[]>
  extends Layer<ParamsOfAll<L>, InputOf<L>, OutputOf<L>> {
  readonly layers: L;
}

/**
 * Each layer applied to what the one before it returned. A function of a tensor (sigmoid, relu, …) counts as a layer
 * without parameters. Layers that do not fit do not compile.
 *
 * Parameters: one tree for each layer in order, null for a function.
 * Throws: TensorError when there is no layer, or one expects another number of features than it gets.
 *
 * @example
 * const net = stack(dense(64, 32), sigmoid, dense(32, 10));
 * net.apply(net.init(rng(7)), zeros([5, 64])).shape;   // => [5, 10]
 */
export function stack<const L extends readonly LayerLike[]>(...layers: L & Chained<L>): Stack<L>;
export function stack(...layers: readonly LayerLike[]): Stack {
  if (layers.length === 0) throw new TensorError("stack", "there are no layers", "give at least one");
  const minding = layers.flatMap((layer, place) =>
    typeof layer === "function" || layer.input === undefined ? [] : [{ layer, place }],
  );
  minding.slice(1).forEach(({ layer, place }, i) => {
    const before = minding[i]!;
    const [given, expected]: [Shape, Shape] = [before.layer.output, layer.input];
    if (given.join() !== expected.join()) {
      const problem = `layer ${before.place} ${before.layer.name} gives [${given.join(", ")}], layer ${place} ${layer.name} expects [${expected.join(", ")}]`;
      throw new TensorError("stack", problem, "make the two sizes equal", [{ shape: given }, { shape: expected }]);
    }
  });
  return {
    name: `stack(${layers.map(({ name }) => name).join(", ")})`,
    layers,
    input: minding[0]?.layer.input,
    output: minding.at(-1)?.layer.output,
    init: (rng) =>
      layers.map((layer, place) => (typeof layer === "function" ? null : layer.init(rng.stream(String(place))))),
    apply(params: readonly unknown[], x: Tensor): Tensor {
      if (!Array.isArray(params) || params.length !== layers.length)
        throw new TensorError(
          "stack",
          `${Array.isArray(params) ? params.length : "no"} parameters for ${layers.length} layers`,
          "give what init returns",
        );
      return layers.reduce(
        (value: Tensor, layer, place) =>
          typeof layer === "function" ? layer(value) : layer.apply(params[place], value),
        x,
      );
    },
  };
}
