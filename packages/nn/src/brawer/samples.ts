/** @file Whether samples fit a network, and are what the cost can be taken of. */
import { type Tensor, TensorError } from "@deltagrad/tensor";
import type { Network } from "./network.ts";

/** Throws unless x and y fit the network, there is a sample, and all numbers are finite float64, targets in [0, 1]. */
export function checkSamples(op: string, { theta }: Network, x: Tensor, y: Tensor): void {
  const [inputs, outputs] = [theta[0]!.shape[1]! - 1, theta.at(-1)!.shape[0]!];
  if (x.rank !== 2 || y.rank !== 2 || x.shape[1] !== inputs || y.shape[1] !== outputs || x.shape[0] !== y.shape[0]) {
    const problem = `x [${x.shape.join(", ")}] and y [${y.shape.join(", ")}] for a network from ${inputs} to ${outputs} nodes`;
    throw new TensorError(op, problem, `give x [m, ${inputs}] and y [m, ${outputs}]`, [x, y]);
  }
  if (x.shape[0] === 0)
    throw new TensorError(op, "there are no samples", "J divides by their number: give at least one", [x]);
  const named: [string, Tensor][] = [
    ["x", x],
    ["y", y],
    ...theta.map((matrix, i): [string, Tensor] => [`θ${i + 1}`, matrix]),
  ];
  for (const [name, tensor] of named) {
    const bad = tensor.toTypedArray().findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new TensorError(
        op,
        `element ${bad} of ${name} is not finite`,
        "equality means nothing there; clean the data",
        [tensor],
      );
    if (tensor.dtype !== "float64")
      throw new TensorError(op, `${name} is ${tensor.dtype}`, "the bounds are for float64: cast it", [tensor]);
  }
  const outside = y.toTypedArray().findIndex((value) => value < 0 || value > 1);
  if (outside >= 0)
    throw new TensorError(op, `element ${outside} of y is outside [0, 1]`, "the cost (eq 18) is of probabilities", [y]);
}

/** Throws unless all node values, up to z of layer L, are finite. */
export function checkFinite(op: string, L: number, z: (l: number) => Tensor): void {
  for (let l = 2; l <= L; l++) {
    const values = z(l).toTypedArray();
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new TensorError(
        op,
        `element ${bad} of z of layer ${l} is ${values[bad]}`,
        "the network leaves float64: scale its weights or its data",
        [z(l)],
      );
  }
}
