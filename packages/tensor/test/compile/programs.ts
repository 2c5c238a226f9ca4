/** @file Random programs: up to so many operations on what is there already, of tensors that fit. */
import * as fc from "fast-check";
import * as api from "../../src/index.ts";
import { type DType, type Tensor, tensor } from "../../src/index.ts";

/** A choice among what there is: whatever number is drawn, some operand is meant by it. */
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length]!;

type Make = (values: readonly Tensor[], ...numbers: readonly number[]) => Tensor | null;

const unary: Record<string, (x: Tensor) => Tensor> = {
  neg: api.neg,
  exp: (x) => api.exp(api.minimum(x, 4)),
  log: (x) => api.log(api.add(api.abs(x), 0.5)),
  tanh: api.tanh,
  sigmoid: api.sigmoid,
  softplus: api.softplus,
  sin: api.sin,
  relu: api.relu,
  gelu: api.gelu,
  abs: api.abs,
  square: api.square,
  sqrt: (x) => api.sqrt(api.abs(x)),
  times1: (x) => api.mul(x, 1),
  plus0: (x) => api.add(x, 0),
  minus0: (x) => api.sub(x, 0),
  half: (x) => api.div(x, 2),
  stop: api.stopGradient,
};
const binary: Record<string, (a: Tensor, b: Tensor) => Tensor> = {
  add: (a, b) => api.add(a, b),
  sub: (a, b) => api.sub(a, b),
  mul: (a, b) => api.mul(a, b),
  div: (a, b) => api.div(a, api.add(api.abs(b), 1)),
  maximum: (a, b) => api.maximum(a, b),
  minimum: (a, b) => api.minimum(a, b),
  hypot: (a, b) => api.hypot(a, b),
  choose: (a, b) => api.where(api.greater(a, b), a, api.mul(b, 0.5)),
};

const broadcasts = (a: Tensor, b: Tensor): boolean => {
  const rank = Math.min(a.rank, b.rank);
  for (let i = 1; i <= rank; i++) {
    const [m, n] = [a.shape.at(-i)!, b.shape.at(-i)!];
    if (m !== n && m !== 1 && n !== 1) return false;
  }
  return true;
};

/** Applies `f` where the operands fit and the result stays small. */
const makes: readonly Make[] = [
  ...Object.values(unary).map(
    (f): Make =>
      (values, i) =>
        f(pick(values, i!)),
  ),
  ...Object.values(binary).map(
    (f): Make =>
      (values, i, j) => {
        const [a, b] = [pick(values, i!), pick(values, j!)];
        return broadcasts(a, b) ? f(a, b) : null;
      },
  ),
  (values, i) => api.transpose(pick(values, i!)),
  (values, i) => api.reshape(pick(values, i!), [-1]),
  (values, i, n) => {
    const x = pick(values, i!);
    return x.rank === 0 ? null : api.sum(x, n! % x.rank);
  },
  (values, i) => api.sum(pick(values, i!)) as Tensor,
  (values, i, n) => {
    const x = pick(values, i!);
    return x.rank === 0 ? null : api.mean(x, n! % x.rank, { keepDims: true });
  },
  (values, i, n) => {
    const x = pick(values, i!);
    return x.rank === 0 ? null : api.softmax(x, n! % x.rank);
  },
  (values, i, n) => {
    const x = pick(values, i!);
    return x.rank === 0 ? null : api.max(x, n! % x.rank);
  },
  (values, i, n) => {
    const x = pick(values, i!);
    return x.rank === 0 ? null : api.slice(x, [null, null, n! % 2 === 0 ? -1 : 2]);
  },
  (values, i, j) => {
    const [a, b] = [pick(values, i!), pick(values, j!)];
    return a.rank === 2 && b.rank === 2 && a.shape[1] === b.shape[0] ? api.matmul(a, b) : null;
  },
  (values, i, j) => {
    const [a, b] = [pick(values, i!), pick(values, j!)];
    return a.rank === 2 && b.rank === 2 && a.shape[0] === b.shape[0] ? api.matmul(api.transpose(a), b) : null;
  },
  (values, i, j) => {
    const [a, b] = [pick(values, i!), pick(values, j!)];
    return a.rank > 0 && a.rank === b.rank && a.shape.slice(1).join() === b.shape.slice(1).join()
      ? api.concat([a, b])
      : null;
  },
  (values, i) => api.expandDims(pick(values, i!), 0),
  (values, i) => {
    const x = api.expandDims(pick(values, i!), 0);
    return api.layerNorm(x, x.shape.slice(-1));
  },
];

/** No value of a program is larger. */
const LARGEST = 200;

export interface RandomProgram {
  readonly f: (...inputs: Tensor[]) => Tensor[];
  readonly inputs: readonly Tensor[];
  readonly text: string;
}

const shapes: readonly (readonly number[])[] = [
  [],
  [1],
  [3],
  [2, 3],
  [3, 2],
  [3, 1],
  [1, 3],
  [3, 3],
  [2, 1, 3],
  [9, 17],
];

const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -8192, max: 8192 }).map((n) => n / 4096) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, 1, -1) },
);

const drawnTensor = (dtype: DType): fc.Arbitrary<Tensor> =>
  fc.constantFrom(...shapes).chain((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return fc
      .array(value, { minLength: size, maxLength: size })
      .map((values) => tensor(Float64Array.from(values), { shape, dtype }) as Tensor);
  });

/** Programs of up to 30 operations; all they have computed last is returned. */
export const programs: fc.Arbitrary<RandomProgram> = fc.constantFrom<DType>("float64", "float32").chain((dtype) =>
  fc
    .record({
      inputs: fc.array(drawnTensor(dtype), { minLength: 1, maxLength: 3 }),
      steps: fc.array(fc.tuple(fc.nat(makes.length - 1), fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 30 }),
    })
    .map(({ inputs, steps }) => ({
      inputs,
      text: JSON.stringify(steps),
      f: (...given: Tensor[]): Tensor[] => {
        const values = [...given];
        for (const [which, i, j] of steps) {
          const made = makes[which]!(values, values.length - 1 - (i % values.length), j);
          if (made !== null && made.size <= LARGEST) values.push(made);
        }
        return values.slice(-3);
      },
    })),
);
