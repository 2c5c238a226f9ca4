/** @file What other arithmetics have in common: how an operation is done by its fields, in one that it does not know. */

import { zeros, zerosLike } from "../core/create.ts";
import { isFloat } from "../core/dtype.ts";
import { TensorError } from "../core/errors.ts";
import { apply, type Primitive, ruleFor, type ScalarFunction } from "../core/primitive.ts";
import { contiguous, fromStorage, type Spec, type Tensor } from "../core/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import { type Algebra, record, replay } from "../graph/record.ts";
import { add } from "../ops/arithmetic.ts";

/** A value in another arithmetic, with what it is in float64 beside it: by that, branches are taken. */
export interface Valued {
  readonly float: Tensor;
}

/** What an arithmetic has to bring. */
export interface Arithmetic<V extends Valued> {
  /** Whose errors are thrown. */
  readonly name: string;
  constant(x: Tensor): V;
  /** The functions of numbers that it knows. */
  readonly scalars: Partial<Record<ScalarFunction, (inputs: readonly V[], float: Tensor) => V>>;
  /** An operation that is linear in its float inputs together. */
  linear<P>(op: Primitive<P>, inputs: readonly V[], params: P, float: Tensor): V;
  bilinear<P>(op: Primitive<P>, inputs: readonly V[], params: P, float: Tensor): V;
  /** y + c, for float64 numbers c. */
  shifted(y: V, c: Tensor, float: Tensor): V;
  /** A function of numbers of which nothing is known. */
  unknown<P>(op: Primitive<P>, inputs: readonly V[], float: Tensor): V;
  /** Told that a branch was taken by the float64 values. */
  branch(name: string): void;
}

/** The formula of an operation for inputs of these shapes. */
export function expand<P>(op: Primitive<P>, inputs: readonly Spec[], params: P): Graph {
  const stand = inputs.map((spec) => zeros(spec.shape, { dtype: spec.dtype }));
  return record((...xs: Tensor[]) => op.formula!(xs, params))(...stand);
}

/** An algebra in which a recorded graph can be replayed. */
export function algebraOf<V extends Valued>(arithmetic: Arithmetic<V>): Algebra<V> {
  const algebra: Algebra<V> = {
    constant: (value) => arithmetic.constant(value),
    operation(op, inputs, params) {
      const float = apply(
        op,
        inputs.map((input) => input.float),
        params,
      );
      if (!isFloat(float.dtype)) {
        if (inputs.some((input) => isFloat(input.float.dtype))) arithmetic.branch(op.name);
        return arithmetic.constant(float);
      }
      const known = op.scalar === undefined ? undefined : arithmetic.scalars[op.scalar];
      if (known !== undefined) return known(inputs, float);
      if (op.formula !== undefined)
        return { ...replay(expand(op, floats(inputs), params), inputs, algebra)[0]!, float };
      if (op.kind === "linear") return arithmetic.linear(op, inputs, params, float);
      if (op.kind === "bilinear") return arithmetic.bilinear(op, inputs, params, float);
      if (op.rounding(floats(inputs), params) === 0) return byBranch(op, inputs, params, float);
      if (op.kind === "pointwise") return arithmetic.unknown(op, inputs, float);
      throw new TensorError(
        arithmetic.name,
        `${op.name} has no rule in this arithmetic`,
        "give the primitive a formula made of operations that have",
        floats(inputs),
      );
    },
  };

  /**
   * What only moves values is affine as long as its branches stay as they are: the value is the tangent along the
   * inputs themselves, plus what that leaves out in float64 (0 for an extreme, the frame of a padding).
   */
  function byBranch<P>(op: Primitive<P>, inputs: readonly V[], params: P, float: Tensor): V {
    const varying = inputs.flatMap((x, i) => (isFloat(x.float.dtype) && ruleFor(op.jvp, i) !== null ? [i] : []));
    if (varying.length === 0) return arithmetic.constant(float);
    arithmetic.branch(op.name);
    const graph = record((tangents: Tensor[], y: Tensor, xs: Tensor[]) =>
      varying
        .map((i, place) => ruleFor(op.jvp, i)!(tangents[place]!, y, xs, params, i))
        .reduce((a, b) => add(a, b), zerosLike(y)),
    )(
      varying.map((i) => inputs[i]!.float),
      float,
      [...floats(inputs)],
    );
    const along = replay(
      graph,
      [...varying.map((i) => inputs[i]!), arithmetic.constant(float), ...inputs],
      algebra,
    )[0]!;
    return arithmetic.shifted(along, leftOut(op.name, float, along.float), float);
  }
  return algebra;
}

const floats = <V extends Valued>(inputs: readonly V[]): Tensor[] => inputs.map((input) => input.float);

/** y − along where they differ; both are exact, and of the same infinity nothing is left out. */
function leftOut(op: string, y: Tensor, along: Tensor): Tensor {
  const [a, b] = [contiguous(op, y), contiguous(op, along)];
  const rest = Float64Array.from(a, (value, i) => (Object.is(value, b[i]!) || value === b[i] ? 0 : value - b[i]!));
  return fromStorage(y.shape, "float64", rest);
}
