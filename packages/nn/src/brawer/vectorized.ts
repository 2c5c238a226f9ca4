/** @file The equations in vectorized form: whole layers and all samples at once, as programs of tensors. */
import {
  add,
  concat,
  div,
  matmul,
  mul,
  neg,
  onesLike,
  slice,
  softplus,
  sub,
  sum,
  type Tensor,
  transpose,
} from "@deltagrad/tensor";
import { activationsOf, forward, type Network, withoutBias } from "./network.ts";

/** The vectorized equations; replace one to see what a mistake would do. Samples are rows: δˡ is [m, S_l]. */
export interface VectorizedEquations {
  readonly eq5: (theta: Tensor, hC: Tensor) => Tensor;
  readonly eq18: (z: Tensor, y: Tensor) => Tensor;
  readonly eq42: (h: Tensor, y: Tensor) => Tensor;
  readonly eq44: (delta: Tensor, hC: Tensor) => Tensor;
  readonly eq46: (delta: Tensor) => Tensor;
  readonly eq47: (theta: Tensor, delta: Tensor) => Tensor;
  readonly eq48: (thetaDelta: Tensor, psi: Tensor) => Tensor;
}

export const vectorized: VectorizedEquations = {
  /** z^{l+1} = [1 | hˡ] θˡᵀ: the bias node is one of the terms. */
  eq5: (theta, hC) => matmul(hC, transpose(theta)),
  /** J, with ln h = −ln(1 + e⁻ᶻ) and ln(1 − h) = −ln(1 + eᶻ). */
  eq18: (z, y) => div(sum(add(mul(y, softplus(neg(z))), mul(sub(1, y), softplus(z)))), z.shape[0]!),
  /** δ^L = h^L(z^L) − y. */
  eq42: (h, y) => sub(h, y),
  /** ∂J/∂θˡ = 1/m (δ^{l+1})ᵀ [1 | hˡ]. */
  eq44: (delta, hC) => div(matmul(transpose(delta), hC), delta.shape[0]!),
  /** The mean of δ^{l+1} over the samples. */
  eq46: (delta) => div(sum(delta, 0), delta.shape[0]!),
  /** θˡᵀ δ^{l+1} for each sample; θ without column 0. */
  eq47: (theta, delta) => matmul(delta, withoutBias(theta)),
  /** δˡ = (θˡᵀ δ^{l+1}) .* Ψˡ(zˡ). */
  eq48: (thetaDelta, psi) => mul(thetaDelta, psi),
};

/** What the equations give for a network, by layer: index l − 1 stands for layer l where a quantity has layers. */
export interface ClosedForm {
  readonly z: readonly Tensor[];
  readonly J: Tensor;
  /** [1 | hˡ], l = 1 … L − 1. */
  readonly hC: readonly Tensor[];
  /** δ² … δ^L at l − 2. */
  readonly delta: readonly Tensor[];
  /** θˡᵀδ^{l+1}, l = 2 … L − 1, at l − 2. */
  readonly thetaDelta: readonly Tensor[];
  /** ∂J/∂θˡ at l − 1. */
  readonly gradient: readonly Tensor[];
  /** Its column 0 by eq 46, at l − 1. */
  readonly biasGradient: readonly Tensor[];
}

/** [1 | h]: the bias node beside the others. */
const withBiasNode = (h: Tensor): Tensor => concat([onesLike(slice(h, null, [0, 1])), h], 1);

/** The whole recursion (42–48) by tensors: no autograd. */
export function closedForm(
  network: Network,
  x: Tensor,
  y: Tensor,
  { eq5, eq18, eq42, eq44, eq46, eq47, eq48 } = vectorized,
): ClosedForm {
  const { theta } = network;
  const all = activationsOf(network);
  // Ψ and h are taken at the library's z: at a kink, another order of summation could fall on its other side.
  const { z, h } = forward(network, x);
  const hC = h.slice(0, -1).map(withBiasNode);
  const delta: Tensor[] = [eq42(h.at(-1)!, y)];
  const thetaDelta: Tensor[] = [];
  for (let l = z.length - 1; l >= 2; l--) {
    thetaDelta.unshift(eq47(theta[l - 1]!, delta[0]!));
    delta.unshift(eq48(thetaDelta[0]!, all[l - 1]!.psi(z[l - 1]!, h[l - 1]!)));
  }
  return {
    z: [x, ...hC.map((value, i) => eq5(theta[i]!, value))],
    J: eq18(z.at(-1)!, y),
    hC,
    delta,
    thetaDelta,
    gradient: hC.map((value, i) => eq44(delta[i]!, value)),
    biasGradient: delta.map((value) => eq46(value)),
  };
}
