/** @file The network of the derivation, and its relation to a stack of layers. Notation: Brawer (2017). */
import {
  add,
  cast,
  concat,
  expandDims,
  greater,
  matmul,
  mul,
  onesLike,
  relu,
  sigmoid,
  slice,
  softplus,
  sub,
  type Tensor,
  TensorError,
  tanh,
  transpose,
  zerosLike,
} from "@deltagrad/tensor";
import type { LayerLike } from "../layer.ts";
import { type DenseParams, dense } from "../layers/dense.ts";
import { type Stack, stack } from "../layers/stack.ts";

/** An activation hˡ with its derivative Ψˡ (eq 15), both in closed form. */
export interface Activation {
  readonly name: string;
  readonly h: (z: Tensor) => Tensor;
  /** Ψ, written by hand from z and h = h(z). */
  readonly psi: (z: Tensor, h: Tensor) => Tensor;
}

/** The activations that a hidden layer can have by name. */
export const activations = {
  /** Eq 2; Ψ is eq 15a. */
  sigmoid: { name: "sigmoid", h: (z) => sigmoid(z), psi: (_z, h) => mul(h, sub(1, h)) },
  /** Eq 3 for layer 1. */
  identity: { name: "identity", h: (z) => z, psi: (z) => onesLike(z) },
  tanh: { name: "tanh", h: (z) => tanh(z), psi: (_z, h) => sub(1, mul(h, h)) },
  softplus: { name: "softplus", h: (z) => softplus(z), psi: (z) => sigmoid(z) },
  relu: { name: "relu", h: (z) => relu(z), psi: (z) => cast(greater(z, zerosLike(z)), z.dtype) },
} as const satisfies Record<string, Activation>;

/**
 * The network that eq 5 defines. θˡ, l = 1 … L − 1, is S_{l+1} × (S_l + 1), with the bias node's weights in column 0.
 * The output layer has the sigmoid, as the cost (18) wants it; layer 1 the identity.
 */
export interface Network {
  /** θ¹ … θ^{L−1}. */
  readonly theta: readonly Tensor[];
  /** h² … h^{L−1}, one for each hidden layer. */
  readonly hidden: readonly Activation[];
}

/** Throws unless the matrices follow on each other and there is an activation for each hidden layer. */
export function checkNetwork(op: string, { theta, hidden }: Network): void {
  if (theta.length === 0) throw new TensorError(op, "the network has no θ", "give at least θ¹ (L = 2)");
  theta.forEach((matrix, i) => {
    const before = theta[i - 1];
    if (matrix.rank !== 2 || matrix.shape[1]! < 2 || matrix.shape[0]! < 1)
      throw new TensorError(
        op,
        `θ${i + 1} is [${matrix.shape.join(", ")}]`,
        "θˡ is S_{l+1} × (S_l + 1), with at least one node a layer",
        [matrix],
      );
    if (before !== undefined && before.shape[0] !== matrix.shape[1]! - 1) {
      const problem = `θ${i} [${before.shape.join(", ")}] gives ${before.shape[0]} nodes, θ${i + 1} [${matrix.shape.join(", ")}] takes ${matrix.shape[1]! - 1}`;
      throw new TensorError(op, problem, "θˡ is S_{l+1} × (S_l + 1), with the bias in column 0", [before, matrix]);
    }
  });
  if (hidden.length !== theta.length - 1)
    throw new TensorError(
      op,
      `${hidden.length} activations for ${theta.length - 1} hidden layers`,
      "give one for each of layers 2 … L − 1",
    );
}

/** Column 0 of θ: the weights from the bias node [S_{l+1}]. */
export const biasColumn = (theta: Tensor): Tensor => slice(theta, null, 0);

/** θ without column 0: the weights from the other nodes [S_{l+1}, S_l]. */
export const withoutBias = (theta: Tensor): Tensor => slice(theta, null, [1]);

/** h¹ … h^L: the identity on layer 1 and the sigmoid on layer L (eq 3, 18). */
export const activationsOf = ({ hidden }: Network): Activation[] => [
  activations.identity,
  ...hidden,
  activations.sigmoid,
];

/**
 * Forward propagation (eq 5) by tensor operations: the node values z¹ = x … z^L, and hˡ(zˡ), each [m, S_l].
 *
 * @example
 * const network = { theta: [tensor([[1, 2, 3]])], hidden: [] };
 * forward(network, tensor([[10, 100]])).z[1].toArray();   // => [[321]]
 */
export function forward(network: Network, x: Tensor): { readonly z: readonly Tensor[]; readonly h: readonly Tensor[] } {
  const [first, ...others] = activationsOf(network);
  const z = [x];
  const h = [first!.h(x)];
  network.theta.forEach((theta, i) => {
    const value = add(matmul(h[i]!, transpose(withoutBias(theta))), biasColumn(theta));
    z.push(value);
    h.push(others[i]!.h(value));
  });
  return { z, h };
}

/** Any stack of dense layers and activations, with its parameters. */
interface Trained<L extends readonly LayerLike[]> {
  readonly net: Stack<L>;
  readonly params: Parameters<Stack<L>["apply"]>[0];
}

const named = new Map<LayerLike, Activation>([
  [sigmoid, activations.sigmoid],
  [tanh, activations.tanh],
  [softplus, activations.softplus],
  [relu, activations.relu],
]);

const functions = new Map([...named].map(([layer, activation]) => [activation, layer]));

/**
 * The derivation's network of a stack of dense layers with activations between them: θˡ = [bias | weightᵀ].
 * A sigmoid at the end may be there or not: the cost (18) has it. Two dense layers in a row have the identity between.
 *
 * Throws: TensorError for a layer that the derivation does not know.
 *
 * @example
 * const net = stack(dense(2, 3), sigmoid, dense(3, 1));
 * fromStack(net, net.init(rng(7))).theta.map(({ shape }) => shape);   // => [[3, 3], [1, 4]]
 */
export function fromStack<L extends readonly LayerLike[]>(net: Stack<L>, params: Trained<L>["params"]): Network {
  const theta: Tensor[] = [];
  const between: (Activation | null)[] = [];
  net.layers.forEach((layer, place) => {
    if (typeof layer !== "function") {
      if (!("kind" in layer && layer.kind === "dense")) refuse(layer, place, "is no dense layer");
      if (theta.length > 0) between[theta.length - 1] ??= activations.identity;
      const { weight, bias } = (params as readonly unknown[])[place] as DenseParams;
      theta.push(concat([expandDims(bias, 1), transpose(weight)], 1));
    } else {
      const activation = named.get(layer);
      if (activation === undefined || theta.length === 0 || between[theta.length - 1] !== undefined)
        refuse(layer, place, "is no activation after a dense layer that the derivation knows");
      between[theta.length - 1] = activation!;
    }
  });
  const last = between[theta.length - 1];
  if (last !== undefined && last !== activations.sigmoid)
    throw new TensorError(
      "fromStack",
      `the last activation is ${last!.name}`,
      "the cost (eq 18) is of sigmoid outputs: leave it out, or use sigmoid",
    );
  const network = { theta, hidden: between.slice(0, theta.length - 1) as Activation[] };
  checkNetwork("fromStack", network);
  return network;
}

function refuse({ name }: LayerLike, place: number, what: string): never {
  throw new TensorError(
    "fromStack",
    `layer ${place} (${name}) ${what}`,
    `use dense layers with ${[...named.values()].map((a) => a.name).join(", ")} between them`,
  );
}

/**
 * A stack that computes the logits z^L of the network, with its parameters: weight = θ without column 0, transposed.
 *
 * Throws: TensorError for an activation that is none of `activations`.
 *
 * @example
 * const network = { theta: [tensor([[1, 2, 3]])], hidden: [] };
 * const { net, params } = toStack(network);
 * net.apply(params, tensor([[10, 100]])).toArray();   // => [[321]]
 */
export function toStack(network: Network): { net: Stack; params: readonly (DenseParams | null)[] } {
  checkNetwork("toStack", network);
  const layers: LayerLike[] = [];
  const params: (DenseParams | null)[] = [];
  network.theta.forEach((theta, i) => {
    const activation = network.hidden[i - 1];
    if (activation !== undefined && activation !== activations.identity) {
      const layer = functions.get(activation);
      if (layer === undefined)
        throw new TensorError(
          "toStack",
          `there is no layer for the activation ${activation.name}`,
          "use those of `activations`",
        );
      layers.push(layer);
      params.push(null);
    }
    layers.push(dense(theta.shape[1]! - 1, theta.shape[0]!));
    params.push({ weight: transpose(withoutBias(theta)), bias: biasColumn(theta) });
  });
  return { net: stack(...(layers as [])) as Stack, params };
}
