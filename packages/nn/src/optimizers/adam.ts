/** @file Adam and its relatives: steps scaled by running moments of the gradient. */
import { abs, add, div, maximum, mul, sign, sqrt, square, sub, type Tensor } from "@deltagrad/tensor";
import { elementary } from "@deltagrad/tensor/extend";
import { checkOption, fromZero, type Leaf, type Optimizer, perParameter, type Rate } from "./optimizer.ts";
import { decayed } from "./sgd.ts";

export interface AdamOptions {
  readonly rate?: Rate;
  /** How much of the running mean of g, and of g², is kept. */
  readonly betas?: readonly [first: number, second: number];
  readonly epsilon?: number;
  /** Added to the gradient; for decay of the parameters themselves see adamW. */
  readonly weightDecay?: number;
}

/** β·a + (1 − β)·b. */
export const mix = (beta: number, a: Tensor, b: Tensor): Tensor => add(mul(beta, a), mul(1 - beta, b)) as Tensor;

function checkAdam(op: string, { betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0 }: AdamOptions): void {
  checkOption(op, "betas[0]", betas[0], 0, 1);
  checkOption(op, "betas[1]", betas[1], 0, 1);
  checkOption(op, "epsilon", epsilon, 0);
  checkOption(op, "weightDecay", weightDecay, 0);
}

const moments = { m: fromZero, v: fromZero };

/** rate/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε), subtracted from x. */
const adamStep = (
  x: Tensor,
  { t, rate }: Leaf,
  m: Tensor,
  v: Tensor,
  [beta1, beta2]: readonly [number, number],
  epsilon: number,
): Tensor => {
  const scale = add(div(sqrt(v), Math.sqrt(1 - elementary.pow(beta2, t))), epsilon);
  return sub(x, mul(rate / (1 - elementary.pow(beta1, t)), div(m, scale))) as Tensor;
};

/**
 * Adam: the running mean of g over the root of that of g², both freed of the bias of their beginning. With `amsgrad`
 * the largest root so far.
 *
 * Throws: TensorError for a rate that is no finite number ≥ 0, betas outside [0, 1), a negative epsilon or decay.
 * Source: D. Kingma, J. Ba, Adam (2015), algorithm 1; S. Reddi and others (2018) for amsgrad; torch.optim.Adam.
 *
 * @example
 * const optimizer = adam({ rate: 0.1 });
 * const [next] = optimizer.update(tensor([1]), tensor([10]), optimizer.init(tensor([1])));
 * next.toArray()[0].toFixed(6);   // => "0.900000"
 */
export function adam(options: AdamOptions & { readonly amsgrad?: boolean } = {}): Optimizer {
  const { rate = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0, amsgrad = false } = options;
  checkAdam("adam", options);
  const step = (leaf: Leaf, m: Tensor, v: Tensor): { m: Tensor; v: Tensor } => {
    const g = decayed(leaf.g, leaf.x, weightDecay);
    return { m: mix(betas[0], m, g), v: mix(betas[1], v, square(g)) };
  };
  if (!amsgrad)
    return perParameter({
      name: "adam",
      rate,
      memory: moments,
      step: (leaf, memory) => {
        const { m, v } = step(leaf, memory.m, memory.v);
        return { x: adamStep(leaf.x, leaf, m, v, betas, epsilon), m, v };
      },
    });
  return perParameter({
    name: "adam",
    rate,
    memory: { ...moments, largest: fromZero },
    step: (leaf, memory) => {
      const { m, v } = step(leaf, memory.m, memory.v);
      const largest: Tensor = maximum(memory.largest, v);
      return { x: adamStep(leaf.x, leaf, m, largest, betas, epsilon), m, v, largest };
    },
  });
}

/**
 * Adam with decay of the parameters themselves: x ← x − rate·weightDecay·x first, apart from the gradient.
 *
 * Throws: as adam.
 * Source: I. Loshchilov, F. Hutter, Decoupled Weight Decay Regularization (2019); torch.optim.AdamW.
 */
export function adamW(options: AdamOptions = {}): Optimizer {
  const { rate = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 1e-2 } = options;
  checkAdam("adamW", options);
  return perParameter({
    name: "adamW",
    rate,
    memory: moments,
    step: (leaf, memory) => {
      const [m, v] = [mix(betas[0], memory.m, leaf.g), mix(betas[1], memory.v, square(leaf.g))];
      const x: Tensor = mul(leaf.x, 1 - leaf.rate * weightDecay);
      return { x: adamStep(x, leaf, m, v, betas, epsilon), m, v };
    },
  });
}

/**
 * Adam with the largest |g| of late in place of the root of the mean of g².
 *
 * Throws: as adam.
 * Source: D. Kingma, J. Ba (2015), algorithm 2; torch.optim.Adamax.
 */
export function adamax(options: AdamOptions = {}): Optimizer {
  const { rate = 2e-3, betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0 } = options;
  checkAdam("adamax", options);
  return perParameter({
    name: "adamax",
    rate,
    memory: { m: fromZero, u: fromZero },
    step: ({ x, g: gradient, t, rate }, memory) => {
      const g = decayed(gradient, x, weightDecay);
      const m = mix(betas[0], memory.m, g);
      const u: Tensor = maximum(mul(betas[1], memory.u), add(abs(g), epsilon));
      return { x: sub(x, mul(rate / (1 - elementary.pow(betas[0], t)), div(m, u))) as Tensor, m, u };
    },
  });
}

/**
 * Adam with Nesterov's momentum, whose weight grows to β₁ by the schedule of `momentumDecay`.
 *
 * Throws: as adam.
 * Source: T. Dozat, Incorporating Nesterov Momentum into Adam (2016); torch.optim.NAdam.
 */
export function nadam(options: AdamOptions & { readonly momentumDecay?: number } = {}): Optimizer {
  const { rate = 2e-3, betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0, momentumDecay = 4e-3 } = options;
  checkAdam("nadam", options);
  checkOption("nadam", "momentumDecay", momentumDecay, 0);
  const weight = (t: number): number => betas[0] * (1 - 0.5 * elementary.pow(0.96, t * momentumDecay));
  return perParameter({
    name: "nadam",
    rate,
    // The product of the weights so far, for each parameter alike.
    memory: { ...moments, product: (x) => add(mul(0, x), 1) as Tensor },
    step: ({ x, g: gradient, t, rate }, memory) => {
      const g = decayed(gradient, x, weightDecay);
      const [m, v] = [mix(betas[0], memory.m, g), mix(betas[1], memory.v, square(g))];
      const product: Tensor = mul(memory.product, weight(t));
      const scale = add(sqrt(div(v, 1 - elementary.pow(betas[1], t))), epsilon);
      const ofGradient = div(mul(rate * (1 - weight(t)), g), sub(1, product));
      const ofMomentum = div(mul(rate * weight(t + 1), m), sub(1, mul(product, weight(t + 1))));
      return { x: sub(x, div(add(ofGradient, ofMomentum), scale)) as Tensor, m, v, product };
    },
  });
}

/**
 * Adam that does without its scale until the variance of that can be told.
 *
 * Throws: as adam.
 * Source: L. Liu and others, On the Variance of the Adaptive Learning Rate and Beyond (2020); torch.optim.RAdam.
 */
export function radam(options: AdamOptions = {}): Optimizer {
  const { rate = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0 } = options;
  checkAdam("radam", options);
  const longest = 2 / (1 - betas[1]) - 1;
  return perParameter({
    name: "radam",
    rate,
    memory: moments,
    step: ({ x, g: gradient, t, rate }, memory) => {
      const g = decayed(gradient, x, weightDecay);
      const [m, v] = [mix(betas[0], memory.m, g), mix(betas[1], memory.v, square(g))];
      const mean = mul(rate / (1 - elementary.pow(betas[0], t)), m);
      const bias = 1 - elementary.pow(betas[1], t);
      const length = longest - (2 * t * elementary.pow(betas[1], t)) / bias;
      if (length <= 5) return { x: sub(x, mean) as Tensor, m, v };
      const rectified = Math.sqrt(((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length));
      return { x: sub(x, mul(rectified * Math.sqrt(bias), div(mean, add(sqrt(v), epsilon)))) as Tensor, m, v };
    },
  });
}

/**
 * Steps of one size: the sign of a mean of g and its running mean; the parameters decay by themselves.
 *
 * Throws: as adam.
 * Source: X. Chen and others, Symbolic Discovery of Optimization Algorithms (2023), algorithm 2.
 *
 * @example
 * const optimizer = lion({ rate: 0.5 });
 * const [next] = optimizer.update(tensor([1, 1]), tensor([3, -0.1]), optimizer.init(tensor([1, 1])));
 * next.toArray();   // => [0.5, 1.5]
 */
export function lion(options: Omit<AdamOptions, "epsilon"> = {}): Optimizer {
  const { rate = 1e-4, betas = [0.9, 0.99], weightDecay = 0 } = options;
  checkAdam("lion", options);
  return perParameter({
    name: "lion",
    rate,
    memory: { m: fromZero },
    step: ({ x, g, rate }, { m }) => ({
      x: sub(x, mul(rate, add(sign(mix(betas[0], m, g)), mul(weightDecay, x)))) as Tensor,
      m: mix(betas[1], m, g),
    }),
  });
}
