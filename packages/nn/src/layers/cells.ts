/** @file The cells of recurrent layers, by PyTorch's formulas. σ is the sigmoid, ⊙ the product of elements. */
import { add, mul, relu, type Shape, sigmoid, slice, sub, type Tensor, tanh } from "@deltagrad/tensor";
import { checkOneOf, showOptions } from "./options.ts";
import { type Cell, type RecurrentOptions, recurrent } from "./recurrent.ts";

/** The affine maps of the gates, in order, from the last axis. */
const gatesOf = (x: Tensor, count: number): Tensor[] => {
  const leading: null[] = (x.shape.slice(0, -1) as Shape).map(() => null);
  const size = x.shape.at(-1)! / count;
  return Array.from({ length: count }, (_, gate) => slice(x, ...leading, [gate * size, (gate + 1) * size]));
};

export interface RnnOptions extends RecurrentOptions {
  /** What the sum goes through ("tanh"). */
  readonly activation?: "tanh" | "relu";
}

/**
 * A plain recurrent layer: h ← tanh(W_ih·x + b_ih + W_hh·h + b_hh) at each place.
 *
 * Shapes: [batch, …, length, inputs] → [batch, …, length, hidden], the h of all places. Parameters as PyTorch's
 * nn.RNN has them (one layer, batch first): inputWeight [hidden, inputs], hiddenWeight [hidden, hidden], inputBias and
 * hiddenBias [hidden].
 * Masks: where the context's mask is false, h stays and the output is 0.
 * Throws: TensorError for sizes that are none, and when x, mask or what is carried has another shape.
 * Source: J. Elman, Finding Structure in Time (1990).
 *
 * @example
 * const layer = rnn(3, 4);
 * const { output, final } = layer.run(layer.init(rng(7)), zeros([2, 5, 3]));
 * [output.shape, final[0].shape];   // => [[2, 5, 4], [2, 4]]
 */
export function rnn<const I extends number, const H extends number>(
  inputs: I,
  hidden: H,
  options?: RnnOptions,
): Cell<I, H>;
export function rnn(inputs: number, hidden: number, options: RnnOptions = {}): Cell<number, number> {
  const { activation = "tanh" } = options;
  checkOneOf("rnn", "activation", activation, ["tanh", "relu"]);
  const f = activation === "tanh" ? tanh : relu;
  return recurrent({
    op: "rnn",
    name: `rnn(${inputs}, ${hidden}${showOptions(options)})`,
    config: { rnn: hidden, inputs, ...options },
    inputs,
    hidden,
    gates: 1,
    carries: 1,
    options,
    next: (fromInput, fromHidden) => [f(add(fromInput, fromHidden) as Tensor) as Tensor],
  });
}

/**
 * A long short-term memory: i, f, o = σ(…), g = tanh(…), each of W_i·x + b_i + W_h·h + b_h; c ← f⊙c + i⊙g;
 * h ← o⊙tanh(c).
 *
 * Shapes: [batch, …, length, inputs] → [batch, …, length, hidden], the h of all places; carried are h and c. Parameters
 * as PyTorch's nn.LSTM has them (one layer, batch first): rows of the gates i, f, g, o one behind the other, inputWeight
 * [4·hidden, inputs], hiddenWeight [4·hidden, hidden], inputBias and hiddenBias [4·hidden].
 * Masks: where the context's mask is false, h and c stay and the output is 0.
 * Throws: TensorError for sizes that are none, and when x, mask or what is carried has another shape.
 * Source: S. Hochreiter, J. Schmidhuber (1997), with the forget gates of F. Gers and others (2000).
 *
 * @example
 * const layer = lstm(3, 4);
 * const { output, final } = layer.run(layer.init(rng(7)), zeros([2, 5, 3]));
 * [output.shape, final.length];   // => [[2, 5, 4], 2]
 */
export function lstm<const I extends number, const H extends number>(
  inputs: I,
  hidden: H,
  options?: RecurrentOptions,
): Cell<I, H>;
export function lstm(inputs: number, hidden: number, options: RecurrentOptions = {}): Cell<number, number> {
  return recurrent({
    op: "lstm",
    name: `lstm(${inputs}, ${hidden}${showOptions(options)})`,
    config: { lstm: hidden, inputs, ...options },
    inputs,
    hidden,
    gates: 4,
    carries: 2,
    options,
    next(fromInput, fromHidden, [, c]) {
      const [i, f, g, o] = gatesOf(add(fromInput, fromHidden) as Tensor, 4) as [Tensor, Tensor, Tensor, Tensor];
      const cell = add(mul(sigmoid(f), c!), mul(sigmoid(i), tanh(g))) as Tensor;
      return [mul(sigmoid(o), tanh(cell)) as Tensor, cell];
    },
  });
}

/**
 * A gated recurrent unit: r, z = σ(W_i·x + b_i + W_h·h + b_h); n = tanh(W_in·x + b_in + r⊙(W_hn·h + b_hn));
 * h ← (1 − z)⊙n + z⊙h.
 *
 * Shapes: [batch, …, length, inputs] → [batch, …, length, hidden], the h of all places. Parameters as PyTorch's nn.GRU
 * has them (one layer, batch first): rows of the gates r, z, n one behind the other, inputWeight [3·hidden, inputs],
 * hiddenWeight [3·hidden, hidden], inputBias and hiddenBias [3·hidden].
 * Masks: where the context's mask is false, h stays and the output is 0.
 * Throws: TensorError for sizes that are none, and when x, mask or what is carried has another shape.
 * Source: K. Cho and others (2014), with r after the product, as cuDNN and PyTorch have it.
 *
 * @example
 * const layer = gru(3, 4);
 * layer.apply(layer.init(rng(7)), zeros([2, 5, 3])).shape;   // => [2, 5, 4]
 */
export function gru<const I extends number, const H extends number>(
  inputs: I,
  hidden: H,
  options?: RecurrentOptions,
): Cell<I, H>;
export function gru(inputs: number, hidden: number, options: RecurrentOptions = {}): Cell<number, number> {
  return recurrent({
    op: "gru",
    name: `gru(${inputs}, ${hidden}${showOptions(options)})`,
    config: { gru: hidden, inputs, ...options },
    inputs,
    hidden,
    gates: 3,
    carries: 1,
    options,
    next(fromInput, fromHidden, [h]) {
      const [ri, zi, ni] = gatesOf(fromInput, 3) as [Tensor, Tensor, Tensor];
      const [rh, zh, nh] = gatesOf(fromHidden, 3) as [Tensor, Tensor, Tensor];
      const r = sigmoid(add(ri, rh)) as Tensor;
      const z = sigmoid(add(zi, zh)) as Tensor;
      const n = tanh(add(ni, mul(r, nh))) as Tensor;
      return [add(mul(sub(1, z), n), mul(z, h!)) as Tensor];
    },
  });
}
