/** @file What users add through "@deltagrad/tensor/extend" is as good as what is built in. */
import { expect, test } from "vitest";
import { roundingBound } from "../src/check/index.ts";
import { allocate, apply, contiguous, linear, type Primitive, pointwise, Tensor, Trace } from "../src/extend.ts";
import { add, grad, jvp, mul, record, replay, square, sum, tensor, vjp } from "../src/index.ts";

test("a pointwise function of one's own: broadcasts, promotes, differentiates to any order, records, is bounded", () => {
  const cube = pointwise(
    "cube",
    (x) => x * x * x,
    (x) => mul(3, square(x)),
    { rounding: 2 },
  );
  const f = (x: Tensor): Tensor<readonly []> => sum(cube(x)) as Tensor;
  expect(cube.name).toBe("cube");
  expect(grad(f)(tensor([1, 2])).toArray()).toEqual([3, 12]);
  expect(grad((x: Tensor) => sum(grad(f)(x)) as Tensor)(tensor([1, 2])).toArray()).toEqual([6, 12]);
  expect(cube(tensor([2], { dtype: "int32" })).dtype).toBe("float64");
  expect(replay(record(cube as (x: Tensor) => Tensor)(tensor([3])), [tensor([3])])[0]!.toArray()).toEqual([27]);
  expect(roundingBound(f)(tensor([0.1]))[1].item()).toBeGreaterThan(0);
});

test("a linear operation of one's own needs its values and its transpose", () => {
  /** y_i = x_0 + … + x_i. */
  const cumulate = (values: Tensor, backwards: boolean): Tensor => apply(cumulateOp, [values], { backwards });
  const cumulateOp: Primitive<{ readonly backwards: boolean }> = linear(
    {
      name: "cumulate",
      shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
      run([x], result, { backwards }) {
        const source = contiguous("cumulate", x!);
        const out = allocate(result.dtype, source.length);
        let total = 0;
        for (let i = 0; i < source.length; i++) {
          const place = backwards ? source.length - 1 - i : i;
          total += source[place]!;
          out[place] = total;
        }
        return out;
      },
      rounding: ([x]) => x!.shape[0]!,
    },
    (ct, _x, { backwards }) => cumulate(ct, !backwards),
  );
  const f = (x: Tensor): Tensor => cumulate(x, false);
  const [y, pullback] = vjp(f, tensor([1, 2, 3]) as Tensor);
  expect(y.toArray()).toEqual([1, 3, 6]);
  expect(pullback(tensor([1, 10, 100]))[0].toArray()).toEqual([111, 110, 100]);
  expect(jvp(f, [tensor([1, 2, 3]) as Tensor], [tensor([1, 0, 1]) as Tensor])[1].toArray()).toEqual([1, 1, 2]);
});

test("a watcher of one's own sees every operation, under and over the built-in ones", () => {
  class Counter extends Trace {
    readonly seen: string[] = [];
    watch(primal: Tensor): Tensor {
      return new Tensor(primal, primal.storage, primal, { trace: this, primal });
    }
    override handle<P>(op: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
      this.seen.push(op.name);
      return this.watch(
        apply(
          op,
          inputs.map((x) => (x.watched?.trace === this ? x.watched.primal! : x)),
          params,
        ),
      );
    }
  }
  const counter = new Counter();
  const gradient = grad((x: Tensor) => sum(mul(x, add(x, 1))) as Tensor)(counter.watch(tensor([1, 2])));
  expect(gradient.toArray()).toEqual([3, 5]);
  expect(counter.seen.slice(0, 3)).toEqual(["add", "mul", "sum"]);
  expect(counter.seen.length).toBeGreaterThan(3);
});
