/** @file The fully connected layer. */
import { add, matmul, type Tensor, zeros } from "@deltagrad/tensor";
import { glorotUniform } from "../initializers/fans.ts";
import type { Initializer } from "../initializers/initializer.ts";
import type { Layer } from "../layer.ts";
import { checkInput, checkParams, checkSizes } from "./options.ts";

/** The parameters of a dense layer; bias is null where there is none. */
export interface DenseParams<I extends number = number, O extends number = number, B extends boolean = true> {
  readonly weight: Tensor<readonly [I, O]>;
  readonly bias: B extends true ? Tensor<readonly [O]> : null;
}

/** A fully connected layer, known by its sizes. */
export interface Dense<I extends number = number, O extends number = number, B extends boolean = true>
  extends Layer<DenseParams<I, O, B>, readonly [I], readonly [O]> {
  readonly kind: "dense";
}

export interface DenseOptions<B extends boolean = boolean> {
  /** How the weight begins (glorotUniform). */
  readonly initializer?: Initializer;
  /** Whether there is a bias (true). */
  readonly bias?: B;
}

/**
 * x·weight + bias on the last axis.
 *
 * Shapes: [batch, …, inputs] → [batch, …, outputs]; weight [inputs, outputs], bias [outputs], which begins at 0.
 * PyTorch's weight is the transpose, [outputs, inputs].
 * Throws: TensorError when the sizes are no whole numbers ≥ 1, or the last axis of x is not `inputs`.
 *
 * @example
 * const layer = dense(3, 2);
 * layer.apply(layer.init(rng(7)), zeros([5, 3])).toArray()[4];   // => [0, 0]
 * dense(3, 2, { bias: false }).init(rng(7)).bias;                // => null
 */
export function dense<const I extends number, const O extends number, const B extends boolean = true>(
  inputs: I,
  outputs: O,
  options?: DenseOptions<B>,
): Dense<I, O, B>;
export function dense(inputs: number, outputs: number, options: DenseOptions = {}): Dense<number, number, boolean> {
  const { initializer = glorotUniform(), bias: biased = true } = options;
  const name = `dense(${inputs}, ${outputs}${biased ? "" : ", { bias: false }"})`;
  checkSizes("dense", name, [inputs, outputs]);
  const words = `${inputs} features on the last axis`;
  const input = [inputs] as const;
  const shapes = { weight: [inputs, outputs], bias: biased ? [outputs] : null };
  return {
    kind: "dense",
    name,
    input,
    output: [outputs],
    config: { dense: outputs, inputs, ...options },
    init: (rng) => ({
      weight: initializer([inputs, outputs], rng.stream("weight")),
      bias: biased ? (zeros([outputs]) as Tensor) : null,
    }),
    apply(params: DenseParams<number, number, boolean>, x: Tensor): Tensor {
      checkInput("dense", words, input, x);
      checkParams(name, params, shapes);
      const y = matmul(x, params.weight) as Tensor;
      return (params.bias === null ? y : add(y, params.bias)) as Tensor;
    },
  };
}
