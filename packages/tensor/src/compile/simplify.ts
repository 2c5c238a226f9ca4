/** @file A recorded graph made simpler: what is the same is computed once, what is not needed not at all. */
import type { Graph } from "../graph/graph.ts";
import { Rewriter, type Rule } from "./rewriter.ts";
import { rules } from "./rules.ts";

/** A graph that computes the same, bit for bit, and how often each rule made it simpler. */
export interface Simplified {
  readonly graph: Graph;
  readonly applied: ReadonlyMap<string, number>;
}

/** The graph, simpler; by all rules, or by those given. */
export function simplify(graph: Graph, by: Readonly<Record<string, Rule>> = rules): Simplified {
  const rewriter = new Rewriter(by);
  const places: number[] = [];
  for (const node of graph.nodes) {
    if (node.kind === "input") places.push(rewriter.input(node.spec));
    else if (node.kind === "constant") places.push(rewriter.constant(node.value));
    else {
      const inputs = node.inputs.map((input) => places[input]!);
      places.push(rewriter.rewritten({ op: node.op, inputs, params: node.params, spec: node.spec }));
    }
  }
  const placesOf = (ids: readonly number[]): number[] => ids.map((id) => places[id]!);
  const outputs = placesOf(graph.outputs).map((id) => rewriter.result(id));
  return { graph: rewriter.finish(placesOf(graph.inputs), outputs), applied: rewriter.applied };
}
