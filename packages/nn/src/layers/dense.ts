/** @file The fully connected layer. */
import { add, matmul, type Shape, type Tensor, TensorError, zeros } from "@deltagrad/tensor";
import { glorotUniform, type Initializer } from "../initializers.ts";
import type { Layer } from "../layer.ts";

/** The parameters of a dense layer. */
export interface DenseParams<I extends number = number, O extends number = number> {
  readonly weight: Tensor<readonly [I, O]>;
  readonly bias: Tensor<readonly [O]>;
}

/** A fully connected layer, known by its sizes. */
export interface Dense<I extends number = number, O extends number = number>
  extends Layer<DenseParams<I, O>, readonly [I], readonly [O]> {
  readonly kind: "dense";
}

/**
 * x·weight + bias on the last axis.
 *
 * Shapes: [..., inputs] → [..., outputs]; weight [inputs, outputs], bias [outputs], which begins at 0.
 * Throws: TensorError when the sizes are no whole numbers ≥ 1, or the last axis of x is not `inputs`.
 *
 * @example
 * const layer = dense(3, 2);
 * layer.apply(layer.init(rng(7)), zeros([5, 3])).toArray()[4];   // => [0, 0]
 */
export function dense<const I extends number, const O extends number>(
  inputs: I,
  outputs: O,
  { initializer = glorotUniform }: { readonly initializer?: Initializer } = {},
): Dense<I, O> {
  for (const size of [inputs, outputs]) {
    if (!Number.isInteger(size) || size < 1)
      throw new TensorError(
        "dense",
        `dense(${inputs}, ${outputs}) has no such size as ${size}`,
        "sizes are whole numbers ≥ 1",
      );
  }
  const name = `dense(${inputs}, ${outputs})`;
  return {
    kind: "dense",
    name,
    input: [inputs],
    output: [outputs],
    init: (rng) => ({
      weight: initializer([inputs, outputs], rng.stream("weight")),
      bias: zeros([outputs]) as Tensor,
    }),
    apply({ weight, bias }: DenseParams, x: Tensor): Tensor {
      checkFeatures(inputs, x);
      if (weight.shape.join() !== `${inputs},${outputs}` || bias.shape.join() !== `${outputs}`)
        throw new TensorError(
          name,
          `weight [${weight.shape.join(", ")}] and bias [${bias.shape.join(", ")}]`,
          "give what init returns",
          [weight, bias],
        );
      return add(matmul(x, weight), bias);
    },
  };
}

function checkFeatures(inputs: number, x: Tensor): void {
  const shape: Shape = x.shape;
  if (shape.at(-1) === inputs) return;
  const [batch, ...rest] = shape;
  const advice =
    rest.reduce((a, b) => a * b, 1) === inputs ? `reshape x to [${batch}, ${inputs}]` : "check the layer before it";
  throw new TensorError("dense", `expected ${inputs} features on the last axis, got [${shape.join(", ")}]`, advice, [
    x,
  ]);
}
