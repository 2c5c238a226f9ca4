/** @file The gate: what an operation is, and the only door through which one is done. */
import { checkTensor } from "./checks.ts";
import type { Storage } from "./dtype.ts";
import type { Layout } from "./shape.ts";
import { type Spec, Tensor } from "./tensor.ts";
import { watcherOfAll } from "./trace.ts";

/**
 * One rule of differentiation, for one input. Forward (`jvp`), `t` is that input's tangent and the result the
 * output's; reverse (`vjp`), `t` is the output's cotangent and the result that input's. It is given the value `y`, and
 * is written in our own operations, so that it can be differentiated, recorded and replayed itself.
 */
export type Rule<P> = (t: Tensor, y: Tensor, inputs: readonly Tensor[], params: P, index: number) => Tensor;

/**
 * How an operation acts on its inputs. pointwise: each element of the result depends on the same element of each
 * input. linear: in its float inputs together, bilinear: in each of two, with coefficients ≥ 0; inputs of whole
 * numbers and bools (places, masks) are taken as they are. general: none of these.
 */
export type Kind = "pointwise" | "linear" | "bilinear" | "general";

/** The functions of numbers that other arithmetics (a prime field, intervals, double-double) know by themselves. */
export type ScalarFunction =
  | "add"
  | "sub"
  | "neg"
  | "mul"
  | "div"
  | "where"
  | "abs"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sqrt"
  | "pow"
  | "sigmoid"
  | "softplus"
  | "tanh"
  | "sin"
  | "cos"
  | "equal"
  | "notEqual"
  | "less"
  | "lessEqual"
  | "greater"
  | "greaterEqual";

/** An operation: its shape, its values and its derivatives, side by side. */
export interface Primitive<P> {
  readonly name: string;
  readonly kind: Kind;
  /** The shape and dtype of the result; throws when the inputs do not fit. */
  shape(inputs: readonly Spec[], params: P): Spec;
  /** The definition: the values in row-major order, by plain loops. */
  run(inputs: readonly Tensor[], result: Spec, params: P): Storage;
  /** The same bits as `run`, faster, where the machine and these inputs allow it; null: `run` does it. */
  kernel?(inputs: readonly Tensor[], result: Spec, params: P): Storage | null;
  /** Where the result only looks at its one input's elements: where they lie. Null: they have to be copied. */
  view?(input: Tensor, result: Spec, params: P): Layout | null;
  /**
   * Which values the vjp rules read: of the others they are given shape and dtype alone, so that a tape need not keep
   * them. indices: inputs that have no rule (indices, masks). Left out: all.
   */
  readonly reads?: "nothing" | "indices" | "inputs" | "output";
  /** One rule for each input (the last serves all further ones); null: the result does not vary with it. */
  readonly vjp: readonly (Rule<P> | null)[];
  readonly jvp: readonly (Rule<P> | null)[];
  /**
   * The params under which the same operation acts on inputs that all have one more axis in front, of extent `size`:
   * that is how `vmap` does it at once. Left out: it is done for each element of that axis.
   */
  batch?(params: P, size: number): P;
  /** For a pointwise operation: which function of numbers it is, where other arithmetics know it. */
  readonly scalar?: ScalarFunction;
  /** The name of its vector form (wasm/elementary), where `scalar` does not say it. */
  readonly vector?: string;
  /**
   * The same value, but for rounding, made of more basic operations: how other arithmetics do what they do not know.
   * An operation of none of the kinds, or a function of numbers without a `scalar`, can be judged only with one.
   */
  formula?(inputs: readonly Tensor[], params: P): Tensor;
  /** Whether no element of the result ever falls when one of a float input rises: what intervals need to know. */
  readonly increasing?: boolean;
  /** For a pointwise operation with kinks: the largest slope in any input. */
  readonly lipschitz?: number;
  /**
   * The rounding of one element, in units of u = 2⁻⁵³ (float32: 2⁻²⁴): |computed − exact| ≤ rounding · u · |result|,
   * or · Σ|terms| for a sum. It bounds any order of summation. 0: values are moved, not computed: in a general
   * operation each element of the result is one of the inputs', and none moves further than the one that moves most.
   */
  rounding(inputs: readonly Spec[], params: P): number;
}

/** How an operation batches that takes any leading axes as they come: its params stay as they are. */
export const unchanged = <P>(params: P): P => params;

/** The rule for input `index`. */
export const ruleFor = <P>(rules: readonly (Rule<P> | null)[], index: number): Rule<P> | null =>
  rules[Math.min(index, rules.length - 1)] ?? null;

/** Does an operation: by the innermost watcher of its inputs, or at once where nobody watches. */
export function apply<P>(op: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
  let innermost = watcherOfAll();
  for (const input of inputs) {
    checkTensor(op.name, input);
    const { watched } = input;
    if (watched !== null && (innermost === null || watched.trace.level > innermost.level)) innermost = watched.trace;
  }
  return innermost === null ? evaluate(op, inputs, params) : innermost.handle(op, inputs, params);
}

function evaluate<P>(op: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
  const result = op.shape(inputs, params);
  if (op.view !== undefined) {
    const [input] = inputs as readonly [Tensor];
    const layout = op.view(input, result, params);
    if (layout !== null) return new Tensor(result, input.storage, layout, null);
  }
  return new Tensor(result, op.kernel?.(inputs, result, params) ?? op.run(inputs, result, params), null, null);
}
