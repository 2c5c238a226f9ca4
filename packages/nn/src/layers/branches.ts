/** @file Layers of layers that are no row: with a way around, side by side, the same one again. */
import { add, concat, mul, type Shape, type Tensor, TensorError, type Unknown } from "@deltagrad/tensor";
import {
  applyPart,
  applyWhole,
  type Composite,
  composite,
  initOf,
  initState,
  type LayerLike,
  nameOf,
  type ParamsOf,
  type ParamsOfAll,
  type StateOf,
  type StatesOfAll,
} from "../layer.ts";
import { ANY, showExtents, signatureOf } from "../signature.ts";
import type { Chained, InputOf, OutputOf, Signature, SignatureOf } from "../signature-types.ts";
import { checkNumber, checkOneOf, checkSizes } from "./options.ts";
import { checkLayers, checkPerLayer, type Stack, stack } from "./stack.ts";

/** A stack with a way around it. */
export interface Residual<L extends readonly LayerLike[]>
  extends Composite<ParamsOfAll<L>, InputOf<L>, OutputOf<L>, StatesOfAll<L>> {}

/**
 * x + what a stack of the layers makes of it, so that signals and gradients have a short way. For a way around with
 * weights, `parallel([stack(…), dense(…)], { combine: "add" })`.
 *
 * Shapes: as the layers, which must return the shape that they take.
 * Parameters and state: as of `stack(...layers)`.
 * Throws: TensorError when the result has another shape than x.
 * Source: K. He and others, Deep Residual Learning for Image Recognition (2015), eq 1.
 *
 * @example
 * const layer = residual(dense(3, 3, { initializer: initializers.zeros() }), relu);
 * layer.apply(layer.init(rng(7)), tensor([[1, 2, 3]])).toArray();   // => [[1, 2, 3]]
 */
export function residual<const L extends readonly LayerLike[]>(...layers: L & Chained<L>): Residual<L>;
export function residual(...layers: readonly LayerLike[]): Residual<readonly LayerLike[]> {
  const inner: Stack = stack(...(layers as []));
  const name = nameOf("residual", layers);
  const { input, output }: { input: Shape | undefined; output: Shape | undefined } = inner;
  const keeps =
    input?.length === output?.length && input?.every((n, i) => n === output![i] || n === ANY || output![i] === ANY);
  if (input !== undefined && output !== undefined && !keeps)
    throw new TensorError(
      "residual",
      `${name} takes ${showExtents(input)} and gives ${showExtents(output)}`,
      "layers with a way around them must return the shape they take",
    );
  return composite<readonly unknown[], readonly unknown[]>({
    name,
    input,
    output,
    config: { residual: layers },
    init: (rng) => inner.init(rng),
    initState: () => inner.initState(),
    run(params, x, context) {
      const [y, state] = applyWhole(inner, params, x, context);
      if (y.shape.join() !== x.shape.join())
        throw new TensorError(
          "residual",
          `${name} makes [${y.shape.join(", ")}] of [${x.shape.join(", ")}]`,
          "layers with a way around them must return the shape they take",
          [x, y],
        );
      return [add(x, y) as Tensor, state as readonly unknown[]];
    },
  }) as Residual<readonly LayerLike[]>;
}

export interface ParallelOptions {
  /** What becomes of the results: one behind the other, their sum, or their product ("concat"). */
  readonly combine?: "concat" | "add" | "mul";
  /** Along which axis they are concatenated: −1, features; −3, the channels of images (−1). */
  readonly axis?: number;
}

type FirstOf<L extends readonly LayerLike[]> = L extends readonly [infer First extends LayerLike, ...unknown[]]
  ? SignatureOf<readonly [First]>
  : Signature<Unknown, Unknown>;

type AnyExtents<S extends Shape> = { readonly [K in keyof S]: number } extends infer R extends Shape ? R : Unknown;
type AtLeastOne<S extends Shape> = S extends readonly [] ? readonly [number] : S;

/** Sums and products are as the first layer has them; of what is concatenated no extent is known, but of how many axes. */
type Joined<S extends Signature<Shape, Shape>, O> = O extends { readonly combine: "add" | "mul" }
  ? S
  : O extends { readonly axis: number }
    ? Signature<Unknown, Unknown>
    : S["output"] extends readonly []
      ? Signature<AtLeastOne<S["input"]>, readonly [number]>
      : Signature<S["input"], AnyExtents<S["output"]>>;

/** Layers side by side. */
export interface Parallel<L extends readonly LayerLike[], O>
  extends Composite<ParamsOfAll<L>, Joined<FirstOf<L>, O>["input"], Joined<FirstOf<L>, O>["output"], StatesOfAll<L>> {}

/**
 * Each layer applied to the same x, the results concatenated, added or multiplied.
 *
 * Shapes: of the layers; results to be concatenated may differ on `axis`.
 * Parameters and state: one tree for each layer in order, null for a function.
 * Throws: TensorError when there is no layer, and when results do not fit.
 *
 * @example
 * const layer = parallel([relu, (x) => relu(neg(x))]);
 * layer.apply([null, null], tensor([[1, -2]])).toArray();   // => [[1, 0, 0, 2]]
 */
export function parallel<const L extends readonly LayerLike[], const O extends ParallelOptions = Record<never, never>>(
  layers: L,
  options?: O,
): Parallel<L, O>;
export function parallel(layers: readonly LayerLike[], options: ParallelOptions = {}): Composite<readonly unknown[]> {
  const { combine = "concat", axis = -1 } = options;
  checkOneOf("parallel", "combine", combine, ["concat", "add", "mul"]);
  checkNumber("parallel", "axis", axis, Number.isInteger(axis), "give a whole number");
  if (!Array.isArray(layers) || layers.length === 0)
    throw new TensorError("parallel", "there are no layers", "give a list of one at least");
  checkLayers("parallel", layers);
  const { input, output } = signatureOf("parallel", [layers[0]!]);
  // An axis that is joined is minded, even where it passes through the layers themselves.
  const behind = combine === "concat" && output !== undefined ? Math.max(0, -axis - output.length) : 0;
  const passing = new Array<number>(behind).fill(ANY);
  const known = combine !== "concat" || axis < 0;
  const together = (results: readonly Tensor[]): Tensor =>
    combine === "concat"
      ? (concat(results, axis) as Tensor)
      : results.reduce((a, b) => (combine === "add" ? add(a, b) : mul(a, b)) as Tensor);
  return composite<readonly unknown[], readonly unknown[]>({
    name: nameOf("parallel", layers, combine === "concat" && axis === -1 ? "" : `, ${JSON.stringify(options)}`),
    input: known && input !== undefined ? [...passing, ...input] : undefined,
    output:
      known && output !== undefined ? [...passing, ...output.map((n) => (combine === "concat" ? ANY : n))] : undefined,
    config: { parallel: layers, ...options },
    init: (rng) => layers.map((layer, place) => initOf(layer, rng.stream(String(place)))),
    initState: () => layers.map(initState),
    run(params, x, context) {
      checkPerLayer("parallel", "parameters", params, layers.length, "give what init returns");
      const results = layers.map((layer, place) => applyPart(layer, place, params[place], x, context));
      return [together(results.map(([y]) => y)), results.map(([, state]) => state)];
    },
  });
}

/** A layer that is applied several times. */
export interface Repeated<L extends LayerLike>
  extends Composite<ParamsOf<L>, InputOf<readonly [L]>, OutputOf<readonly [L]>, StateOf<L>> {}

/**
 * One layer applied `times` times, to x and then to its own result, with the same parameters each time. Its gradient is
 * the sum over all uses. State goes from one use to the next.
 *
 * Shapes: as the layer, which must return the shape that it takes.
 * Throws: TensorError unless times is a whole number ≥ 1.
 *
 * @example
 * repeated((x) => x.mul(2), 3).apply(null, tensor([1])).toArray();   // => [8]
 */
export function repeated<const L extends LayerLike>(layer: L, times: number): Repeated<L>;
export function repeated(layer: LayerLike, times: number): Composite<unknown> {
  const name = nameOf("repeated", [layer], `, ${times}`);
  checkSizes("repeated", name, [times]);
  checkLayers("repeated", [layer]);
  return composite<unknown, unknown>({
    name,
    ...signatureOf("repeated", [layer, layer]),
    config: { repeated: layer, times },
    init: (rng) => initOf(layer, rng),
    initState: () => initState(layer),
    run(params, x, context) {
      let [y, state]: [Tensor, unknown] = [x, context.state];
      for (let use = 0; use < times; use++) {
        const { rng } = context;
        const now = { ...context, ...(rng === undefined ? {} : { rng: rng.stream(String(use)) }) };
        [y, state] = applyWhole(layer, params, y, state === undefined ? now : { ...now, state });
      }
      return [y, state];
    },
  });
}
