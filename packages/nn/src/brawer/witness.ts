/** @file What autograd, forward mode and the library's forward pass say of the quantities that the equations are about. */
import {
  broadcastTo,
  concat,
  jacobian,
  jvp,
  mul,
  ones,
  onesLike,
  slice,
  Tape,
  type Tensor,
  vmap,
  zeros,
} from "@deltagrad/tensor";
import { crossEntropy, crossEntropyFromLogits } from "../losses/binary.ts";
import { activationsOf, biasColumn, forward, type Network } from "./network.ts";
import { once } from "./once.ts";

/** Quantities by layer, each computed when it is asked for. No closed form of the derivation is used. */
export interface Witness {
  /** zˡ without the bias node, [m, S_l]. */
  readonly z: (l: number) => Tensor;
  /** hˡ(zˡ), [m, S_l]. */
  readonly h: (l: number) => Tensor;
  /** The value of a bias node for each sample, [m]. */
  readonly ones: Tensor;
  /** θ_{j,0} for each sample: what the bias node adds to zˡ, [m, S_l]. */
  readonly biasPart: (l: number) => Tensor;
  /** dh/dz at zˡ by forward mode, [m, S_l]. */
  readonly psi: (l: number) => Tensor;
  /** The cost from probabilities, and from logits. */
  readonly J: Tensor;
  readonly JFromLogits: Tensor;
  /** m·∂J/∂zˡ, [m, S_l]. */
  readonly delta: (l: number) => Tensor;
  /** The same with a column of zeros for the bias node, [m, S_l + 1]. */
  readonly deltaWithBias: (l: number) => Tensor;
  /** m·∂J/∂hˡ, [m, S_l]. */
  readonly deltaOfH: (l: number) => Tensor;
  /** ∂J/∂θˡ, [S_{l+1}, S_l + 1]. */
  readonly gradient: (l: number) => Tensor;
  /** ∂zˡ/∂θ of the layer `from`, [m, S_l, S_{from+1}, S_from + 1]. */
  readonly zByTheta: (l: number, from: number) => Tensor;
  /** ∂z^{l+1}/∂zˡ for each sample, [m, S_{l+1}, S_l]. */
  readonly zByZ: (l: number) => Tensor;
  /** ∂θˡ/∂θˡ. */
  readonly thetaByTheta: (l: number) => Tensor;
  /** ∂z_1²/∂θ¹_{1,q} for each sample, [m, S_1 + 1]. */
  readonly inputs: () => Tensor;
}

/** ∂zˡ/∂θ of the layers first … l − 1 by reverse mode, each [m, S_l, S_{from+1}, S_from + 1], under the layer's number. */
export function jacobianInThetas(
  { theta, hidden }: Network,
  x: Tensor,
  l: number,
  first: number,
): ReadonlyMap<number, Tensor> {
  const z = (last: readonly Tensor[]): Tensor =>
    forward({ theta: [...theta.slice(0, first - 1), ...last], hidden: hidden.slice(0, l - 2) }, x).z[l - 1]!;
  const blocks = jacobian(z)(theta.slice(first - 1, l - 1)) as readonly Tensor[];
  return new Map(blocks.map((block, i) => [first + i, block]));
}

/** Differentiates the cost of a network: one forward pass on a tape, one pass back, and Jacobians on demand. */
export function witness(network: Network, x: Tensor, y: Tensor): Witness {
  const tape = new Tape();
  const theta = tape.watch(network.theta);
  const { z, h } = forward({ ...network, theta }, x);
  const J = crossEntropyFromLogits(z.at(-1)!, y);
  const bar = tape.pullback(J);
  const m = x.shape[0]!;
  const values = forward(network, x);
  // An activation may be constant; then nothing flows through it.
  const read = (target: Tensor): Tensor => bar(target, { unreached: "zeros" });
  // The text looks two layers back, and three from the last one.
  const byTheta = once((l) => jacobianInThetas(network, x, l, Math.max(1, l === z.length ? l - 3 : l - 2)));
  const delta = once((l) => mul(m, read(z[l - 1]!)) as Tensor);
  return {
    z: (l) => values.z[l - 1]!,
    h: (l) => values.h[l - 1]!,
    ones: ones([m]),
    biasPart: (l) => {
      const bias = biasColumn(network.theta[l - 2]!);
      return broadcastTo(bias, [m, bias.size]);
    },
    psi: (l) => {
      const { h } = activationsOf(network)[l - 1]!;
      const at = values.z[l - 1]!;
      return jvp(h, [at], [onesLike(at)])[1];
    },
    J: crossEntropy(values.h.at(-1)!, y),
    JFromLogits: crossEntropyFromLogits(values.z.at(-1)!, y),
    delta,
    deltaWithBias: (l) => concat([zeros([m, 1]), delta(l)], 1),
    deltaOfH: (l) => mul(m, read(h[l - 1]!)) as Tensor,
    gradient: once((l) => read(theta[l - 1]!)),
    zByTheta: (l, from) => byTheta(l).get(from)!,
    zByZ: (l) => {
      const layer = { theta: [network.theta[l - 1]!], hidden: [] };
      const { h } = activationsOf(network)[l - 1]!;
      // A layer by itself has the identity before it: its input is h(z).
      const next = (row: Tensor): Tensor => forward(layer, h(row).reshape([1, -1])).z[1]!.reshape([-1]);
      return vmap((row: Tensor) => jacobian(next)(row) as Tensor)(values.z[l - 1]!);
    },
    thetaByTheta: (l) => jacobian((matrix: Tensor) => matrix)(network.theta[l - 1]!),
    inputs: () => {
      const first = slice(network.theta[0]!, [0, 1]);
      const node = (row: Tensor): Tensor => forward({ theta: [row], hidden: [] }, x).z[1]!.reshape([-1]);
      return jacobian(node, { mode: "forward" })(first).reshape([m, -1]);
    },
  };
}
