/** @file Derivatives of linear algebra where formulas with an inverse or a difference of eigenvalues break down. */
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import { grad, jvp, record, sum, type Tensor, tensor, vjp } from "../../src/index.ts";
import { distance, mT, normal, product, scaled, size, U } from "./matrices.ts";

type F = (x: Tensor) => Tensor;

/** d/dt of f along v, to the order of the number of directions. */
const along = (f: F, ...directions: Tensor[]): F => directions.reduce<F>((g, v) => (x) => jvp(g, [x], [v])[1], f);

const element = (x: Tensor, i: number, j: number): Tensor => api.slice(x, i, j);

/** The determinant as the sum of products that it is by definition. */
const byRows: F = (x) => {
  const n = x.shape[0]!;
  if (n === 0) return tensor(1) as Tensor;
  const terms = Array.from({ length: n }, (_, j) => {
    const rest = n === 1 ? tensor([]) : api.concat([api.slice(x, [1], [0, j]), api.slice(x, [1], [j + 1])], 1);
    const minor = n === 1 ? (tensor(1) as Tensor) : byRows(rest as Tensor);
    return api.mul(j % 2 === 0 ? 1 : -1, api.mul(element(x, 0, j), minor)) as Tensor;
  });
  return terms.reduce((a, b) => api.add(a, b) as Tensor);
};

describe("det at singular matrices", () => {
  const matrices: Record<string, number[][]> = {
    "rank 2 of 3": [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ],
    "rank 1 of 3": [
      [1, 2, 3],
      [2, 4, 6],
      [-1, -2, -3],
    ],
    "a shift": [
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 0],
    ],
    "a row of zeros": [
      [0, 0, 0],
      [1, 2, 3],
      [3, 1, 2],
    ],
    "rank 3 of 4": [
      [1, 2, 3, 4],
      [5, 6, 7, 9],
      [0, 1, 2, -1],
      [6, 9, 12, 12],
    ],
    "rank 2 of 4": [
      [1, 0, 0, 0],
      [0, 2, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ],
    "nearly singular": [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9 + 1e-13],
    ],
    "zeros, 2": [
      [0, 0],
      [0, 0],
    ],
    "a zero": [[0]],
    regular: [
      [2, 1, 0],
      [1, 3, 1],
      [0, 1, 4],
    ],
  };

  test.each(Object.entries(matrices))("%s: value, gradient, second and third derivative", (_name, rows) => {
    const x = tensor(rows) as Tensor;
    const n = rows.length;
    const [u, v, w] = ["u", "v", "w"].map((name) => normal(name, [n, n])) as [Tensor, Tensor, Tensor];
    // Sums of n! products of n elements, and rounding of what is at most as large.
    const bound = 2 ** 12 * U * (1 + size(x)) ** n * size(u) * size(v) * size(w);
    expect(distance(api.det(x), byRows(x))).toBeLessThanOrEqual(bound);
    expect(
      distance(grad(api.det as (x: Tensor) => api.Scalar)(x), grad(byRows as never)(x) as Tensor),
    ).toBeLessThanOrEqual(bound);
    for (const directions of [[u], [u, v], [u, v, w]])
      expect(distance(along(api.det, ...directions)(x), along(byRows, ...directions)(x))).toBeLessThanOrEqual(bound);
  });

  test("of zeros, 3 × 3, the first and second derivatives are 0; the third is given as 0, too", () => {
    const x = api.zeros([3, 3]) as Tensor;
    const v = normal("v", [3, 3]);
    for (const directions of [[v], [v, v], [v, v, v]]) expect(along(api.det, ...directions)(x).item()).toBe(0);
    expect(along(byRows, v, v, v)(x).item()).not.toBe(0);
  });

  test("the gradient is finite where only the determinant over- or underflows", () => {
    const gradient = (d: number[]): Tensor =>
      grad(api.det as (x: Tensor) => api.Scalar)(scaled(api.eye(d.length) as Tensor, tensor(d)));
    expect(
      api
        .det(
          tensor([
            [1e200, 0, 0],
            [0, 1e200, 0],
            [0, 0, 1e-300],
          ]),
        )
        .item(),
    ).toBeCloseTo(1e100, -86);
    expect(element(gradient([1e150, 1e150, 1e150]), 0, 0).item() / 1e300).toBeCloseTo(1, 14);
    expect(element(gradient([1e-150, 1e-150, 1e-150]), 1, 1).item() / 1e-300).toBeCloseTo(1, 14);
  });

  test("the logarithm has no derivative at a singular matrix, but its neighbours in the batch have", () => {
    const x = tensor([
      [
        [1, 2],
        [2, 4],
      ],
      [
        [2, 0],
        [0, 4],
      ],
    ]) as Tensor;
    const [gradient] = vjp((a: Tensor) => api.slogdet(a)[1], x)[1](tensor([1, 1]) as Tensor);
    expect(gradient.toArray()).toEqual([
      [
        [Number.NaN, Number.NaN],
        [Number.NaN, Number.NaN],
      ],
      [
        [0.5, 0],
        [0, 0.25],
      ],
    ]);
    const [negative] = vjp(
      api.logDet,
      tensor([
        [-2, 0],
        [0, 4],
      ]) as Tensor,
    )[1](tensor(1) as Tensor);
    expect(size(negative)).toBe(Number.NaN);
  });
});

describe("repeated eigenvalues and singular values", () => {
  const identity = api.eye(3) as Tensor;
  const v = normal("direction", [3, 3]);
  const symmetric = api.mul(0.5, v).add(api.mul(0.5, mT(v))) as Tensor;

  test("a function of the eigenvalues has its gradient at the identity", () => {
    const f = (x: Tensor) => sum(api.exp(api.eigvalsh(x)));
    expect(distance(grad(f as never)(identity) as Tensor, api.mul(Math.E, identity) as Tensor)).toBeLessThanOrEqual(
      8 * U,
    );
    const g = (x: Tensor) => sum(api.exp(api.eigh(x)[0]));
    expect(distance(grad(g as never)(identity) as Tensor, api.mul(Math.E, identity) as Tensor)).toBeLessThanOrEqual(
      8 * U,
    );
    expect(Number.isFinite(along(g as F, v, v)(identity).item())).toBe(true);
  });

  test("V·exp(λ)·Vᵀ is the exponential of the matrix, its derivative too, with two equal eigenvalues", () => {
    const q = api.qr(v)[0];
    const x = product(scaled(q, tensor([1, 1, 2])), mT(q));
    const f: F = (a) => {
      const [values, vectors] = api.eigh(a);
      return product(scaled(vectors, api.exp(values) as Tensor), mT(vectors));
    };
    expect(distance(f(x), api.matrixExp(x))).toBeLessThanOrEqual(64 * U);
    // Within the space of the two, the derivative needs the slope of exp, which eigh does not know: leave that part out.
    const last = api.slice(q, null, [2]);
    const across = api.add(product(last, mT(last), symmetric), product(symmetric, last, mT(last))) as Tensor;
    expect(distance(along(f, across)(x), along(api.matrixExp, across)(x))).toBeLessThanOrEqual(256 * U);
  });

  test("the projector on a pair of equal eigenvalues does not know of the choice of vectors", () => {
    const x = scaled(identity, tensor([1, 1, 3]));
    const projector: F = (a) => {
      const pair = api.slice(api.eigh(a)[1], null, [0, 2]);
      return product(pair, mT(pair));
    };
    // P = I − v·vᵀ with the third vector: d(v·vᵀ) has Hᵢ₃/(3 − 1) beside the diagonal.
    const expected = api.mul(
      -0.5,
      api.mul(
        symmetric,
        tensor([
          [0, 0, 1],
          [0, 0, 1],
          [1, 1, 0],
        ]),
      ),
    ) as Tensor;
    expect(distance(along(projector, symmetric)(x), expected)).toBeLessThanOrEqual(8 * U);
  });

  test("the polar factor U·Vᵀ has its derivative at the identity: the skew part", () => {
    const polar: F = (x) => {
      const [u, , vt] = api.svd(x);
      return product(u, vt);
    };
    const skew = api.mul(0.5, v).sub(api.mul(0.5, mT(v))) as Tensor;
    expect(distance(along(polar, v)(identity), skew)).toBeLessThanOrEqual(8 * U);
    const weight = normal("weight", [3, 3]);
    const gradient = grad(((x: Tensor) => sum(api.mul(weight, polar(x)))) as never)(identity) as Tensor;
    expect(distance(gradient, api.mul(0.5, weight).sub(api.mul(0.5, mT(weight))) as Tensor)).toBeLessThanOrEqual(8 * U);
  });

  test("the nuclear norm of a matrix with a vanishing singular value has a finite subgradient", () => {
    const gradient = grad(((x: Tensor) => api.matrixNorm(x, "nuc")) as never)(
      tensor([
        [2, 0],
        [0, 0],
      ]) as Tensor,
    ) as Tensor;
    expect(element(gradient, 0, 0).item()).toBe(1);
    expect(api.svdvals(gradient).toArray()).toEqual([1, 1]);
  });

  test("svd of a matrix of low rank has finite derivatives of every part", () => {
    const x = product(normal("left", [4, 1]), normal("right", [1, 3]));
    for (const part of [0, 1, 2]) {
      const f = (a: Tensor) => sum(api.sin(api.svd(a)[part]!));
      expect(Number.isFinite(size(grad(f as never)(x) as Tensor))).toBe(true);
      expect(Number.isFinite(along(f as F, normal("t", [4, 3]))(x).item())).toBe(true);
    }
  });
});

describe("bases of what a matrix does not span", () => {
  test.each(["qr", "svd"] as const)("their projector has its derivative: %s", (name) => {
    const projector: F = (x) => {
      const q = name === "qr" ? api.qr(x, { mode: "complete" })[0] : api.svd(x, { fullMatrices: true })[0];
      const rest = api.slice(q, null, [2]);
      return product(rest, mT(rest));
    };
    // The same without a decomposition: I − x·x⁺.
    const byInverse: F = (x) => api.sub(api.eye(4), product(x, api.inv(product(mT(x), x)), mT(x))) as Tensor;
    const [x, u, v] = [normal("x", [4, 2]), normal("u", [4, 2]), normal("v", [4, 2])];
    for (const directions of [[], [u], [u, v]])
      expect(distance(along(projector, ...directions)(x), along(byInverse, ...directions)(x))).toBeLessThanOrEqual(
        2 ** 14 * U,
      );
  });
});

describe("least squares", () => {
  test("pinv and lstsq have the derivative along matrices of the same low rank", () => {
    const [left, right, dl, dr] = [
      normal("l", [4, 2]),
      normal("r", [2, 5]),
      normal("dl", [4, 2]),
      normal("dr", [2, 5]),
    ];
    const b = normal("b", [4, 2]);
    const at = (t: number): Tensor =>
      product(api.add(left, api.mul(t, dl)) as Tensor, api.add(right, api.mul(t, dr)) as Tensor);
    const change = api.add(product(dl, right), product(left, dr)) as Tensor;
    const h = 2 ** -14;
    for (const f of [api.pinv, (a: Tensor) => api.lstsq(a, b)] as F[]) {
      const difference = api.mul(1 / (2 * h), api.sub(f(at(h)), f(at(-h)))) as Tensor;
      // The central difference is good to h² and to rounding over h.
      expect(distance(along(f, change)(at(0)), difference)).toBeLessThanOrEqual(2 ** -22 * size(difference));
    }
  });

  test("lstsq of full rank is the solution of the normal equations, to second order", () => {
    const [tall, b, u, v] = [normal("a", [5, 3]), normal("b", [5, 2]), normal("u", [5, 3]), normal("v", [5, 3])];
    const solution: F = (a) => api.lstsq(a, b);
    const equations: F = (a) => api.solve(product(mT(a), a), product(mT(a), b));
    const [wide, c] = [mT(tall), normal("c", [3, 2])];
    const smallest: F = (a) => api.lstsq(a, c);
    const direct: F = (a) => product(mT(a), api.solve(product(a, mT(a)), c));
    for (const directions of [[], [u], [u, v]]) {
      expect(distance(along(solution, ...directions)(tall), along(equations, ...directions)(tall))).toBeLessThanOrEqual(
        2 ** 16 * U,
      );
      const turned = directions.map(mT);
      expect(distance(along(smallest, ...turned)(wide), along(direct, ...turned)(wide))).toBeLessThanOrEqual(
        2 ** 16 * U,
      );
    }
  });
});

describe("the cost of derivatives", () => {
  const count = (f: (...xs: Tensor[]) => Tensor, name: string, ...xs: Tensor[]): number =>
    record((...args: Tensor[]) => {
      const [y, pullback] = vjp(f, ...args);
      return [y, ...pullback(y)];
    })(...xs).nodes.filter((node) => node.kind === "operation" && node.op.name === name).length;

  test("a matrix is factored once, for the value and its gradient", () => {
    const [a, b] = [normal("a", [3, 3]), normal("b", [3])];
    expect(count(api.solve, "eliminate", a, b)).toBe(1);
    expect(count(api.inv, "eliminate", a)).toBe(1);
    expect(count(api.det, "eliminate", a)).toBe(1);
    expect(count((x) => api.slogdet(x!)[1], "eliminate", a)).toBe(1);
    expect(count((x, y) => api.lstsq(x!, y!), "svd", a, b)).toBe(1);
  });

  test("all results of a decomposition come from one", () => {
    const a = normal("a", [4, 3]);
    const all = (parts: readonly Tensor[]): Tensor =>
      parts.map((part) => sum(part) as Tensor).reduce((x, y) => x.add(y));
    expect(count((x) => all(api.svd(x!)), "svd", a)).toBe(1);
    expect(count((x) => all(api.qr(x!)), "qr", a)).toBe(1);
    expect(count((x) => all(api.eigh(product(mT(x!), x!))), "eigh", a)).toBe(1);
  });
});

test("the derivative of the exponential is linear in a direction of any size", () => {
  const [x, v] = [normal("x", [3, 3]), normal("v", [3, 3])];
  const once = along(api.matrixExp, v)(x);
  for (const c of [2 ** 500, 2 ** -500])
    expect(distance(api.div(along(api.matrixExp, api.mul(c, v) as Tensor)(x), c) as Tensor, once)).toBeLessThanOrEqual(
      16 * U * size(once),
    );
  expect(size(along(api.matrixExp, api.zerosLike(v))(x))).toBe(0);
});
