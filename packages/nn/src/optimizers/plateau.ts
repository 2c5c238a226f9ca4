/** @file A rate that follows the results rather than the step. */
import { checkOption } from "./optimizer.ts";

export interface PlateauOptions {
  readonly mode?: "min" | "max";
  readonly factor?: number;
  /** How many bad results are let pass. */
  readonly patience?: number;
  /** By how much a result has to be better: a part of the best, or absolute. */
  readonly threshold?: number;
  readonly thresholdMode?: "rel" | "abs";
  /** How many results after a reduction are not counted. */
  readonly cooldown?: number;
  readonly least?: number;
  /** A reduction by less than this is not made. */
  readonly epsilon?: number;
}

/** Plain data, so that it can be saved. */
export interface PlateauState {
  readonly rate: number;
  readonly best: number;
  readonly bad: number;
  readonly cooling: number;
}

/**
 * A rate that is reduced when a result has not become better for a while: no function of the step, but of the results,
 * so its state is an argument and a result like an optimizer's.
 *
 * Source: torch.optim.lr_scheduler.ReduceLROnPlateau.
 *
 * @example
 * const plateau = reduceOnPlateau(1, { patience: 0, factor: 0.5 });
 * [3, 3, 2, 2].reduce(plateau.next, plateau.init()).rate;   // => 0.25
 */
export function reduceOnPlateau(
  rate: number,
  {
    mode = "min",
    factor = 0.1,
    patience = 10,
    threshold = 1e-4,
    thresholdMode = "rel",
    cooldown = 0,
    least = 0,
    epsilon = 1e-8,
  }: PlateauOptions = {},
): { init(): PlateauState; next(state: PlateauState, result: number): PlateauState } {
  checkOption("reduceOnPlateau", "rate", rate, 0);
  checkOption("reduceOnPlateau", "factor", factor, 0, 1);
  checkOption("reduceOnPlateau", "patience", patience, 0);
  const sign = mode === "min" ? 1 : -1;
  const mark = (best: number): number =>
    thresholdMode === "rel" ? best * (1 - sign * threshold) : best - sign * threshold;
  const better = (result: number, best: number): boolean =>
    Number.isFinite(best) ? sign * (mark(best) - result) > 0 : sign * (best - result) > 0;
  return {
    init: () => ({ rate, best: sign * Number.POSITIVE_INFINITY, bad: 0, cooling: 0 }),
    next: (state, result) => {
      const improved = better(result, state.best);
      const best = improved ? result : state.best;
      const cooling = Math.max(0, state.cooling - 1);
      const bad = state.cooling > 0 || improved ? 0 : state.bad + 1;
      if (bad <= patience) return { rate: state.rate, best, bad, cooling };
      const reduced = Math.max(state.rate * factor, least);
      return { rate: state.rate - reduced > epsilon ? reduced : state.rate, best, bad: 0, cooling: cooldown };
    },
  };
}
