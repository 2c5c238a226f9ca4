/** @file Derivatives in nests, mixtures and chains; what tapes keep; what confuses lesser systems. */
import { expect, test } from "vitest";
import { pointwise } from "../src/extend.ts";
import {
  grad,
  jvp,
  leaves,
  mul,
  ones,
  record,
  replay,
  rng,
  sigmoid,
  stopGradient,
  sum,
  Tape,
  type Tensor,
  tensor,
  valueAndGrad,
  vjp,
  zeros,
} from "../src/index.ts";

type Scalar = Tensor<readonly []>;
const one = tensor(1);
/** The derivative of a function of one number, in forward mode. */
const forward =
  (f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    jvp(f, [x], [one])[1];
const reverse =
  (f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    grad(f as (x: Tensor) => Scalar, { unreached: "zeros" })(x);

test("six derivatives of x⁵, in every mixture of modes", () => {
  const f = (x: Tensor): Tensor => x.pow(5);
  const exact = [32, 80, 160, 240, 240, 120, 0];
  for (let mixture = 0; mixture < 64; mixture++) {
    let g = f;
    for (let order = 0; order <= 6; order++) {
      expect(g(tensor(2)).item()).toBe(exact[order]);
      g = (mixture >> order) & 1 ? forward(g) : reverse(g);
    }
  }
});

test("perturbations are not confused: d/dx (x · d/dy (x + y)) is 1", () => {
  for (const outer of [forward, reverse]) {
    for (const inner of [forward, reverse]) {
      expect(outer((x) => x.mul(inner((y) => x.add(y))(one)))(one).item()).toBe(1);
    }
  }
});

test("an inner derivative may use what an outer one watches", () => {
  // d/dx (d/dy x²y³ at y = x) = d/dx 3x⁴ = 12x³, x through both places.
  const inner = (x: Tensor): Tensor => reverse((y) => mul(mul(x, x), y.pow(3)))(x);
  expect(reverse(inner)(tensor(2)).item()).toBe(96);
});

test("the gradient has the tree and the dtypes of the parameters", () => {
  const params = { layers: [{ w: tensor([[1, 2]]) }, { w: tensor([[3], [4]], { dtype: "float32" }) }], none: null };
  const [value, gradient] = valueAndGrad(
    (p: typeof params, scale: number) =>
      sum(mul(p.layers[0]!.w, p.layers[1]!.w.cast("float64").T)).mul(scale) as Scalar,
  )(params, 2);
  expect(value.item()).toBe(22);
  expect(gradient.layers[0]!.w.toArray()).toEqual([[6, 8]]);
  expect(gradient.layers[1]!.w.toArray()).toEqual([[2], [4]]);
  expect(gradient.layers[1]!.w.dtype).toBe("float32");
  expect(gradient.none).toBe(null);
  expect(leaves(gradient).map(({ path }) => path)).toEqual(["layers[0].w", "layers[1].w"]);
});

test("what is not reached gets zeros when asked for", () => {
  const f = (p: { a: Tensor; b: Tensor }): Scalar => p.a.sum();
  expect(grad(f, { unreached: "zeros" })({ a: tensor([1]), b: tensor([[2, 3]]) }).b.toArray()).toEqual([[0, 0]]);
  expect(grad(() => tensor(1), { unreached: "zeros" })(tensor([5])).toArray()).toEqual([0]);
});

test("values outside of a transform are plain again", () => {
  const [value, gradient] = valueAndGrad((x: Tensor) => x.mul(x).sum() as Scalar)(tensor([3]));
  expect([value.watched, gradient.watched]).toEqual([null, null]);
  const [y, pullback] = vjp((x: Tensor) => ({ twice: x.mul(2), same: x }), tensor([3]));
  expect([y.twice.watched, y.same.watched]).toEqual([null, null]);
  expect(pullback({ twice: tensor([1]), same: tensor([10]) })[0].toArray()).toEqual([12]);
});

test("what a function returns beside its value comes out plain, or watched by what is outside", () => {
  const f = (x: Tensor) => [sum(mul(x, x)) as Scalar, { parts: [mul(x, 3)], none: null }] as const;
  const [value, gradient, more] = valueAndGrad(f)(tensor([1, 2]));
  expect([value.item(), gradient.toArray(), more.none]).toEqual([5, [2, 4], null]);
  expect(more.parts[0]!.watched).toBeNull();
  // The outer derivative goes through it: d/dx Σ 3x = 3.
  const outer = grad((x: Tensor) => sum(valueAndGrad(f)(x)[2].parts[0]!) as Scalar);
  expect(outer(tensor([1, 2])).toArray()).toEqual([3, 3]);
});

test("a function returns a value, or a value and one tree of tensors", () => {
  const give = (y: unknown) => () => valueAndGrad(((_x: Tensor) => y) as never)(tensor(1) as never);
  expect(give([tensor(1)])).toThrow(
    "valueAndGrad: f must return a tensor, got an array; return the scalar to differentiate",
  );
  expect(give([1, tensor(1)])).toThrow(
    "valueAndGrad: f must return a tensor, got number; return the scalar to differentiate",
  );
  const withNumber = (x: Tensor) => [sum(x) as Scalar, { step: 3 }] as const;
  expect(() => valueAndGrad(withNumber)(tensor([1]))).toThrow(
    "valueAndGrad: step is a number, not a tensor; trees are tensors in arrays and plain objects; wrap numbers with tensor(…)",
  );
  const pair = ((x: Tensor) => [sum(x), x]) as never;
  expect(() => grad(pair)(tensor([1]) as never)).toThrow("grad: f must return a tensor, got an array");
});

test("a tape gives the cotangent of any value on the way, in one pass", () => {
  const tape = new Tape();
  const [x, w] = tape.watch([tensor([[1, 2]]), tensor([[3], [4]])]) as [Tensor, Tensor];
  const z = x.matmul(w);
  const h = sigmoid(z);
  const bar = tape.pullback(h.sum() as Tensor);
  const slope = h.item() * (1 - h.item());
  expect(bar(h).toArray()).toEqual([[1]]);
  expect(bar(z).item()).toBe(slope);
  expect(bar({ x, w }).w.toArray()).toEqual([[slope], [2 * slope]]);
});

test("one tape, two questions: asking does not use it up", () => {
  const tape = new Tape();
  const x = tape.watch(tensor(3));
  const [square, cube] = [x.pow(2), x.pow(3)] as [Tensor, Tensor];
  expect(tape.gradient(square, x).item()).toBe(6);
  expect(tape.gradient(cube, x).item()).toBe(27);
  expect(tape.gradient(square, x).item()).toBe(6);
});

test("stopGradient is a constant to every transform", () => {
  const f = (x: Tensor): Tensor => mul(x, stopGradient(x.mul(x)));
  expect(reverse(f)(tensor(3)).item()).toBe(9);
  expect(forward(f)(tensor(3)).item()).toBe(9);
  expect(reverse(reverse(f))(tensor(3)).item()).toBe(0);
});

test("named tensors keep their place on the tape", () => {
  expect(grad((x: Tensor) => x.named("x").mul(x).sum() as Scalar)(tensor([3])).toArray()).toEqual([6]);
});

test("a chain of 1,000,000 operations differentiates, forward and back, without a stack", () => {
  const n = 1_000_000;
  const tape = new Tape();
  const x = tape.watch(tensor(1));
  const step = tensor(1 - 2 ** -20);
  let y: Tensor = x;
  for (let i = 0; i < n; i++) y = mul(y, step);
  // The same product, taken in the same order by plain numbers, backwards.
  let expected = 1;
  for (let i = 0; i < n; i++) expected *= 1 - 2 ** -20;
  expect(tape.gradient(y, x).item()).toBe(expected);
}, 120_000);

test("10,000 training steps in one synchronous loop keep the heap flat", () => {
  const collect = (globalThis as { gc?: () => void }).gc!;
  const x = rng(1).normal([8, 4]) as Tensor;
  const step = grad((p: { w: Tensor; b: Tensor }) => sum(sigmoid(x.matmul(p.w).add(p.b))) as Scalar);
  let params = { w: rng(2).normal([4, 3]) as Tensor, b: zeros([3]) as Tensor };
  const train = (steps: number): number => {
    for (let i = 0; i < steps; i++) {
      const g = step(params);
      params = { w: params.w.sub(g.w.mul(0.01)), b: params.b.sub(g.b.mul(0.01)) };
    }
    collect();
    return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  };
  const before = train(1000);
  const after = train(10_000);
  // A step that kept as little as one tensor would add over 1.5 MB; what V8 itself keeps varies by less than 1.
  expect(after - before).toBeLessThan(2 ** 20);
}, 120_000);

test("grad gives up values and cotangents as it goes back", () => {
  // Twice: the memory of arrays is given back beside the program, and a second collection waits for the first.
  const collect = (): void => [1, 2].forEach(() => (globalThis as { gc?: () => void }).gc!());
  let held = 0;
  const first = pointwise(
    "first",
    (x) => x,
    (x) => {
      collect();
      held = process.memoryUsage().arrayBuffers - before;
      return x;
    },
  );
  const x = ones([2 ** 17]);
  collect();
  const before = process.memoryUsage().arrayBuffers;
  grad((p: Tensor) => {
    let y: Tensor = first(p);
    for (let i = 0; i < 20; i++) y = sigmoid(y);
    return sum(y) as Scalar;
  })(x);
  // A MiB each. Of 20 values and 20 cotangents, those around the first operation are left.
  expect(held / 2 ** 20).toBeLessThan(10);
});

test("a graph is printed one value a line", () => {
  const graph = record((x: Tensor, w: Tensor) => sigmoid(x.matmul(w)).mul(2))(
    zeros([4, 3]).named("x"),
    zeros([3, 2]).named("w"),
  );
  expect(String(graph)).toBe(
    [
      "%0 = input x : float64[4, 3]",
      "%1 = input w : float64[3, 2]",
      "%2 = matmul(%0, %1) : float64[4, 2]",
      "%3 = sigmoid(%2) : float64[4, 2]",
      "%4 = constant 2 : float64[4, 2]",
      "%5 = mul(%3, %4) : float64[4, 2]",
      "return %5",
    ].join("\n"),
  );
});

test("a graph of a gradient is data: replayed, it is the gradient; in another arithmetic, something else", () => {
  const gradient = record(grad((x: Tensor) => x.mul(x).sum() as Scalar))(zeros([2]));
  expect(replay(gradient, [tensor([3, 4])])[0]!.toArray()).toEqual([6, 8]);
  const depth = replay<number>(gradient, [0], {
    constant: () => 0,
    operation: (_op, inputs) => 1 + Math.max(...inputs),
  });
  expect(depth[0]).toBeGreaterThan(1);
});

test("watching what a tape already watches keeps the chain", () => {
  const tape = new Tape();
  const w = tape.watch(tensor(3));
  const z = tape.watch(mul(w, w));
  expect(tape.gradient(mul(z, z) as Tensor, w).item()).toBe(4 * 27);
});

test("a tape from outside refuses what a newer transform watches", () => {
  const tape = new Tape();
  expect(() => grad((x: Tensor) => tape.watch(x) as Scalar)(tensor(3))).toThrow(
    "watch: [] is watched by a transform that began after this tape; make the tape inside of it",
  );
});

test("cotangents must have the tree of the results", () => {
  const [, pullback] = vjp((x: Tensor) => ({ a: mul(x, 2), b: mul(x, 100) }), tensor(1) as Tensor);
  expect(pullback({ a: tensor(1), b: tensor(0) })[0].item()).toBe(2);
  expect(() => pullback({ b: tensor(0), a: tensor(1) })).toThrow(
    "vjp: the tree is an object with a, b in one tree and an object with b, a in the other",
  );
});

test("whole numbers have no tangents", () => {
  const four = tensor(4, { dtype: "int32" });
  expect(() => jvp((x: Tensor) => x.mul(1.5), [four as Tensor], [four as Tensor])).toThrow(
    "jvp: [] is int32; only float64 and float32 have derivatives; cast it, or close over it",
  );
});

test("what an inner tape still watches is recorded as what it is", () => {
  const graph = record((x: Tensor) => {
    const tape = new Tape();
    const w = tape.watch(x);
    return mul(w, w);
  })(tensor(3));
  expect(replay(graph, [tensor(5)])[0]!.item()).toBe(25);
});
