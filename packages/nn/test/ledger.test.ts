/** @file The ledger: every row proved and within its bound, every mistake noticed, nothing green by accident. */
import {
  add,
  concat,
  exp,
  full,
  mul,
  neg,
  ones,
  rng,
  type Tensor,
  TensorError,
  tensor,
  zeros,
} from "@deltagrad/tensor";
import { pointwise } from "@deltagrad/tensor/extend";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  activations,
  catches,
  compare,
  type Equation,
  equation,
  errata,
  everyEquation,
  mistakes,
  type Network,
  printDerivation,
} from "../src/brawer/index.ts";

type Name = keyof typeof activations;
const names = Object.keys(activations) as Name[];

interface Case {
  readonly network: Network;
  readonly x: Tensor;
  readonly y: Tensor;
}

function draw(sizes: readonly number[], hidden: readonly Name[], samples: number, seed: number, std = 1): Case {
  const stream = rng(seed);
  const normal = (name: string, shape: number[], scale = 1): Tensor =>
    stream.stream(name).normal(shape, { std: scale }) as Tensor;
  const theta = sizes.slice(1).map((outputs, i) => normal(`θ${i}`, [outputs, sizes[i]! + 1], std));
  const y = stream.stream("y").uniform([samples, sizes.at(-1)!]) as Tensor;
  return {
    network: { theta, hidden: hidden.map((name) => activations[name]) },
    x: normal("x", [samples, sizes[0]!]),
    y,
  };
}

/** 2–6 layers of 1–4 nodes, 1–4 samples, any activation on each hidden layer; some targets are 0 and 1 themselves. */
const cases = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 6 }),
    hidden: fc.array(fc.constantFrom(...names), { minLength: 4, maxLength: 4 }),
    samples: fc.integer({ min: 1, max: 4 }),
    seed: fc.integer({ min: 0, max: 2 ** 30 }),
    std: fc.constantFrom(1e-3, 0.3, 1, 3),
    hard: fc.boolean(),
  })
  .map(({ sizes, hidden, samples, seed, std, hard }) => {
    const { y, ...drawn } = draw(sizes, hidden.slice(0, sizes.length - 2), samples, seed, std);
    return { ...drawn, y: hard ? (y.greater(0.5).cast("float64") as Tensor) : y };
  });

const everything = { equations: everyEquation, trials: 1 };

describe("proofs", () => {
  test("every row of every equation is proved, whatever the activations", () => {
    fc.assert(
      fc.property(cases, ({ network, x, y }) => {
        const { rows, ok } = compare(network, x, y, everything);
        expect(rows.filter(({ proof }) => proof!.verdict !== "proved").map(({ eq, layer }) => [eq, layer])).toEqual([]);
        expect(ok).toBe(true);
        for (const { proof } of rows) expect(proof!.failure).toBeLessThan(1e-9);
      }),
      { numRuns: 25 },
    );
  }, 240_000);

  test("are for any targets, unless these are 0 or 1, where the cost takes a branch", () => {
    const { network, x, y } = draw([2, 2], [], 2, 1);
    expect(compare(network, x, y, everything).rows[0]!.proof!.targets).toBe("any");
    expect(compare(network, x, zeros([2, 2]), everything).rows[0]!.proof!.targets).toBe("these");
  });

  test("without trials there are none, and the bound decides", () => {
    const { network, x, y } = draw([2, 2], [], 2, 1);
    const { rows, ok } = compare(network, x, y);
    expect([ok, rows.every(({ proof }) => proof === null)]).toEqual([true, true]);
  });

  test("of an activation that no arithmetic knows: what is not proved is decided by the bound", () => {
    const steep: (x: Tensor) => Tensor = pointwise("steep", Math.sinh, (x) => slope(x), { rounding: 8 });
    const slope: (x: Tensor) => Tensor = pointwise("slope", Math.cosh, (x) => steep(x), { rounding: 8 });
    const byHand = (z: Tensor): Tensor => add(exp(z), exp(neg(z))).div(2) as Tensor;
    const own = { name: "steep", h: steep, psi: byHand };
    const { network, x, y } = draw([2, 3, 1], ["tanh"], 3, 5);
    const { ok, rows } = compare({ ...network, hidden: [own] }, x, y, everything);
    expect(ok).toBe(true);
    const recursion = rows.find(({ eq }) => eq === "43")!.proof!;
    expect([recursion.verdict, recursion.unknown]).toEqual(["undecided", ["steep", "slope"]]);
    expect(compare({ ...network, hidden: [{ ...own, psi: steep }] }, x, y, everything).ok).toBe(false);
  });

  test("the arbiter knows the value in 32 digits", () => {
    const { network, x, y } = draw([3, 4, 3, 2], ["tanh", "sigmoid"], 5, 3);
    const { rows } = compare(network, x, y, { ...everything, arbiter: true });
    const sides = new Set(rows.filter(({ maxDifference }) => maxDifference > 0).map(({ nearer }) => nearer));
    expect(sides).toContain("closed form");
    expect(sides).toContain("autograd");
    expect(rows.find(({ eq }) => eq === "1")!.nearer).toBe("neither");
  });
});

describe("mistakes", () => {
  const square = draw([3, 3, 3, 3], ["sigmoid", "tanh"], 4, 11);
  test.each(mistakes.map(({ name, planted }) => [name, planted] as const))(
    "%s: by proof and by bound",
    (_, planted) => {
      const { rows, ok } = compare(square.network, square.x, square.y, { planted: [planted], trials: 1 });
      expect(ok).toBe(false);
      expect(rows.some(({ firstWrong }) => firstWrong !== null)).toBe(true);
      const red = rows.filter((row) => !row.ok);
      expect(red.map(({ proof }) => proof!.verdict)).toEqual(red.map(() => "different"));
      expect(rows.filter((row) => row.ok).every(({ proof }) => proof!.verdict === "proved")).toBe(true);
    },
  );

  test("one entry off by one part in 10⁹, of any equation: by the bound or by the proof", () => {
    const places = fc.record({ drawn: cases, which: fc.nat(), entry: fc.nat() });
    fc.assert(
      fc.property(places, ({ drawn: { network, x, y }, which, entry }) => {
        const { rows } = compare(network, x, y, { equations: everyEquation });
        const { eq, quantity } = rows[which % rows.length]!;
        const right = equation(eq).find((other) => other.quantity === quantity)!;
        const planted: Equation = {
          ...right,
          closed: (Q, l) => {
            const value = right.closed(Q, l);
            const nudge = ones([value.size]).add(
              concat([zeros([entry % value.size]), full([1], 1e-9), zeros([value.size - 1 - (entry % value.size)])], 0),
            );
            return mul(value, nudge.reshape(value.shape)) as Tensor;
          },
        };
        const judged = compare(network, x, y, { ...everything, planted: [planted] });
        const nudged = rows.some(
          (row) => row.eq === eq && row.quantity === quantity && row.entry(entry % row.entries).closedForm !== 0,
        );
        expect(judged.ok).toBe(!nudged);
      }),
      { numRuns: 25 },
    );
  }, 240_000);

  test("a mistake of another shape is red, without a proof", () => {
    const planted = { ...equation("42")[0]!, closed: () => zeros([2, 2]) as Tensor };
    const { rows } = compare(square.network, square.x, square.y, {
      equations: equation("42"),
      planted: [planted],
      trials: 1,
    });
    expect(rows.map(({ ok, proof }) => [ok, proof])).toEqual([[false, null]]);
  });

  test("the catch table: proof and bound notice everything, the usual practice nothing near a minimum", () => {
    const table = catches({ planted: mistakes.filter(({ name }) => name !== "bias column kept").slice(-4) });
    expect(table.length).toBe(12);
    expect(table.every(({ proof, bound }) => proof && bound)).toBe(true);
    for (const { mistake, network, gradient, practice } of table) {
      const minute = mistake.startsWith("one part");
      expect([mistake, gradient]).toEqual([mistake, !minute]);
      expect([mistake, network, practice]).toEqual([mistake, network, !minute && network !== "near a minimum"]);
    }
  }, 120_000);
});

test("the errata are shown", () => {
  const shown = errata();
  expect(shown.map(({ eq }) => eq)).toEqual(["2", "18", "35", "39", "41, 44, 46", "48"]);
  const value = (eq: string): number => shown.find((erratum) => erratum.eq === eq)!.value;
  expect(value("2")).toBeCloseTo(Math.LN2 / 4, 12);
  expect(value("18")).toBeCloseTo(Math.log1p(Math.E) - 2, 12);
  expect(value("35")).toBeCloseTo(1 - 1 / (1 + Math.exp(-1)), 12);
  expect(value("39")).toBe(0);
  expect(shown[4]!.rows.map(({ ok }) => ok)).toEqual([false, false, false]);
  expect(shown[4]!.rows[0]!.boundUsed).toBeGreaterThan(1e6);
  expect(shown[5]!.shown).toContain("do not broadcast");
  expect(shown[2]!.shown).toContain("0.26894142");
});

describe("the derivation, printed", () => {
  const of = (sizes: readonly number[], hidden: readonly Name[]) => printDerivation(draw(sizes, hidden, 1, 1).network);
  const latex = (printed: ReturnType<typeof of>, quantity: string): string[] =>
    printed.general.filter((one) => one.quantity === quantity).map((one) => one.latex);

  test.each([3, 4, 6, 9])("the recursion of a sigmoid stack of %d layers", (L) => {
    const printed = of(
      Array.from({ length: L }, () => 2),
      Array.from({ length: L - 2 }, () => "sigmoid" as const),
    );
    const [l, next] = L === 3 ? ["2", "3"] : ["l", "l + 1"];
    expect(latex(printed, "δ")).toEqual([
      `\\delta^{${L}} = h^{${L}} - y`,
      `\\delta^{${l}} = \\left(\\delta^{${next}} \\, \\theta^{${l}}_{\\cdot,1:}\\right) \\odot \\Psi^{${l}}`,
    ]);
    expect(latex(printed, "Ψ")).toEqual([`\\Psi^{${l}} = h^{${l}} \\odot \\left(1 - h^{${l}}\\right)`]);
    expect(latex(printed, "∂J/∂θ").at(-1)).toBe(
      "\\frac{\\partial J}{\\partial \\theta^{1}} = \\frac{1}{m} \\left[\\sum_{i} \\delta^{2} \\mid \\left(\\delta^{2}\\right)^{\\mathsf{T}} \\, x\\right]",
    );
  });

  test("logistic regression has no recursion", () => {
    expect(latex(of([3, 1], []), "δ")).toEqual(["\\delta^{2} = h^{2} - y"]);
  });

  test("each activation has its own Ψ", () => {
    const printed = of([2, 2, 2, 2, 2, 2, 2], ["tanh", "softplus", "relu", "identity", "sigmoid"]);
    expect(latex(printed, "Ψ")).toEqual([
      "\\Psi^{2} = 1 - \\left(h^{2}\\right)^{2}",
      "\\Psi^{3} = \\sigma\\left(z^{3}\\right)",
      "\\Psi^{4} = \\left[z^{4} > 0\\right]",
      "\\Psi^{6} = h^{6} \\odot \\left(1 - h^{6}\\right)",
      "\\Psi^{5} = 1",
    ]);
    expect(printed.equations.find(({ quantity, layer }) => quantity === "δ" && layer === 5)!.latex).toBe(
      "\\delta^{5} = \\delta^{6} \\, \\theta^{5}_{\\cdot,1:}",
    );
  });
});

describe("bad input is refused, or judged for what it is", () => {
  const one = (value: number, x = 1, y = 0): [Network, Tensor, Tensor] => [
    { theta: [tensor([[value, value]]) as Tensor], hidden: [] },
    full([1, 1], x) as Tensor,
    full([1, 1], y) as Tensor,
  ];
  const network = draw([2, 3, 1], ["tanh"], 2, 1).network;
  test.each<[string, () => unknown, string]>([
    ["targets above 1", () => compare(...one(1, 1, 1.5), everything), "compare: element 0 of y is outside [0, 1]"],
    ["targets below 0", () => compare(...one(1, 1, -0.1), everything), "compare: element 0 of y is outside [0, 1]"],
    ["NaN in x", () => compare(...one(1, Number.NaN), everything), "compare: element 0 of x is not finite"],
    ["NaN in y", () => compare(...one(1, 1, Number.NaN), everything), "compare: element 0 of y is not finite"],
    ["∞ in θ", () => compare(...one(Number.POSITIVE_INFINITY), everything), "compare: element 0 of θ1 is not finite"],
    [
      "an empty batch",
      () => compare(network, zeros([0, 2]), zeros([0, 1]), everything),
      "compare: there are no samples",
    ],
    [
      "shapes that do not fit θ",
      () => compare(network, ones([2, 3]), ones([2, 1]), everything),
      "compare: x [2, 3] and y [2, 1] for a network from 2 to 1 nodes; give x [m, 2] and y [m, 1]",
    ],
    [
      "numbers beyond float64 on the way",
      () => compare(...one(1e300, 1e300), everything),
      "compare: element 0 of z of layer 2 is Infinity; the network leaves float64: scale its weights or its data",
    ],
    [
      "trials that are no count",
      () => compare(...one(1), { trials: 1.5 }),
      "compare: trials is 1.5; give a whole number from 0",
    ],
    [
      "a limit that is no count",
      () => compare(...one(1), { limit: Number.NaN }),
      "compare: limit is NaN; give a whole number from 1",
    ],
  ])("%s", (_name, attempt, sentence) => {
    expect(attempt).toThrow(TensorError);
    expect(attempt).toThrow(sentence);
  });

  test("one sample, one node", () => {
    const { ok, rows } = compare(...one(0.5), everything);
    expect([ok, rows.length > 30]).toEqual([true, true]);
  });

  test.each([700, -700, 800, 1e150, -1e150, 1e-150, 1e-300])("a logit of %d", (z) => {
    const { ok, rows, absent } = compare(...one(z, 0, 0.25), everything);
    expect(ok).toBe(true);
    if (Math.abs(z) >= 700) expect(absent.map(({ eq }) => eq)).toContain("2");
    expect(rows.every(({ proof }) => proof!.verdict === "proved")).toBe(true);
  });

  test.each(names)("weights of 1e150 and 1e-150 through %s", (name) => {
    for (const std of [1e150, 1e-150]) {
      const { network, x, y } = draw([2, 2, 2], [name], 2, 5, std);
      const [first, last] = network.theta as [Tensor, Tensor];
      const mild = { ...network, theta: [first, mul(last, 1 / std) as Tensor] };
      const { ok, rows } = compare(mild, x, y, everything);
      expect(ok).toBe(true);
      expect(rows.every(({ bound }) => Number.isFinite(bound))).toBe(true);
    }
  });

  test("numbers that no bound can hold are absent, not green; a mistake among them is red", () => {
    const { network, x, y } = draw([2, 2, 2, 2], ["tanh", "sigmoid"], 2, 5, 1e300);
    const { rows, absent } = compare(network, x, y, everything);
    expect(absent.filter(({ needs }) => needs === "numbers that float64 can bound").length).toBeGreaterThan(0);
    expect(rows.every(({ bound }) => Number.isFinite(bound))).toBe(true);
    const { planted } = mistakes.find(({ name }) => name === "1/m lost")!;
    expect(compare(network, x, y, { ...everything, planted: [planted] }).ok).toBe(false);
  });

  test("what a limit leaves out is absent, and says how large it is", () => {
    const { network, x, y } = draw([2, 3, 2], ["tanh"], 2, 5);
    const { absent, rows } = compare(network, x, y, { ...everything, limit: 50 });
    expect(absent.find(({ eq, layer }) => eq === "10" && layer === 1)).toEqual({
      eq: "10",
      layer: 1,
      quantity: "∂θ/∂θ",
      needs: "81 numbers at once: more than 50",
    });
    expect(rows.map(({ entries }) => entries).every((entries) => entries <= 50)).toBe(true);
  });
});
