/** @file What the judges read of a primitive is true of it: its formula, its growth, its linearity, that it only moves. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { apply, type Primitive } from "../../src/extend.ts";
import { add, mul, onesLike, record, rng, sub, type Tensor, vjp } from "../../src/index.ts";
import { differentiable, inputsOf } from "../samples/index.ts";

interface Done {
  readonly op: Primitive<unknown>;
  readonly inputs: readonly Tensor[];
  readonly params: unknown;
  readonly y: Tensor;
}

/** Every operation on floats that a function and its gradient do, with its inputs and value. */
function operationsOf(f: (...xs: Tensor[]) => Tensor, xs: readonly Tensor[]): Done[] {
  const both = (...ts: Tensor[]): unknown => {
    const [y, pullback] = vjp(f, ...ts);
    return [y, pullback(onesLike(y))];
  };
  const graph = record(both)(...xs);
  const values: Tensor[] = [];
  const done: Done[] = [];
  let next = 0;
  for (const node of graph.nodes) {
    if (node.kind === "input") values.push(xs[next++]!);
    else if (node.kind === "constant") values.push(node.value);
    else {
      const inputs = node.inputs.map((id) => values[id]!);
      const y = apply(node.op, inputs, node.params);
      values.push(y);
      if (y.dtype === "float64") done.push({ op: node.op, inputs, params: node.params, y });
    }
  }
  return done;
}

const values = (x: Tensor): number[] => [...x.toTypedArray()];
const largest = (xs: readonly number[]): number =>
  xs.reduce((best, x) => Math.max(best, Number.isFinite(x) ? Math.abs(x) : 0), 0);

function expectNear(got: Tensor, wanted: Tensor, what: string): void {
  const [a, b] = [values(got), values(wanted)];
  const near = 1e-9 * (1e-3 + largest(a) + largest(b));
  a.forEach((x, i) => {
    // Where one of the two overflows nothing is said.
    if (Number.isFinite(x) && Number.isFinite(b[i]!)) expect(Math.abs(x - b[i]!), what).toBeLessThanOrEqual(near);
  });
}

const isFloat = (x: Tensor): boolean => x.dtype === "float64";

function keepsItsPromises({ op, inputs, params, y }: Done, seed: number): void {
  const random = (x: Tensor, i: number): Tensor =>
    isFloat(x) ? rng(seed).stream(`${op.name} ${i}`).normal(x.shape) : x;
  const on = (xs: readonly Tensor[]): Tensor => apply(op, xs, params);
  if (op.formula !== undefined) expectNear(op.formula(inputs, params), y, `${op.name}: formula`);
  if (op.increasing) {
    const raised = inputs.map((x, i) => (isFloat(x) ? (add(x, mul(random(x, i), random(x, i))) as Tensor) : x));
    const after = values(on(raised));
    values(y).forEach((before, i) => {
      const slack = 1e-12 * (1 + Math.abs(before));
      expect(!(after[i]! < before - slack), `${op.name}: increasing`).toBe(true);
    });
  }
  if (op.kind === "linear") {
    const [p, q] = [inputs.map(random), inputs.map((x, i) => random(x, i + inputs.length))];
    const sums = p.map((x, i) => (isFloat(x) ? (add(x, mul(3, q[i]!)) as Tensor) : x));
    // Values that are only looked at may be refused: 3q + p is not for everyone.
    if (op.formula === undefined) expectNear(on(sums), add(on(p), mul(3, on(q))) as Tensor, `${op.name}: linear`);
  }
  if (op.kind === "bilinear") {
    const [a, b] = inputs as [Tensor, Tensor];
    const [p, q] = [random(a, 0), random(b, 1)];
    expectNear(on([add(p, p) as Tensor, q]), mul(2, on([p, q])) as Tensor, `${op.name}: bilinear`);
    expectNear(on([p, sub(q, mul(4, q)) as Tensor]), mul(-3, on([p, q])) as Tensor, `${op.name}: bilinear`);
  }
  const specs = inputs.map(({ shape, dtype }) => ({ shape, dtype }));
  if (op.kind === "general" && op.formula === undefined && op.rounding(specs, params) === 0) {
    const from = new Set(inputs.filter(isFloat).flatMap(values));
    const fill = (params as { fill?: number } | null)?.fill;
    const whole = inputs.every((x) => !isFloat(x));
    for (const value of values(y))
      expect(whole || from.has(value) || value === fill || Number.isNaN(value), `${op.name}: moves`).toBe(true);
  }
}

test.each(Object.entries(differentiable))("%s", (_name, samples) => {
  fc.assert(
    fc.property(
      samples.chain((sample) => inputsOf(sample, "float64").map((xs) => ({ f: sample.f, xs }))),
      fc.integer(),
      ({ f, xs }, seed) => {
        for (const done of operationsOf(f as (...ts: Tensor[]) => Tensor, xs)) keepsItsPromises(done, seed);
      },
    ),
    { numRuns: 6 },
  );
});
