/** @file Values, gradients, forward derivatives and second derivatives are PyTorch's, sample by sample. */
import { describe, expect, test } from "vitest";
import type { Tensor } from "../src/index.ts";
import * as api from "../src/index.ts";
import {
  type Adapter,
  differences,
  isFractionOfIntegers,
  type Kwargs,
  Missing,
  present,
  samplesOf,
  torchNames,
} from "./oracle.ts";

const missing = (what: string): never => {
  throw new Missing(`there is no ${what} here`);
};

const unary =
  (f: (x: Tensor) => Tensor): Adapter =>
  (_kwargs, x) =>
    f(x!);
const binary =
  (f: (a: Tensor, b: Tensor) => Tensor): Adapter =>
  (_kwargs, a, b) =>
    f(a!, b!);

/** PyTorch's dims: none or [] means all, and a 0-d tensor has a dim 0 in name. */
const axesOf = (x: Tensor, { dim = [] }: Kwargs): number[] | undefined => {
  const axes = [dim].flat() as number[];
  return x.rank === 0 || axes.length === 0 ? undefined : axes;
};
const axisOf = (x: Tensor, kwargs: Kwargs): number | undefined => axesOf(x, kwargs)?.[0];

type Reduction = (x: Tensor, axes: number[] | undefined, options: { readonly keepDims: boolean }) => Tensor;
const reduction =
  (f: Reduction): Adapter =>
  (kwargs, x) =>
    f(x!, axesOf(x!, kwargs), { keepDims: kwargs.keepdim ?? false });

/** argMax keeps no axes; the shape is the one that the extreme itself has. */
const place =
  (f: (x: Tensor, axis?: number) => Tensor): Adapter =>
  (kwargs, x) => {
    const { shape } = api.sum(x!, axesOf(x!, kwargs), { keepDims: kwargs.keepdim ?? false }) as Tensor;
    return api.reshape(f(x!, axisOf(x!, kwargs)), shape);
  };

/** Along an axis, for functions that refuse a 0-d tensor: PyTorch takes it for a vector of one. */
const along =
  (f: (x: Tensor, axis: number) => Tensor): Adapter =>
  (kwargs, x) =>
    x!.rank === 0 ? api.reshape(f(api.reshape(x!, [1]), 0), []) : f(x!, axisOf(x!, kwargs)!);

/** With a negative axis counted from the front. */
const fromFront = (x: Tensor, axis: number): number => (axis < 0 ? axis + x.rank : axis);
const rangeAt = (x: Tensor, axis: number, range: api.Range): api.Range[] =>
  x.shape.map((_, i) => (i === fromFront(x, axis) ? range : null));

const exchange = (x: Tensor, a: number, b: number): Tensor => {
  const order = x.shape.map((_, axis) => axis);
  [order[fromFront(x, a)], order[fromFront(x, b)]] = [fromFront(x, b), fromFront(x, a)];
  return api.permute(x, order.slice(0, x.rank));
};

const gather: Adapter = ({ dim }, x, index) => {
  if (x!.rank === 0) return api.reshape(api.gather(api.reshape(x!, [1]), api.reshape(index!, [-1]), 0), index!.shape);
  const axis = fromFront(x!, dim as number);
  // PyTorch's index may be smaller than x on the other axes, and then reads a part of x.
  const part = api.slice(x!, ...index!.shape.map((extent, i): api.Range => (i === axis ? null : [0, extent])));
  return api.gather(part, index!, axis);
};

/** As PyTorch: the identity where beta·x exceeds the threshold. */
const softplus: Adapter = ({ beta, threshold }, x) => {
  if (beta === undefined) return api.softplus(x!);
  const scaled = api.mul(beta, x!) as Tensor;
  return api.where(api.greater(scaled, threshold!), x!, api.div(api.softplus(scaled), beta));
};

const pad: Adapter = ({ pad: margins, mode = "constant", value = 0 }, x) => {
  if (mode !== "constant") missing(`padding by mode ${mode}`);
  // PyTorch's margins are of the last axis first.
  const pairs = x!.shape.map((_, axis) => {
    const at = 2 * (x!.rank - 1 - axis);
    return [margins![at] ?? 0, margins![at + 1] ?? 0] as const;
  });
  return api.pad(x!, pairs, { value });
};

const scaled = (alpha: Kwargs["alpha"], y: Tensor): Tensor => (alpha === undefined ? y : api.mul(alpha, y)) as Tensor;

/** PyTorch's operations in ours. */
const adapters: Record<string, Adapter> = {
  // Arithmetic
  add: ({ alpha }, x, y) => api.add(x!, scaled(alpha, y!)) as Tensor,
  sub: ({ alpha }, x, y) => api.sub(x!, scaled(alpha, y!)) as Tensor,
  mul: binary(api.mul),
  div: (kwargs, x, y) => (kwargs.rounding_mode ? missing("rounding division") : api.div(x!, y!)) as Tensor,
  neg: unary(api.neg),
  pow: binary(api.pow),
  reciprocal: unary(api.reciprocal),
  square: unary(api.square),
  // Elementary functions
  exp: unary(api.exp),
  expm1: unary(api.expm1),
  log: unary(api.log),
  log1p: unary(api.log1p),
  sqrt: unary(api.sqrt),
  sin: unary(api.sin),
  tanh: unary(api.tanh),
  sigmoid: unary(api.sigmoid),
  "nn.functional.softplus": softplus,
  // Kinks, comparisons, choices
  abs: unary(api.abs),
  sign: unary(api.sign),
  "nn.functional.relu": unary(api.relu),
  maximum: binary(api.maximum),
  eq: binary(api.equal),
  ne: binary(api.notEqual),
  lt: binary(api.less),
  le: binary(api.lessEqual),
  gt: binary(api.greater),
  ge: binary(api.greaterEqual),
  where: (_kwargs, condition, x, y) => api.where(condition!, x!, y!),
  // Reductions
  sum: reduction(api.sum),
  mean: reduction(api.mean),
  amax: reduction(api.max),
  amin: reduction(api.min),
  argmax: place(api.argMax),
  argmin: place(api.argMin),
  max: (kwargs, x) => {
    const value = reduction(api.max)(kwargs, x!) as Tensor;
    return kwargs.dim === undefined ? value : [value, place(api.argMax)(kwargs, x!) as Tensor];
  },
  logsumexp: reduction(api.logSumExp),
  softmax: along(api.softmax),
  log_softmax: along(api.logSoftmax),
  // Matrices
  matmul: binary(api.matmul),
  mm: binary(api.matmul),
  bmm: binary(api.matmul),
  dot: binary(api.matmul),
  // Shapes and places
  reshape: ({ shape }, x) => api.reshape(x!, shape!),
  view: ({ shape }, x) => api.reshape(x!, shape!),
  permute: ({ dims }, x) => api.permute(x!, dims!),
  transpose: ({ dim0, dim1 }, x) => exchange(x!, dim0!, dim1!),
  t: unary(api.transpose),
  broadcast_to: ({ size }, x) => api.broadcastTo(x!, size!),
  expand: ({ size }, x) =>
    api.broadcastTo(
      x!,
      size!.map((n, axis) => (n === -1 ? x!.shape[axis - size!.length + x!.rank]! : n)),
    ),
  unsqueeze: ({ dim }, x) => api.expandDims(x!, dim as number),
  squeeze: (kwargs, x) => api.squeeze(x!, axisOf(x!, kwargs)),
  cat: ({ dim }, ...xs) => api.concat(xs, dim as number | undefined),
  stack: ({ dim }, ...xs) => api.stack(xs, dim as number | undefined),
  gather,
  narrow: ({ dim, start, length }, x) => {
    const from = start! < 0 ? start! + x!.shape[fromFront(x!, dim as number)]! : start!;
    return api.slice(x!, ...rangeAt(x!, dim as number, [from, from + length!]));
  },
  select: ({ dim, index }, x) => api.slice(x!, ...rangeAt(x!, dim as number, index!)),
  flip: ({ dims }, x) =>
    api.slice(x!, ...x!.shape.map((_, axis): api.Range => (dims!.includes(axis) ? [null, null, -1] : null))),
  "nn.functional.pad": pad,
};

/** Operations of ours that the oracle has no file for, by PyTorch's names: the laws alone speak of them. */
const absent = ["cos", "min", "minimum", "mv", "scatter_add"];

/** Where we differ, and why. Each of these must in fact differ, be refused or be missing. */
const exceptions: Record<string, readonly string[]> = {
  "there is no division that rounds: rounding_mode trunc and floor": [0, 1, 2, 5, 6, 7, 10, 11, 12, 13].map(
    (i) => `div/${i} missing`,
  ),
  "padding is with a constant: there are no modes circular, reflect, replicate": [2, 5, 6, 7].map(
    (i) => `nn.functional.pad/${i} missing`,
  ),
  "squeeze refuses a named axis whose extent is not 1: PyTorch returns the tensor as it is": [
    "squeeze/6 refused",
    "squeeze/7 refused",
  ],
  "PyTorch's expm1 has the derivative y + 1, which at −30 keeps four digits: ours is eˣ": ["expm1/1 gradient[0][0]"],
  "PyTorch's softplus is the identity above 20, with derivative 1 where ours is sigmoid(x)": [
    "nn.functional.softplus/3 gradient[0][8]",
  ],
  "PyTorch's log1p loses denormals and overflows at the largest number: ours are right": [9, 10, 11].map(
    (i) => `log1p/9 value[0][${i}]`,
  ),
  "the sign of a zero: sign(−0) is −0 here, as in JavaScript, and 0 in PyTorch": ["sign/9 value[0][12]"],
  "the sign of a zero: relu(−0) is 0 here, as Math.max has it, and −0 in PyTorch": [
    "nn.functional.relu/12 value[0][1]",
  ],
};

const of = (name: string, place: string): boolean => place.startsWith(`${name}/`);

if (!present) console.warn("oracle.test.ts: ../shared/oracle is absent, PyTorch's values are not compared");

describe.skipIf(!present)("PyTorch", () => {
  const known = Object.values(exceptions).flat();

  test.each(Object.keys(adapters))("%s", (name) => {
    const found = samplesOf(name).flatMap((sample) => differences(adapters[name]!, sample));
    expect(found.filter(({ place }) => !known.includes(place)).map(({ text }) => text)).toEqual([]);
    const places = found.map(({ place }) => place);
    expect(known.filter((place) => of(name, place) && !places.includes(place))).toEqual([]);
  });

  test("every operation is compared, or the oracle does not know it", () => {
    const names = torchNames();
    expect(Object.keys(adapters).filter((name) => !names.includes(name))).toEqual([]);
    expect(absent.filter((name) => names.includes(name))).toEqual([]);
    expect(known.filter((place) => !Object.keys(adapters).some((name) => of(name, place)))).toEqual([]);
  });

  test("so many samples are compared, and so many are not", () => {
    const samples = Object.keys(adapters).flatMap(samplesOf);
    const whole = (id: string): boolean => known.includes(`${id} missing`) || known.includes(`${id} refused`);
    const compared = samples.filter(({ id }) => !whole(id));
    const having = (part: "grads" | "jvp" | "hvp"): number => compared.filter((s) => s[part] !== undefined).length;
    const tagged = (...tags: string[]): number =>
      compared.filter((s) => tags.some((tag) => s.tags?.includes(tag))).length;
    expect({
      operations: Object.keys(adapters).length,
      samples: samples.length,
      compared: compared.length,
      withGradient: having("grads"),
      withJvp: having("jvp"),
      withHvp: having("hvp"),
      // Of those compared: PyTorch's choice at a kink is ours too; float64 beside PyTorch's float32, to its precision.
      atKinks: tagged("kink", "nonsmooth"),
      fractionsOfIntegers: compared.filter(isFractionOfIntegers).length,
    }).toEqual({
      operations: 58,
      samples: 620,
      compared: 604,
      withGradient: 452,
      withJvp: 230,
      withHvp: 230,
      atKinks: 16,
      fractionsOfIntegers: 10,
    });
    expect(Object.values(exceptions).map((places) => places.length)).toEqual([10, 4, 2, 1, 1, 3, 1, 1]);
  });
});
