/** @file Learning rates as functions of the step: of how many steps were done before. */
import { TensorError } from "@deltagrad/tensor";
import { elementary } from "@deltagrad/tensor/extend";
import { checkOption } from "./optimizer.ts";

/** The rate at a step, counted from 0. */
export type Schedule = (step: number) => number;

/**
 * Always the same rate; `until` and `factor`: rate·factor for the first steps.
 *
 * @example
 * constant(0.1)(1000);   // => 0.1
 */
export function constant(
  rate: number,
  { factor = 1, until = 0 }: { readonly factor?: number; readonly until?: number } = {},
): Schedule {
  checkOption("constant", "rate", rate, 0);
  checkOption("constant", "factor", factor, 0);
  checkOption("constant", "until", until, 0);
  return (step) => (step < until ? rate * factor : rate);
}

/**
 * Times gamma at the end of every `every` steps, or at each of `milestones`.
 *
 * Source: torch.optim.lr_scheduler.StepLR and MultiStepLR.
 *
 * @example
 * stepwise(1, { every: 10, gamma: 0.5 })(25);             // => 0.25
 * stepwise(1, { milestones: [10, 20], gamma: 0.5 })(15);  // => 0.5
 */
export function stepwise(
  rate: number,
  options: { readonly gamma: number } & ({ readonly every: number } | { readonly milestones: readonly number[] }),
): Schedule {
  checkOption("stepwise", "rate", rate, 0);
  checkOption("stepwise", "gamma", options.gamma, 0);
  if ("every" in options) checkOption("stepwise", "every", options.every, 1);
  const passed = (step: number): number =>
    "every" in options
      ? Math.floor(step / options.every)
      : options.milestones.filter((milestone) => milestone <= step).length;
  return (step) => rate * elementary.pow(options.gamma, passed(step));
}

/**
 * Times gamma at each step.
 *
 * @example
 * exponential(8, { gamma: 0.5 })(3);   // => 1
 */
export function exponential(rate: number, { gamma }: { readonly gamma: number }): Schedule {
  checkOption("exponential", "rate", rate, 0);
  checkOption("exponential", "gamma", gamma, 0);
  return (step) => rate * elementary.pow(gamma, step);
}

/** Half a cosine from 1 (at 0) to 0 (at 1). */
const cosineFall = (part: number): number => (1 + elementary.cos(Math.PI * part)) / 2;

/**
 * Half a cosine from `rate` down to `least` in `steps` steps, and back up in as many, and so on.
 *
 * Source: I. Loshchilov, F. Hutter, SGDR (2017), eq 5, without restarts.
 *
 * @example
 * cosine(1, { steps: 10 })(5).toFixed(12);   // => "0.500000000000"
 */
export function cosine(
  rate: number,
  { steps, least = 0 }: { readonly steps: number; readonly least?: number },
): Schedule {
  checkOption("cosine", "rate", rate, 0);
  checkOption("cosine", "steps", steps, 1);
  checkOption("cosine", "least", least, 0);
  return (step) => least + (rate - least) * cosineFall(step / steps);
}

/**
 * The cosine's fall again and again: the first takes `steps` steps, each further one `growth` times as many.
 *
 * Source: I. Loshchilov, F. Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017).
 *
 * @example
 * cosineRestarts(1, { steps: 5, growth: 2 })(5);   // => 1
 */
export function cosineRestarts(
  rate: number,
  { steps, growth = 1, least = 0 }: { readonly steps: number; readonly growth?: number; readonly least?: number },
): Schedule {
  checkOption("cosineRestarts", "rate", rate, 0);
  checkOption("cosineRestarts", "steps", steps, 1);
  checkOption("cosineRestarts", "growth", growth, 1);
  checkOption("cosineRestarts", "least", least, 0);
  return (step) => {
    // The length of all falls before the n-th is steps·(growthⁿ − 1)/(growth − 1).
    const n =
      growth === 1
        ? Math.floor(step / steps)
        : Math.floor(elementary.log((step / steps) * (growth - 1) + 1) / elementary.log(growth) + 1e-12);
    const [length, start] =
      growth === 1
        ? [steps, n * steps]
        : [steps * elementary.pow(growth, n), (steps * (elementary.pow(growth, n) - 1)) / (growth - 1)];
    return least + (rate - least) * cosineFall((step - start) / length);
  };
}

/**
 * A straight line from rate·from to rate·to in `steps` steps, then flat: a warm-up.
 *
 * @example
 * linear(1, { from: 0, to: 1, steps: 4 })(3);   // => 0.75
 */
export function linear(
  rate: number,
  { from = 1 / 3, to = 1, steps }: { readonly from?: number; readonly to?: number; readonly steps: number },
): Schedule {
  checkOption("linear", "rate", rate, 0);
  checkOption("linear", "from", from, 0);
  checkOption("linear", "to", to, 0);
  checkOption("linear", "steps", steps, 1);
  return (step) => rate * (from + ((to - from) * Math.min(step, steps)) / steps);
}

/**
 * rate · (1 − step/steps)^power, and 0 from then on.
 *
 * @example
 * polynomial(1, { steps: 10, power: 2 })(5);   // => 0.25
 */
export function polynomial(
  rate: number,
  { steps, power = 1 }: { readonly steps: number; readonly power?: number },
): Schedule {
  checkOption("polynomial", "rate", rate, 0);
  checkOption("polynomial", "steps", steps, 1);
  checkOption("polynomial", "power", power, 0);
  return (step) => rate * elementary.pow(1 - Math.min(step, steps) / steps, power);
}

/** From a (part 0) to b (part 1). */
const anneal = {
  cosine: (a: number, b: number, part: number) => b + (a - b) * cosineFall(part),
  linear: (a: number, b: number, part: number) => a + (b - a) * part,
} as const;

export interface OneCycleOptions {
  /** All steps of the run: the cycle ends with the last. */
  readonly steps: number;
  /** The part of them in which the rate rises. */
  readonly rise?: number;
  readonly shape?: "cosine" | "linear";
  /** The first rate is the highest divided by this, and the last one the first divided by `finalDivisor`. */
  readonly divisor?: number;
  readonly finalDivisor?: number;
  /** Whether the rate falls in as many steps as it rose, and vanishes in a third phase. */
  readonly threePhase?: boolean;
}

/**
 * One cycle: from highest/divisor up to `highest` and down to nearly nothing.
 *
 * Source: L. Smith, N. Topin, Super-Convergence (2017); torch.optim.lr_scheduler.OneCycleLR.
 *
 * @example
 * oneCycle(0.5, { steps: 20 })(5);   // => 0.5
 */
export function oneCycle(
  highest: number,
  { steps, rise = 0.3, shape = "cosine", divisor = 25, finalDivisor = 1e4, threePhase = false }: OneCycleOptions,
): Schedule {
  checkOption("oneCycle", "highest", highest, 0);
  checkOption("oneCycle", "steps", steps, 1);
  checkOption("oneCycle", "rise", rise, 0);
  checkOption("oneCycle", "divisor", divisor, 1);
  checkOption("oneCycle", "finalDivisor", finalDivisor, 1);
  const first = highest / divisor;
  const last = first / finalDivisor;
  const top = rise * steps - 1;
  const phases = threePhase
    ? ([
        [top, first, highest],
        [2 * rise * steps - 2, highest, first],
        [steps - 1, first, last],
      ] as const)
    : ([
        [top, first, highest],
        [steps - 1, highest, last],
      ] as const);
  return (step) => {
    if (step >= steps)
      throw new TensorError("oneCycle", `step ${step} of a cycle of ${steps}`, "give it the steps of the whole run");
    const n = Math.max(
      0,
      phases.findIndex(([end]) => step <= end),
    );
    const [end, a, b] = phases[n]!;
    const start = n === 0 ? 0 : phases[n - 1]![0];
    return anneal[shape](a, b, (step - start) / (end - start));
  };
}

export interface CyclicOptions {
  readonly up: number;
  readonly down?: number;
  /** What each cycle's height is multiplied with: 1, ½ per cycle, or gamma per step. */
  readonly mode?: "triangular" | "triangular2" | "exponential";
  readonly gamma?: number;
}

/**
 * Up and down in straight lines between two rates, again and again.
 *
 * Source: L. Smith, Cyclical Learning Rates (2017); torch.optim.lr_scheduler.CyclicLR.
 *
 * @example
 * cyclic(0, 1, { up: 4 })(4);   // => 1
 */
export function cyclic(
  lowest: number,
  highest: number,
  { up, down = up, mode = "triangular", gamma = 1 }: CyclicOptions,
): Schedule {
  checkOption("cyclic", "lowest", lowest, 0);
  checkOption("cyclic", "highest", highest, lowest);
  checkOption("cyclic", "up", up, 1);
  checkOption("cyclic", "down", down, 1);
  const length = up + down;
  return (step) => {
    const cycle = Math.floor(step / length);
    const part = step - cycle * length;
    const height = part <= up ? part / up : 1 - (part - up) / down;
    const scale =
      mode === "triangular" ? 1 : mode === "triangular2" ? elementary.exp2(-cycle) : elementary.pow(gamma, step);
    return lowest + (highest - lowest) * height * scale;
  };
}

/**
 * One schedule after another: each begins at its milestone, with step 0.
 *
 * Throws: TensorError unless there is one milestone between each two, in ascending order.
 *
 * @example
 * const warm = linear(1, { from: 0, steps: 10 });
 * sequence([warm, cosine(1, { steps: 90 })], [10])(10);   // => 1
 */
export function sequence(schedules: readonly Schedule[], milestones: readonly number[]): Schedule {
  if (schedules.length === 0 || milestones.length !== schedules.length - 1)
    throw new TensorError(
      "sequence",
      `${milestones.length} milestones for ${schedules.length} schedules`,
      "give one between each two",
    );
  if (milestones.some((milestone, i) => i > 0 && milestone <= milestones[i - 1]!))
    throw new TensorError("sequence", `milestones ${milestones.join(", ")}`, "give them in ascending order");
  return (step) => {
    const n = milestones.filter((milestone) => milestone <= step).length;
    return schedules[n]!(step - (n === 0 ? 0 : milestones[n - 1]!));
  };
}
