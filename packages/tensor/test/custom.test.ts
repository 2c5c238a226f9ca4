/** @file Derivatives of one's own, checkpoints, what tapes keep, and the watch for NaN. */
import { expect, test } from "vitest";
import {
  add,
  checkpoint,
  exp,
  grad,
  hessian,
  jvp,
  log,
  matmul,
  minimum,
  mul,
  NotFinite,
  record,
  replay,
  rng,
  sin,
  softplus,
  sqrt,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
  toDot,
  toMermaid,
  valueAndGrad,
  vjp,
  vmap,
  watchNaN,
  where,
  withDerivative,
  zeros,
} from "../src/index.ts";

type Scalar = Tensor<readonly []>;
const total = (f: (x: Tensor) => Tensor) => (x: Tensor) => sum(f(x)) as Scalar;
const x = tensor([0.3, -1.2, 2]) as Tensor;
const t = tensor([1, 0.5, -2]) as Tensor;

const byReverse = withDerivative((x) => exp(x), { vjp: (ct, y) => [mul(ct, y)] });
const byForward = withDerivative((x) => exp(x), { jvp: ([t], y) => mul(t!, y) });

test.each([
  ["vjp", byReverse],
  ["jvp", byForward],
])("from %s alone, both modes and their derivatives are worked out", (_rule, own) => {
  const expected = exp(x).toArray();
  expect(own(x).toArray()).toEqual(expected);
  expect(grad(total(own))(x).toArray()).toEqual(expected);
  expect(jvp(own, [x], [t])[1].toArray()).toEqual(mul(t, exp(x)).toArray());
  expect(grad(total((x) => grad(total(own))(x)))(x).toArray()).toEqual(expected);
  expect(jvp(grad(total(own)), [x], [t])[1].toArray()).toEqual(mul(t, exp(x)).toArray());
  expect(
    vmap(grad(total(own)))(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    ).toArray(),
  ).toEqual(
    exp(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    ).toArray(),
  );
  expect(replay(record(grad(total(own)))(x), [x])[0]!.toArray()).toEqual(expected);
});

test("the rule is used, not the function's own derivative, in nests with vmap too", () => {
  const clipped = withDerivative((x) => mul(x, x), { vjp: (ct, _y, x) => [minimum(mul(ct, mul(2, x)), 1)] });
  expect(grad(total(clipped))(tensor([0.25, 3])).toArray()).toEqual([0.5, 1]);
  expect(vmap(grad((x: Tensor) => clipped(x) as Scalar))(tensor([0.25, 3])).toArray()).toEqual([0.5, 1]);
  expect(grad(total(vmap((x: Tensor) => clipped(x))))(tensor([0.25, 3])).toArray()).toEqual([0.5, 1]);
});

test("two arguments, one of them without a derivative", () => {
  const scale = withDerivative((x, s) => mul(x, s), { vjp: (ct, _y, _x, s) => [mul(ct, s), null] });
  const [, pullback] = vjp(scale, x, t);
  expect(pullback(tensor([1, 1, 1]) as Tensor).map((ct) => ct.toArray())).toEqual([t.toArray(), [0, 0, 0]]);
});

test.each<[string, () => unknown]>([
  ["withDerivative: there is no rule; give vjp, jvp or both", () => withDerivative((x) => x, {})],
  [
    "withDerivative: vjp returned 1 cotangents for 2 arguments; return one for each, null for none",
    () =>
      vjp(
        withDerivative((a, b) => add(a, b), { vjp: (ct) => [ct] }),
        x,
        t,
      )[1](x),
  ],
  [
    "withDerivative: the cotangent of argument 0 is float64 [], not float64 [3]; return the shape and dtype of the value",
    () => grad(total(withDerivative((x) => exp(x), { vjp: (ct) => [sum(ct) as Tensor] })))(x),
  ],
  [
    "withDerivative: f uses [3], which is being differentiated, and which is not among its arguments; pass it as an argument, or through stopGradient",
    () => grad((w: Tensor) => sum(withDerivative((x) => mul(x, w), { vjp: (ct) => [ct] })(x)) as Scalar)(t),
  ],
  [
    "checkpoint: f returned float64 [3] and bool [3]; return tensors of one float dtype; compute others outside",
    () => checkpoint((x: Tensor): Tensor[] => [x.exp(), x.greater(0)])(x),
  ],
])("%s", (message, act) => {
  expect(act).toThrow(expect.objectContaining({ name: "TensorError", message }));
});

const w = rng("w").normal([3, 3]) as Tensor;
const deep = (x: Tensor): Tensor => tanh(matmul(tanh(matmul(x, w)), w));

test("a checkpoint changes neither values nor derivatives of any order", () => {
  const again = checkpoint(deep);
  expect(again(x).toArray()).toEqual(deep(x).toArray());
  expect(grad(total(again))(x).toArray()).toEqual(grad(total(deep))(x).toArray());
  expect(jvp(again, [x], [t])[1].toArray()).toEqual(jvp(deep, [x], [t])[1].toArray());
  expect(hessian(total(again))(x).toArray()).toEqual(hessian(total(deep))(x).toArray());
  expect(vmap(grad(total(again)))(w).toArray()).toEqual(vmap(grad(total(deep)))(w).toArray());
});

test("a checkpoint differentiates what the function uses besides its arguments, and takes and gives trees", () => {
  const cost = (wrap: typeof checkpoint) => (w: Tensor) => {
    const block = wrap(({ a, n }: { a: Tensor; n: Tensor }) => ({
      h: tanh(matmul(a, w)),
      s: sum(mul(a, n)) as Tensor,
    }));
    const { h, s } = block({ a: x, n: tensor([1, 2, 3], { dtype: "int32" }) });
    return add(sum(h), mul(s, sum(w))) as Scalar;
  };
  const plain = ((f) => f) as typeof checkpoint;
  expect(valueAndGrad(cost(checkpoint))(w).map((y) => y.toArray())).toEqual(
    valueAndGrad(cost(plain))(w).map((y) => y.toArray()),
  );
});

/** How many bytes of typed arrays stay reachable after f. */
function kept(f: () => unknown): number {
  // Buffers are swept in the background: a second collection waits for the sweep of the first.
  const collect = (): void => {
    for (let i = 0; i < 3; i++) (globalThis as { gc?: () => void }).gc!();
  };
  collect();
  const before = process.memoryUsage().arrayBuffers;
  const holding = f();
  collect();
  const after = process.memoryUsage().arrayBuffers;
  return holding === undefined ? Number.NaN : after - before;
}

const MEGABYTE = 2 ** 20;
const large = zeros([MEGABYTE / 8]) as Tensor;

test("a checkpoint keeps the arguments alone", () => {
  const chain = (x: Tensor): Tensor => Array.from({ length: 10 }).reduce((y: Tensor) => sin(y), x);
  // Ten sines keep their ten inputs (one of them is `large` itself), and vjp the result.
  expect(kept(() => vjp(chain, large)) / MEGABYTE).toBeGreaterThan(8.5);
  expect(kept(() => vjp(checkpoint(chain), large)) / MEGABYTE).toBeLessThan(1.5);
});

test("a tape keeps nothing for sums, products with numbers and moves, and one value for exp", () => {
  // add, neg, concat and sum have rules that read shapes alone; the closing sum frees the result, too.
  const linear = (x: Tensor): Tensor =>
    Array.from({ length: 10 }).reduce((y: Tensor) => add(y, y.neg()).reshape([2, -1]).reshape([-1]), x);
  // One buffer may still be on its way to the collector; ten steps would keep ten.
  expect(kept(() => vjp((x: Tensor) => sum(linear(x)), large)) / MEGABYTE).toBeLessThan(1.5);
  expect(kept(() => vjp((x: Tensor) => sum(softplus(x)), large)) / MEGABYTE).toBeLessThan(1.5);
});

test("watchNaN names the first operation that made a NaN or ∞, its inputs, and where it was called", () => {
  const f = watchNaN((x: Tensor) => sum(mul(sqrt(x), 2)));
  expect(f(tensor([1, 4])).item()).toBe(6);
  const bad = (): unknown =>
    f(
      tensor([
        [1, 4],
        [-9, 1],
      ]),
    );
  expect(bad).toThrow(
    /^sqrt: made NaN at \[1, 0\] of \[2, 2\] from \[2, 2\] with -9 there, called at .*custom\.test\.ts:\d+:\d+; look at these inputs/,
  );
  try {
    bad();
  } catch (error) {
    expect(error).toBeInstanceOf(NotFinite);
    expect((error as NotFinite).inputs[0]!.toArray()).toEqual([
      [1, 4],
      [-9, 1],
    ]);
  }
});

test("watchNaN looks into the pass backwards, and may let infinities be", () => {
  const gradient = watchNaN(grad((x: Tensor) => sum(sqrt(x)) as Scalar));
  expect(() => gradient(tensor([1, 0]))).toThrow(/^div: made Infinity at \[1\]/);
  expect(watchNaN((x: Tensor) => log(x), { infinities: false })(tensor([0])).toArray()).toEqual([-Infinity]);
  // What comes in is not the function's doing.
  expect(watchNaN((x: Tensor) => exp(x))(tensor([Number.NaN])).toArray()).toEqual([Number.NaN]);
});

test("graphs as Mermaid and DOT", () => {
  const graph = record((x: Tensor) => where(x.greater(0), square(x.named('a "b"')), 0))(zeros([2]));
  expect(graph.toString()).toContain('%0 = input a "b" : float64[2]');
  expect(toMermaid(graph)).toMatch(/^flowchart TD\n {2}v0\(\["a #quot;b#quot;<br\/>float64\[2\]"\]\)\n/);
  expect(toMermaid(graph)).toContain("v0 --> ");
  expect(toDot(graph)).toMatch(/^digraph \{\n[\s\S]*v0 -> v\d+;[\s\S]*\n\}$/);
  expect(toDot(record((x: Tensor) => checkpoint(exp)(x))(zeros([2])))).toContain("a graph of 2 values");
});
