/** @file Optimizers and schedules: PyTorch's trajectories, what they refuse, and how they combine. */
import { existsSync, readFileSync } from "node:fs";
import {
  leaves,
  mapTree,
  mul,
  rng,
  sigmoid,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
} from "@deltagrad/tensor";
import { describe, expect, test } from "vitest";
import { activations, forward } from "../src/brawer/index.ts";
import {
  accumulated,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  asgd,
  averaged,
  clipByNorm,
  clipByValue,
  crossEntropyFromLogits,
  globalNorm,
  grouped,
  lbfgs,
  lion,
  nadam,
  type Optimizer,
  radam,
  reduceOnPlateau,
  rmsprop,
  rprop,
  schedules,
  sgd,
  transformed,
} from "../src/index.ts";

const folder = new URL("../../../../shared/oracle/", import.meta.url);
const present = existsSync(new URL("training.json", folder));
if (!present) console.warn("shared/oracle is absent: PyTorch's optimizers and schedules are not compared");
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), "utf8"));

type Options = Readonly<Record<string, unknown>>;
interface Numbers {
  readonly shape: number[];
  readonly data: (number | string)[];
}
interface Run {
  readonly id: string;
  readonly optimizer: string;
  readonly options: Options;
  readonly sizes: number[];
  readonly steps: number;
  readonly theta0: Numbers[];
  readonly X: Numbers;
  readonly Y: Numbers;
  readonly losses: number[];
  readonly params: number[][][];
  readonly amplification: number;
}

/** PyTorch's names for options in ours. */
const names: Record<string, string> = {
  lr: "rate",
  weight_decay: "weightDecay",
  eps: "epsilon",
  lr_decay: "rateDecay",
  initial_accumulator_value: "initial",
  max_iter: "maxIterations",
  history_size: "history",
  line_search_fn: "lineSearch",
  lambd: "lambda",
};
const renamed = (options: Options): never =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      names[name] ?? name,
      value === "strong_wolfe" ? "strongWolfe" : value,
    ]),
  ) as never;

const made: Record<string, (options: never) => Optimizer> = {
  SGD: sgd,
  Adam: adam,
  AdamW: adamW,
  Adamax: adamax,
  NAdam: nadam,
  RAdam: radam,
  RMSprop: rmsprop,
  Adagrad: adagrad,
  Adadelta: adadelta,
  Rprop: rprop,
  ASGD: asgd,
};

const toTensor = ({ data, shape }: Numbers): Tensor => tensor(Float64Array.from(data, Number), { shape }) as Tensor;

describe.skipIf(!present)("PyTorch's trajectories, step by step", () => {
  const { runs } = present ? (read("training.json") as { runs: Run[] }) : { runs: [] };

  // NAdam of PyTorch 1.13 counts the last weight twice in 1 − Π μ: its run is compared below, with that formula.
  const compared = runs.filter(({ optimizer }) => optimizer !== "NAdam");

  test.each(compared.map((run) => [run.id, run.optimizer, run] as const))("%s %s", (_id, name, run) => {
    const [x, y] = [toTensor(run.X), toTensor(run.Y)];
    const hidden = run.sizes.slice(1, -1).map(() => activations.sigmoid);
    const cost = valueAndGrad((theta: readonly Tensor[]) =>
      crossEntropyFromLogits(forward({ theta, hidden }, x).z.at(-1)!, y),
    );
    // What rounding may do to one step, times what the run makes of a change of the start.
    // (ASGD of PyTorch keeps its rate in float32.)
    const unit = name === "ASGD" ? 2 ** -24 : 2 ** -52;
    const tolerance = 64 * unit * Math.max(1, run.amplification) * run.steps;
    let theta: readonly Tensor[] = run.theta0.map(toTensor);
    const compare = (i: number, loss: number): void => {
      expect(Math.abs(loss - run.losses[i]!)).toBeLessThanOrEqual(tolerance * Math.abs(run.losses[i]!));
      theta.forEach((t, layer) => {
        const wanted = run.params[i]![layer]!.flat();
        const largest = Math.max(...wanted.map(Math.abs));
        t.toTypedArray().forEach((value, k) =>
          expect(Math.abs(value - wanted[k]!)).toBeLessThanOrEqual(tolerance * largest),
        );
      });
    };
    if (name === "LBFGS") {
      const optimizer = lbfgs(renamed(run.options));
      let state = optimizer.init(theta);
      for (let i = 0; i < run.steps; i++) {
        const next = optimizer.step((p: readonly Tensor[]) => cost(p), theta, state);
        ({ params: theta, state } = next);
        compare(i, next.loss);
      }
      return;
    }
    const optimizer = made[name]!(renamed(run.options));
    let state = optimizer.init(theta);
    for (let i = 0; i < run.steps; i++) {
      const [loss, grads] = cost(theta);
      [theta, state] = optimizer.update(theta, grads, state);
      compare(i, loss.item());
    }
  });

  test("NAdam: PyTorch's run, and ours, which does not count a weight twice", () => {
    const run = runs.find(({ optimizer }) => optimizer === "NAdam")!;
    const [x, y] = [toTensor(run.X), toTensor(run.Y)];
    const hidden = run.sizes.slice(1, -1).map(() => activations.sigmoid);
    const gradientAt = (theta: readonly Tensor[]): readonly Tensor[] =>
      valueAndGrad((p: readonly Tensor[]) => crossEntropyFromLogits(forward({ theta: p, hidden }, x).z.at(-1)!, y))(
        theta,
      )[1];
    const weight = (t: number): number => 0.9 * (1 - 0.5 * 0.96 ** (t * 4e-3));
    /** The algorithm in plain numbers, on the flat parameters; `twice`: with PyTorch's 1 − Π μ · μ_t · μ_{t+1}. */
    const plain = (twice: boolean): number[][] => {
      let theta: readonly Tensor[] = run.theta0.map(toTensor);
      const size = theta.reduce((n, t) => n + t.size, 0);
      const [m, v] = [new Float64Array(size), new Float64Array(size)];
      let product = 1;
      return Array.from({ length: run.steps }, (_, i) => {
        const t = i + 1;
        product *= weight(t);
        const grads = gradientAt(theta);
        let k = 0;
        theta = theta.map((matrix, layer) => {
          const g = grads[layer]!.toTypedArray();
          const next = matrix.toTypedArray().map((value, at) => {
            m[k] = 0.9 * m[k]! + 0.1 * g[at]!;
            v[k] = 0.999 * v[k]! + 0.001 * g[at]! ** 2;
            const scale = Math.sqrt(v[k]! / (1 - 0.999 ** t)) + 1e-8;
            const ofMomentum = weight(t + 1) / (1 - product * weight(t + 1) * (twice ? weight(t) : 1));
            const step = ((1 - weight(t)) / (1 - product)) * g[at]! + ofMomentum * m[k]!;
            k++;
            return value - (0.02 * step) / scale;
          });
          return tensor(next as Float64Array, { shape: matrix.shape }) as Tensor;
        });
        return theta.flatMap((matrix) => [...matrix.toTypedArray()]);
      });
    };
    // PyTorch keeps Π μ in float32.
    const close = (a: number[], b: number[], unit: number): void =>
      a.forEach((value, k) => expect(Math.abs(value - b[k]!)).toBeLessThan(64 * unit * run.amplification * run.steps));
    plain(true).forEach((params, i) => close(params, run.params[i]!.flat(), 2 ** -24));

    const optimizer = nadam(renamed(run.options));
    let theta: readonly Tensor[] = run.theta0.map(toTensor);
    let state = optimizer.init(theta);
    for (const params of plain(false)) {
      [theta, state] = optimizer.update(theta, gradientAt(theta), state);
      close(
        theta.flatMap((matrix) => [...matrix.toTypedArray()]),
        params,
        2 ** -52,
      );
    }
  });

  test("every run has an optimizer here", () => {
    expect(runs.length).toBe(19);
    expect(
      [...new Set(runs.map(({ optimizer }) => optimizer))].filter((name) => name !== "LBFGS" && !(name in made)),
    ).toEqual([]);
  });
});

interface Recorded {
  readonly id: string;
  readonly scheduler: string;
  readonly base_lr: number;
  readonly options: Readonly<Record<string, never>>;
  readonly lrs: number[];
  readonly metrics?: number[];
}

const { constant, cosine, cosineRestarts, cyclic, exponential, linear, oneCycle, polynomial, sequence, stepwise } =
  schedules;

/** PyTorch's schedulers in ours. */
const schedulers: Record<string, (rate: number, o: Readonly<Record<string, never>>) => schedules.Schedule> = {
  StepLR: (rate, o) => stepwise(rate, { every: o.step_size!, gamma: o.gamma! }),
  MultiStepLR: (rate, o) => stepwise(rate, { milestones: o.milestones!, gamma: o.gamma! }),
  ExponentialLR: (rate, o) => exponential(rate, { gamma: o.gamma! }),
  CosineAnnealingLR: (rate, o) => cosine(rate, { steps: o.T_max!, least: o.eta_min! }),
  CosineAnnealingWarmRestarts: (rate, o) =>
    cosineRestarts(rate, { steps: o.T_0!, growth: o.T_mult!, least: o.eta_min! }),
  LinearLR: (rate, o) => linear(rate, { from: o.start_factor!, to: o.end_factor!, steps: o.total_iters! }),
  ConstantLR: (rate, o) => constant(rate, { factor: o.factor!, until: o.total_iters! }),
  PolynomialLR: (rate, o) => polynomial(rate, { steps: o.total_iters!, power: o.power! }),
  OneCycleLR: (_rate, o) =>
    oneCycle(o.max_lr!, {
      steps: o.total_steps!,
      rise: o.pct_start ?? 0.3,
      shape: (o.anneal_strategy as unknown) === "linear" ? "linear" : "cosine",
      divisor: o.div_factor ?? 25,
      finalDivisor: o.final_div_factor ?? 1e4,
      threePhase: o.three_phase ?? false,
    }),
  CyclicLR: (_rate, o) =>
    cyclic(o.base_lr!, o.max_lr!, {
      up: o.step_size_up!,
      down: o.step_size_down ?? o.step_size_up!,
      mode: (o.mode as unknown) === "exp_range" ? "exponential" : "triangular",
      gamma: o.gamma ?? 1,
    }),
  SequentialLR: (rate, o) =>
    sequence(
      (o.schedulers! as [string, Readonly<Record<string, never>>][]).map(([name, options]) =>
        schedulers[name]!(rate, options),
      ),
      o.milestones!,
    ),
};

describe.skipIf(!present)("PyTorch's schedules, step by step", () => {
  const all = present ? (read("schedulers.json") as { schedules: Recorded[] }).schedules : [];

  test.each(all.map((recorded) => [recorded.id, recorded.scheduler, recorded] as const))(
    "%s %s",
    (_id, name, recorded) => {
      const { base_lr: rate, options: o, lrs, metrics } = recorded;
      const near = (value: number, i: number): void =>
        expect(Math.abs(value - lrs[i]!), `step ${i}`).toBeLessThanOrEqual(1e-12 * Math.abs(lrs[i]!) + 1e-18);
      if (name === "ReduceLROnPlateau") {
        const plateau = reduceOnPlateau(rate, {
          mode: o.mode!,
          factor: o.factor!,
          patience: o.patience!,
          threshold: o.threshold ?? 1e-4,
          thresholdMode: o.threshold_mode ?? "rel",
          cooldown: o.cooldown ?? 0,
          least: o.min_lr ?? 0,
          epsilon: o.eps ?? 1e-8,
        });
        let state = plateau.init();
        near(state.rate, 0);
        metrics!.forEach((metric, i) => {
          state = plateau.next(state, metric);
          near(state.rate, i + 1);
        });
        return;
      }
      const schedule = schedulers[name]!(rate, o);
      for (let i = 0; i < lrs.length; i++) near(schedule(i), i);
    },
  );
});

const everyOptimizer: [string, Optimizer][] = [
  ["sgd", sgd({ rate: 0.1 })],
  ["momentum", sgd({ rate: 0.05, momentum: 0.8 })],
  ["nesterov", sgd({ rate: 0.05, momentum: 0.8, nesterov: true })],
  ["adam", adam({ rate: 0.1 })],
  ["amsgrad", adam({ rate: 0.1, amsgrad: true })],
  ["adamW", adamW({ rate: 0.1, weightDecay: 0 })],
  ["adamax", adamax({ rate: 0.1 })],
  ["nadam", nadam({ rate: 0.1 })],
  ["radam", radam({ rate: 0.1 })],
  ["lion", lion({ rate: 0.02 })],
  ["rmsprop", rmsprop({ rate: 0.02 })],
  ["adagrad", adagrad({ rate: 1 })],
  ["adadelta", adadelta({ rate: 20 })],
  ["rprop", rprop()],
  ["asgd", asgd({ rate: 0.1 })],
];

describe.each(everyOptimizer)("%s", (_name, optimizer) => {
  const goal = { a: tensor([1, -2]) as Tensor, b: [tensor([[0.5]]) as Tensor] };
  const start = mapTree((x) => x.mul(0) as Tensor, goal);
  const f = valueAndGrad(
    (p: typeof goal) =>
      leaves(p)
        .map(({ tensor: x }, i) => sum(square(sub(x, leaves(goal)[i]!.tensor))) as Tensor)
        .reduce((a, b) => a.add(b)) as Tensor<readonly []>,
  );

  test("finds the minimum of a bowl, and leaves its arguments as they were", () => {
    let [params, state] = [start, optimizer.init(start)];
    const first = state;
    for (let i = 0; i < 300; i++) [params, state] = optimizer.update(params, f(params)[1], state);
    expect(f(params)[0].item()).toBeLessThan(1e-2);
    expect(leaves(start).every(({ tensor: x }) => x.toTypedArray().every((v) => v === 0))).toBe(true);
    expect(first.step.item()).toBe(0);
    expect(state.step.item()).toBe(300);
  });

  test("its state is a tree that goes on where it was read back", () => {
    const once = optimizer.update(start, f(start)[1], optimizer.init(start));
    const copy = mapTree((x) => tensor(x.toTypedArray(), { shape: x.shape }) as Tensor, once[1]);
    const [direct] = optimizer.update(once[0], f(once[0])[1], once[1]);
    const [resumed] = optimizer.update(once[0], f(once[0])[1], copy);
    expect(resumed.a.toArray()).toEqual(direct.a.toArray());
  });

  test("keeps float32, and takes an empty tree and empty tensors", () => {
    const params = { x: tensor([1], { dtype: "float32" }) as Tensor, none: tensor([]) as Tensor };
    const [next] = optimizer.update(params, params, optimizer.init(params));
    expect([next.x.dtype, next.none.shape]).toEqual(["float32", [0]]);
    expect(optimizer.update([], [], optimizer.init([]))[0]).toEqual([]);
  });

  test("refuses gradients, and states, of another tree", () => {
    const state = optimizer.init(start);
    expect(() => optimizer.update(start, { a: goal.a } as typeof goal, state)).toThrow(
      /grads has no such tensor where the parameters have b\[0\] \[1, 1\]; give trees of one structure/,
    );
    if (Object.keys(state.memory).length > 0)
      expect(() => optimizer.update({ a: tensor([1]) as Tensor }, { a: tensor([1]) as Tensor }, state)).toThrow(
        /after a change of the network begin with a new state/,
      );
  });
});

test("L-BFGS reaches the minimum of Rosenbrock's valley", () => {
  const f = valueAndGrad((p: Tensor) => {
    const [x, y] = [p.slice(0), p.slice(1)];
    return sub(1, x)
      .square()
      .add(mul(100, square(sub(y, square(x))))) as Tensor<readonly []>;
  });
  const optimizer = lbfgs({ lineSearch: "strongWolfe", maxIterations: 100, toleranceChange: 1e-16 });
  const start = tensor([-1.2, 1]) as Tensor;
  const { params, evaluations, loss } = optimizer.step((p: Tensor) => f(p), start, optimizer.init(start));
  expect(loss).toBeCloseTo(24.2, 12);
  params.toTypedArray().forEach((value) => expect(value).toBeCloseTo(1, 6));
  expect(evaluations).toBeLessThan(80);
});

test("a schedule is asked for each step, from 0", () => {
  const seen: number[] = [];
  const rate = (step: number): number => {
    seen.push(step);
    return 1 / (step + 1);
  };
  const optimizer = sgd({ rate });
  let [x, state] = [tensor(0) as Tensor, optimizer.init(tensor(0))];
  for (let i = 0; i < 3; i++) [x, state] = optimizer.update(x, tensor(1) as Tensor, state);
  expect(seen).toEqual([0, 1, 2]);
  expect(x.item()).toBeCloseTo(-(1 + 1 / 2 + 1 / 3), 15);
});

test("clipping", () => {
  const tree = { a: tensor([3, 0]) as Tensor, b: tensor([[4]]) as Tensor };
  expect(globalNorm(tree)).toBe(5);
  expect(globalNorm({ a: tensor([3e300]), b: tensor([4e300]) })).toBe(5e300);
  expect(globalNorm([])).toBe(0);
  expect(clipByNorm(tree, 5)).toBe(tree);
  expect(globalNorm(clipByNorm(tree, 1))).toBeCloseTo(1, 15);
  expect(clipByValue(tree, 3.5).b.toArray()).toEqual([[3.5]]);
  const optimizer = transformed(sgd({ rate: 1 }), (g) => clipByNorm(g, 1));
  expect(optimizer.update(tree, tree, optimizer.init(tree))[0].b.item()).toBeCloseTo(4 - 0.8, 15);
});

test("accumulated steps are those of the large batch, and averages follow", () => {
  const x = rng("x").normal([6, 2]) as Tensor;
  const loss = valueAndGrad((w: Tensor, rows: Tensor) => sigmoid(rows.matmul(w)).mean() as Tensor<readonly []>);
  const w = tensor([0.3, -0.4]) as Tensor;
  const whole = adam({ rate: 0.1 });
  const small = accumulated(adam({ rate: 0.1 }), 3);
  const [expected] = whole.update(w, loss(w, x)[1], whole.init(w));
  let [now, state] = [w, small.init(w)];
  for (const [from, to] of [
    [0, 2],
    [2, 4],
    [4, 6],
  ] as const)
    [now, state] = small.update(now, loss(now, x.slice([from, to]))[1], state);
  now.toTypedArray().forEach((value, i) => expect(value).toBeCloseTo(expected.toTypedArray()[i]!, 14));

  const average = averaged(sgd({ rate: 1 }), { decay: 0.5 });
  const [next, after] = average.update(tensor([4]) as Tensor, tensor([4]) as Tensor, average.init(tensor([4])));
  expect([next.toArray(), (after.memory as Tensor).toArray()]).toEqual([[0], [2]]);
});

test("groups by path: frozen, decayed and free parameters", () => {
  const params = {
    body: [{ weight: tensor([1]) as Tensor, bias: tensor([1]) as Tensor }],
    head: tensor([1]) as Tensor,
  };
  const optimizer = grouped([
    { match: "head", optimizer: null },
    { match: /\.bias$/, optimizer: sgd({ rate: 1 }) },
    { match: (path) => path.startsWith("body"), optimizer: adamW({ rate: 0.5, weightDecay: 1 }) },
  ]);
  const [next] = optimizer.update(params, params, optimizer.init(params));
  expect(next.head).toBe(params.head);
  expect(next.body[0]!.bias.item()).toBe(0);
  expect(next.body[0]!.weight.item()).toBeCloseTo(0, 7);
  expect(() => grouped([{ match: "a", optimizer: null }]).init({ b: tensor(1) })).toThrow(
    "grouped: b matches no group; end with a group that matches all: /(?:)/",
  );
});

test.each<[string, () => unknown]>([
  ["sgd: the rate is Infinity; use a finite number > 0", () => sgd({ rate: Number.POSITIVE_INFINITY })],
  ["sgd: momentum is 1; use a finite number ≥ 0 and < 1", () => sgd({ rate: 1, momentum: 1 })],
  [
    "sgd: nesterov without momentum, or with dampening; give a momentum and no dampening",
    () => sgd({ rate: 1, nesterov: true }),
  ],
  ["adam: betas[1] is NaN; use a finite number ≥ 0 and < 1", () => adam({ betas: [0.9, Number.NaN] })],
  [
    "adam: the rate is NaN at step 3; use a finite number ≥ 0",
    () => {
      const optimizer = adam({ rate: (step) => (step === 3 ? Number.NaN : 1) });
      let [x, state] = [tensor(1) as Tensor, optimizer.init(tensor(1))];
      for (let i = 0; i < 5; i++) [x, state] = optimizer.update(x, x, state);
    },
  ],
  ["accumulated: count is 0; use a whole number ≥ 1", () => accumulated(sgd({ rate: 1 }), 0)],
  ["oneCycle: step 20 of a cycle of 20; give it the steps of the whole run", () => oneCycle(1, { steps: 20 })(20)],
  ["sequence: 0 milestones for 2 schedules; give one between each two", () => sequence([constant(1), constant(1)], [])],
  [
    "lbfgs: the value is NaN; begin where the function is finite",
    () => {
      const optimizer = lbfgs();
      const x = tensor([1]) as Tensor;
      return optimizer.step((p: Tensor) => [tensor(Number.NaN), p], x, optimizer.init(x));
    },
  ],
])("%s", (message, act) => {
  expect(act).toThrow(expect.objectContaining({ name: "TensorError", message }));
});
