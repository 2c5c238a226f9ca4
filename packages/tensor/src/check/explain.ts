/** @file What a function does, step by step, each with its local derivative. */

import { zeros } from "../core/create.ts";
import { isFloat } from "../core/dtype.ts";
import { formatShape } from "../core/errors.ts";
import { ruleFor, type ScalarFunction } from "../core/primitive.ts";
import { contiguous, type Spec, type Tensor } from "../core/tensor.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { record } from "../graph/record.ts";
import { columns } from "./text.ts";

/** One value of the graph. */
export interface Step {
  /** Its symbol: its label, or %0, %1, … */
  readonly symbol: string;
  readonly spec: Spec;
  /** What it is: `sigmoid(%2)`, `input`, `constant 0.5`. */
  readonly expression: string;
  /** For each input that it varies with: what a change d of that input makes of it, `d%2 · %3 · (1 − %3)`. */
  readonly derivatives: readonly { readonly input: string; readonly expression: string }[];
}

export interface Explanation {
  readonly steps: readonly Step[];
  /** The symbols of what is returned. */
  readonly results: readonly string[];
  toString(): string;
}

/** How tightly an expression holds together: a sum, a product, a sign or a call. */
type Strength = 0 | 1 | 2 | 3;

interface Expression {
  readonly text: string;
  readonly strength: Strength;
}

/** The functions that are written between or before their operands. */
const signs: Partial<Record<ScalarFunction, { sign: string; strength: Strength }>> = {
  add: { sign: " + ", strength: 0 },
  sub: { sign: " − ", strength: 0 },
  mul: { sign: " · ", strength: 1 },
  div: { sign: " / ", strength: 1 },
  neg: { sign: "−", strength: 2 },
};

const atom = (text: string): Expression => ({ text, strength: 3 });

const inside = ({ text, strength }: Expression, least: Strength): string => (strength < least ? `(${text})` : text);

/** The number that a constant is in all its elements; null if there are several, or none. */
function numberIn(constant: Tensor): string | null {
  const values = contiguous("explain", constant);
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? String(first).replace("-", "−") : null;
}

/** An operation on expressions: infix where there is a sign for it; stretching and other dtypes are left out. */
function applied(node: Extract<Node, { kind: "operation" }>, inputs: readonly Expression[]): Expression {
  const { op } = node;
  const known = op.scalar && signs[op.scalar];
  if (known === undefined) {
    const [only] = inputs;
    const stretched =
      op.kind === "linear" && inputs.length === 1 && op.view !== undefined && /^−?[\d.]/.test(only!.text);
    return stretched ? only! : atom(`${op.name}(${inputs.map(({ text }) => text).join(", ")})`);
  }
  const { sign, strength } = known;
  const [left, right] = inputs as [Expression, Expression?];
  if (right === undefined) return { text: `${sign}${inside(left, strength)}`, strength };
  // What stands behind − or / is held together by brackets, also at equal strength.
  const tight = (op.scalar === "sub" || op.scalar === "div" ? strength + 1 : strength) as Strength;
  return { text: `${inside(left, strength)}${sign}${inside(right, tight)}`, strength };
}

/** A rule that does more than so many operations is told by their number. */
const LONGEST_RULE = 24;

/** The one result of a graph as an expression of its inputs. */
function written(graph: Graph, symbols: readonly string[]): string {
  const operations = graph.nodes.filter(({ kind }) => kind === "operation").length;
  if (operations > LONGEST_RULE) return `a rule of ${operations} operations`;
  const expressions: Expression[] = [];
  let next = 0;
  for (const node of graph.nodes) {
    if (node.kind === "input") expressions.push(atom(symbols[next++]!));
    else if (node.kind === "constant") expressions.push(atom(numberIn(node.value) ?? node.value.label ?? "constant"));
    else
      expressions.push(
        applied(
          node,
          node.inputs.map((id) => expressions[id]!),
        ),
      );
  }
  return expressions[graph.outputs[0]!]!.text;
}

/**
 * The recorded graph of f for inputs of these shapes, one value a line, each with its local derivative as the
 * library's own rule has it: what a small change d of an input makes of the value.
 *
 * @example
 * explain((x: Tensor) => sigmoid(x), [tensor([1, 2])]).steps[1].derivatives[0].expression;   // => "d%0 · %1 · (1 − %1)"
 */
export function explain<A extends readonly unknown[]>(f: (...args: A) => unknown, inputs: A): Explanation {
  const graph = record(f)(...inputs);
  const symbols = graph.nodes.map(({ id, spec }) => spec.label ?? `%${id}`);
  // In expressions a constant number stands for itself.
  const shown = graph.nodes.map((node) => (node.kind === "constant" && numberIn(node.value)) || symbols[node.id]!);
  const varies: boolean[] = [];
  const steps = graph.nodes.map((node): Step => {
    const { id, kind, spec } = node;
    const base = { symbol: symbols[id]!, spec };
    varies[id] = kind === "input" && isFloat(spec.dtype);
    if (kind !== "operation") {
      const number = kind === "constant" && shown[id] !== symbols[id] ? ` ${shown[id]}` : "";
      return { ...base, expression: `${kind}${number}`, derivatives: [] };
    }
    const operands = node.inputs.map((input) => shown[input]!);
    const expression = applied(node, operands.map(atom)).text;
    const derivatives = node.inputs.flatMap((input, i) => {
      const rule = ruleFor(node.op.jvp, i);
      if (!varies[input] || rule === null || !isFloat(spec.dtype)) return [];
      const stand = (id: number): Tensor => zeros(graph.nodes[id]!.spec.shape, { dtype: graph.nodes[id]!.spec.dtype });
      const local = record((t: Tensor, y: Tensor, ...xs: Tensor[]) => rule(t, y, xs, node.params, i))(
        stand(input),
        stand(id),
        ...node.inputs.map(stand),
      );
      return [
        { input: symbols[input]!, expression: written(local, [`d${symbols[input]}`, symbols[id]!, ...operands]) },
      ];
    });
    varies[id] = derivatives.length > 0;
    return { ...base, expression, derivatives };
  });
  const results = graph.outputs.map((id) => symbols[id]!);
  return { steps, results, toString: () => print(steps, results) };
}

function print(steps: readonly Step[], results: readonly string[]): string {
  const rows = steps.map(({ symbol, spec, expression, derivatives }) => [
    symbol,
    `= ${expression}`,
    `: ${spec.dtype}${formatShape(spec.shape)}`,
    derivatives.length === 0 ? "" : `d${symbol} = ${derivatives.map((d) => d.expression).join(" + ")}`,
  ]);
  return `${columns(rows)}\nreturn ${results.join(", ")}`;
}
