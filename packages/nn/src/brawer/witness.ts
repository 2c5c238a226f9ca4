/** @file What autograd says of the quantities that the equations are about. */
import { concat, jvp, mul, slice, Tape, type Tensor, tensor } from "@deltagrad/tensor";
import { crossEntropy, crossEntropyFromLogits } from "../losses/binary.ts";
import { biasColumn, forward, type Network } from "./network.ts";

/** The same quantities as ClosedForm has, from the library's forward pass and a tape. */
export interface Witness {
  readonly z: readonly Tensor[];
  readonly J: Tensor;
  readonly JFromLogits: Tensor;
  /** ∂z₁²/∂θ¹_{1,q} for each sample and q, by forward mode, which is h¹(z_q¹)·C_q¹ (eq 14). */
  readonly hC: readonly [Tensor];
  /** m·∂J/∂zˡ, l = 2 … L, at l − 2. */
  readonly delta: readonly Tensor[];
  /** m·∂J/∂hˡ, l = 2 … L − 1, at l − 2. */
  readonly thetaDelta: readonly Tensor[];
  /** ∂J/∂θˡ at l − 1. */
  readonly gradient: readonly Tensor[];
  readonly biasGradient: readonly Tensor[];
}

/** Differentiates the cost of a network: one forward pass on a tape, one pass back. */
export function witness(network: Network, x: Tensor, y: Tensor): Witness {
  const tape = new Tape();
  const theta = tape.watch(network.theta);
  const { z, h } = forward({ ...network, theta }, x);
  const J = crossEntropyFromLogits(z.at(-1)!, y);
  const bar = tape.pullback(J);
  const m = x.shape[0]!;
  // An activation may be constant; then nothing flows through it.
  const zeros = { unreached: "zeros" } as const;
  const gradient = bar(theta, zeros);
  return {
    z,
    J: crossEntropy(h.at(-1)!, y),
    JFromLogits: J,
    hC: [inputs(network, x)],
    delta: bar(z.slice(1), zeros).map((ct) => mul(m, ct)),
    thetaDelta: bar(h.slice(1, -1), zeros).map((ct) => mul(m, ct)),
    gradient,
    biasGradient: gradient.map(biasColumn),
  };
}

/** The derivative of node 1 of layer 2 in each of its weights, one column for each. */
function inputs({ theta }: Network, x: Tensor): Tensor {
  const row = slice(theta[0]!, [0, 1]);
  const weights = row.shape[1]!;
  const columns = Array.from({ length: weights }, (_, q) => {
    const direction = tensor([Array.from({ length: weights }, (_, other) => (other === q ? 1 : 0))], {
      dtype: row.dtype,
    });
    return jvp((weight: Tensor) => forward({ theta: [weight], hidden: [] }, x).z[1]!, [row], [direction])[1];
  });
  return concat(columns, 1);
}
