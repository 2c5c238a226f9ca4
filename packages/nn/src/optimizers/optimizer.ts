/** @file What an optimizer is, and the constructor of those that treat each parameter by itself. */
import { full, leaves, mapTree, type Tensor, TensorError, zerosLike } from "@deltagrad/tensor";
import { mapLeaves, sameShape, tensorsOf } from "@deltagrad/tensor/extend";
import { alike } from "../trees.ts";

/** Turns gradients into better parameters. Its state is an argument and a result; it holds none. */
export interface Optimizer<State = OptimizerState> {
  init<Params>(params: Params): State;
  update<Params>(params: Params, grads: Params, state: State): [params: Params, state: State];
}

/** How far to go: a number, or a function of the steps done before (see the schedules). */
export type Rate = number | ((step: number) => number);

/**
 * A tree of tensors, so that it can be saved, compared and mapped: the number of steps done, and for each quantity
 * that is remembered a tree like the parameters'.
 */
export interface OptimizerState {
  readonly step: Tensor<readonly []>;
  readonly memory: Readonly<Record<string, unknown>>;
}

/** One parameter tensor at one step. */
export interface Leaf {
  readonly x: Tensor;
  readonly g: Tensor;
  /** The steps done, this one included: 1 at the first. */
  readonly t: number;
  readonly rate: number;
}

interface Definition<Memory extends string> {
  readonly name: string;
  readonly rate: Rate;
  /** What each remembered quantity begins as. */
  readonly memory: Readonly<Record<Memory, (x: Tensor) => Tensor>>;
  /** The next value of a parameter, and of what is remembered of it. */
  readonly step: (leaf: Leaf, memory: Readonly<Record<Memory, Tensor>>) => Readonly<Record<Memory | "x", Tensor>>;
}

/** Zeros like a parameter: how most memories begin. */
export const fromZero = (x: Tensor): Tensor => zerosLike(x);

/** Throws unless an option is a finite number in the range. */
export function checkOption(
  op: string,
  name: string,
  value: number,
  least: number,
  below = Number.POSITIVE_INFINITY,
): void {
  if (!(Number.isFinite(value) && value >= least && value < below))
    throw new TensorError(
      op,
      `${name} is ${value}`,
      `use a finite number ≥ ${least}${below === Number.POSITIVE_INFINITY ? "" : ` and < ${below}`}`,
    );
}

/** The rate at a step; throws unless it is a finite number ≥ 0. */
function rateAt(op: string, rate: Rate, step: number): number {
  const value = typeof rate === "function" ? rate(step) : rate;
  if (!(Number.isFinite(value) && value >= 0))
    throw new TensorError(op, `the rate is ${value} at step ${step}`, "use a finite number ≥ 0");
  return value;
}

/** The tree with its tensors replaced by others, in order. */
const filled = <T>(tree: T, tensors: readonly Tensor[]): T => {
  let place = 0;
  return mapLeaves(() => tensors[place++]!, tree, "update");
};

/** Throws unless params, grads and the state are trees of one structure and shape. */
function checkTrees(op: string, params: unknown, grads: unknown, memory: OptimizerState["memory"]): void {
  for (const [name, tree] of [["grads", grads], ...Object.entries(memory)] as const) {
    if (alike(params, tree)) continue;
    const expected = leaves(params, op);
    const found = leaves(tree, op);
    const odd = expected.findIndex(
      ({ path, tensor }, i) => found[i]?.path !== path || !sameShape(found[i]!.tensor.shape, tensor.shape),
    );
    if (odd >= 0 || found.length !== expected.length) {
      const { path, tensor } = expected[odd] ?? found[expected.length]!;
      const there = odd < 0 ? undefined : found[odd];
      throw new TensorError(
        op,
        `${name} has ${there === undefined ? "no such tensor" : `${there.path} [${there.tensor.shape.join(", ")}]`} where the parameters have ${odd < 0 ? "nothing" : `${path} [${tensor.shape.join(", ")}]`}`,
        "give trees of one structure; after a change of the network begin with a new state",
      );
    }
  }
}

/** An optimizer that treats each parameter by itself, from what it remembers of it. */
export function perParameter<Memory extends string>({ name, rate, memory, step }: Definition<Memory>): Optimizer {
  if (typeof rate !== "function" && !(Number.isFinite(rate) && rate > 0))
    throw new TensorError(name, `the rate is ${rate}`, "use a finite number > 0");
  const names = Object.keys(memory) as Memory[];
  return {
    init: (params) => ({
      step: full([], 0),
      memory: Object.fromEntries(names.map((key) => [key, mapTree(memory[key], params, name)])),
    }),
    update: (params, grads, state) => {
      checkTrees(name, params, grads, state.memory);
      const before = state.step.item();
      const [t, now] = [before + 1, rateAt(name, rate, before)];
      const gradients = tensorsOf(grads, name);
      const columns = names.map((key) => tensorsOf(state.memory[key], name));
      const next = tensorsOf(params, name).map((x, i) => {
        const remembered = {} as Record<Memory, Tensor>;
        names.forEach((key, k) => {
          remembered[key] = columns[k]![i]!;
        });
        return step({ x, g: gradients[i]!, t, rate: now }, remembered);
      });
      const collect = (key: "x" | Memory): Tensor[] => next.map((leaf) => leaf[key] as Tensor);
      return [
        filled(params, collect("x")),
        { step: full([], t), memory: Object.fromEntries(names.map((key) => [key, filled(params, collect(key))])) },
      ];
    },
  };
}
