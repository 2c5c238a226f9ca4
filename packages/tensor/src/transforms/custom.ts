/** @file Functions with a derivative of their own making: a rule that the user brings, or one that computes again. */
import { zeros, zerosLike } from "../core/create.ts";
import { isFloat, type Storage } from "../core/dtype.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { sameShape, sizeOf } from "../core/shape.ts";
import { contiguous, type Spec, type Tensor } from "../core/tensor.ts";
import { leaves, mapTree } from "../core/tree.ts";
import type { Graph } from "../graph/graph.ts";
import { record, replay } from "../graph/record.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { broadcastTo, sum } from "../ops/broadcast.ts";
import { reshape } from "../ops/shape.ts";
import { concat, slice } from "../ops/slice.ts";
import { jvp } from "./forward.ts";
import { vjp } from "./reverse.ts";
import { vmap } from "./vmap.ts";

type Tensors = readonly Tensor[];

/** What is done, as a graph of one result, and its derivative in both modes. */
interface Custom {
  readonly graph: Graph;
  readonly vjp: (ct: Tensor, y: Tensor, inputs: Tensors) => readonly (Tensor | null)[];
  readonly jvp: (tangents: Tensors, y: Tensor, inputs: Tensors) => Tensor;
}

const resultOf = (graph: Graph): Spec => graph.nodes[graph.outputs[0]!]!.spec;

// A rule is asked once for each input with the same cotangent: what it answered is kept as long as that is.
const answered = /* @__PURE__ */ new WeakMap<Tensor, { inputs: Tensors; cotangents: readonly (Tensor | null)[] }>();

function cotangentOf(ct: Tensor, y: Tensor, inputs: Tensors, params: Custom, index: number): Tensor {
  let answer = answered.get(ct);
  if (answer?.inputs !== inputs) {
    answer = { inputs, cotangents: params.vjp(ct, y, inputs) };
    answered.set(ct, answer);
  }
  return answer.cotangents[index] ?? zerosLike(inputs[index]!);
}

// @__NO_SIDE_EFFECTS__
function custom(name: string, reads?: "inputs"): Primitive<Custom> {
  return {
    name,
    kind: "general",
    ...(reads === undefined ? {} : { reads }),
    shape: (_inputs, { graph }) => resultOf(graph),
    run: (inputs, _result, { graph }): Storage => contiguous(name, replay(graph, inputs)[0]!),
    batch: ({ graph, vjp, jvp }, size) => ({
      graph: record(vmap((...rows: Tensor[]) => replay(graph, rows)[0]!))(
        ...graph.inputs.map((id) => placeholder(graph.nodes[id]!.spec, size)),
      ),
      vjp: vmap(vjp),
      jvp: vmap(jvp),
    }),
    vjp: [cotangentOf],
    jvp: [
      (t, y, inputs, { jvp }, index) =>
        jvp(
          inputs.map((x, i) => (i === index ? t : zerosLike(x))),
          y,
          inputs,
        ),
    ],
    formula: (inputs, { graph }) => replay(graph, inputs)[0]!,
    rounding: () => Number.POSITIVE_INFINITY,
  };
}

const ownOp = /* @__PURE__ */ custom("withDerivative");
const checkpointOp = /* @__PURE__ */ custom("checkpoint", "inputs");

/** The constants of a graph that some transform watches. */
const capturedIn = (graph: Graph): Tensor[] =>
  graph.nodes.flatMap((node) => (node.kind === "constant" && node.value.watched !== null ? [node.value] : []));

/** Something of that shape with one more axis in front, to record with. */
const placeholder = ({ shape, dtype }: Spec, size: number): Tensor =>
  broadcastTo(zeros([], { dtype }), [size, ...shape]);

/** A rule of one's own, in reverse mode, forward mode or both; either is worked out from the other. */
export interface OwnDerivative {
  /** The cotangents of the arguments (null: none) from the cotangent of the result. */
  readonly vjp?: (ct: Tensor, y: Tensor, ...args: Tensor[]) => readonly (Tensor | null)[];
  /** The tangent of the result from those of the arguments. */
  readonly jvp?: (tangents: Tensors, y: Tensor, ...args: Tensor[]) => Tensor;
}

function checkCotangents(cotangents: readonly (Tensor | null)[], inputs: Tensors): readonly (Tensor | null)[] {
  if (!Array.isArray(cotangents) || cotangents.length !== inputs.length)
    throw new TensorError(
      "withDerivative",
      `vjp returned ${Array.isArray(cotangents) ? `${cotangents.length} cotangents` : "no list"} for ${inputs.length} arguments`,
      "return one for each, null for none",
    );
  cotangents.forEach((ct, i) => {
    if (ct !== null) checkLike("the cotangent of argument", i, ct, inputs[i]!);
  });
  return cotangents;
}

function checkLike(what: string, i: number, x: Tensor, wanted: Spec): void {
  if (x.dtype !== wanted.dtype || !sameShape(x.shape, wanted.shape))
    throw new TensorError(
      "withDerivative",
      `${what} ${i} is ${x.dtype} ${show(x)}, not ${wanted.dtype} ${formatShape(wanted.shape)}`,
      "return the shape and dtype of the value",
      [x, wanted],
    );
}

/** The transpose of a linear function, at any point: reverse mode of it. */
const transposeOf = (linear: (...xs: Tensor[]) => Tensor, at: Tensors, ct: Tensor): Tensors =>
  vjp(linear, ...at.map((x) => zerosLike(x)))[1](ct);

/**
 * f with a derivative that you bring: for a rule that is more accurate, cheaper or different on purpose. `vjp` serves
 * reverse mode, `jvp` forward mode; if one is left out it is worked out from the other (its transpose). They are
 * written in tensor operations, so that higher derivatives are theirs.
 *
 * Derivative: as given; nothing checks that it is f's (`checkGradient` does).
 * At the edges: f is recorded, so it cannot read values; what it uses besides its arguments is constant.
 * Throws: TensorError when neither rule is given, f does not return one tensor, f uses something that is being
 * differentiated and not among its arguments, or a rule returns the wrong shape.
 *
 * @example
 * const clipped = withDerivative((x) => mul(x, x), { vjp: (ct, _y, x) => [minimum(mul(ct, mul(2, x)), 1)] });
 * grad((x: Tensor) => sum(clipped(x)))(tensor([0.25, 3])).toArray();   // => [0.5, 1]
 */
export function withDerivative(
  f: (...args: Tensor[]) => Tensor,
  derivative: OwnDerivative,
): (...args: Tensor[]) => Tensor {
  const { vjp: reverse, jvp: forward } = derivative;
  if (reverse === undefined && forward === undefined)
    throw new TensorError("withDerivative", "there is no rule", "give vjp, jvp or both");
  const rules: Pick<Custom, "vjp" | "jvp"> = {
    vjp: (ct, y, inputs) =>
      reverse !== undefined
        ? checkCotangents(reverse(ct, y, ...inputs), inputs)
        : transposeOf((...ts) => forward!(ts, y, ...inputs), inputs, ct),
    jvp: (tangents, y, inputs) => {
      if (forward !== undefined) {
        const t = forward(tangents, y, ...inputs);
        checkLike("the tangent of result", 0, t, y);
        return t;
      }
      const linear = (ct: Tensor): Tensor =>
        checkCotangents(reverse!(ct, y, ...inputs), inputs)
          .flatMap((part, i) => (part === null ? [] : [sum(mul(part, tangents[i]!)) as Tensor]))
          .reduce((a, b) => add(a, b), zeros([], { dtype: y.dtype }));
      return transposeOf(linear, [y], zeros([], { dtype: y.dtype }).add(1))[0]!;
    },
  };
  return (...args) => {
    const graph = record(f)(...args);
    if (graph.outputs.length !== 1)
      throw new TensorError("withDerivative", `f returned ${graph.outputs.length} tensors`, "return one");
    const captured = capturedIn(graph);
    if (captured.length > 0)
      throw new TensorError(
        "withDerivative",
        `f uses ${show(captured[0]!)}, which is being differentiated, and which is not among its arguments`,
        "pass it as an argument, or through stopGradient",
        captured,
      );
    return apply(ownOp, args, { graph, ...rules });
  };
}

/** The graph with the captured values as further inputs, after those that it has. */
const lifted = (graph: Graph): Graph => {
  const nodes = graph.nodes.map((node) =>
    node.kind === "constant" && node.value.watched !== null
      ? ({ kind: "input", id: node.id, spec: node.spec } as const)
      : node,
  );
  const inputs = nodes.flatMap((node) => (node.kind === "input" ? [node.id] : []));
  return { ...graph, nodes, inputs };
};

/** The function of the inputs with an index in `among`, the others as they are. */
const restricted =
  (f: (...inputs: Tensor[]) => Tensor, inputs: Tensors, among: readonly number[]) =>
  (...varied: Tensor[]): Tensor =>
    f(...inputs.map((x, i) => (among.includes(i) ? varied[among.indexOf(i)]! : x)));

const recomputed = (graph: Graph): Pick<Custom, "vjp" | "jvp"> => {
  const f = (...inputs: Tensor[]): Tensor => replay(graph, inputs)[0]!;
  const floats = (inputs: Tensors): number[] => inputs.flatMap((x, i) => (isFloat(x.dtype) ? [i] : []));
  return {
    vjp: (ct, _y, inputs) => {
      const among = floats(inputs);
      const [, pullback] = vjp(restricted(f, inputs, among), ...among.map((i) => inputs[i]!));
      const cotangents = pullback(ct);
      return inputs.map((_, i) => cotangents[among.indexOf(i)] ?? null);
    },
    jvp: (tangents, _y, inputs) => {
      const among = floats(inputs);
      const pick = (all: Tensors): Tensor[] => among.map((i) => all[i]!);
      return jvp(restricted(f, inputs, among), pick(inputs), pick(tangents))[1];
    },
  };
};

/**
 * f, of which reverse mode keeps the arguments alone: what lies between is computed again on the way back. It costs
 * one more forward pass and saves the memory of all intermediate values.
 *
 * Derivative: f's, to any order; also with respect to what f uses besides its arguments.
 * At the edges: f is recorded, so it cannot read values; a random stream used in f is drawn from once, so both passes
 * see the same numbers. In forward mode there is nothing to save, and each argument that varies costs a pass.
 * Throws: TensorError when f returns no tensor, or several that are not of one float dtype.
 * Source: Griewank and Walther, Evaluating Derivatives (2008), chapter 12.
 *
 * @example
 * const block = checkpoint((x: Tensor) => exp(sin(x)));
 * grad((x: Tensor) => sum(block(x)))(tensor([0])).toArray();   // => [1]
 */
export function checkpoint<A extends readonly unknown[], Y>(f: (...args: A) => Y): (...args: A) => Y {
  return (...args) => {
    let result: Y | undefined;
    const graph = record((...abstract: A) => {
      result = f(...abstract);
      return packed(leaves(result, "checkpoint").map(({ tensor }) => tensor));
    })(...args);
    const inputs = [...leaves(args, "checkpoint").map(({ tensor }) => tensor), ...capturedIn(graph)];
    const whole = lifted(graph);
    const y = apply(checkpointOp, inputs, { graph: whole, ...recomputed(whole) });
    return unpacked(y, result as Y);
  };
}

/** Several tensors as one: a primitive has one result. */
function packed(tensors: Tensors): Tensor {
  const [first] = tensors;
  if (first === undefined) throw new TensorError("checkpoint", "f returned no tensor", "return at least one");
  const odd = tensors.find((x) => !isFloat(x.dtype) || x.dtype !== first.dtype);
  if (odd !== undefined)
    throw new TensorError(
      "checkpoint",
      `f returned ${first.dtype} ${show(first)} and ${odd.dtype} ${show(odd)}`,
      "return tensors of one float dtype; compute others outside",
      [first, odd],
    );
  return tensors.length === 1 ? first : concat(tensors.map((x) => reshape(x, [x.size])));
}

function unpacked<Y>(y: Tensor, tree: Y): Y {
  if (leaves(tree).length === 1) return mapTree(() => y, tree);
  let start = 0;
  return mapTree((leaf) => {
    const from = start;
    start += sizeOf(leaf.shape);
    return reshape(slice(y, [from, start]), leaf.shape);
  }, tree);
}
