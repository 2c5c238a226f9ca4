/** @file Rates for each parameter from the sizes or the signs of its gradients: RMSprop, Adagrad, Adadelta, Rprop; ASGD. */
import { add, div, full, maximum, minimum, mul, sign, sqrt, square, sub, type Tensor, where } from "@deltagrad/tensor";
import { elementary } from "@deltagrad/tensor/extend";
import { mix } from "./adam.ts";
import { checkOption, fromZero, type Optimizer, perParameter, type Rate } from "./optimizer.ts";
import { decayed } from "./sgd.ts";

export interface RmspropOptions {
  readonly rate?: Rate;
  /** How much of the running mean of g² is kept. */
  readonly alpha?: number;
  readonly epsilon?: number;
  readonly momentum?: number;
  /** Whether the square of the running mean of g is taken off that of g²: a variance. */
  readonly centered?: boolean;
  readonly weightDecay?: number;
}

/**
 * RMSprop: g over the root of the running mean of g², with momentum if told.
 *
 * Throws: TensorError for a rate that is no finite number ≥ 0, alpha outside [0, 1), other negative options.
 * Source: T. Tieleman, G. Hinton (2012); A. Graves (2013) for the centred form; torch.optim.RMSprop.
 */
export function rmsprop({
  rate = 1e-2,
  alpha = 0.99,
  epsilon = 1e-8,
  momentum = 0,
  centered = false,
  weightDecay = 0,
}: RmspropOptions = {}): Optimizer {
  checkOption("rmsprop", "alpha", alpha, 0, 1);
  checkOption("rmsprop", "epsilon", epsilon, 0);
  checkOption("rmsprop", "momentum", momentum, 0);
  checkOption("rmsprop", "weightDecay", weightDecay, 0);
  return perParameter({
    name: "rmsprop",
    rate,
    memory: { v: fromZero, mean: fromZero, velocity: fromZero },
    step: ({ x, g: gradient, rate }, memory) => {
      const g = decayed(gradient, x, weightDecay);
      const v = mix(alpha, memory.v, square(g));
      const mean = centered ? mix(alpha, memory.mean, g) : memory.mean;
      const scale = add(sqrt(centered ? sub(v, square(mean)) : v), epsilon);
      const velocity: Tensor = add(mul(momentum, memory.velocity), div(g, scale));
      return { x: sub(x, mul(rate, velocity)) as Tensor, v, mean, velocity };
    },
  });
}

export interface AdagradOptions {
  readonly rate?: Rate;
  /** The rate at step t is rate / (1 + (t − 1) · rateDecay). */
  readonly rateDecay?: number;
  /** What the sums of g² begin with. */
  readonly initial?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
}

/**
 * Adagrad: g over the root of the sum of all g² so far.
 *
 * Throws: TensorError for a rate that is no finite number ≥ 0, or negative options.
 * Source: J. Duchi, E. Hazan, Y. Singer (2011); torch.optim.Adagrad.
 */
export function adagrad({
  rate = 1e-2,
  rateDecay = 0,
  initial = 0,
  epsilon = 1e-10,
  weightDecay = 0,
}: AdagradOptions = {}): Optimizer {
  for (const [name, value] of Object.entries({ rateDecay, initial, epsilon, weightDecay }))
    checkOption("adagrad", name, value, 0);
  return perParameter({
    name: "adagrad",
    rate,
    memory: { total: (x) => full(x.shape, initial, { dtype: x.dtype }) as Tensor },
    step: ({ x, g: gradient, t, rate }, memory) => {
      const g = decayed(gradient, x, weightDecay);
      const total: Tensor = add(memory.total, square(g));
      const step = mul(rate / (1 + (t - 1) * rateDecay), div(g, add(sqrt(total), epsilon)));
      return { x: sub(x, step) as Tensor, total };
    },
  });
}

export interface AdadeltaOptions {
  readonly rate?: Rate;
  /** How much of the running means of g² and of the squared steps is kept. */
  readonly rho?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
}

/**
 * Adadelta: steps in the units of the parameters, √(mean step² + ε) / √(mean g² + ε) · g.
 *
 * Throws: TensorError for a rate that is no finite number ≥ 0, rho outside [0, 1), other negative options.
 * Source: M. Zeiler, ADADELTA (2012), algorithm 1; torch.optim.Adadelta.
 */
export function adadelta({ rate = 1, rho = 0.9, epsilon = 1e-6, weightDecay = 0 }: AdadeltaOptions = {}): Optimizer {
  checkOption("adadelta", "rho", rho, 0, 1);
  checkOption("adadelta", "epsilon", epsilon, 0);
  checkOption("adadelta", "weightDecay", weightDecay, 0);
  return perParameter({
    name: "adadelta",
    rate,
    memory: { v: fromZero, steps: fromZero },
    step: ({ x, g: gradient, rate }, memory) => {
      const g = decayed(gradient, x, weightDecay);
      const v = mix(rho, memory.v, square(g));
      const step: Tensor = mul(div(sqrt(add(memory.steps, epsilon)), sqrt(add(v, epsilon))), g);
      return { x: sub(x, mul(rate, step)) as Tensor, v, steps: mix(rho, memory.steps, square(step)) };
    },
  });
}

export interface RpropOptions {
  /** The first step of each parameter. */
  readonly rate?: number;
  /** The factors after a change of sign, and without one. */
  readonly factors?: readonly [shrink: number, grow: number];
  readonly bounds?: readonly [least: number, most: number];
}

/**
 * Resilient propagation, for full batches: only the sign of g counts, and a step of its own for each parameter.
 *
 * Throws: TensorError for options that are not positive, or factors that do not shrink and grow.
 * Source: M. Riedmiller, H. Braun (1993); torch.optim.Rprop.
 */
export function rprop({ rate = 1e-2, factors = [0.5, 1.2], bounds = [1e-6, 50] }: RpropOptions = {}): Optimizer {
  checkOption("rprop", "factors[0]", factors[0], 0, 1);
  checkOption("rprop", "factors[1]", factors[1], 1);
  checkOption("rprop", "bounds[0]", bounds[0], 0);
  checkOption("rprop", "bounds[1]", bounds[1], bounds[0]);
  return perParameter({
    name: "rprop",
    rate,
    memory: { last: fromZero, size: (x) => full(x.shape, rate, { dtype: x.dtype }) as Tensor },
    step: ({ x, g: gradient }, memory) => {
      const agreement = mul(gradient, memory.last);
      const factor = where(agreement.greater(0), factors[1], where(agreement.less(0), factors[0], 1)).cast(x.dtype);
      const size: Tensor = minimum(maximum(mul(memory.size, factor), bounds[0]), bounds[1]);
      const g: Tensor = where(agreement.less(0), 0, gradient);
      return { x: sub(x, mul(sign(g), size)) as Tensor, last: g, size };
    },
  });
}

export interface AsgdOptions {
  readonly rate?: number;
  /** The decay of the parameters, and of the rate: rate / (1 + lambda·rate·t)^alpha. */
  readonly lambda?: number;
  readonly alpha?: number;
  /** The step at which averaging begins. */
  readonly start?: number;
  readonly weightDecay?: number;
}

/**
 * Averaged gradient descent: plain steps of a falling rate; `memory.average` of the state is the mean of the
 * parameters since `start`.
 *
 * Throws: TensorError for a rate that is no finite number ≥ 0, or negative options.
 * Source: B. Polyak, A. Juditsky (1992); torch.optim.ASGD.
 */
export function asgd({
  rate = 1e-2,
  lambda = 1e-4,
  alpha = 0.75,
  start = 1e6,
  weightDecay = 0,
}: AsgdOptions = {}): Optimizer {
  for (const [name, value] of Object.entries({ lambda, alpha, start, weightDecay }))
    checkOption("asgd", name, value, 0);
  return perParameter({
    name: "asgd",
    rate,
    memory: { average: fromZero },
    step: ({ x: from, g: gradient, t, rate }, memory) => {
      const g = decayed(gradient, from, weightDecay);
      const now = t === 1 ? rate : rate / elementary.pow(1 + lambda * rate * (t - 1), alpha);
      const x: Tensor = sub(mul(from, 1 - lambda * now), mul(now, g));
      const share = 1 / Math.max(1, t - 1 - start);
      return { x, average: share === 1 ? x : (add(memory.average, mul(share, sub(x, memory.average))) as Tensor) };
    },
  });
}
