/** @file Linear algebra where input is bad, singular, not finite, enormous, or nothing at all. */
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import { type DType, type Tensor, tensor } from "../../src/index.ts";
import { expectRefusal } from "../refusal.ts";
import { distance, mT, normal, product } from "./matrices.ts";

const open = (shape: number[], dtype: DType = "float64"): Tensor => api.zeros(shape, { dtype });
const wrong = <T>(value: unknown): T => value as T;

const square = open([2, 2]);
const refused: Record<string, [attempt: () => unknown, sentence: string]> = {
  "a vector": [
    () => api.inv(open([3]).named("x")),
    "inv: x [3] is no matrix; give at least two axes, the last two of which are its own",
  ],
  "an array": [
    () => api.det(wrong([[1]])),
    "det: expected a tensor or a number, got an array; wrap data with tensor(…)",
  ],
  "a number": [
    () => api.svd(wrong(3)),
    "svd: [] is no matrix; give at least two axes, the last two of which are its own",
  ],
  "not square": [
    () => api.cholesky(open([2, 3])),
    "cholesky: [2, 3] is not square (2 ≠ 3); the last two axes must be of one extent",
  ],
  "not square, under its own name": [
    () => api.logDet(open([2, 3])),
    "logDet: [2, 3] is not square (2 ≠ 3); the last two axes must be of one extent",
  ],
  "a singular matrix of a batch": [
    () =>
      api.inv(
        tensor([
          [
            [1, 0],
            [0, 1],
          ],
          [
            [1, 2],
            [2, 4],
          ],
        ]),
      ),
    "inv: matrix [1] of the batch is singular: pivot 1 is 0; pinv and lstsq take singular matrices",
  ],
  "a singular system": [
    () => api.solve(square, open([2])),
    "solve: the matrix is singular: pivot 0 is 0; pinv and lstsq take singular matrices",
  ],
  "a negative power of a singular matrix": [
    () => api.matrixPower(square, -2),
    "matrixPower: the matrix is singular: pivot 0 is 0; pinv and lstsq take singular matrices",
  ],
  "rows that do not fit": [
    () => api.solve(square, open([3])),
    "solve: [2, 2] and [3] do not fit: 2 rows are needed, there are 3; b has a row for each row of a",
  ],
  "a batch of vectors": [
    () => api.lstsq(open([4, 2, 2]), open([4, 2])),
    "lstsq: [4, 2, 2] and [4, 2] do not fit: 2 rows are needed, there are 4; a batch of vectors is given as columns: expandDims(b, -1)",
  ],
  "a scalar on the right": [
    () => api.solve(square, open([])),
    "solve: [2, 2] and [] do not fit: 2 rows are needed, a scalar has none; b has a row for each row of a",
  ],
  "batches that do not broadcast": [
    () => api.solve(open([2, 2, 2]), open([3, 2, 1])),
    "solve: shapes [2] and [3] do not broadcast (2 ≠ 3 on axis -1); extents must be equal or 1, counted from the last axis",
  ],
  "a 0 on a diagonal": [
    () =>
      api.triangularSolve(
        tensor([
          [1, 0],
          [2, 0],
        ]),
        open([2]),
      ),
    "triangularSolve: the matrix is singular: its diagonal is 0 at 1; a triangular matrix is solved only if no diagonal element is 0",
  ],
  "a factor with a 0 on its diagonal": [
    () => api.choleskySolve(square, open([2])),
    "choleskySolve: the matrix is singular: its diagonal is 0 at 0; a triangular matrix is solved only if no diagonal element is 0",
  ],
  "not positive-definite": [
    () =>
      api.cholesky(
        tensor([
          [1, 2],
          [2, 1],
        ]),
      ),
    "cholesky: the matrix is not positive-definite: its leading minor of order 2 is not (pivot -3); for other symmetric matrices use eigh",
  ],
  "NaN is not positive-definite": [
    () => api.cholesky(tensor([[[1]], [[Number.NaN]]])),
    "cholesky: matrix [1] of the batch is not positive-definite: its leading minor of order 1 is not (pivot NaN); for other symmetric matrices use eigh",
  ],
  "a derivative of qr that there is not": [
    () => api.grad((x: Tensor) => api.sum(api.qr(x)[0]) as api.Scalar)(square),
    "qr: the matrix is singular: its diagonal is 0 at 0; a triangular matrix is solved only if no diagonal element is 0",
  ],
  "a flag that is none": [
    () => api.cholesky(square, { upper: wrong("yes") }),
    "cholesky: upper is yes; give true or false",
  ],
  "a mode that there is not": [
    () => api.qr(square, { mode: wrong("full") }),
    'qr: there is no mode full; use "reduced" or "complete"',
  ],
  "a power that is not whole": [
    () => api.matrixPower(square, 0.5),
    "matrixPower: the power is 0.5; it is a whole number; for others see eigh",
  ],
  "a tolerance below 0": [
    () => api.pinv(square, { rtol: -1 }),
    "pinv: rtol is -1; it is a finite number ≥ 0, relative to the largest singular value",
  ],
  "a norm that there is not": [
    () => api.matrixNorm(square, 3),
    'matrixNorm: there is no matrix norm 3; use "fro", "nuc", ±1, ±2 or ±Infinity',
  ],
  "a norm by the name of a number": [
    () => api.cond(square, wrong("1")),
    'cond: there is no matrix norm 1; use "fro", "nuc", ±1, ±2 or ±Infinity',
  ],
  "an extreme of nothing": [
    () => api.matrixNorm(open([0, 3]), 2),
    'matrixNorm: [0, 3] has no elements to find an extreme of; only "fro" and "nuc" have a value for it',
  ],
  "the condition of nothing": [() => api.cond(open([0, 0]), "fro"), "cond: [0, 0] has no elements; give at least one"],
  "one axis for a matrix": [
    () => api.matrixNorm(square, "fro", { axis: wrong(0) }),
    "matrixNorm: the axes are 0; give two: those of rows and columns, by default [-2, -1]",
  ],
  "an axis twice": [
    () => api.matrixNorm(square, "fro", { axis: [0, -2] }),
    "matrixNorm: an axis is named twice in [0, 0]; name each axis once",
  ],
  "vectors of another length": [
    () => api.cross(open([2]), open([2])),
    "cross: axis -1 of [2] has extent 2, not 3; name the axis of the vectors",
  ],
  "vectors of other ranks": [
    () => api.cross(open([5, 3]), open([3])),
    "cross: [5, 3] and [3] differ in rank (2 ≠ 1); an axis would not be the same in both: add axes with expandDims",
  ],
  "bool vectors": [
    () => api.cross(open([3], "bool"), open([3], "bool")),
    "cross: is not defined for bool; cast to int32 or float64 first",
  ],
};

describe("what is refused, in whole sentences", () => {
  test.each(Object.entries(refused))("%s", (_name, [attempt, sentence]) => {
    expectRefusal(attempt, sentence);
  });
});

/** All operations on one matrix that have a value for any finite one, with the results as a list. */
const operations: Record<string, (x: Tensor) => readonly Tensor[]> = {
  det: (x) => [api.det(x)],
  slogdet: api.slogdet,
  qr: (x) => api.qr(x),
  eigh: api.eigh,
  eigvalsh: (x) => [api.eigvalsh(x)],
  svd: (x) => api.svd(x),
  svdvals: (x) => [api.svdvals(x)],
  pinv: (x) => [api.pinv(x)],
  lstsq: (x) => [api.lstsq(x, api.ones([2]))],
  inv: (x) => [api.inv(x)],
  solve: (x) => [api.solve(x, api.ones([2]))],
  matrixExp: (x) => [api.matrixExp(x)],
};

describe("NaN and ∞", () => {
  test.each(Object.entries(operations))(
    "%s gives NaN for that matrix, and the value for its neighbours",
    (_name, f) => {
      const good = [
        [3, 1],
        [1, 2],
      ];
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const results = f(
          tensor([
            good,
            [
              [bad, 1],
              [1, 2],
            ],
            [
              [1, 1],
              [bad, 2],
            ],
          ]) as Tensor,
        );
        const alone = f(tensor(good) as Tensor);
        results.forEach((result, i) => {
          expect(api.slice(result, 0).toArray()).toEqual(alone[i]!.toArray());
          for (const place of [1, 2])
            expect([...api.slice(result, place).toTypedArray()].some(Number.isNaN), `${i} ${place} ${bad}`).toBe(true);
        });
      }
    },
  );
});

describe("sizes 0 and 1, and batches of none", () => {
  test.each(Object.entries(operations))("%s", (name, f) => {
    const free = name !== "lstsq" && name !== "solve";
    for (const shape of free
      ? [
          [0, 0],
          [3, 0, 0],
          [0, 2, 2],
          [1, 1],
        ]
      : [[0, 2, 2]]) {
      for (const result of f(shape.length === 2 && shape[0] === 1 ? tensor([[4]]) : open(shape)))
        expect([...result.toTypedArray()].every(Number.isFinite)).toBe(true);
    }
  });

  test("by name", () => {
    expect(api.det(open([3, 0, 0])).toArray()).toEqual([1, 1, 1]);
    expect(api.slogdet(open([0, 0])).map((x) => x.item())).toEqual([1, 0]);
    expect(api.inv(open([0, 2, 2])).shape).toEqual([0, 2, 2]);
    expect(api.solve(open([0, 0]), open([0, 3])).shape).toEqual([0, 3]);
    expect(api.lstsq(open([0, 3]), open([0, 2])).toArray()).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(api.pinv(open([3, 0])).shape).toEqual([0, 3]);
    expect(api.svd(open([0, 3]), { fullMatrices: true }).map((x) => x.shape)).toEqual([[0, 0], [0], [3, 3]]);
    expect(api.qr(open([3, 0]), { mode: "complete" }).map((x) => x.shape)).toEqual([
      [3, 3],
      [3, 0],
    ]);
    expect(api.matrixPower(open([0, 0]), -1).shape).toEqual([0, 0]);
    expect(api.svd(tensor([[-4]])).map((x) => x.toArray())).toEqual([[[1]], [4], [[-1]]]);
    expect(api.qr(tensor([[-4]])).map((x) => x.toArray())).toEqual([[[-1]], [[4]]]);
  });
});

describe("scale", () => {
  const x = product(normal("scale", [4, 4]), normal("scale too", [4, 4]));
  const definite = product(x, mT(x));
  const dominant = api.add(x, api.mul(20, api.eye(4))) as Tensor;
  const parts: Record<string, [(a: Tensor) => readonly Tensor[], powers: number[], Tensor]> = {
    eigh: [api.eigh, [1, 0], definite],
    svd: [(a) => api.svd(a), [0, 1, 0], x],
    qr: [(a) => api.qr(a), [0, 1], x],
    pinv: [(a) => [api.pinv(a)], [-1], x],
    inv: [(a) => [api.inv(a)], [-1], dominant],
    solve: [(a) => [api.solve(a, api.ones([4]))], [-1], dominant],
    frobenius: [(a) => [api.matrixNorm(a)], [1], x],
  };

  test.each(Object.entries(parts))(
    "%s of 2⁵⁰⁰ and 2⁻⁵⁰⁰ times x is the same, scaled, bit for bit",
    (_name, [f, powers, a]) => {
      const plain = f(a);
      for (const c of [2 ** 500, 2 ** -500]) {
        f(api.mul(c, a) as Tensor).forEach((part, i) => {
          expect(distance(api.mul(part, c ** -powers[i]!) as Tensor, plain[i]!)).toBe(0);
        });
      }
    },
  );

  test("cholesky of 2⁵⁰⁰ times x is 2²⁵⁰ times its factor", () => {
    expect(
      distance(
        api.cholesky(api.mul(2 ** 500, definite) as Tensor),
        api.mul(2 ** 250, api.cholesky(definite)) as Tensor,
      ),
    ).toBe(0);
  });

  test("lengths far apart in one matrix: 10¹⁵⁰ and 10⁻¹⁵⁰", () => {
    const apart = tensor([
      [1e150, 0],
      [0, 1e-150],
    ]);
    expect(api.svdvals(apart).toArray()).toEqual([1e150, 1e-150]);
    expect(api.eigvalsh(apart).toArray()).toEqual([1e-150, 1e150]);
    expect(api.inv(apart).toArray()).toEqual([
      [1e-150, 0],
      [0, 1e150],
    ]);
    expect(api.qr(apart)[1].toArray()).toEqual([
      [1e150, 0],
      [0, 1e-150],
    ]);
    expect(api.det(apart).item()).toBeCloseTo(1, 14);
  });
});

describe("dtypes and layouts", () => {
  test("whole numbers and bools give float64", () => {
    for (const dtype of ["int32", "bool"] as const) {
      const x = tensor(
        [
          [1, 0],
          [1, 1],
        ],
        { dtype },
      ) as Tensor;
      for (const f of Object.values(operations)) for (const y of f(x)) expect(y.dtype).toBe("float64");
      expect(api.matrixNorm(x, 1).item()).toBe(2);
    }
    expect(api.solve(tensor([[2]], { dtype: "int32" }), tensor([1], { dtype: "float32" })).dtype).toBe("float64");
  });

  test("a matrix that is not symmetric stands for its symmetric part", () => {
    const [x, half] = [
      tensor([
        [4, 2],
        [0, 3],
      ]),
      tensor([
        [4, 1],
        [1, 3],
      ]),
    ];
    expect(api.cholesky(x).toArray()).toEqual(api.cholesky(half).toArray());
    expect(api.eigvalsh(x).toArray()).toEqual(api.eigvalsh(half).toArray());
  });
});
