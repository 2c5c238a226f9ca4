/** @file Which operations are done in one loop: those of one shape, element by element, that no other step comes between. */
import { sameShape } from "../core/shape.ts";
import type { Graph } from "../graph/graph.ts";
import { look } from "./look.ts";
import type { Operation } from "./rewriter.ts";
import type { Seats } from "./steps.ts";

/** More operations in one loop would not stay in registers. */
const LARGEST = 48;

interface Unit {
  nodes: number[];
  /** The units of which it needs values. */
  readonly needs: Set<number>;
  /** Those of which it needs all values before the first of its own: it reads them by another layout. */
  readonly whole: Set<number>;
}

/**
 * The operations of a graph in units, each in order; the units in an order in which each has what it needs. `fusible`:
 * whether an operation on elements may be in one loop with others.
 */
export function fused(graph: Graph, seats: Seats, fusible: (node: Operation) => boolean): number[][] {
  const units = new Map<number, Unit>();
  const unitOf = new Map<number, number>();
  const needed = (id: number): number | undefined => unitOf.get(seats.of(id).node);

  /** Whether `from` needs `to`, perhaps by way of others. */
  const reaches = (from: number, to: number, seen = new Set<number>()): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    for (const next of units.get(from)!.needs) if (reaches(next, to, seen)) return true;
    return false;
  };
  /** Whether a third unit comes between: then the two cannot be one. */
  const apart = (a: number, b: number): boolean =>
    [...units.get(a)!.needs].some((next) => next !== b && reaches(next, b)) ||
    [...units.get(b)!.needs].some((next) => next !== a && reaches(next, a));
  const joinable = (a: number, b: number): boolean =>
    !units.get(a)!.whole.has(b) && !units.get(b)!.whole.has(a) && !apart(a, b);
  const merge = (into: number, other: number): void => {
    const { nodes, needs, whole } = units.get(other)!;
    const unit = units.get(into)!;
    unit.nodes = [...nodes, ...unit.nodes].sort((a, b) => a - b);
    for (const need of needs) unit.needs.add(need);
    for (const need of whole) unit.whole.add(need);
    for (const node of nodes) unitOf.set(node, into);
    units.delete(other);
    for (const { needs, whole } of units.values())
      for (const set of [needs, whole]) if (set.delete(other)) set.add(into);
    unit.needs.delete(into);
  };
  const shapeOf = (unit: Unit) => graph.nodes[unit.nodes[0]!]!.spec.shape;
  const isLoop = (unit: Unit): boolean => {
    const node = graph.nodes[unit.nodes[0]!] as Operation;
    return node.op.element !== undefined && fusible(node);
  };

  for (const node of graph.nodes) {
    if (node.kind !== "operation" || node.op === (look as unknown)) continue;
    const direct = node.inputs.filter((id) => seats.of(id).node === id);
    const needs = new Set(node.inputs.flatMap((id) => needed(id) ?? []));
    const whole = new Set(node.inputs.flatMap((id) => (direct.includes(id) ? [] : (needed(id) ?? []))));
    const unit: Unit = { nodes: [node.id], needs, whole };
    units.set(node.id, unit);
    unitOf.set(node.id, node.id);
    if (!isLoop(unit)) continue;
    for (const id of new Set(direct.flatMap((input) => needed(input) ?? []))) {
      const other = units.get(id)!;
      const fits = isLoop(other) && sameShape(shapeOf(other), node.spec.shape);
      if (fits && other.nodes.length + unit.nodes.length <= LARGEST && joinable(node.id, id)) merge(node.id, id);
    }
  }
  return ordered(units);
}

/** Each after what it needs, else as their last operations stood. */
function ordered(units: ReadonlyMap<number, Unit>): number[][] {
  const done = new Set<number>();
  const order: number[][] = [];
  const visit = (id: number): void => {
    if (done.has(id)) return;
    done.add(id);
    const { nodes, needs } = units.get(id)!;
    for (const need of [...needs].sort((a, b) => a - b)) visit(need);
    order.push(nodes);
  };
  for (const id of [...units.keys()].sort((a, b) => a - b)) visit(id);
  return order;
}
