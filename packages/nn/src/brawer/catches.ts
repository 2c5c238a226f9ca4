/** @file The catch table: who notices which mistake, and where the usual practice does not. */
import { mul, rng, type Tensor, tensor, withDerivative } from "@deltagrad/tensor";
import { checkGradient } from "@deltagrad/tensor/check";
import { crossEntropyFromLogits } from "../losses/binary.ts";
import { compare } from "./compare.ts";
import type { Equation } from "./equation.ts";
import { eq44 } from "./equations/backward.ts";
import { type Mistake, mistakes } from "./mistakes.ts";
import { activations, forward, type Network } from "./network.ts";
import { closedForms, type Given, type Task } from "./tasks.ts";

/** One mistake on one network: who notices it. */
export interface Catch {
  readonly mistake: string;
  /** The kind of network: see `catchNetworks`. */
  readonly network: string;
  /** A row that is not equal over the prime field. */
  readonly proof: boolean;
  /** An entry outside its rounding bound. */
  readonly bound: boolean;
  /** `checkGradient` of J with the closed form as its derivative: Taylor remainders and differences within their errors. */
  readonly gradient: boolean;
  /** Centred differences of J with a step of 10⁻⁶, compared at rtol 10⁻³ and atol 10⁻⁵. */
  readonly practice: boolean;
}

export interface CatchOptions {
  readonly seed?: string | number;
  /** The mistakes to plant: all of `mistakes` unless told. */
  readonly planted?: readonly Mistake[];
}

/** Networks of one width, so that the shapes of all mistakes fit: where gradients are large, small and minute. */
export function catchNetworks(seed: string | number = "catches"): { readonly name: string; readonly given: Given }[] {
  const { sigmoid, tanh } = activations;
  const draw = (name: string, hidden: Network["hidden"], std: number): Given => {
    const stream = rng(seed).stream(name);
    const normal = (what: string, shape: number[], scale = 1): Tensor =>
      stream.stream(what).normal(shape, { std: scale }) as Tensor;
    const theta = [...hidden, null].map((_, l) => normal(`θ${l + 1}`, [3, 4], std));
    const y = stream.stream("y").uniform([5, 3]) as Tensor;
    return { network: { theta, hidden }, x: normal("x", [5, 3]), y };
  };
  const trained = draw("near a minimum", [sigmoid, tanh], 1);
  const outputs = forward(trained.network, trained.x).h.at(-1)!;
  const theta = trained.network.theta.map((w) => mul(w, 1 + 1e-5) as Tensor);
  return [
    { name: "as drawn", given: draw("as drawn", [sigmoid, tanh], 1) },
    { name: "near a minimum", given: { ...trained, network: { ...trained.network, theta }, y: outputs } },
    { name: "six layers, small weights", given: draw("six layers", [sigmoid, sigmoid, sigmoid, sigmoid], 0.2) },
  ];
}

/**
 * Every mistake planted in every network, before each judge and before the usual practice.
 *
 * @example
 * const lost = mistakes.filter(({ name }) => name === "1/m lost");
 * catches({ planted: lost }).map(({ bound, practice }) => [bound, practice]);   // => [[true, true], [true, false], [true, true]]
 */
export function catches({ seed, planted = mistakes }: CatchOptions = {}): Catch[] {
  const networks = catchNetworks(seed);
  return planted.flatMap(({ name, planted }) =>
    networks.map(({ name: network, given }): Catch => {
      const { rows } = compare(given.network, given.x, given.y, { planted: [planted], trials: 1 });
      return {
        mistake: name,
        network,
        proof: rows.some(({ proof }) => proof !== null && proof.different > 0),
        bound: rows.some(({ firstWrong }) => firstWrong !== null),
        gradient: !gradientPasses(given, planted),
        practice: !practicePasses(given, planted),
      };
    }),
  );
}

type Cost = (...theta: Tensor[]) => Tensor;

const costOf =
  ({ network: { hidden }, x, y }: Given): Cost =>
  (...theta) =>
    crossEntropyFromLogits(forward({ theta, hidden }, x).z.at(-1)!, y);

/** ∂J/∂θ of each layer by the closed forms, with the mistake. */
function gradientsOf({ network: { theta, hidden }, x, y }: Given, planted: Equation): (...w: Tensor[]) => Tensor[] {
  const tasks = theta.map((_, i): Task => ({ layer: i + 1, equation: eq44 }));
  const program = closedForms(tasks, hidden, [planted]);
  return (...w) => program(w, x, y);
}

function gradientPasses(given: Given, planted: Equation): boolean {
  const gradients = gradientsOf(given, planted);
  const own = withDerivative(costOf(given), {
    vjp: (ct, _y, ...w) => gradients(...w).map((g) => mul(ct, g) as Tensor),
  });
  return checkGradient((...w: Tensor[]) => own(...w), [...given.network.theta], { fastMode: true, shrinkInputs: false })
    .ok;
}

/** What is usually done: every entry by a centred difference with one step, and one tolerance for all. */
function practicePasses(given: Given, planted: Equation): boolean {
  const [step, rtol, atol] = [1e-6, 1e-3, 1e-5];
  const { theta } = given.network;
  const J = costOf(given);
  return gradientsOf(
    given,
    planted,
  )(...theta).every((gradient, l) => {
    const values = theta[l]!.toTypedArray();
    return gradient.toTypedArray().every((analytical, place) => {
      const at = (by: number): number => {
        const moved = tensor(values.map((value, i) => (i === place ? value + by : value)) as Float64Array, {
          shape: theta[l]!.shape,
        }) as Tensor;
        return J(...theta.map((w, i) => (i === l ? moved : w))).item();
      };
      const numerical = (at(step) - at(-step)) / (2 * step);
      return Math.abs(analytical - numerical) <= atol + rtol * Math.abs(numerical);
    });
  });
}
