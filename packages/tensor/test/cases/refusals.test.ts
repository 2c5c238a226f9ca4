/** @file What pointwise operations, creation and random streams refuse, in the whole sentence. */
import { expect, test } from "vitest";
import * as api from "../../src/index.ts";
import { rng, type Tensor, TensorError, tensor } from "../../src/index.ts";
import { expectRefusal } from "../refusal.ts";

const x = tensor([1, 2, 3]) as Tensor;
const whole = tensor([1, 2, 3], { dtype: "int32" }) as Tensor;
const stream = () => rng(0);
/** What JavaScript lets through. */
const wrong = (value: unknown) => value as never;

const refused: readonly (readonly [call: () => unknown, message: string])[] = [
  [() => api.erf(wrong([1, 2])), "erf: expected a tensor or a number, got an array; wrap data with tensor(…)"],
  [() => api.elu(wrong(null)), "elu: expected a tensor or a number, got null; wrap data with tensor(…)"],
  [
    () => api.lerp(x, tensor([1, 2]), 0.5),
    "lerp: shapes [3] and [2] do not broadcast (3 ≠ 2 on axis -1); extents must be equal or 1, counted from the last axis",
  ],
  [
    () => api.addcdiv(x, tensor([1, 2]), 1),
    "addcdiv: shapes [3] and [2] do not broadcast (3 ≠ 2 on axis -1); extents must be equal or 1, counted from the last axis",
  ],
  [() => api.addcmul(x, x, x, { value: Number.NaN }), "addcmul: value is NaN; give a number"],
  [() => api.clamp(x), "clamp: there is neither min nor max; give at least one bound"],
  [() => api.clamp(x, wrong("0")), "clamp: expected a tensor or a number, got string; wrap data with tensor(…)"],
  [() => api.round(x, { decimals: 0.5 }), "round: decimals is 0.5; use a whole number from −300 to 300"],
  [() => api.logit(x, { eps: 0.7 }), "logit: eps is 0.7; use 0 to 0.5"],
  [() => api.polygamma(-1, x), "polygamma: n is -1; use a whole number from 0 to 100"],
  [() => api.isClose(x, x, { rtol: -0.4 }), "isClose: rtol is -0.4; use a number ≥ 0"],
  [() => api.isClose(x, x, { atol: wrong("1") }), 'isClose: atol is "1"; use a number ≥ 0'],
  [() => api.nanToNum(x, { nan: wrong("0") }), 'nanToNum: nan is "0"; give a number'],
  [() => api.leakyRelu(x, { slope: wrong("0.1") }), 'leakyRelu: slope is "0.1"; give a number'],
  [() => api.hardTanh(x, { min: 2 }), "hardTanh: max is 1; use a number ≥ min = 2"],
  [() => api.softshrink(x, { lambda: -0.5 }), "softshrink: lambda is -0.5; use a number ≥ 0"],
  [() => api.hardshrink(x, { lambda: -0.5 }), "hardshrink: lambda is -0.5; use a number ≥ 0"],
  [() => api.threshold(x, wrong(undefined), 1), "threshold: level is undefined; give a number"],
  [() => api.elu(x, { alpha: Number.NaN }), "elu: alpha is NaN; give a number"],
  [() => api.celu(x, { alpha: 0 }), "celu: alpha is 0; use a number other than 0"],
  [() => api.gelu(x, { approximate: wrong("asdf") }), 'gelu: approximate is "asdf"; use "none" or "tanh"'],
  [() => api.glu(x), "glu: [3] has the odd extent 3 on axis 0; give two equal halves"],
  [() => api.glu(x, 1), "glu: axis 1 is out of range for rank 1; use a whole number from -1 to 0 (−1: last)"],
  [() => api.glu(wrong([1, 2])), "glu: expected a tensor or a number, got an array; wrap data with tensor(…)"],
  [() => api.bitwiseAnd(x, 1), "bitwiseAnd: is not defined for float64; cast to another dtype first"],
  [() => api.leftShift(tensor([true]), true), "leftShift: is not defined for bool; cast to another dtype first"],
  [() => api.remainder(whole, 0), "remainder: int32 1 divided by 0; cast to float64 first, or replace the zeros"],
  [
    () => api.where(wrong([true]), x, 0),
    "where: the condition is no tensor, not bool; compare first, e.g. greater(x, 0)",
  ],
  [() => api.where(x, x, 0), "where: the condition is float64, not bool; compare first, e.g. greater(x, 0)"],
  [() => api.arange(0, 3, -2), "arange: steps of -2 do not lead from 0 to 3; change the sign of the step"],
  [
    () => api.arange(0, Infinity),
    "arange: there is no range from 0 to Infinity by 1; use finite numbers and a step that is not 0",
  ],
  [() => api.linspace(0, 1, 2.5), "linspace: [2.5] is no shape; extents are whole numbers ≥ 0"],
  [() => api.logspace(0, 1, 2, { base: -1 }), "logspace: the base is -1; use a finite number > 0"],
  [
    () => api.eye(2, { offset: 0.5 }),
    "eye: offset is 0.5; use a whole number: 0 is the main diagonal, 1 the one above",
  ],
  [() => api.tri(-1), "tri: [-1, -1] is no shape; extents are whole numbers ≥ 0"],
  [() => api.fromFunction([2], wrong(3)), "fromFunction: f is a number; give a function of the indices"],
  [() => api.fromFunction([2], () => wrong("a")), "fromFunction: f(0) is a; return a number or a boolean"],
  [() => api.meshgrid(wrong(x)), "meshgrid: the vectors are no list; give them as [x, y]"],
  [() => api.meshgrid([api.zeros([2, 2])]), "meshgrid: [2, 2] is no vector; give tensors with one axis"],
  [() => api.meshgrid([x], { indexing: wrong("yx") }), 'meshgrid: indexing is "yx"; use "xy" or "ij"'],
  [() => stream().bernoulli([2], { p: 1.5 }), "bernoulli: p is 1.5; use a probability from 0 to 1"],
  [
    () => stream().randint([2], { high: 0 }),
    "randint: there are no whole numbers from 0 to below 0; use whole numbers with low < high within int32",
  ],
  [
    () => stream().randint([2], { high: 2.5 }),
    "randint: there are no whole numbers from 0 to below 2.5; use whole numbers with low < high within int32",
  ],
  [
    () => stream().truncatedNormal([2], { low: 3, high: 2 }),
    "truncatedNormal: there is no normal distribution with mean 0 and std 1 between 3 and 2; use finite numbers with std > 0, and bounds (±∞ for none) with low < high",
  ],
  [
    () => stream().categorical(tensor([0, Number.NaN])),
    "categorical: the largest logit is NaN; give each vector a finite logit, and none that is NaN or ∞",
  ],
  [
    () => stream().categorical(api.zeros([2, 0])),
    "categorical: there are no categories; give each vector a finite logit, and none that is NaN or ∞",
  ],
  [() => stream().categorical(tensor(0)), "categorical: axis -1 is out of range for rank 0; a scalar has no axes"],
  [
    () => stream().choice(3, [4], { replace: false }),
    "choice: 4 numbers are asked for out of 3 without replacement; ask for fewer, or with replacement from at least one",
  ],
  [
    () => stream().choice(0, [1]),
    "choice: 1 numbers are asked for out of 0; ask for fewer, or with replacement from at least one",
  ],
  [() => stream().choice(2, [1], { weights: [1] }), "choice: 1 weights for 2 numbers; give one for each"],
  [() => stream().choice(2, [1], { weights: [1, -1] }), "choice: weight 1 is -1; use finite weights ≥ 0"],
  [
    () => stream().choice(2, [2], { replace: false, weights: [1, 0] }),
    "choice: 2 numbers are asked for out of 1 without replacement; ask for fewer, or with replacement from at least one",
  ],
];

test.each(refused.map(([call, message]) => [message, call] as const))("%s", (message, call) => {
  expectRefusal(call, message);
});

test("a refused draw has not advanced its stream", () => {
  const draws = rng("still");
  expect(() =>
    draws.categorical(
      tensor([
        [0, 0],
        [0, Number.NaN],
      ]),
    ),
  ).toThrow(TensorError);
  expect(draws.next()).toBe(rng("still").next());
});
