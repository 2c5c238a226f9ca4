/** @file Elements at the edges: whole numbers, signs of zero, kinks, ties, and what is done to int32 and bool. */
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import { clamp, fmod, grad, remainder, round, type Tensor, tensor, vjp } from "../../src/index.ts";

const int = (...values: number[]): Tensor => tensor(values, { dtype: "int32" }) as Tensor;
const float32 = (...values: number[]): Tensor => tensor(values, { dtype: "float32" }) as Tensor;
const bool = (...values: boolean[]): Tensor => tensor(values) as Tensor;
const slopes = (f: (x: Tensor) => Tensor, ...xs: number[]): unknown =>
  grad((x: Tensor) => api.sum(f(x)) as Tensor<readonly []>)(tensor(xs) as Tensor).toArray();
const { NaN: nan, NEGATIVE_INFINITY: minus } = Number;

describe("rounding", () => {
  test("half goes to the even one, and a large number stays what it is", () => {
    expect(round(tensor([0.5, 1.5, 2.5, -0.5, -1.5, 3.49999, 2 ** 52 + 1, Infinity, nan])).toArray()).toEqual([
      0,
      2,
      2,
      -0,
      -2,
      3,
      2 ** 52 + 1,
      Infinity,
      nan,
    ]);
    expect(round(tensor([0.49999999999999994, -0])).toArray()).toEqual([0, -0]);
  });

  test("to decimals and to hundreds", () => {
    expect(round(tensor([1.25, 1.35, -2.675]), { decimals: 1 }).toArray()).toEqual([1.2, 1.4, -2.7]);
    expect(round(tensor([150, 250, 1e300]), { decimals: -2 }).toArray()).toEqual([200, 200, 1e300]);
    expect(round(tensor(1e300), { decimals: 20 }).item()).toBe(1e300);
    expect(round(int(15, 25), { decimals: -1 }).toArray()).toEqual([20, 20]);
  });

  test("whole numbers stay int32, and the slopes are 0", () => {
    for (const f of [api.floor, api.ceil, api.trunc, round]) {
      expect(f(int(-3, 4)).dtype).toBe("int32");
      expect(slopes((x) => f(x), -1.5, 2)).toEqual([-0, 0].map((x) => x + 0));
    }
    expect(api.floor(float32(-1.5)).toArray()).toEqual([-2]);
    expect(slopes(api.frac, -1.5, 2)).toEqual([1, 1]);
  });
});

describe("division with a rest", () => {
  test("remainder has the sign of the divisor, fmod of the dividend", () => {
    const [a, b] = [tensor([7, -7, 7, -7]), tensor([3, 3, -3, -3])];
    expect(remainder(a, b).toArray()).toEqual([1, 2, -2, -1]);
    expect(fmod(a, b).toArray()).toEqual([1, -1, 1, -1]);
    expect(api.floorDivide(a, b).toArray()).toEqual([2, -3, -3, 2]);
    expect(api.truncDivide(a, b).toArray()).toEqual([2, -2, -2, 2]);
    expect(remainder(int(7, -7), int(-3, 3)).toArray()).toEqual([-2, 2]);
    expect(fmod(int(7, -7), int(-3, 3)).toArray()).toEqual([1, -1]);
  });

  test("the quotient is exact before it is rounded down", () => {
    expect(api.floorDivide(tensor([1, 6, 1e300]), tensor([0.1, 0.1, 1e-10])).toArray()).toEqual([9, 59, Infinity]);
    expect(api.floorDivide(tensor([-1, 5, -5]), tensor([1e20, Infinity, Infinity])).toArray()).toEqual([-1, 0, -1]);
  });

  test("zeros and infinities", () => {
    expect(api.floorDivide(tensor([1, -1, 0]), 0).toArray()).toEqual([Infinity, minus, nan]);
    expect(remainder(tensor([1, -1, 3]), tensor([0, Infinity, Infinity])).toArray()).toEqual([nan, Infinity, 3]);
    expect(remainder(tensor([6, -6]), tensor([-3, 3])).toArray()).toEqual([-0, 0]);
  });

  test("int32 wraps at −2³¹/−1 and refuses 0", () => {
    const least = int(-(2 ** 31));
    expect(api.floorDivide(least, -1).toArray()).toEqual([-(2 ** 31)]);
    expect(api.truncDivide(least, -1).toArray()).toEqual([-(2 ** 31)]);
    expect(fmod(least, -1).toArray()).toEqual([0]);
    for (const f of [api.floorDivide, api.truncDivide, remainder, fmod])
      expect(() => f(int(1, 2), int(1, 0))).toThrow(
        `${f.name}: int32 2 divided by 0; cast to float64 first, or replace the zeros`,
      );
  });

  test("slopes: 1 to the dividend, minus the quotient to the divisor", () => {
    const [, pullback] = vjp(
      (a: Tensor, b: Tensor) => remainder(a, b),
      tensor([7, -7]) as Tensor,
      tensor([3, 3]) as Tensor,
    );
    expect(pullback(api.ones([2]) as Tensor).map((x) => x.toArray())).toEqual([
      [1, 1],
      [-2, 3],
    ]);
  });
});

describe("choices", () => {
  test("clamp takes any bounds, and gives x its slope on them", () => {
    const x = tensor([-1, 0, 0.5, 1, 3]);
    expect(clamp(x, 0, 1).toArray()).toEqual([0, 0, 0.5, 1, 1]);
    expect(clamp(x, null, tensor([0, 1, 1, 1, 2])).toArray()).toEqual([-1, 0, 0.5, 1, 2]);
    expect(clamp(x, tensor([[0], [1]])).shape).toEqual([2, 5]);
    expect(clamp(int(-5, 5), -1, 1).dtype).toBe("int32");
    expect(clamp(int(-5, 5), 0.5).toArray()).toEqual([0.5, 5]);
    expect(clamp(tensor([0, nan]), 3, 1).toArray()).toEqual([1, nan]);
    expect(slopes((v) => clamp(v, 0, 1), -1, 0, 0.5, 1, 3)).toEqual([0, 1, 1, 1, 0]);
    const [, pullback] = vjp((lo: Tensor, hi: Tensor) => clamp(x, lo, hi), tensor(0) as Tensor, tensor(1) as Tensor);
    expect(pullback(api.ones([5]) as Tensor).map((ct) => ct.item())).toEqual([1, 1]);
  });

  test("fmax and fmin prefer a number; their slope goes there, half at a tie", () => {
    const [a, b] = [tensor([1, nan, 3, nan, 2]) as Tensor, tensor([nan, 2, 3, nan, 5]) as Tensor];
    expect(api.fmax(a, b).toArray()).toEqual([1, 2, 3, nan, 5]);
    expect(api.fmin(a, b).toArray()).toEqual([1, 2, 3, nan, 2]);
    const [, pullback] = vjp((x: Tensor, y: Tensor) => api.fmax(x, y), a, b);
    const [toA, toB] = pullback(api.ones([5]) as Tensor).map((ct) => ct.toArray() as number[]);
    expect([toA!.slice(0, 3), toB!.slice(0, 3)]).toEqual([
      [1, 0, 0.5],
      [0, 1, 0.5],
    ]);
  });

  test("copysign and sign know −0", () => {
    expect(api.copysign(tensor([1, -2, 3]), tensor([-0, 0, nan])).toArray()).toEqual([-1, 2, 3]);
    expect(api.sign(tensor([-0, nan, minus])).toArray()).toEqual([0, nan, -1]);
    expect(slopes((x) => api.copysign(x, -1), 2, -2, 0)).toEqual([-1, 1, 0].map((x) => x + 0));
  });

  test("nanToNum puts in the largest numbers of the type", () => {
    expect(api.nanToNum(tensor([nan, Infinity, minus, 5])).toArray()).toEqual([
      0,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      5,
    ]);
    expect(api.nanToNum(float32(Infinity)).item()).toBe(3.4028234663852886e38);
    expect(slopes((x) => api.nanToNum(x), nan, Infinity, 2)).toEqual([0, 0, 1]);
  });
});

describe("truth and bits", () => {
  test("what an element is", () => {
    const x = tensor([0, nan, Infinity, minus, -0]);
    expect([api.isNaN(x), api.isFinite(x), api.isInf(x), api.logicalNot(x)].map((y) => y.toArray())).toEqual([
      [0, 1, 0, 0, 0],
      [1, 0, 0, 0, 1],
      [0, 0, 1, 1, 0],
      [1, 0, 0, 0, 1],
    ]);
    expect(api.isFinite(int(1)).dtype).toBe("bool");
    expect(api.logicalAnd(tensor([nan, 0]), int(2)).toArray()).toEqual([1, 0]);
  });

  test("isClose: an infinity is close to itself alone, NaN where it is asked for", () => {
    const [a, b] = [tensor([Infinity, Infinity, nan, 1e10]), tensor([Infinity, 1, nan, 1e10 + 1e4])];
    expect(api.isClose(a, b).toArray()).toEqual([1, 0, 0, 1]);
    expect(api.isClose(a, b, { rtol: Infinity, equalNaN: true }).toArray()).toEqual([1, 1, 1, 1]);
    expect(api.isClose(a, b, { rtol: 0, atol: 0 }).toArray()).toEqual([1, 0, 0, 0]);
  });

  test("bits of int32 and bool", () => {
    expect(api.bitwiseAnd(int(-1, 12), int(7, 10)).toArray()).toEqual([7, 8]);
    expect(api.bitwiseXor(bool(true, true), bool(true, false)).toArray()).toEqual([0, 1]);
    expect(api.bitwiseNot(bool(true, false)).toArray()).toEqual([0, 1]);
    expect(api.bitwiseOr(bool(true), int(6)).dtype).toBe("int32");
    expect(api.leftShift(int(1, 1, 1, 3), int(31, 32, -1, 31)).toArray()).toEqual([-(2 ** 31), 0, 0, -(2 ** 31)]);
    expect(api.rightShift(int(-8, -8, 8), int(1, 40, 40)).toArray()).toEqual([-4, -1, 0]);
  });
});

describe("dtypes", () => {
  test("functions with fractions give float64 for whole numbers, and keep float32", () => {
    for (const f of [api.sinh, api.erf, api.lgamma, api.log2, api.sinc, api.silu, (x: Tensor) => api.gelu(x)]) {
      expect(f(int(1)).dtype).toBe("float64");
      expect(f(bool(true)).dtype).toBe("float64");
      expect(f(float32(1)).item()).toBe(Math.fround(f(tensor([1]) as Tensor).item()));
    }
    expect(api.leakyRelu(int(-1)).toArray()).toEqual([-0.01]);
  });

  test("kinked ones stay whole", () => {
    expect(api.relu6(int(-1, 3, 9)).toArray()).toEqual([0, 3, 6]);
    expect(api.hardTanh(int(-5), { min: -0.5, max: 0.5 }).toArray()).toEqual([0]);
    expect(api.square(int(2 ** 16)).toArray()).toEqual([0]);
    expect(api.addcmul(int(1), int(2), 3, { value: 2 }).dtype).toBe("int32");
  });

  test("derivatives of float32 are float32", () => {
    const gradients = [api.leakyRelu, api.elu, api.hardSwish, api.gelu, api.nanToNum, api.logit, api.deg2rad].map((f) =>
      grad((x: Tensor) => api.sum(f(x)) as Tensor<readonly []>)(float32(0.3, 0.6)),
    );
    expect(gradients.map((g) => g.dtype)).toEqual(gradients.map(() => "float32"));
  });
});

describe("functions near their limits", () => {
  test("lerp is exact at both ends", () => {
    expect(api.lerp(tensor([0.1, 1e308]), tensor([0.7, 1]), tensor([1, 0])).toArray()).toEqual([0.7, 1e308]);
  });

  test("hypot, asinh and their slopes neither overflow nor underflow", () => {
    const unit = tensor([2 ** 1000, 2 ** -1000, 2 ** -1070]);
    expect(api.hypot(api.mul(3, unit), api.mul(4, unit)).toArray()).toEqual(api.mul(5, unit).toArray());
    expect(api.hypot(tensor([minus, nan]), tensor([nan, 1])).toArray()).toEqual([Infinity, nan]);
    expect(slopes(api.asinh, 1e200, -1e-300)).toEqual([1e-200, 1]);
    expect(slopes((x) => api.atan2(x, 1e200), 1e200)).toEqual([5e-201]);
  });

  test("slopes near ±1 do not cancel", () => {
    const x = 1 - 2 ** -50;
    // 1 − x² = 2⁻⁴⁹(1 − 2⁻⁵¹)
    expect(slopes(api.asin, x)).toEqual([2 ** 24.5 / Math.sqrt(1 - 2 ** -51)].map((y) => expect.closeTo(y, 4)));
    expect(slopes(api.atanh, x)).toEqual([expect.closeTo(2 ** 49, 0)]);
  });

  test("sums of exponentials", () => {
    expect(api.logaddexp(tensor([-1000, 1000]), tensor([-1000, -1000])).toArray()).toEqual([-1000 + Math.LN2, 1000]);
    expect(api.logaddexp2(tensor([minus, 3]), tensor([minus, 3])).toArray()).toEqual([minus, 4]);
    expect(api.logSigmoid(tensor([-1000, 1000, minus])).toArray()).toEqual([-1000, 0, minus]);
    expect(api.xlogy(tensor([0, 0, 2]), tensor([0, nan, 1])).toArray()).toEqual([0, nan, 0]);
  });

  test("strides and broadcasts are read where they lie", () => {
    const x = api.broadcastTo(tensor([[0.25], [0.75]]), [2, 3]);
    expect(api.erf(x.T).toArray()).toEqual(
      api
        .erf(
          tensor([
            [0.25, 0.75],
            [0.25, 0.75],
            [0.25, 0.75],
          ]),
        )
        .toArray(),
    );
    expect(api.glu(tensor([[1, 2, 3, 4]]).T, 0).shape).toEqual([2, 1]);
    expect(api.clamp(api.zeros([0, 3]), 1).shape).toEqual([0, 3]);
  });

  test("a function may be mapped over a list", () => {
    const xs = [tensor([-1, 2]), tensor([3])];
    expect(xs.map(api.relu).map((x) => x.toArray())).toEqual([[0, 2], [3]]);
    expect(xs.map(api.floor).map((x) => x.toArray())).toEqual([[-1, 2], [3]]);
  });
});
