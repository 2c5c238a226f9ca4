/** @file What is made of recurrent layers: both directions at once, and the last output alone. */
import { concat, type Tensor, type Unknown } from "@deltagrad/tensor";
import type { Context, Layer } from "../layer.ts";
import { ANY } from "../signature.ts";
import type { Cell, Recurrent, RecurrentParams, Sequence, SequenceOptions } from "./recurrent.ts";

/** The parameters of both directions. */
export interface BidirectionalParams {
  readonly forward: RecurrentParams;
  readonly backward: RecurrentParams;
}

/**
 * A recurrent layer from the first place to the last, and one like it from the last to the first, their outputs side by
 * side.
 *
 * Shapes: [batch, …, length, inputs] → [batch, …, length, 2·hidden]: forward, then backward, as PyTorch's
 * `bidirectional=True`. Carried are the forward layer's values, then the backward one's.
 *
 * @example
 * const layer = bidirectional(gru(3, 4));
 * layer.apply(layer.init(rng(7)), zeros([2, 5, 3])).shape;   // => [2, 5, 8]
 */
export function bidirectional<const I extends number>(
  layer: Cell<I, number>,
): Recurrent<BidirectionalParams, I, number>;
export function bidirectional(layer: Cell<number, number>): Recurrent<BidirectionalParams, number, number> {
  const [inputs, hidden] = [layer.input[1], layer.output[1]];
  const run = (params: BidirectionalParams, x: Tensor, { initial, ...rest }: SequenceOptions = {}): Sequence => {
    const half = initial === undefined ? 0 : initial.length / 2;
    const part = (from: number): SequenceOptions =>
      initial === undefined ? rest : { ...rest, initial: initial.slice(from, from + half) };
    const forward = layer.run(params.forward, x as Unknown, part(0));
    const backward = layer.run(params.backward, x as Unknown, { ...part(half), reverse: !rest.reverse });
    return {
      output: concat([forward.output, backward.output], -1) as Tensor,
      final: [...forward.final, ...backward.final],
    };
  };
  return {
    name: `bidirectional(${layer.name})`,
    input: [ANY, inputs],
    output: [ANY, 2 * hidden],
    directions: 2,
    config: { bidirectional: layer },
    init: (rng) => ({ forward: layer.init(rng.stream("forward")), backward: layer.init(rng.stream("backward")) }),
    run,
    apply: (params: BidirectionalParams, x: Tensor, { mask }: Context<null> = {}): Tensor =>
      run(params, x, { mask }).output,
  };
}

/**
 * Of a recurrent layer, the output of its last step alone: of the last place that counts; of both directions, each
 * one's last step.
 *
 * Shapes: [batch, …, length, inputs] → [batch, …, hidden].
 *
 * @example
 * const layer = last(lstm(3, 4));
 * layer.apply(layer.init(rng(7)), zeros([2, 5, 3])).shape;   // => [2, 4]
 */
export function last<Params, const I extends number, const H extends number>(
  layer: Recurrent<Params, I, H>,
): Layer<Params, readonly [number, I], readonly [H]>;
export function last<Params>(layer: Recurrent<Params, number, number>): Layer<Params> {
  return {
    name: `last(${layer.name})`,
    input: layer.input,
    output: [layer.output[1]],
    config: { last: layer },
    init: (rng) => layer.init(rng),
    apply(params: Params, x: Tensor, { mask }: Context<null> = {}): Tensor {
      const { final } = layer.run(params, x as Unknown, { mask });
      const carries = final.length / layer.directions;
      return concat(final.filter((_, i) => i % carries === 0) as Tensor[], -1) as Tensor;
    },
  };
}
