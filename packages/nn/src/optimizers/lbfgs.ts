/** @file L-BFGS: Newton's method with a Hessian guessed from the last gradients, for full batches. */
import {
  abs,
  add,
  concat,
  leaves,
  mapTree,
  max,
  mul,
  neg,
  reshape,
  type Scalar,
  slice,
  sub,
  sum,
  type Tensor,
  TensorError,
  tensor,
} from "@deltagrad/tensor";
import { type Point, strongWolfe } from "./line-search.ts";
import { checkOption } from "./optimizer.ts";

export interface LbfgsOptions {
  /** The step without a line search; with one, where the search begins. */
  readonly rate?: number;
  /** Iterations and evaluations in one `step`, at most. */
  readonly maxIterations?: number;
  readonly maxEvaluations?: number;
  /** How many pairs of steps and changes of the gradient are remembered. */
  readonly history?: number;
  readonly lineSearch?: "strongWolfe" | null;
  /** No element of the gradient larger than this: done. */
  readonly toleranceGradient?: number;
  /** No element of a step, or change of the value, larger than this: done. */
  readonly toleranceChange?: number;
}

/** A tree of tensors: the last direction and gradient, flat, and the remembered pairs, oldest first. */
export interface LbfgsState {
  readonly iterations: Tensor<readonly []>;
  readonly direction: Tensor | null;
  readonly length: Tensor<readonly []>;
  readonly gradient: Tensor | null;
  readonly scale: Tensor<readonly []>;
  readonly steps: readonly Tensor[];
  readonly changes: readonly Tensor[];
}

export interface LbfgsStep<Params> {
  readonly params: Params;
  readonly state: LbfgsState;
  /** The value at the parameters that were given. */
  readonly loss: number;
  /** How often the function was evaluated. */
  readonly evaluations: number;
}

/** An optimizer that evaluates the function itself, as often as it needs to. */
export interface Lbfgs {
  init<Params>(params: Params): LbfgsState;
  step<Params>(
    f: (params: Params) => readonly [value: Scalar, grads: Params],
    params: Params,
    state: LbfgsState,
  ): LbfgsStep<Params>;
}

const dot = (a: Tensor, b: Tensor): number => (sum(mul(a, b)) as Tensor).item();
const largest = (x: Tensor): number => (x.size === 0 ? 0 : (max(abs(x)) as Tensor).item());
const flat = (tree: unknown): Tensor =>
  concat([tensor([]), ...leaves(tree, "lbfgs").map(({ tensor: leaf }) => reshape(leaf, [leaf.size]))]);

function unflat<T>(like: T, x: Tensor): T {
  let start = 0;
  return mapTree((leaf) => {
    const from = start;
    start += leaf.size;
    return reshape(slice(x, [from, start]), leaf.shape);
  }, like);
}

/** −H·g by the two loops over the remembered pairs. */
function newton(g: Tensor, { steps, changes, scale }: LbfgsState): Tensor {
  let q: Tensor = neg(g);
  const weights = new Array<number>(steps.length);
  for (let i = steps.length - 1; i >= 0; i--) {
    weights[i] = dot(steps[i]!, q) / dot(changes[i]!, steps[i]!);
    q = sub(q, mul(weights[i]!, changes[i]!)) as Tensor;
  }
  let d: Tensor = mul(q, scale);
  for (let i = 0; i < steps.length; i++) {
    const back = dot(changes[i]!, d) / dot(changes[i]!, steps[i]!);
    d = add(d, mul(weights[i]! - back, steps[i]!)) as Tensor;
  }
  return d;
}

/**
 * L-BFGS; `step` does up to `maxIterations` iterations on one function (the loss on all data).
 *
 * Throws: TensorError for options out of range, and for a value that is not finite at the parameters given.
 * Source: J. Nocedal, S. Wright, Numerical Optimization (2006), algorithm 7.4; torch.optim.LBFGS.
 *
 * @example
 * const f = valueAndGrad((x: Tensor) => sum(square(sub(x, tensor([3, -1])))));
 * const optimizer = lbfgs({ lineSearch: "strongWolfe" });
 * const { params } = optimizer.step((x: Tensor) => f(x), tensor([0, 0]) as Tensor, optimizer.init(tensor([0, 0])));
 * params.toArray();   // => [3, -1]
 */
export function lbfgs({
  rate = 1,
  maxIterations = 20,
  maxEvaluations = Math.floor((maxIterations * 5) / 4),
  history = 100,
  lineSearch = null,
  toleranceGradient = 1e-7,
  toleranceChange = 1e-9,
}: LbfgsOptions = {}): Lbfgs {
  checkOption("lbfgs", "rate", rate, 0);
  checkOption("lbfgs", "maxIterations", maxIterations, 1);
  checkOption("lbfgs", "history", history, 1);
  if (lineSearch !== null && lineSearch !== "strongWolfe")
    throw new TensorError("lbfgs", `there is no line search ${String(lineSearch)}`, 'use "strongWolfe" or null');

  /** The state at the start of an iteration: the last step remembered, and the direction it gives. */
  const turned = (state: LbfgsState, g: Tensor): LbfgsState => {
    const iterations = tensor(state.iterations.item() + 1);
    if (state.direction === null || state.gradient === null)
      return { ...state, iterations, direction: neg(g) as Tensor, gradient: g };
    const change: Tensor = sub(g, state.gradient);
    const step: Tensor = mul(state.direction, state.length);
    const curvature = dot(change, step);
    const remembered =
      curvature > 1e-10
        ? {
            ...state,
            changes: [...state.changes, change].slice(-history),
            steps: [...state.steps, step].slice(-history),
            scale: tensor(curvature / dot(change, change)),
          }
        : state;
    return { ...remembered, iterations, direction: newton(g, remembered), gradient: g };
  };

  return {
    init: () => ({
      iterations: tensor(0),
      direction: null,
      length: tensor(0),
      gradient: null,
      scale: tensor(1),
      steps: [],
      changes: [],
    }),
    step: (f, params, state) => {
      let evaluations = 0;
      const evaluate = (x: Tensor): { value: number; gradient: Tensor } => {
        evaluations++;
        const [value, grads] = f(unflat(params, x));
        return { value: value.item(), gradient: flat(grads) };
      };
      let x = flat(params);
      let { value, gradient } = evaluate(x);
      const loss = value;
      if (!Number.isFinite(loss))
        throw new TensorError("lbfgs", `the value is ${loss}`, "begin where the function is finite");
      let current = state;
      for (let iteration = 1; iteration <= maxIterations && largest(gradient) > toleranceGradient; iteration++) {
        current = turned(current, gradient);
        const d = current.direction!;
        const slope = dot(gradient, d);
        if (slope > -toleranceChange) break;
        const first =
          current.iterations.item() === 1 ? Math.min(1, 1 / (sum(abs(gradient)) as Tensor).item()) * rate : rate;
        const [from, before] = [x, value];
        let length = first;
        if (lineSearch === "strongWolfe") {
          const along = (at: number): Point<Tensor> => {
            const found = evaluate(add(from, mul(at, d)) as Tensor);
            return { at, ...found, slope: dot(found.gradient, d) };
          };
          const { point } = strongWolfe(along, { at: 0, value, slope, gradient }, first, largest(d), toleranceChange);
          [length, value, gradient] = [point.at, point.value, point.gradient];
        }
        x = add(from, mul(length, d)) as Tensor;
        current = { ...current, length: tensor(length) };
        if (iteration === maxIterations) break;
        if (lineSearch === null) ({ value, gradient } = evaluate(x));
        const moved = largest(d) * Math.abs(length);
        if (evaluations >= maxEvaluations || moved <= toleranceChange || Math.abs(value - before) < toleranceChange)
          break;
      }
      return { params: unflat(params, x), state: current, loss, evaluations };
    },
  };
}
