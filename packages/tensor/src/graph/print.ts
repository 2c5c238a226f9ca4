/** @file Graphs to look at: as text, as a Mermaid diagram, as a DOT file. */
import { formatShape } from "../core/errors.ts";
import type { Spec } from "../core/tensor.ts";
import type { Graph, Node } from "./graph.ts";

const about = ({ dtype, shape }: Spec): string => `${dtype}${formatShape(shape)}`;

/** What an operation was told besides its inputs; functions and graphs within are not spelled out. */
const paramsOf = (params: unknown): string =>
  params === null
    ? ""
    : JSON.stringify(params, (_key, value: unknown) => {
        const inner = value as Partial<Graph> | null;
        return Array.isArray(inner?.nodes) ? `a graph of ${inner.nodes.length} values` : value;
      });

/** A plain number, stretched or not, is one stored value. */
const numberIn = (node: Node): string =>
  node.kind === "constant" && node.value.storage?.length === 1 && node.value.size > 0
    ? String(node.value.storage[0])
    : "";

const words = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join(" ");

function line(node: Node): string {
  const { id, spec } = node;
  const what =
    node.kind === "operation"
      ? words(`${node.op.name}(${node.inputs.map((input) => `%${input}`).join(", ")})`, paramsOf(node.params))
      : words(node.kind, spec.label ?? "", numberIn(node));
  return `%${id} = ${what} : ${about(spec)}`;
}

/** The graph as text, one value a line. */
export const toText = ({ nodes, outputs }: Graph): string =>
  [...nodes.map(line), `return ${outputs.map((id) => `%${id}`).join(", ")}`].join("\n");

/** What stands in the box of a value: what it is, and its shape. */
const label = (node: Node): readonly [string, string] =>
  node.kind === "operation"
    ? [words(node.op.name, paramsOf(node.params)), about(node.spec)]
    : [words(node.spec.label ?? node.kind, numberIn(node)), about(node.spec)];

const edges = (graph: Graph): (readonly [from: number, to: number])[] =>
  graph.nodes.flatMap((node) => (node.kind === "operation" ? node.inputs.map((from) => [from, node.id] as const) : []));

/**
 * The graph as a Mermaid flowchart, which Markdown pages draw: inputs and results round, constants without corners.
 *
 * @example
 * const graph = record((x: Tensor) => exp(x))(zeros([2]));
 * toMermaid(graph).split("\n")[1];   // => '  v0(["input<br/>float64[2]"])'
 */
export function toMermaid(graph: Graph): string {
  const quoted = (text: string): string => text.replaceAll('"', "#quot;");
  const box = (node: Node): string => {
    const text = `"${label(node).map(quoted).join("<br/>")}"`;
    if (node.kind === "input") return `v${node.id}([${text}])`;
    return node.kind === "constant" ? `v${node.id}{{${text}}}` : `v${node.id}[${text}]`;
  };
  return [
    "flowchart TD",
    ...graph.nodes.map((node) => `  ${box(node)}`),
    ...edges(graph).map(([from, to]) => `  v${from} --> v${to}`),
    ...graph.outputs.map((id, i) => `  v${id} --> result${i}(["result${graph.outputs.length > 1 ? ` ${i}` : ""}"])`),
  ].join("\n");
}

/**
 * The graph in DOT, the language of Graphviz.
 *
 * @example
 * const graph = record((x: Tensor) => exp(x))(zeros([2]));
 * toDot(graph).split("\n")[2];   // => '  v0 [label="input\\nfloat64[2]", shape=ellipse];'
 */
export function toDot(graph: Graph): string {
  const quoted = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  const form = { input: "ellipse", constant: "hexagon", operation: "box" } as const;
  return [
    "digraph {",
    "  node [fontname=monospace];",
    ...graph.nodes.map(
      (node) => `  v${node.id} [label="${label(node).map(quoted).join("\\n")}", shape=${form[node.kind]}];`,
    ),
    ...edges(graph).map(([from, to]) => `  v${from} -> v${to};`),
    ...graph.outputs.map((id, i) => `  v${id} -> result${i}; result${i} [label="result", shape=ellipse];`),
    "}",
  ].join("\n");
}
