/** @file Products: the order in which sums are taken, Einstein's notation by its definition, and what is refused. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bestOrder, type Contraction, readEinsum } from "../../src/core/contraction.ts";
import * as api from "../../src/index.ts";
import { type DType, einsum, matmul, record, rng, type Tensor, tensor, zeros } from "../../src/index.ts";
import { expectRefusal } from "../refusal.ts";

const normal = (name: string, shape: readonly number[], dtype: DType = "float64"): Tensor =>
  rng(name)
    .normal(shape, { dtype: dtype === "float32" ? dtype : "float64" })
    .mul(4)
    .cast(dtype) as Tensor;
const near = (a: Tensor, b: Tensor): void => {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [a.toTypedArray(), b.toTypedArray()];
  // Both sum the same few dozen terms of magnitude about 1, in different order.
  x.forEach((value, i) => expect(Math.abs(value - y[i]!)).toBeLessThanOrEqual(2 ** -40 * (1 + Math.abs(y[i]!))));
};

describe("matmul", () => {
  /** The definition: k ascending, each step rounded. */
  function plain(a: Tensor, b: Tensor): number[] {
    const [[m, k], n, dtype] = [a.shape as [number, number], b.shape[1]!, a.dtype];
    const [x, y] = [a.toTypedArray(), b.toTypedArray()];
    const round = dtype === "float32" ? Math.fround : dtype === "int32" ? (v: number) => v | 0 : (v: number) => v;
    const times = dtype === "int32" ? Math.imul : (u: number, v: number) => round(u * v);
    return Array.from({ length: m * n }, (_, at) => {
      let total = 0;
      for (let p = 0; p < k; p++) total = round(total + times(x[Math.floor(at / n) * k + p]!, y[p * n + (at % n)]!));
      return total;
    });
  }
  const extent = fc.integer({ min: 0, max: 9 });

  test("is its definition bit for bit, in any layout and dtype, for all sizes about those of a tile", () => {
    fc.assert(
      fc.property(
        fc.tuple(extent, extent, extent),
        fc.constantFrom<DType>("float64", "float32", "int32"),
        fc.nat(3),
        fc.boolean(),
        ([m, k, n], dtype, layout, reverse) => {
          const a = layout & 1 ? (normal("a", [k, m], dtype).T as Tensor) : normal("a", [m, k], dtype);
          const b = layout & 2 ? (normal("b", [n, k], dtype).T as Tensor) : normal("b", [k, n], dtype);
          const [x, y] = reverse ? [api.flip(a), api.flip(b, 1)] : [a, b];
          expect([...matmul(x, y).toTypedArray()]).toEqual(plain(x, y));
        },
      ),
    );
  });

  test("a shared operand is read where it lies, and its gradient is the sum over the batch", () => {
    const [a, b] = [normal("a", [3, 4]), normal("b", [5, 4, 2])];
    const shared = api.broadcastTo(a, [5, 3, 4]);
    const each = api.stack(api.unstack(b).map((layer) => matmul(a, layer)));
    expect(matmul(shared, b).toArray()).toEqual(each.toArray());
    expect(matmul(a, b).toArray()).toEqual(each.toArray());
    const ct = normal("ct", [5, 3, 2]);
    const [, pullback] = api.vjp((x: Tensor) => matmul(x, b), a);
    near(pullback(ct)[0], einsum("bij,bkj->ik", ct, b));
    expect(() => matmul(zeros([2, 3, 4]), zeros([5, 4, 2]) as never)).toThrow(
      "matmul: shapes [2] and [5] do not broadcast",
    );
  });
});

describe("products by name", () => {
  test("beta 0 does not look at what it scales", () => {
    const x = tensor([Number.NaN]);
    expect(api.addmm(x, tensor([[1, 2]]), tensor([[3], [4]]), { beta: 0 }).toArray()).toEqual([[11]]);
  });

  test("inner and tensordot of nothing shared are outer products; a scalar multiplies", () => {
    const [a, b] = [tensor([1, 2]), tensor([3, 4, 5])];
    expect(api.tensordot(a, b, 0).toArray()).toEqual(api.outer(a, b).toArray());
    expect(api.inner(tensor(2), b).toArray()).toEqual([6, 8, 10]);
    expect(api.inner(zeros([2, 0]), zeros([3, 0])).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  test("kron is (A ⊗ B)(x ⊗ y) = Ax ⊗ By", () => {
    const [a, b, x, y] = [normal("a", [2, 3]), normal("b", [4, 2]), normal("x", [3]), normal("y", [2])];
    near(api.matvec(api.kron(a, b), api.kron(x, y)), api.kron(api.matvec(a, x), api.matvec(b, y)));
  });

  test("multiDot multiplies where it costs least, whatever the ends", () => {
    const [a, b, c] = [normal("a", [2, 30]), normal("b", [30, 40]), normal("c", [40, 3])];
    near(api.multiDot([a, b, c]), matmul(matmul(a, b), c) as Tensor);
    const sizes = record((...xs: Tensor[]) => api.multiDot(xs))(b, c, normal("d", [3, 5])).nodes.map(
      ({ spec }) => spec.shape,
    );
    expect(sizes.at(-2)).toEqual([30, 3]);
    expect(api.multiDot([a]).toArray()).toEqual(a.toArray());
    expect(api.multiDot([normal("v", [4]), normal("w", [4])]).shape).toEqual([]);
  });

  test("a vector of each, over any axis", () => {
    near(
      api.vecdot(normal("a", [4, 2, 3]), normal("b", [4, 1, 3]), 0),
      einsum("iab,icb->ab", normal("a", [4, 2, 3]), normal("b", [4, 1, 3])),
    );
  });
});

describe("einsum", () => {
  /** By definition: for each assignment of the letters, the product of the elements is added where the result has it. */
  function byDefinition(formula: string, xs: readonly Tensor[]): Tensor {
    const { inputs, output, extents } = readEinsum(
      formula,
      xs.map((x) => x.shape),
    );
    const labels = [...extents.keys()];
    const place = (names: readonly string[], shape: readonly number[], at: ReadonlyMap<string, number>): number =>
      names.reduce((index, label, axis) => index * shape[axis]! + (shape[axis] === 1 ? 0 : at.get(label)!), 0);
    const shape = output.map((label) => extents.get(label)!);
    const out = new Float64Array(shape.reduce((a, b) => a * b, 1));
    const total = labels.reduce((size, label) => size * extents.get(label)!, 1);
    const data = xs.map((x) => x.toTypedArray());
    for (let n = 0; n < total; n++) {
      let rest = n;
      const at = new Map(
        labels.map((label) => {
          const value = rest % extents.get(label)!;
          rest = Math.floor(rest / extents.get(label)!);
          return [label, value] as const;
        }),
      );
      out[place(output, shape, at)]! += xs.reduce(
        (product, x, i) => product * data[i]![place(inputs[i]!, x.shape, at)]!,
        1,
      );
    }
    return tensor(out, { shape }) as Tensor;
  }

  test.each<[formula: string, ...shapes: number[][]]>([
    ["i->i", [3]],
    ["i->", [3]],
    ["ii", [3, 3]],
    ["ii->i", [3, 3]],
    ["iij->ji", [3, 3, 2]],
    ["iii", [2, 2, 2]],
    ["abab->ba", [2, 3, 2, 3]],
    ["ij", [2, 3]],
    ["ba", [2, 3]],
    ["ij,jk", [2, 3], [3, 4]],
    [" i j , j k -> k i ", [2, 3], [3, 4]],
    ["ij,jh", [2, 3], [3, 4]],
    ["bij,bjk->bik", [2, 3, 4], [2, 4, 5]],
    ["bij,kj->bki", [2, 3, 4], [5, 4]],
    ["ijk,jil->kl", [2, 3, 4], [3, 2, 5]],
    ["i,j,k->kji", [2], [3], [4]],
    ["ij,ij->", [2, 3], [2, 3]],
    ["ij,ij->ij", [2, 3], [2, 3]],
    ["aB,Bc", [2, 3], [3, 4]],
    [",", [], []],
    [",i->i", [], [3]],
    ["->", []],
    ["...", [2, 3]],
    ["...ij->...ji", [2, 3, 4]],
    ["i...->...i", [2, 3, 4]],
    ["...ii->...i", [2, 3, 3]],
    ["...ij,...jk", [2, 1, 3, 4], [5, 4, 2]],
    ["...ij,jk->...ik", [2, 3, 4], [4, 5]],
    ["i...,...->i...", [2, 3], [4, 3]],
    ["...,...", [2, 1], [3]],
    ["ij,jk->ik", [2, 1], [3, 4]],
    ["ij,jk->ik", [1, 3], [3, 4]],
    ["ij,ij->i", [2, 1], [1, 3]],
    ["ii,i->i", [1, 3], [3]],
    ["ii->i", [1, 3]],
    ["ij,j->", [2, 0], [0]],
    ["ij,jk->ik", [2, 0], [0, 3]],
    ["i,i,i,i", [3], [3], [3], [3]],
    ["ab,bc,cd,de,ea->", [2, 3], [3, 2], [2, 4], [4, 2], [2, 2]],
    ["a,b,c,d,e,f,g,h,i->aei", [2], [2], [2], [2], [2], [2], [2], [2], [2]],
    ["ab,bc,cd,de,ef,fg,gh,hi,ij->aj", ...Array.from({ length: 9 }, () => [2, 2])],
  ])("%s", (formula, ...shapes) => {
    const xs = shapes.map((shape, i) => normal(`x${i}`, shape));
    near(einsum(formula, ...xs), byDefinition(formula, xs));
  });

  test("the result of int32 is int32 and wraps; types are promoted", () => {
    const big = tensor([2 ** 30, 2 ** 30], { dtype: "int32" });
    expect(einsum("i->", big).item()).toBe(-(2 ** 31));
    expect(einsum("i,i", big, tensor([1, 1], { dtype: "float32" })).dtype).toBe("float64");
  });

  test("what only moves axes is a view", () => {
    const x = normal("x", [3, 3, 2]);
    for (const formula of ["iij->ij", "ijk->kji", "...i->i..."]) expect(einsum(formula, x).storage).toBe(x.storage);
  });

  test("no product of all elements is laid out where a matrix product does it", () => {
    const largest = (formula: string, ...shapes: number[][]): number =>
      Math.max(
        ...record((...xs: Tensor[]) => einsum(formula, ...xs))(...shapes.map((s) => zeros(s) as Tensor)).nodes.map(
          ({ spec }) => spec.shape.reduce((a, b) => a * b, 1),
        ),
      );
    expect(largest("ij,jk->ik", [10, 10], [10, 10])).toBe(100);
    expect(largest("bij,bkj,l->bik", [4, 10, 10], [4, 10, 10], [10])).toBe(400);
    expect(largest("ij,kl->", [10, 10], [10, 10])).toBe(100);
    expect(largest("ab,bc,cd,de,ef,fg,gh,hi,ij->aj", ...Array.from({ length: 9 }, () => [10, 10]))).toBe(100);
  });

  const chain = (extents: Record<string, number>, ...inputs: string[]): Contraction => ({
    inputs: inputs.map((labels) => [...labels]),
    output: ["a", "d"],
    extents: new Map(Object.entries(extents)),
  });

  test("the order of a chain is the cheap one", () => {
    expect(bestOrder(chain({ a: 2, b: 50, c: 50, d: 50 }, "ab", "bc", "cd"))).toEqual([[0, 1], 2]);
    expect(bestOrder(chain({ a: 50, b: 50, c: 50, d: 2 }, "ab", "bc", "cd"))).toEqual([0, [1, 2]]);
  });

  test("thirty operands are ordered at once", () => {
    const xs = Array.from({ length: 30 }, (_, i) => normal(`x${i}`, [2, 2]));
    const letters = "abcdefghijklmnopqrstuvwxyzABCDE";
    const terms = xs.map((_, i) => letters.slice(i, i + 2));
    near(einsum(`${terms.join(",")}->aE`, ...xs).div(1e12), api.multiDot(xs).div(1e12));
  });
});

describe("what is refused, in whole sentences", () => {
  const [x, v] = [zeros([2, 3]) as Tensor, zeros([4]) as Tensor];
  const mask = tensor([true, false]) as Tensor;
  test.each<[() => unknown, string]>([
    [() => api.dot(x, v), "dot: [2, 3] is no vector; use inner or matmul for more axes"],
    [() => api.dot(v, zeros([3])), "dot: inner dimensions differ: [4] · [3] (4 ≠ 3); transpose one of them?"],
    [() => api.dot(mask, mask), "dot: is not defined for bool; cast to int32 or float64 first"],
    [() => api.dot(v, 2 as never), "dot: expected a tensor, got number; wrap data with tensor(…)"],
    [() => api.vdot(x, v), "vdot: [2, 3] and [4] have 6 and 4 elements; sizes must agree"],
    [() => api.vecdot(x, v), "vecdot: inner dimensions differ: [2, 3] · [4] (3 ≠ 4); transpose one of them?"],
    [
      () => api.vecdot(zeros([2, 3]), zeros([4, 3])),
      "vecdot: shapes [2] and [4] do not broadcast (2 ≠ 4 on axis -1); extents must be equal or 1, counted from the last axis",
    ],
    [() => api.matvec(v, v), "matvec: [4] · [4] is no matrix times a vector; use matmul or mul"],
    [() => api.outer(x, v), "outer: [2, 3] is no vector; ravel it, or use tensordot with 0 axes"],
    [() => api.inner(x, v), "inner: inner dimensions differ: [2, 3] · [4] (3 ≠ 4); transpose one of them?"],
    [() => api.tensordot(x, v, 2), "tensordot: the number of axes is 2; give a whole number from 0 to 1"],
    [() => api.tensordot(x, x, [[0], [0, 1]]), "tensordot: axes [0] with axes [0, 1]; name them in pairs"],
    [() => api.tensordot(x, x, [0] as never), "tensordot: 1 lists of axes; give those of a and those of b"],
    [
      () => api.tensordot(x, x, 1),
      "tensordot: axis 1 of [2, 3] has extent 3, axis 0 of [2, 3] has 2; summed axes must be of one extent",
    ],
    [
      () => api.addmm(zeros([3]), x, zeros([3, 2])),
      "addmm: shapes [3] and [2, 2] do not broadcast (3 ≠ 2 on axis -1); extents must be equal or 1, counted from the last axis",
    ],
    [
      () => api.addmm(zeros([5, 2, 2]), x, zeros([3, 2])),
      "addmm: [5, 2, 2] does not stretch to [2, 2]; the product has that shape",
    ],
    [() => api.addmm(v, x, zeros([3, 4]), { alpha: Number.NaN }), "addmm: alpha is NaN; give a number"],
    [
      () => api.baddbmm(v, zeros([2, 1, 3]), zeros([1, 3, 4])),
      "baddbmm: [2, 1, 3] and [1, 3, 4] are batches of 2 and 1; give as many",
    ],
    [() => api.multiDot([]), "multiDot: there are no tensors; give at least one"],
    [() => api.multiDot([x, v, x]), "multiDot: factor 1, [4], is no matrix; only the ends may be vectors"],
    [
      () => api.multiDot([x, zeros([3, 2]), v]),
      "multiDot: inner dimensions of factors 1 and 2 differ: [3, 2] · [4] (2 ≠ 4); transpose one of them?",
    ],
    [() => einsum("ij,jk", x), 'einsum: "ij,jk" is for 2 operands, got 1; give one for each term'],
    [
      () => einsum("i", x),
      'einsum: "i" names 1 axes, operand 0 [2, 3] has 2; name each axis, or write "..." for the others',
    ],
    [() => einsum("ijk", x), 'einsum: "ijk" names 3 axes, operand 0 [2, 3] has 2; name each axis once'],
    [() => einsum("...ijk", x), 'einsum: "...ijk" names 3 axes, operand 0 [2, 3] has 2; name each axis once'],
    [
      () => einsum("ij,jk", x, zeros([4, 5])),
      'einsum: "j" has extent 3 in operand 0 [2, 3] and 4 in operand 1 [4, 5]; axes of one name must be equal or 1',
    ],
    [
      () => einsum("...j,...j", x, zeros([4, 3])),
      'einsum: axis -1 of "..." has extent 2 in operand 0 [2, 3] and 4 in operand 1 [4, 3]; axes of one name must be equal or 1',
    ],
    [
      () => einsum("ii", x),
      'einsum: "i" has extent 2 in operand 0 [2, 3] and 3 in operand 0 [2, 3]; axes of one name must be equal or 1',
    ],
    [() => einsum("ij->ik", x), 'einsum: the result\'s "k" is in no operand; name axes that there are'],
    [
      () => einsum("ij->ii", x),
      'einsum: "i" is twice in the result "ii"; name each axis once; diagEmbed makes diagonals',
    ],
    [
      () => einsum("...j->j", x),
      'einsum: the result "j" has no place for the axes of "..."; write "..." there, or sum them by name',
    ],
    [() => einsum("i1", x), 'einsum: "1" in "i1" is no subscript; use letters, "...", "," and one "->"'],
    [() => einsum("i.j", x), 'einsum: "." in "i.j" is no subscript; use letters, "...", "," and one "->"'],
    [() => einsum("......", x), 'einsum: "......" has more than one ellipsis; use one for all axes without a name'],
    [() => einsum("ij->i->", x), 'einsum: "ij->i->" has more than one "->"; write the result once'],
    [() => einsum(3 as never, x), 'einsum: the subscripts are 3; give them as a string, e.g. "ij,jk->ik"'],
    [() => einsum("i", mask), "einsum: is not defined for bool; cast to int32 or float64 first"],
    [() => (einsum as (s: string) => unknown)(""), 'einsum: "" is for 1 operands, got 0; give one for each term'],
  ])("%#", (attempt, sentence) => {
    expectRefusal(attempt, sentence);
  });
});
