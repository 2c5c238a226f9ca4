/** @file Layers in a row. */
import { type Tensor, TensorError } from "@deltagrad/tensor";
import {
  applyPart,
  type Composite,
  composite,
  initOf,
  initState,
  type LayerLike,
  nameOf,
  type ParamsOfAll,
  type StatesOfAll,
} from "../layer.ts";
import { signatureOf } from "../signature.ts";
import type { Chained, InputOf, OutputOf } from "../signature-types.ts";

/** Layers in a row, which are a layer themselves. */
export interface Stack<L extends readonly LayerLike[] = readonly LayerLike[]>
  extends Composite<ParamsOfAll<L>, InputOf<L>, OutputOf<L>, StatesOfAll<L>> {
  readonly layers: L;
}

/** Throws unless there is one tree for each layer. */
export function checkPerLayer(op: string, what: string, trees: unknown, count: number, advice: string): void {
  if (!Array.isArray(trees) || trees.length !== count)
    throw new TensorError(op, `${Array.isArray(trees) ? trees.length : "no"} ${what} for ${count} layers`, advice);
}

/**
 * Each layer applied to what the one before it returned. A function of a tensor (sigmoid, relu, …) counts as a layer
 * without parameters. Layers that do not fit do not compile.
 *
 * Shapes: as the layers have them. Axes before those that a layer minds are batches to it and pass through.
 * Parameters: one tree for each layer in order, null for a function. State: likewise.
 * Throws: TensorError when there is no layer, or one expects another number of features than it gets.
 *
 * @example
 * const net = stack(dense(64, 32), sigmoid, dense(32, 10));
 * net.apply(net.init(rng(7)), zeros([5, 64])).shape;   // => [5, 10]
 */
export function stack<const L extends readonly LayerLike[]>(...layers: L & Chained<L>): Stack<L>;
export function stack(...layers: readonly LayerLike[]): Stack {
  if (layers.length === 0) throw new TensorError("stack", "there are no layers", "give at least one");
  checkLayers("stack", layers);
  const made = composite<readonly unknown[], readonly unknown[]>({
    name: nameOf("stack", layers),
    ...signatureOf("stack", layers),
    config: { stack: layers },
    init: (rng) => layers.map((layer, place) => initOf(layer, rng.stream(String(place)))),
    initState: () => layers.map(initState),
    run(params, x, context) {
      checkPerLayer("stack", "parameters", params, layers.length, "give what init returns");
      if (context.state !== undefined)
        checkPerLayer("stack", "states", context.state, layers.length, "give what initState returns");
      const states: unknown[] = [];
      const y = layers.reduce((value: Tensor, layer, place) => {
        const [next, state] = applyPart(layer, place, params[place], value, context);
        states.push(state);
        return next;
      }, x);
      return [y, states];
    },
  });
  return { ...made, layers } as Stack;
}

/** Throws unless all are layers or functions. */
export function checkLayers(op: string, layers: readonly unknown[]): void {
  layers.forEach((layer, place) => {
    if (typeof layer !== "function" && typeof (layer as LayerLike | null | undefined)?.apply !== "function")
      throw new TensorError(
        op,
        `layer ${place} is ${layer === null ? "null" : Array.isArray(layer) ? "an array" : `a ${typeof layer}`}`,
        "give layers, or functions of a tensor",
      );
  });
}
