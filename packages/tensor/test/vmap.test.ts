/** @file vmap beside the loop that it replaces, in nests with the derivatives, and what it refuses. */
import { expect, test } from "vitest";
import { apply, type Primitive, pointwise } from "../src/extend.ts";
import {
  add,
  grad,
  hessian,
  jacobian,
  jvp,
  matmul,
  mul,
  record,
  replay,
  rng,
  sigmoid,
  square,
  stack,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  vjp,
  vmap,
  zeros,
} from "../src/index.ts";

type Scalar = Tensor<readonly []>;
const normal = (name: string, ...shape: number[]): Tensor => rng(name).normal(shape) as Tensor;
const rowsOf = (x: Tensor): Tensor[] => Array.from({ length: x.shape[0]! }, (_, i) => x.slice(i));

/** The cost of one sample in a network of two layers. */
const cost = (p: { w: Tensor; v: Tensor }, x: Tensor): Scalar =>
  sum(square(matmul(tanh(matmul(x, p.w)), p.v))) as Scalar;
const params = { w: normal("w", 3, 4), v: normal("v", 4, 2) };
const xs = normal("x", 5, 3);

test("the gradient of each sample in one call is the loop's, bit for bit", () => {
  const each = vmap(grad(cost), { inAxes: [null, 0] })(params, xs);
  const loop = rowsOf(xs).map((x) => grad(cost)(params, x));
  expect(each.w.toArray()).toEqual(stack(loop.map(({ w }) => w)).toArray());
  expect(each.v.toArray()).toEqual(stack(loop.map(({ v }) => v)).toArray());
});

test("the gradient of a mapped function is the loop's", () => {
  const mapped = (p: typeof params): Scalar => sum(vmap(cost, { inAxes: [null, 0] })(p, xs)) as Scalar;
  const looped = (p: typeof params): Scalar =>
    rowsOf(xs)
      .map((x): Tensor => cost(p, x))
      .reduce((a, b) => add(a, b)) as Scalar;
  const [a, b] = [grad(mapped)(params), grad(looped)(params)];
  // Both sum the same five terms, in different orders.
  a.w.toTypedArray().forEach((value, i) => expect(value).toBeCloseTo(b.w.toTypedArray()[i]!, 12));
});

test("two maps in a nest make the table of all pairs, along any axes", () => {
  const a = tensor([1, 2, 3]);
  const b = tensor([10, 20]);
  const table = vmap((x: Tensor) => vmap((y: Tensor) => mul(x, y) as Tensor)(b))(a);
  expect(table.toArray()).toEqual([
    [10, 20],
    [20, 40],
    [30, 60],
  ]);
  const turned = vmap((x: Tensor) => mul(x, b) as Tensor, { outAxis: -1 })(a);
  expect(turned.toArray()).toEqual(transpose(table).toArray());
  expect(vmap((x: Tensor) => sum(x) as Tensor, { inAxes: 1 })(table).toArray()).toEqual([60, 120]);
});

test("pullbacks and tangents of many directions at once", () => {
  const f = (x: Tensor): Tensor => sigmoid(matmul(x, params.w)) as Tensor;
  const x = normal("point", 3);
  const basis = normal("basis", 6, 4);
  const [, pullback] = vjp(f, x);
  expect(vmap((ct: Tensor) => pullback(ct)[0])(basis).toArray()).toEqual(
    stack(rowsOf(basis).map((ct) => pullback(ct)[0])).toArray(),
  );
  const directions = normal("directions", 6, 3);
  expect(vmap((t: Tensor) => jvp(f, [x], [t])[1])(directions).toArray()).toEqual(
    stack(rowsOf(directions).map((t) => jvp(f, [x], [t])[1])).toArray(),
  );
});

test("a mapped function can be recorded, and replayed", () => {
  const mapped = vmap(grad(cost), { inAxes: [null, 0] });
  const graph = record((p: typeof params, x: Tensor) => mapped(p, x))(params, xs);
  const [w] = replay(graph, [params.w, params.v, xs]);
  expect(w!.toArray()).toEqual(mapped(params, xs).w.toArray());
});

test("what does not depend on the mapped argument is repeated", () => {
  expect(vmap((_x: Tensor) => tensor([7, 8]) as Tensor)(zeros([3])).toArray()).toEqual([
    [7, 8],
    [7, 8],
    [7, 8],
  ]);
});

test("an operation of one's own without batch is done row by row", () => {
  const op: Primitive<null> = {
    name: "first",
    kind: "general",
    shape: ([x]) => ({ shape: [], dtype: x!.dtype }),
    run: ([x]) => Float64Array.of(x!.storage![x!.offset]!),
    vjp: [null],
    jvp: [null],
    rounding: () => 0,
  };
  const first = (x: Tensor): Tensor => apply(op, [x], null);
  expect(
    vmap(first)(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    ).toArray(),
  ).toEqual([1, 3]);
  expect(vmap(first)(zeros([0, 2])).shape).toEqual([0]);
  const cube = pointwise(
    "cube",
    (x) => x * x * x,
    (x) => mul(3, square(x)),
  );
  expect(vmap((x: Tensor) => cube(x) as Tensor)(tensor([1, 2])).toArray()).toEqual([1, 8]);
});

test("no rows are no work, and no error", () => {
  expect(vmap((x: Tensor) => sum(x) as Tensor)(zeros([0, 3])).shape).toEqual([0]);
  expect(vmap(grad(cost), { inAxes: [null, 0] })(params, zeros([0, 3])).w.shape).toEqual([0, 3, 4]);
});

test.each<[string, () => unknown]>([
  [
    "vmap: argument 1 [4] has 4 on axis 0 where argument 0 [3] has 3; mapped axes must be of one extent; null in inAxes for what is the same for all",
    () => vmap((a: Tensor, b: Tensor) => add(a, b))(zeros([3]), zeros([4])),
  ],
  ["vmap: axis 0 is out of range for rank 0; a scalar has no axes", () => vmap((x: Tensor) => x)(tensor(1))],
  [
    "vmap: no argument has an axis to map over; give a tensor with inAxes other than null",
    () => vmap((x: Tensor) => x, { inAxes: [null] })(zeros([3])),
  ],
  [
    "vmap: inAxes has 2 axes for 1 arguments; give one axis, or one for each argument (null: the same for all)",
    () => vmap((x: Tensor) => x, { inAxes: [0, 0] })(zeros([3])),
  ],
  [
    "item: [] has no value of its own: a graph is recorded, or vmap does many at once; use tensor operations (where, maximum, …) in place of values",
    () => vmap((x: Tensor) => mul(x, x.item()))(zeros([3])),
  ],
  [
    'jacobian: there is no mode both; use "reverse" or "forward"',
    () => jacobian((x: Tensor) => x, { mode: "both" as "reverse" }),
  ],
  [
    "jacobian: a result is bool []; only float64 and float32 vary; leave it out of what f returns",
    () => jacobian((x: Tensor) => x.greater(0) as Tensor)(tensor(1)),
  ],
])("%s", (message, act) => {
  expect(act).toThrow(expect.objectContaining({ name: "TensorError", message }));
});

test("jacobians in both modes agree, for trees of parameters and of results", () => {
  const f = (p: typeof params): { h: Tensor; y: Tensor } => {
    const h: Tensor = tanh(matmul(xs, p.w));
    return { h, y: matmul(h, p.v) };
  };
  const reverse = jacobian(f)(params);
  const forward = jacobian(f, { mode: "forward" })(params);
  expect(reverse.h.w.shape).toEqual([5, 4, 3, 4]);
  expect(reverse.y.v.shape).toEqual([5, 2, 4, 2]);
  // h does not depend on v.
  expect(sum(reverse.h.v.abs()).item()).toBe(0);
  for (const [a, b] of [
    [reverse.y.w, forward.y.w],
    [reverse.h.w, forward.h.w],
    [reverse.y.v, forward.y.v],
  ] as const) {
    const other = b.toTypedArray();
    // The same products, summed in another order: a few roundings of numbers of the size of 1.
    a.toTypedArray().forEach((value, i) => expect(Math.abs(value - other[i]!)).toBeLessThan(1e-14));
  }
});

test("the jacobian of nothing, and with respect to nothing", () => {
  expect(jacobian((x: Tensor) => x.mul(2) as Tensor)(zeros([0])).shape).toEqual([0, 0]);
  expect(jacobian((x: Tensor) => sum(x) as Tensor)(zeros([2, 0])).shape).toEqual([2, 0]);
});

test("the hessian of a quadratic form is its matrix, and of a tree a tree of trees", () => {
  const a = tensor([
    [2, 1],
    [1, 5],
  ]);
  const f = (p: { x: Tensor; y: Tensor }): Scalar =>
    add(mul(0.5, matmul(p.x, matmul(a, p.x))), mul(sum(p.x), sum(p.y))) as Scalar;
  const h = hessian(f)({ x: tensor([1, -1]), y: tensor([2]) });
  expect(h.x.x.toArray()).toEqual([
    [2, 1],
    [1, 5],
  ]);
  expect(h.x.y.toArray()).toEqual([[1], [1]]);
  expect(h.y.y.toArray()).toEqual([[0]]);
});
