/** @file Special functions beside values computed with 60 digits (mpmath), and derivatives of high order. */
import { describe, expect, test } from "vitest";
import { ulps } from "../../src/check/index.ts";
import * as api from "../../src/index.ts";
import { grad, type Tensor, tensor } from "../../src/index.ts";

type F = (x: Tensor) => Tensor;
type Table = readonly (readonly [x: number, y: number])[];
const at = (f: F, x: number): number => f(tensor(x) as Tensor).item();

/** [function, values, how many float64 numbers the result may be off]. */
const tables: Record<string, readonly [F, Table, number]> = {
  erf: [
    api.erf,
    [
      [1e-300, 1.1283791670955126e-300],
      [1e-9, 1.1283791670955127e-9],
      [0.1, 0.1124629160182849],
      [-0.3, -0.3286267594591274],
      [0.49999, 0.5204910899433182],
      [0.5, 0.5204998778130465],
      [0.51, 0.5292436198411704],
      [0.9, 0.7969082124228322],
      [-1.3, -0.9340079449406524],
      [2.2, 0.9981371537020182],
      [3.7, 0.9999998328489421],
      [5.5, 0.9999999999999927],
      [0, 0],
      [40, 1],
      [Infinity, 1],
      [-Infinity, -1],
      [Number.NaN, Number.NaN],
    ],
    2,
  ],
  erfc: [
    api.erfc,
    [
      [-5, 1.9999999999984626],
      [-0.6, 1.6038560908479258],
      [-0.2, 1.2227025892104784],
      [1e-20, 1],
      [0.45, 0.5245182802130763],
      [0.5, 0.4795001221869535],
      [0.7, 0.32219880616258156],
      [1.5, 0.033894853524689274],
      [3.1, 1.1648657367199589e-5],
      [6.4, 1.417080347668405e-19],
      [11.3, 1.7442148479967189e-57],
      [19.9, 2.9313494281519416e-174],
      [26.1, 3.081217493314593e-298],
      [30, 0],
      [Infinity, 0],
      [-Infinity, 2],
      [Number.NaN, Number.NaN],
    ],
    3,
  ],
  erfinv: [
    api.erfinv,
    [
      [1e-300, 8.86226925452758e-301],
      [1e-8, 8.86226925452758e-9],
      [0.003, 0.002658687040758267],
      [-0.2, -0.1791434546212917],
      [0.4999, 0.4768250236254278],
      [0.5, 0.4769362762044699],
      [0.77, 0.8487818883709608],
      [-0.95, -1.3859038243496777],
      [0.999, 2.3267537655135246],
      [0.9999999, 3.7665625816384707],
      [1 - 2 ** -40, 5.05125408524939],
      [1 - 2 ** -53, 5.8635847487551676],
      [1, Infinity],
      [-1, -Infinity],
      [1.5, Number.NaN],
      [Number.NaN, Number.NaN],
    ],
    3,
  ],
  lgamma: [
    api.lgamma,
    [
      [1e-300, 690.7755278982137],
      [1e-5, 11.512919692895826],
      [0.3, 1.0957979948180756],
      [0.7, 0.26086724653166654],
      [0.999999, 5.772164873855652e-7],
      [1.000001, -5.772148423874147e-7],
      [1.46, -0.12148500100400743],
      [1.9999999, -4.2278430309861296e-8],
      [2.0000001, 4.227843666532498e-8],
      [2.4999, 0.28461255726068263],
      [3.3, 0.9870985778947344],
      [7.9, 8.32426586800881],
      [9.999, 12.799575780077413],
      [10.001, 12.804079285251861],
      [33.3, 82.60372358165495],
      [171.7, 710.171612940375],
      [1e5, 1051287.7089736569],
      [1e300, 6.897755278982137e302],
      [1, 0],
      [2, 0],
      [0, Infinity],
      [-3, Infinity],
      [Infinity, Infinity],
      [-Infinity, Infinity],
    ],
    4,
  ],
  digamma: [
    api.digamma,
    [
      [1e-300, -9.999999999999999e299],
      [1e-5, -100000.57719921567],
      [0.3, -3.502524222200133],
      [0.9, -0.7549269499470513],
      [1.2, -0.2890398965921884],
      [1.4616321, -4.3514636958769774e-8],
      [1.4616321449683622, -9.241265521729427e-17],
      [1.461633, 8.2739006100858e-7],
      [1.7, 0.2085478748734939],
      [2.1, 0.48533596867983236],
      [3.3, 1.0348224890596216],
      [9.99, 2.250700372831201],
      [10.01, 2.2528037003181356],
      [77, 4.3372978603883565],
      [1e8, 18.420680738952367],
      [0, -Infinity],
      [-0, Infinity],
      [-2, Number.NaN],
      [Infinity, Infinity],
      [-Infinity, Number.NaN],
    ],
    4,
  ],
  trigamma: [
    (x) => api.polygamma(1, x),
    [
      [1e-9, 9.999999999999999e17],
      [0.3, 12.245364546107732],
      [1, 1.6449340668482264],
      [2.7, 0.4472120689183236],
      [9.9, 0.1062830416287406],
      [30.1, 0.03378057182284792],
      [1e6, 1.0000005000001667e-6],
      [-0.3, 13.945160267805722],
      [-7.7, 14.957612844863727],
      [0, Infinity],
      [-2, Infinity],
      [Infinity, 0],
    ],
    4,
  ],
  "polygamma(4, x)": [
    (x) => api.polygamma(4, x),
    [
      [0.02, -7500000022.583357],
      [0.3, -9883.46855549699],
      [1, -24.88626612344088],
      [2.7, -0.22029873761096908],
      [9.9, -0.0007613435022322184],
      [30.1, -7.808573817862677e-6],
      [-0.3, 9731.83495623352],
      [-3.6, -2037.418791402168],
      [0, -Infinity],
      [-0, Infinity],
      [-2, Number.NaN],
    ],
    12,
  ],
  gelu: [
    (x) => api.gelu(x),
    [
      [-37.5, -1.7270073785932332e-306],
      [-20.5, -2.206758018052147e-92],
      [-6, -5.9195258702261885e-9],
      [-0.5, -0.15426876936299344],
      [-Infinity, 0],
      [Infinity, Infinity],
      [Number.NaN, Number.NaN],
    ],
    4,
  ],
  // Its argument is a sum of products, whose rounding the exponential multiplies by up to |argument| = 262 at −15.
  "gelu by tanh": [
    (x) => api.gelu(x, { approximate: "tanh" }),
    [
      [-15, -1.5584769937274239e-114],
      [-6, -8.439646700762303e-11],
    ],
    300,
  ],
  tanhshrink: [
    api.tanhshrink,
    [
      [1e-5, 3.333333333200001e-16],
      [0.03, 8.996761179855413e-6],
      [0.9, 0.18370212980097558],
      [1.1, 0.29950097823937033],
      [3, 2.0049452463132695],
    ],
    4,
  ],
  logit: [
    (x) => api.logit(x),
    [
      [0.5000001, 3.99999999789463e-7],
      [0.3, -0.8472978603872037],
      [0.74, 1.0459685551826876],
      [0.76, 1.1526795099383855],
      [1e-300, -690.7755278982137],
      [0.5, 0],
      [0, -Infinity],
      [1, Infinity],
    ],
    3,
  ],
  mish: [
    api.mish,
    [
      [-36.5, -5.135045250428436e-15],
      [-5, -0.033576237730161704],
      [0.5, 0.37524521130489513],
      [19.5, 19.5],
    ],
    4,
  ],
  silu: [
    api.silu,
    [
      [-300.5, -9.383236538083016e-129],
      [-5, -0.03346425462142428],
      [0.5, 0.3112296656009273],
    ],
    3,
  ],
};

describe.each(Object.entries(tables))("%s", (_name, [f, table, allowed]) => {
  test.each(table)("at %s", (x, y) => {
    const value = at(f, x);
    if (Number.isFinite(y)) expect(ulps(value, y)).toBeLessThanOrEqual(allowed);
    else expect(value).toBe(y);
  });
});

const derivative =
  (f: F): F =>
  (x) =>
    grad((v: Tensor) => f(v) as Tensor<readonly []>)(x) as Tensor;

/** Derivatives of sin(πx)/(πx), the n-th in row n, at 0, 0.3, 1 and 2.2. */
const sincTable = [
  [1, 0.8583936913341398, 0, 0.08504448034442179],
  [0, -0.9020281301388888, -1, 0.3290784154684206],
  [-3.289868133696453, -2.4584852862661744, 2, -1.138517573376045],
  [0, 5.24749315292437, 3.8696044010893584, -2.076874985504967],
  [19.481818206800487, 13.648773849855683, -15.478417604357434, 12.06024186509097],
  [0, -36.627473667589356, -20.017003012215266, 8.411091239849728],
] as const;

test("sinc has its derivatives at 0 and elsewhere, to any order", () => {
  let f: F = api.sinc;
  for (const [n, row] of sincTable.entries()) {
    // πⁿ/(n + 1) is the largest that the n-th derivative gets.
    [0, 0.3, 1, 2.2].forEach((x, i) =>
      expect(Math.abs(at(f, x) - row[i]!)).toBeLessThanOrEqual((16 * 2 ** -53 * Math.PI ** n) / (n + 1)),
    );
    f = derivative(f);
  }
  expect(api.sinc(tensor([1, -2, 2 ** 53, Infinity])).toArray()).toEqual([0, -0, 0, 0].map(Math.abs));
});

test("lgamma differentiates into digamma and polygamma", () => {
  let f: F = api.lgamma;
  for (const [n, g] of [
    api.digamma,
    ...[1, 2, 3, 4].map(
      (k): F =>
        (x) =>
          api.polygamma(k, x),
    ),
  ].entries()) {
    f = derivative(f);
    expect([n, at(f, 0.7)]).toEqual([n, at(g as F, 0.7)]);
    expect([n, at(f, -1.3)]).toEqual([n, at(g as F, -1.3)]);
  }
});

test("derivatives of erf are those of a Gaussian bell", () => {
  const c = 2 / Math.sqrt(Math.PI);
  const [first, second, third] = [
    derivative(api.erf),
    derivative(derivative(api.erf)),
    derivative(derivative(derivative(api.erf))),
  ];
  const x = 0.75;
  const bell = c * Math.exp(-x * x);
  expect(at(first, x)).toBeCloseTo(bell, 14);
  expect(at(second, x)).toBeCloseTo(-2 * x * bell, 14);
  expect(at(third, x)).toBeCloseTo((4 * x * x - 2) * bell, 14);
  expect(at(first, 30)).toBe(0);
  // e^{x²} at erfinv's value: the product with the bell is 1.
  expect(at(derivative(api.erfinv), at(api.erf, x)) * bell).toBeCloseTo(1, 14);
});
