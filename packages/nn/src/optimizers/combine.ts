/** @file Optimizers made of others: clipped gradients, accumulated ones, groups by path, averages of the weights. */
import {
  add,
  leaves,
  mapTree,
  maximum,
  minimum,
  mul,
  sum,
  type Tensor,
  TensorError,
  tensor,
  zerosLike,
  zipTrees,
} from "@deltagrad/tensor";
import { type Match, matches } from "../trees.ts";
import { checkOption, type Optimizer, type OptimizerState } from "./optimizer.ts";

/**
 * The root of the sum of all squares in a tree, in float64.
 *
 * @example
 * globalNorm({ a: tensor([3]), b: tensor([4]) });   // => 5
 */
export function globalNorm(tree: unknown): number {
  const parts = leaves(tree, "globalNorm").map(({ tensor: leaf }) => leaf.cast("float64"));
  const largest = Math.max(0, ...parts.map((x) => (x.size === 0 ? 0 : (x.abs().max() as Tensor).item())));
  if (!(largest > 0 && Number.isFinite(largest))) return largest;
  // Scaled, so that squares neither overflow nor vanish.
  const squares = parts.map((x) => (sum(x.div(largest).square()) as Tensor).item());
  return largest * Math.sqrt(squares.reduce((a, b) => a + b, 0));
}

/**
 * The tree scaled down to a global norm of at most `limit`; NaN or ∞ in it makes all of it NaN.
 *
 * Source: R. Pascanu and others, On the difficulty of training recurrent neural networks (2013), algorithm 1.
 *
 * @example
 * clipByNorm({ a: tensor([30]), b: tensor([40]) }, 5).b.toArray();   // => [4]
 */
export function clipByNorm<T>(tree: T, limit: number): T {
  checkOption("clipByNorm", "limit", limit, 0);
  const norm = globalNorm(tree);
  return norm <= limit ? tree : mapTree((x) => mul(x, limit / norm) as Tensor, tree);
}

/**
 * The tree with each number brought into ±limit.
 *
 * @example
 * clipByValue(tensor([-3, 0.5]), 1).toArray();   // => [-1, 0.5]
 */
export function clipByValue<T>(tree: T, limit: number): T {
  checkOption("clipByValue", "limit", limit, 0);
  return mapTree((x) => minimum(maximum(x, -limit), limit) as Tensor, tree);
}

/** An optimizer that is given gradients changed by `change` first: `transformed(adam(), (g) => clipByNorm(g, 1))`. */
export function transformed<State>(optimizer: Optimizer<State>, change: <T>(grads: T) => T): Optimizer<State> {
  return {
    init: (params) => optimizer.init(params),
    update: (params, grads, state) => optimizer.update(params, change(grads), state),
  };
}

/** The state of an optimizer within another, with what the other remembers. */
export interface Around<State> {
  readonly inner: State;
  readonly count: Tensor<readonly []>;
  readonly memory: unknown;
}

/**
 * An optimizer that takes a step with the mean of every `count` gradients, and leaves the parameters in between: large
 * batches in small pieces.
 *
 * Throws: TensorError unless count is a whole number ≥ 1.
 *
 * @example
 * const optimizer = accumulated(sgd({ rate: 1 }), 2);
 * const [once, state] = optimizer.update(tensor(0), tensor(1), optimizer.init(tensor(0)));
 * once.item();                                              // => 0
 * optimizer.update(once, tensor(3), state)[0].item();       // => -2
 */
export function accumulated<State>(optimizer: Optimizer<State>, count: number): Optimizer<Around<State>> {
  if (!Number.isInteger(count) || count < 1)
    throw new TensorError("accumulated", `count is ${count}`, "use a whole number ≥ 1");
  return {
    init: (params) => ({ inner: optimizer.init(params), count: tensor(0), memory: mapTree(zerosLike, params) }),
    update: (params, grads, { inner, count: before, memory }) => {
      const total = zipTrees((a, g) => add(a, g) as Tensor, memory as typeof grads, grads);
      const seen = before.item() + 1;
      if (seen < count) return [params, { inner, count: tensor(seen), memory: total }];
      const mean = mapTree((x) => mul(x, 1 / count) as Tensor, total);
      const [next, state] = optimizer.update(params, mean, inner);
      return [next, { inner: state, count: tensor(0), memory: mapTree(zerosLike, params) }];
    },
  };
}

/**
 * An optimizer that also keeps a running mean of the parameters, `memory` of its state: mean ← decay·mean +
 * (1 − decay)·params after each step, from the first parameters on.
 *
 * Source: B. Polyak, A. Juditsky, Acceleration of Stochastic Approximation by Averaging (1992).
 *
 * @example
 * const optimizer = averaged(sgd({ rate: 1 }), { decay: 0.5 });
 * const [, state] = optimizer.update(tensor(4), tensor(2), optimizer.init(tensor(4)));
 * state.memory.item();   // => 3
 */
export function averaged<State>(
  optimizer: Optimizer<State>,
  { decay = 0.999 }: { readonly decay?: number } = {},
): Optimizer<Around<State>> {
  checkOption("averaged", "decay", decay, 0, 1);
  return {
    init: (params) => ({ inner: optimizer.init(params), count: tensor(0), memory: params }),
    update: (params, grads, { inner, count, memory }) => {
      const [next, state] = optimizer.update(params, grads, inner);
      const mean = zipTrees((a, x) => add(mul(decay, a), mul(1 - decay, x)) as Tensor, memory as typeof next, next);
      return [next, { inner: state, count: tensor(count.item() + 1), memory: mean }];
    },
  };
}

/** Which parameters, by their paths (`[0].weight`), and how they are updated; null: they stay as they are. */
export interface Group {
  readonly match: Match;
  readonly optimizer: Optimizer | null;
}

/**
 * Different optimizers for different parameters: each goes to the first group that matches its path, so that a part
 * can be frozen (`optimizer: null`), decay differently, or learn at another rate.
 *
 * Throws: TensorError when a parameter matches no group.
 *
 * @example
 * const optimizer = grouped([
 *   { match: "frozen", optimizer: null },
 *   { match: /./, optimizer: sgd({ rate: 1 }) },
 * ]);
 * const params = { frozen: tensor(1), free: tensor(1) };
 * const [next] = optimizer.update(params, params, optimizer.init(params));
 * [next.frozen.item(), next.free.item()];   // => [1, 0]
 */
export function grouped(groups: readonly Group[]): Optimizer<readonly (OptimizerState | null)[]> {
  const places = (params: unknown): number[] =>
    leaves(params, "grouped").map(({ path }) => {
      const group = groups.findIndex(({ match }) => matches(match, path));
      if (group < 0)
        throw new TensorError(
          "grouped",
          `${path === "" ? "the parameter" : path} matches no group`,
          "end with a group that matches all: /(?:)/",
        );
      return group;
    });
  const part = (tree: unknown, place: readonly number[], group: number): Tensor[] =>
    leaves(tree, "grouped").flatMap(({ tensor: leaf }, i) => (place[i] === group ? [leaf] : []));
  return {
    init: (params) => {
      const place = places(params);
      return groups.map(({ optimizer }, group) => optimizer?.init(part(params, place, group)) ?? null);
    },
    update: (params, grads, state) => {
      const place = places(params);
      const results = groups.map(({ optimizer }, group) => {
        const own = part(params, place, group);
        const before = state[group] ?? null;
        return optimizer === null || before === null
          ? ([own, null] as const)
          : optimizer.update(own, part(grads, place, group), before);
      });
      const taken = groups.map(() => 0);
      let leaf = 0;
      const next = mapTree(() => {
        const group = place[leaf++]!;
        return results[group]![0][taken[group]!++]!;
      }, params);
      return [next, results.map(([, after]) => after)];
    },
  };
}
