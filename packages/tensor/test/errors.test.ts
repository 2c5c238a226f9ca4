/** @file The sentences that a reader meets when something is refused, whole. */
import { describe, expect, test } from "vitest";
import { roundingBound } from "../src/check/index.ts";
import * as api from "../src/index.ts";
import {
  arange,
  concat,
  gather,
  grad,
  jvp,
  matmul,
  record,
  rng,
  Tape,
  type Tensor,
  TensorError,
  tensor,
  vjp,
  zeros,
} from "../src/index.ts";
import { expectRefusal } from "./refusal.ts";

/** An unknown shape: what the compiler would refuse reaches the check at run time. */
const open = (shape: number[], dtype: api.DType = "float64"): Tensor => zeros(shape, { dtype });
const int = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" }) as Tensor;
const x23 = open([2, 3]);

const refused: Record<string, [attempt: () => unknown, sentence: string]> = {
  "shapes that do not broadcast": [
    () => api.add(x23, open([4])),
    "add: shapes [2, 3] and [4] do not broadcast (3 ≠ 4 on axis -1); extents must be equal or 1, counted from the last axis",
  ],
  "inner dimensions": [
    () => matmul(open([64, 784]), open([780, 30]).named("weight")),
    "matmul: inner dimensions differ: [64, 784] · weight [780, 30] (784 ≠ 780); transpose one of them?",
  ],
  "a scalar in a product": [
    () => matmul(open([]), x23),
    "matmul: [] · [2, 3]: a scalar has no matrix product; use mul",
  ],
  "bool in a product": [
    () => matmul(open([1, 1], "bool"), open([1, 1], "bool")),
    "matmul: is not defined for bool; cast to int32 or float64 first",
  ],
  "subtracting bools": [
    () => api.sub(open([2], "bool"), open([2], "bool")),
    "sub: is not defined for bool; cast to another dtype first",
  ],
  "an axis out of range": [
    () => x23.sum(2),
    "sum: axis 2 is out of range for rank 2; use a whole number from -2 to 1 (−1: last)",
  ],
  "an axis of a scalar": [() => open([]).sum(0), "sum: axis 0 is out of range for rank 0; a scalar has no axes"],
  "an axis named twice": [() => x23.sum([0, -2]), "sum: an axis is named twice in [0, 0]; name each axis once"],
  "the extreme of nothing": [
    () => open([2, 0]).max(1),
    "max: axis 1 of [2, 0] has no elements; an extreme needs at least one",
  ],
  "a reshape to another size": [
    () => x23.reshape([4, 2]),
    "reshape: [2, 3] has 6 elements, [4, 2] does not; sizes must agree; at most one extent may be −1",
  ],
  "two open extents": [
    () => x23.reshape([-1, -1]),
    "reshape: [2, 3] has 6 elements, [-1, -1] does not; sizes must agree; at most one extent may be −1",
  ],
  "an incomplete permutation": [
    () => x23.permute([0, 0]),
    "permute: [0, 0] is no order of the 2 axes of [2, 3]; name every axis once",
  ],
  "squeezing what is wide": [
    () => x23.squeeze(0),
    "squeeze: axis 0 of [2, 3] has extent 2, not 1; slice or reduce it instead",
  ],
  "stretching what is wide": [
    () => x23.broadcastTo([3]),
    "broadcastTo: [2, 3] does not stretch to [3]; only axes of extent 1 stretch",
  ],
  "an index out of range": [() => x23.slice(2), "slice: there is no element 2 on axis 0 of extent 2; use -2 to 1"],
  "a step of 0": [
    () => x23.slice([0, 1, 0]),
    "slice: [0, 1, 0] is no range on axis 0 of extent 2; ranges are [start, stop, step] in whole numbers, with a step that is not 0",
  ],
  "too many ranges": [() => x23.slice(0, 0, 0), "slice: 3 ranges for [2, 3]; give at most 2"],
  "a margin that is no whole number": [
    () =>
      api.pad(x23, [
        [0, 0],
        [0.5, 0],
      ]),
    "pad: margins [[0,0],[0.5,0]] for [2, 3]; give [before, after] in whole numbers for each axis",
  ],
  "joining unlike tensors": [
    () => concat([x23, open([2, 4])]),
    "concat: [2, 3] float64 and [2, 4] float64 do not join on axis 0; only that axis may differ; cast to one dtype",
  ],
  "joining without a list": [
    () => concat(x23 as never, x23 as never),
    "concat: the tensors are not in a list; write concat([a, b])",
  ],
  "a number in a product": [
    () => matmul(3 as never, x23 as never),
    "matmul: [] · [2, 3]: a scalar has no matrix product; use mul",
  ],
  "a number for a shape": [() => zeros(3 as never), "full: 3 is no shape; give a list of extents, e.g. [2, 3]"],
  "a number where a tensor is summed": [
    () => api.sum(3 as never),
    "sum: expected a tensor, got number; wrap data with tensor(…)",
  ],
  "joining nothing": [() => concat([]), "concat: there are no tensors; give at least one"],
  "stacking unlike tensors": [
    () => api.stack([x23, open([3, 2])]),
    "stack: [2, 3] and [3, 2] differ in shape; stacked tensors must be of one shape",
  ],
  "stacking nothing": [() => api.stack([]), "stack: there are no tensors; give at least one"],
  "an index that is no int32": [
    () => gather(x23, open([2, 1]), 1),
    'gather: the index [2, 1] is float64; indices are int32: cast(index, "int32")',
  ],
  "an index that does not fit": [
    () => gather(x23, int([[0], [0], [0]]), 1),
    "gather: index [3, 1] does not fit [2, 3]; it needs 2 axes, none but 1 longer than that of the tensor",
  ],
  "an index that points outside": [
    () => gather(x23, int([[0], [3]]), 1),
    "gather: index 3 (element 1 of [2, 1]) is out of range on axis 1 of extent 3; use 0 to 2",
  ],
  "a source that does not fit": [
    () => api.scatterAdd(x23, int([[0], [1]]), open([1, 2]), 1),
    "scatterAdd: source [1, 2] float64 beside index [2, 1] and float64; give a source of the index's shape and the tensor's dtype",
  ],
  "adding up bools": [
    () => api.scatterAdd(open([2], "bool"), int([0, 0]), open([2], "bool"), 0),
    "scatterAdd: is not defined for bool; cast to int32 first",
  ],
  "a condition that is no bool": [
    () => api.where(x23, 1, 2),
    "where: the condition is float64, not bool; compare first, e.g. greater(x, 0)",
  ],
  "a negative power of a whole number": [
    () => api.pow(int([2]), -1),
    "pow: int32 2 to the power -1 is a fraction; cast to float64 first",
  ],
  "an array in place of a tensor": [
    () => api.exp([1, 2] as never),
    "exp: expected a tensor or a number, got an array; wrap data with tensor(…)",
  ],
  "nothing in place of a tensor": [
    () => api.add(x23, null as never),
    "add: expected a tensor or a number, got null; wrap data with tensor(…)",
  ],
  "JavaScript's operators": [
    () => (x23 as never as number) + 1,
    "tensor: JavaScript's operators do not work on [2, 3]; use add(x, y), x.add(y) and the like, or x.item() for a number",
  ],
  "item of many": [
    () => x23.named("logits").item(),
    "item: logits [2, 3] has 6 elements, not 1; reduce it, or use toArray()",
  ],
  "ragged data": [
    () => tensor([[1, 2], [3]]),
    "tensor: ragged data: [1] has 1 elements where its neighbours have 2 elements; all rows must be of one length",
  ],
  "a row that is a number": [
    () => tensor([[1], 2] as never),
    "tensor: ragged data: [1] is no array where its neighbours have 1 elements; all rows must be of one length",
  ],
  "text in data": [
    () => tensor([[1, "2"]] as never),
    'tensor: data[0][1] is "2", not a number; tensors hold numbers and booleans',
  ],
  "data that do not fill the shape": [
    () => tensor([1, 2, 3], { shape: [2, 2] }),
    "tensor: 3 values do not fill [2, 2] (4 elements); give a shape of that size",
  ],
  "bytes without a dtype": [
    () => tensor(new Uint8Array(2)),
    'tensor: a Uint8Array has no dtype of its own; say which, as in { dtype: "int32" }',
  ],
  "an unknown dtype": [
    () => zeros([2], { dtype: "float16" as never }),
    "full: there is no dtype float16; use float64, float32, int32, bool",
  ],
  "an extent that is none": [() => zeros([2, -1]), "full: [2, -1] is no shape; extents are whole numbers ≥ 0"],
  "more than fits": [
    () => zeros([1e6, 1e6]),
    "full: [1000000, 1000000] has 1000000000000 elements; no array is that large",
  ],
  "an endless range": [
    () => arange(0, 1, 0),
    "arange: there is no range from 0 to 1 by 0; use finite numbers and a step that is not 0",
  ],
  "a seed that is NaN": [() => rng(Number.NaN), "rng: NaN is no seed; use a string or a finite number"],
  "an interval upside down": [
    () => rng(1).uniform([1], { low: 1, high: 0 }),
    "uniform: there is no interval [1, 0); use finite bounds with low ≤ high",
  ],
  "a negative deviation": [
    () => rng(1).normal([1], { std: -1 }),
    "normal: there is no normal distribution with mean 0 and std -1; use finite numbers with std ≥ 0",
  ],
  "random whole numbers by normal": [
    () => rng(1).normal([1], { dtype: "int32" }),
    "normal: int32 has no fractions; use float64 or float32",
  ],

  "grad of what is no scalar": [
    () => grad((x: Tensor) => x.exp())(x23),
    "grad: f must return a scalar, got shape [2, 3]; sum it, or use vjp",
  ],
  "grad of a Promise": [
    () => grad((async (x: Tensor) => x.sum()) as never)(x23),
    "grad: f returned a Promise; await data first, then differentiate",
  ],
  "grad of a number": [
    () => grad((() => 3) as never)(x23),
    "grad: f must return a tensor, got number; return the scalar to differentiate",
  ],
  "grad in a whole number": [
    () => grad((p: { w: Tensor }) => p.w.sum() as Tensor)({ w: int([1]) }),
    "watch: w [1] is int32; only float64 and float32 have derivatives; cast it, or leave it out",
  ],
  "grad in nothing": [
    () => grad((() => tensor(1)) as never)({} as never),
    "grad: there is no tensor in the first argument; give what to differentiate with respect to",
  ],
  "grad in a Date": [
    () => grad((() => tensor(1)) as never)({ when: new Date(0) } as never),
    "watch: when is a Date, not a tensor; trees are tensors in arrays and plain objects; wrap numbers with tensor(…)",
  ],
  "a parameter that the result does not depend on": [
    () =>
      grad((p: { used: Tensor; layers: { bias: Tensor }[] }) => p.used.sum() as Tensor)({
        used: x23,
        layers: [{ bias: open([2]) }],
      }),
    'grad: the result does not depend on layers[0].bias [2]; leave it out, or pass { unreached: "zeros" }',
  ],
  "the gradient of a vector on a tape": [
    () => {
      const tape = new Tape();
      const w = tape.watch(x23);
      return tape.gradient(w.exp(), w);
    },
    "gradient: the value to differentiate must be a scalar, got shape [2, 3]; sum it, or use pullback with a cotangent",
  ],
  "what the tape has not seen": [
    () => new Tape().gradient(tensor(1), x23),
    "pullback: [2, 3] is not watched by this tape; watch it before it is used",
  ],
  "a cotangent of another shape": [
    () => {
      const [, pullback] = vjp((x: Tensor) => x.exp(), x23);
      return pullback(open([3, 2]));
    },
    "vjp: the cotangent of float64 [2, 3] is float64 [3, 2]; give it the shape and dtype of the value",
  ],
  "a tangent of another shape": [
    () => jvp((x: Tensor) => x, [x23], [open([2])]),
    "jvp: [0] has shape [2, 3] in one tree and [2] in the other; both trees must have the same structure (keys in the same order) and shapes",
  ],
  "a tangent of another dtype": [
    () => jvp((x: Tensor) => x, [x23], [open([2, 3], "float32")]),
    "jvp: the tangent of float64 [2, 3] is float32 [2, 3]; give it the shape and dtype of the value",
  ],
  "trees that differ": [
    () => api.zipTrees((a) => a, { a: x23 } as object, { b: x23 }),
    "zipTrees: the tree is an object with a in one tree and an object with b in the other; both trees must have the same structure (keys in the same order) and shapes",
  ],
  "reading a value while recording": [
    () => record((x: Tensor) => x.mul(x.item()))(open([])),
    "item: [] has no value of its own: a graph is recorded, or vmap does many at once; use tensor operations (where, maximum, …) in place of values",
  ],
  "too few values for a graph": [
    () => api.replay(record((x: Tensor) => x)(x23), []),
    "replay: 0 values for 1 inputs; give one for each",
  ],
  "values of another shape for a graph": [
    () => api.replay(record((x: Tensor) => x)(x23), [open([3])]),
    "replay: input 0 is float64 [3], recorded as float64 [2, 3]; record f again for other shapes",
  ],
  "a tensor out of a finished recording": [
    () => {
      let kept = x23;
      record((x: Tensor) => {
        kept = x;
        return x;
      })(x23);
      return kept.exp();
    },
    "exp: a tensor of a finished recording was used; it has no value: use the graph, or replay it",
  ],
  "the bound of eigenvalues": [
    () => roundingBound((x: Tensor) => api.eigvalsh(x) as Tensor)(api.ones([2, 2]) as Tensor),
    "roundingBound: there is no bound for eigvalsh; use operations that are pointwise, linear or bilinear, only move values, or have a formula",
  ],
};

describe("what is refused, in whole sentences", () => {
  test.each(Object.entries(refused))("%s", (_name, [attempt, sentence]) => expectRefusal(attempt, sentence));
});

test("an error carries the shapes it is about", () => {
  try {
    matmul(open([2, 3]), open([4, 5]));
    expect.unreachable();
  } catch (error) {
    expect((error as TensorError).shapes).toEqual([
      [2, 3],
      [4, 5],
    ]);
  }
});

test("a refused operation leaves the tape as it was", () => {
  const tape = new Tape();
  const w = tape.watch(x23);
  expect(() => w.matmul(x23 as never)).toThrow(TensorError);
  expect(tape.gradient(w.sum() as Tensor, w).toArray()).toEqual([
    [1, 1, 1],
    [1, 1, 1],
  ]);
});
