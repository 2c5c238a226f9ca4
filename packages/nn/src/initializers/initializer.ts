/** @file What an initializer is, and the fans and gains from which spreads follow. */
import { type Rng, type Shape, type Tensor, TensorError } from "@deltagrad/tensor";

/** How many inputs an output is a sum of, and how many outputs an input goes into. */
export interface Fans {
  readonly inputs: number;
  readonly outputs: number;
}

/** Draws the parameters of a shape. A layer says the fans where they do not follow from the shape. */
export interface Initializer {
  <S extends Shape>(shape: S, rng: Rng, fans?: Fans): Tensor<S>;
  /** How it was made: its name, or its name with its options; for `toConfig`. */
  readonly config?: string | Readonly<Record<string, unknown>>;
}

export type Draw = (shape: Shape, rng: Rng, fans: Fans | undefined) => Tensor;

/** An initializer that says how it was made. */
// @__NO_SIDE_EFFECTS__
export const made = (name: string, options: object, draw: Draw): Initializer =>
  Object.assign((<S extends Shape>(shape: S, rng: Rng, fans?: Fans) => draw(shape, rng, fans)) as Initializer, {
    config: Object.keys(options).length === 0 ? name : { [name]: options },
  });

/**
 * The fans of a shape: of two axes [inputs, outputs], as a dense layer's weight; of more [outputs, inputs, …kernel], as
 * a convolution's, where each is multiplied by the kernel's size. (PyTorch's linear weight is [outputs, inputs].)
 *
 * Throws: TensorError for fewer than two axes.
 *
 * @example
 * fansOf([784, 128]);       // => { inputs: 784, outputs: 128 }
 * fansOf([16, 8, 3, 3]);    // => { inputs: 72, outputs: 144 }
 */
export function fansOf(shape: Shape): Fans {
  if (shape.length < 2)
    throw new TensorError(
      "fansOf",
      `[${shape.join(", ")}] has no inputs and outputs`,
      "give [inputs, outputs] or [outputs, inputs, …kernel], or say the fans",
    );
  const [first, second, ...kernel] = shape as [number, number, ...number[]];
  const size = kernel.reduce((a, b) => a * b, 1);
  return shape.length === 2 ? { inputs: first, outputs: second } : { inputs: second * size, outputs: first * size };
}

/** Throws unless all are finite numbers, and at least `least`. */
export function checkFinite(
  op: string,
  options: Readonly<Record<string, number>>,
  least = Number.NEGATIVE_INFINITY,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number.isFinite(value) && value >= least))
      throw new TensorError(op, `${name} is ${String(value)}`, `use a finite number${least === 0 ? " ≥ 0" : ""}`);
  }
}

/** What follows a layer, and by what its spread grows so that signals keep theirs. */
export type Nonlinearity = "linear" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";

const gains: Readonly<Record<Nonlinearity, (slope: number) => number>> = {
  linear: () => 1,
  sigmoid: () => 1,
  tanh: () => 5 / 3,
  relu: () => Math.SQRT2,
  leakyRelu: (slope) => Math.sqrt(2 / (1 + slope * slope)),
  selu: () => 3 / 4,
};

/**
 * The gain recommended before a nonlinearity, as PyTorch's `calculate_gain` has it: 1, for tanh 5/3, relu √2, leakyRelu
 * √(2 / (1 + slope²)), selu ¾.
 *
 * @example
 * gainOf("tanh") === 5 / 3;            // => true
 * gainOf("leakyRelu", { slope: 1 });   // => 1
 */
export function gainOf(nonlinearity: Nonlinearity, { slope = 0.01 }: { readonly slope?: number } = {}): number {
  const gain = Object.hasOwn(gains, nonlinearity) ? gains[nonlinearity] : undefined;
  if (gain === undefined)
    throw new TensorError(
      "gainOf",
      `there is no gain for ${JSON.stringify(nonlinearity)}`,
      `use one of ${Object.keys(gains).join(", ")}`,
    );
  checkFinite("gainOf", { slope });
  return gain(slope);
}
