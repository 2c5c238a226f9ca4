/** @file Weight sharing: parameters of a network that are others of its parameters. */
import type { Tensor } from "@deltagrad/tensor";
import {
  applyWhole,
  type Composite,
  composite,
  initOf,
  initState,
  type LayerLike,
  nameOf,
  type ParamsOf,
  type StateOf,
} from "../layer.ts";
import { signatureOf } from "../signature.ts";
import type { InputOf, OutputOf } from "../signature-types.ts";
import { getIn, setIn } from "../trees.ts";
import { checkLayers } from "./stack.ts";

/** For the path of a parameter: the path of the one it is, or what to make of all others. */
export type Ties<Params> = Readonly<Record<string, string | ((params: Params) => Tensor)>>;

/** A network with tied parameters. */
export interface Tied<L extends LayerLike>
  extends Composite<ParamsOf<L>, InputOf<readonly [L]>, OutputOf<readonly [L]>, StateOf<L>> {}

/**
 * A network in which some parameters are others of it. They are null in what `init` returns, so there is one tensor to
 * learn and to save, and its gradient is the sum over all places.
 *
 * Throws: TensorError when there is no parameter of such a path.
 *
 * @example
 * // The output layer reads words with the table that the input layer writes them with.
 * const net = tied(stack(embedding(100, 16), dense(16, 100)), { "[1].weight": (p) => transpose(p[0].table) });
 * const params = net.init(rng(7));
 * params[1].weight;                                                                // => null
 * net.apply(params, tensor([[1, 2]], { dtype: "int32" })).shape;                   // => [1, 2, 100]
 */
export function tied<const L extends LayerLike>(layer: L, ties: Ties<ParamsOf<L>>): Tied<L>;
export function tied(layer: LayerLike, ties: Ties<unknown>): Composite<unknown> {
  checkLayers("tied", [layer]);
  const paths = Object.keys(ties);
  return composite<unknown, unknown>({
    name: nameOf("tied", [layer], `, ${paths.join(", ")}`),
    ...signatureOf("tied", [layer]),
    config: { tied: layer, ties },
    init: (rng) => paths.reduce((params, path) => setIn(params, path, null), initOf(layer, rng)),
    initState: () => initState(layer),
    run(params, x, context) {
      const all = paths.reduce((tree, path) => {
        const source = ties[path]!;
        return setIn(tree, path, typeof source === "string" ? getIn(params, source) : source(params));
      }, params);
      return applyWhole(layer, all, x, context);
    },
  });
}
