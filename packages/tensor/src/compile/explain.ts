/** @file A program as text: its steps with their loops, bytes and flops, and its memory. */
import { formatShape } from "../core/errors.ts";
import { sizeOf } from "../core/shape.ts";
import type { Graph } from "../graph/graph.ts";
import type { Arena } from "./arena.ts";
import { WIDTH } from "./arena.ts";
import type { Loop, Operand, Step } from "./steps.ts";

const typed = ({ dtype, shape }: Pick<Operand, "dtype" | "shape">): string => `${dtype}${formatShape(shape)}`;

const bytes = (count: number): string =>
  count < 10_000
    ? `${count} B`
    : count < 10_000_000
      ? `${Math.round(count / 1000)} kB`
      : `${Math.round(count / 1e6)} MB`;

/** Operations on numbers: of a sum and a product one each. */
function flopsOf(step: Step, graph: Graph): number {
  if (step.kind === "loop") return sizeOf(step.shape) * step.elements.filter(({ op }) => op.name !== "copy").length;
  if (step.kind === "check") return 0;
  const [x] = step.inputs;
  if (step.op.kind === "bilinear") return 2 * sizeOf(graph.nodes[step.node]!.spec.shape) * (x?.shape.at(-1) ?? 1);
  return x === undefined ? 0 : sizeOf(x.shape);
}

/** What a step reads and writes. */
function trafficOf(step: Step, graph: Graph): number {
  const read = step.kind === "loop" ? step.operands : step.kind === "call" ? step.inputs : [step.input];
  const written = step.kind === "loop" ? step.results.map(({ node }) => node) : step.kind === "call" ? [step.node] : [];
  const seen = ({ shape, strides, dtype }: Operand): number =>
    WIDTH[dtype] * sizeOf(shape.map((extent, axis) => (strides[axis] === 0 ? 1 : extent)));
  const made = (node: number): number => WIDTH[graph.nodes[node]!.spec.dtype] * sizeOf(graph.nodes[node]!.spec.shape);
  return (
    read.reduce((total, operand) => total + seen(operand), 0) + written.reduce((total, node) => total + made(node), 0)
  );
}

/** An operand by its node, or its one number. */
function operandText(operand: Operand, graph: Graph): string {
  const node = graph.nodes[operand.node]!;
  if (node.kind === "constant" && operand.strides.every((stride, axis) => stride === 0 || operand.shape[axis] === 1))
    return String(node.value.storage![operand.offset]);
  return `%${operand.node}`;
}

/** A loop as one expression for each value that it keeps. */
function loopText({ operands, elements, results, shape }: Loop, graph: Graph): string {
  const uses = new Map<number, number>();
  for (const { inputs } of elements) for (const place of inputs) uses.set(place, (uses.get(place) ?? 0) + 1);
  const lines: string[] = [];
  const names = new Map<number, string>();
  const text = (place: number): string => (place >= 0 ? operandText(operands[place]!, graph) : names.get(place)!);
  elements.forEach(({ op, inputs }, i) => {
    const expression = `${op.name}(${inputs.map(text).join(", ")})`;
    const kept = results.find(({ element }) => element === i);
    const name = kept === undefined ? (uses.get(-1 - i)! > 1 ? `t${i}` : null) : `%${kept.node}`;
    if (name !== null) lines.push(`${name} = ${expression}`);
    names.set(-1 - i, name ?? expression);
  });
  return `for each of ${formatShape(shape)}: ${lines.join("; ")}`;
}

function stepText(step: Step, graph: Graph): string {
  if (step.kind === "loop") return loopText(step, graph);
  const operand = (x: Operand): string => `${operandText(x, graph)} as ${typed(x)}`;
  if (step.kind === "check") return `check ${operand(step.input)}: ${step.op.name}`;
  return `%${step.node} = ${step.op.name}(${step.inputs.map(operand).join(", ")}) : ${typed(step.spec)}`;
}

/** What a program does, step by step. `isGenerated`: whether a step is machine code, or done by its definition. */
export function explained(graph: Graph, steps: readonly Step[], isGenerated: (step: Step) => boolean): string {
  return steps
    .map((step) => {
      const how = isGenerated(step) ? "" : ", by its definition";
      return `${stepText(step, graph)}   # ${bytes(trafficOf(step, graph))}, ${flopsOf(step, graph)} flops${how}`;
    })
    .join("\n");
}

/** The memory of a program in words. */
export const memoryText = ({ results, inputs, constants, temporaries, least, bytes: all }: Arena): string =>
  `${bytes(all)}: results ${bytes(results.bytes)}, arguments ${bytes(inputs.bytes)}, constants ${bytes(constants.bytes)}, temporaries ${bytes(temporaries.bytes)} (alive at once: ${bytes(least)})`;
