/** @file Beside what each quantity is held, in words. */

const gradient = "the gradient, by reverse mode";
const jacobian = "the Jacobian, by reverse mode";
const delta = "m ∂J/∂z, by reverse mode";
const forward = "the library's forward pass";

const byQuantity: Readonly<Record<string, string>> = {
  z: forward,
  "z, bias node": "the value of a bias node",
  h: "the library's activation",
  "the bias node's part of z": "column 0 of θ",
  "∂θ/∂θ": "the Jacobian of θ in itself",
  "∂z/∂θ": jacobian,
  "∂z/∂θ, bias": `${jacobian}, its columns for the bias node`,
  Ψ: "the derivative of the activation, by forward mode",
  "J, from probabilities": "crossEntropy",
  "J, from logits": "crossEntropyFromLogits",
  "∂J/∂θ": gradient,
  "∂J/∂θ, bias": `${gradient}, its column for the bias node`,
  δ: `${delta}; 0 for the bias node`,
  "M = ∂z/∂z": "the Jacobian of a layer's z in the one before, by reverse mode",
  "h C = x": "the derivative of z in θ on layer 2, by forward mode",
  θᵀδ: "m ∂J/∂h, by reverse mode",
  "z, vectorized": forward,
  "J, vectorized": "crossEntropyFromLogits",
  "∂J/∂θ, bias, vectorized": `${gradient}, its column for the bias node`,
  "δ, vectorized": delta,
  "∂J/∂θ, vectorized": gradient,
};

/** What a quantity's closed form is compared with. */
export const besideWhat = (quantity: string): string => byQuantity[quantity] ?? "autograd";
