/** @file All equations in the order of the text. */
import { TensorError } from "@deltagrad/tensor";
import type { Definition, Equation } from "./equation.ts";
import { eq42, eq43, eq44, eq45, eq46, eq47, vectorized } from "./equations/backward.ts";
import * as cost from "./equations/cost.ts";
import * as derivatives from "./equations/derivatives.ts";
import * as network from "./equations/forward.ts";
import * as back from "./equations/layers.ts";

/** 5, 18 and 42–48: forward propagation, the cost, and the general equations of back propagation. */
export const backPropagation: readonly Equation[] = [
  network.eq5,
  cost.eq18FromProbabilities,
  cost.eq18,
  eq42,
  eq43,
  eq44,
  eq45,
  eq46,
  eq47,
  ...vectorized,
];

/** Every numbered equation that can be computed, in the order of the text. */
export const everyEquation: readonly Equation[] = [
  network.eq1,
  network.eq1a,
  network.eq2,
  network.eq3,
  network.eq5,
  network.eq8,
  network.eq8a,
  derivatives.eq10,
  derivatives.eq11,
  derivatives.eq12,
  derivatives.eq13,
  derivatives.eq14,
  derivatives.eq15,
  derivatives.eq15a,
  derivatives.eq16,
  derivatives.eq17,
  derivatives.eq17a,
  cost.eq18FromProbabilities,
  cost.eq18,
  cost.eq19,
  cost.eq20,
  cost.eq21,
  back.eq22,
  back.eq23,
  back.eq24,
  back.eq25,
  back.eq26,
  back.eq27,
  back.eq28,
  back.eq29,
  back.eq29a,
  back.eq30,
  back.eq31,
  back.eq32,
  back.eq33,
  back.eq34,
  back.eq35,
  back.eq36,
  back.eq37,
  back.eq39,
  back.eq40,
  back.eq41,
  eq42,
  eq43,
  eq44,
  eq45,
  eq46,
  eq47,
  ...vectorized,
];

/** The numbered equations that say what a name means. Numbers 4 and 38 are not used in the text. */
export const definitions: readonly Definition[] = [network.eq6, network.eq7, derivatives.eq9, back.eq33a];

/**
 * The equations of a number: index forms and vectorized ones.
 *
 * Throws: TensorError for a number that the text does not use, or uses for a definition.
 *
 * @example
 * equation("43")[0].quantity;   // => "δ"
 */
export function equation(number: string): readonly Equation[] {
  const found = everyEquation.filter((equation) => equation.number === number);
  if (found.length === 0)
    throw new TensorError(
      "equation",
      `there is no equation ${number}`,
      `use one of ${[...new Set(everyEquation.map((equation) => equation.number))].join(", ")}`,
    );
  return found;
}
