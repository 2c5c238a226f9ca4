/** @file What decompositions, solutions and functions of matrices must satisfy, for drawn matrices of any size. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import { cast, type Tensor, tensor } from "../../src/index.ts";
import {
  anyMatrix,
  deficient,
  distance,
  identityFor,
  mT,
  normal,
  product,
  scaled,
  size,
  squareMatrix,
  U,
} from "./matrices.ts";

const runs = { numRuns: 60 };

/** Backward errors are about n roundings of the largest element; Householder's and Jacobi's methods stay well below this. */
const backward = (x: Tensor): number => 16 * (1 + Math.max(...x.shape.slice(-2))) ** 1.5 * U * size(x);
const orthonormality = (x: Tensor): number => 16 * (1 + Math.max(...x.shape.slice(-2))) ** 1.5 * U;

const expectOrthonormal = (q: Tensor): void =>
  expect(distance(product(mT(q), q), identityFor(mT(q)))).toBeLessThanOrEqual(orthonormality(q));

describe("solving", () => {
  test("x·inv(x) and inv(x)·x are the identity", () => {
    fc.assert(
      fc.property(squareMatrix(), (x) => {
        const y = api.inv(x);
        const bound = 16 * x.shape.at(-1)! ** 2 * U * size(x) * size(y);
        expect(distance(product(x, y), identityFor(x))).toBeLessThanOrEqual(bound);
        expect(distance(product(y, x), identityFor(x))).toBeLessThanOrEqual(bound * x.shape.at(-1)!);
      }),
      runs,
    );
  });

  test("the residual of a solution is that of rounding", () => {
    fc.assert(
      fc.property(squareMatrix(), fc.nat(3), (a, k) => {
        const b = normal("b", [...a.shape.slice(0, -1), k]);
        const x = api.solve(a, b);
        const bound = 16 * a.shape.at(-1)! ** 2 * U * (size(a) * size(x) + size(b));
        expect(distance(product(a, x), b)).toBeLessThanOrEqual(bound);
      }),
      runs,
    );
  });

  test("a shared matrix serves a batch of right-hand sides, and a shared side a batch of matrices", () => {
    const [a, as, b, bs] = [normal("a", [3, 3]), normal("as", [2, 3, 3]), normal("b", [3]), normal("bs", [2, 3, 2])];
    const one = (x: Tensor, i: number): Tensor => api.slice(x, i);
    for (const i of [0, 1]) {
      expect(one(api.solve(a, bs), i).toArray()).toEqual(api.solve(a, one(bs, i)).toArray());
      expect(one(api.solve(as, b), i).toArray()).toEqual(api.solve(one(as, i), b).toArray());
      expect(one(api.lstsq(as, b), i).toArray()).toEqual(api.lstsq(one(as, i), b).toArray());
      expect(one(api.triangularSolve(a, bs), i).toArray()).toEqual(api.triangularSolve(a, one(bs, i)).toArray());
    }
  });

  test("a triangular system reads one triangle, and not even the diagonal if it is of ones", () => {
    const [b, lower] = [
      tensor([2, 7]),
      [
        [2, Number.NaN],
        [3, 4],
      ],
    ];
    expect(api.triangularSolve(tensor(lower), b).toArray()).toEqual([1, 1]);
    expect(api.triangularSolve(tensor(lower), b, { transposed: true }).toArray()).toEqual([-1.625, 1.75]);
    expect(api.triangularSolve(tensor(lower), tensor([[2, 7]]), { left: false }).toArray()).toEqual([[-1.625, 1.75]]);
    const unit = tensor([
      [Number.NaN, Number.NaN],
      [3, Number.NaN],
    ]);
    expect(api.triangularSolve(unit, b, { unitDiagonal: true }).toArray()).toEqual([2, 1]);
    expect(api.choleskySolve(tensor(lower), tensor([10, 33])).toArray()).toEqual([0.8125, 1.125]);
  });
});

describe("decompositions", () => {
  test("Q·R is x; R is upper triangular with a diagonal ≥ 0", () => {
    fc.assert(
      fc.property(fc.oneof(anyMatrix(), deficient()), fc.constantFrom("reduced", "complete"), (x, mode) => {
        const [q, r] = api.qr(x, { mode: mode as "reduced" | "complete" });
        expect(distance(product(q, r), x)).toBeLessThanOrEqual(backward(x));
        expectOrthonormal(q);
        const [m, n] = x.shape.slice(-2) as [number, number];
        expect(q.shape.at(-1)).toBe(mode === "complete" ? m : Math.min(m, n));
        r.toTypedArray().forEach((value, place) => {
          const [i, j] = [Math.floor(place / n) % q.shape.at(-1)!, place % n];
          if (i > j) expect(value).toBe(0);
          if (i === j) expect(value).toBeGreaterThanOrEqual(0);
        });
      }),
      runs,
    );
  });

  test("U·S·Vᵀ is x; S falls; each column of U leads with a positive element", () => {
    fc.assert(
      fc.property(fc.oneof(anyMatrix(), deficient()), (x) => {
        const [u, s, vt] = api.svd(x);
        expect(distance(product(scaled(u, s), vt), x)).toBeLessThanOrEqual(backward(x));
        expectOrthonormal(u);
        expectOrthonormal(mT(vt));
        const k = s.shape.at(-1)!;
        const values = [...s.toTypedArray()];
        values.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(0);
          if (i % k > 0) expect(value).toBeLessThanOrEqual(values[i - 1]!);
        });
        if (u.rank === 2)
          for (const column of mT(u).toArray() as number[][])
            expect(Math.max(...column)).toBeGreaterThanOrEqual((1 - 1e-6) * Math.max(...column.map(Math.abs)));
        expect(distance(api.svdvals(x), s)).toBe(0);
        const [whole, , wholeVt] = api.svd(x, { fullMatrices: true });
        expect([whole.shape.at(-1), wholeVt.shape.at(-2)]).toEqual(x.shape.slice(-2));
        expectOrthonormal(whole);
        expectOrthonormal(mT(wholeVt));
      }),
      runs,
    );
  });

  test("V·λ·Vᵀ is x for a symmetric x; λ rises; each eigenvector leads with a positive element", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          squareMatrix(),
          deficient().map((x) => product(x, mT(x))),
        ),
        (half) => {
          const x = api.add(half, mT(half)) as Tensor;
          const [values, vectors] = api.eigh(x);
          expect(distance(product(scaled(vectors, values), mT(vectors)), x)).toBeLessThanOrEqual(backward(x));
          expectOrthonormal(vectors);
          const [n, all] = [x.shape.at(-1)!, [...values.toTypedArray()]];
          all.forEach((value, i) => {
            if (i % n > 0) expect(value).toBeGreaterThanOrEqual(all[i - 1]!);
          });
          if (vectors.rank === 2)
            for (const column of mT(vectors).toArray() as number[][])
              expect(Math.max(...column)).toBeGreaterThanOrEqual((1 - 1e-6) * Math.max(...column.map(Math.abs)));
          expect(distance(api.eigvalsh(x), values)).toBe(0);
        },
      ),
      runs,
    );
  });

  test("L·Lᵀ is x, and Uᵀ·U", () => {
    fc.assert(
      fc.property(squareMatrix(), (half) => {
        const x = api.add(product(half, mT(half)), identityFor(half)) as Tensor;
        const [lower, upper] = [api.cholesky(x), api.cholesky(x, { upper: true })];
        expect(distance(product(lower, mT(lower)), x)).toBeLessThanOrEqual(backward(x));
        expect(distance(upper, mT(lower))).toBe(0);
      }),
      runs,
    );
  });

  test("large and special matrices end, too", () => {
    const n = 60;
    const make = (f: (i: number, j: number) => number): Tensor =>
      tensor(
        Float64Array.from({ length: n * n }, (_, p) => f(Math.floor(p / n), p % n)),
        { shape: [n, n] },
      ) as Tensor;
    const matrices = {
      zeros: make(() => 0),
      ones: make(() => 1),
      identity: make((i, j) => (i === j ? 1 : 0)),
      hilbert: make((i, j) => 1 / (i + j + 1)),
      tridiagonal: make((i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0)),
      wilkinson: make((i, j) => (i === j ? Math.abs(i - n / 2) : Math.abs(i - j) === 1 ? 1 : 0)),
      graded: make((i, j) => 10 ** (-i - j)),
      denormal: make((i, j) => (1 + i + j) * 5e-324),
      huge: make((i, j) => 1e306 / (1 + i + j)),
      random: normal("large", [n, n]),
    };
    for (const [name, x] of Object.entries(matrices)) {
      const [u, s, vt] = api.svd(x);
      const [values, vectors] = api.eigh(x);
      const symmetric = api.mul(0.5, x).add(api.mul(0.5, mT(x)));
      // Half of a denormal element, and its products, are rounded to whole ones.
      const floor = name === "denormal" ? n * 5e-324 : 0;
      expect(distance(product(scaled(u, s), vt), x), name).toBeLessThanOrEqual(backward(x) + floor);
      expect(distance(product(scaled(vectors, values), mT(vectors)), symmetric), name).toBeLessThanOrEqual(
        backward(x) + floor,
      );
      expectOrthonormal(u);
      expectOrthonormal(vectors);
    }
  });

  test("small singular values of a graded matrix keep their digits", () => {
    // Columns of very different lengths: what is eps·‖x‖ to other methods is many times the smallest value.
    const x = scaled(
      tensor([
        [1, 1, 1],
        [1, 2, 4],
        [1, 3, 9],
      ]) as Tensor,
      tensor([1, 1e-15, 1e-30]) as Tensor,
    );
    const s = api.svdvals(x).toArray() as number[];
    // The product of all is the determinant, 2e-45, and of the first two it is the norm of all 2 × 2 minors.
    expect(s[0]! * s[1]! * s[2]! * 1e45).toBeCloseTo(2, 13);
    expect(s[0]).toBeCloseTo(Math.sqrt(3), 14);
    expect(s[1]! * 1e15).toBeCloseTo(Math.sqrt(2), 14);
  });
});

describe("determinants", () => {
  test("the determinant of a product is the product", () => {
    fc.assert(
      fc.property(squareMatrix(), fc.nat(100), (a, seed) => {
        const b = normal(`other ${seed}`, a.shape);
        const n = a.shape.at(-1)!;
        const [both, one, other] = [api.det(product(a, b)), api.det(a), api.det(b)];
        // Hadamard: rows of the product are at most n·max|a|·max|b| long.
        const bound = 64 * n ** 2 * U * (1 + n * size(a) * size(b)) ** n;
        expect(distance(both, api.mul(one, other) as Tensor)).toBeLessThanOrEqual(bound);
      }),
      runs,
    );
  });

  test("slogdet is its sign and logarithm, logDet the logarithm where it is positive", () => {
    fc.assert(
      fc.property(squareMatrix(), (x) => {
        const [[sign, log], value, plain] = [api.slogdet(x), api.det(x), api.logDet(x)];
        expect(distance(sign, api.sign(value))).toBe(0);
        const bound = 64 * (1 + x.shape.at(-1)!) * U * (1 + size(log));
        expect(distance(log, api.log(api.abs(value)) as Tensor)).toBeLessThanOrEqual(bound);
        const signs = sign.toTypedArray();
        plain.toTypedArray().forEach((y, i) => expect(y).toBe(signs[i]! > 0 ? log.toTypedArray()[i] : Number.NaN));
      }),
      runs,
    );
  });
});

describe("least squares", () => {
  test("pinv is the matrix of Moore and Penrose, whatever the rank", () => {
    fc.assert(
      fc.property(fc.oneof(anyMatrix(), deficient()), (x) => {
        const y = api.pinv(x);
        const [xy, yx] = [product(x, y), product(y, x)];
        const n = 1 + Math.max(...x.shape.slice(-2));
        const condition = 1 + size(x) * size(y);
        const bound = (of: number): number => 64 * n ** 2 * U * condition * (1 + of);
        expect(distance(product(xy, x), x)).toBeLessThanOrEqual(bound(size(x)));
        expect(distance(product(yx, y), y)).toBeLessThanOrEqual(bound(size(y)));
        expect(distance(xy, mT(xy))).toBeLessThanOrEqual(bound(1));
        expect(distance(yx, mT(yx))).toBeLessThanOrEqual(bound(1));
      }),
      runs,
    );
  });

  test("the residual of lstsq is orthogonal to the columns, the solution in the span of the rows", () => {
    fc.assert(
      fc.property(fc.oneof(anyMatrix(), deficient()), fc.nat(2), (a, k) => {
        const b = normal("side", [...a.shape.slice(0, -1), k]);
        const [x, y] = [api.lstsq(a, b), api.pinv(a)];
        const n = 1 + Math.max(...a.shape.slice(-2));
        const bound = 256 * n ** 2 * U * (1 + size(a) ** 2) * (1 + size(y)) * (1 + size(x) + size(b));
        expect(distance(product(mT(a), product(a, x)), product(mT(a), b))).toBeLessThanOrEqual(bound);
        expect(distance(product(y, product(a, x)), x)).toBeLessThanOrEqual(bound * (1 + size(y)));
      }),
      runs,
    );
  });

  test("rtol says from where on a singular value counts as 0", () => {
    const x = tensor([
      [2, 0],
      [0, 1e-3],
    ]);
    expect(api.pinv(x).toArray()).toEqual([
      [0.5, 0],
      [0, 1000],
    ]);
    expect(api.pinv(x, { rtol: 1e-2 }).toArray()).toEqual([
      [0.5, 0],
      [0, 0],
    ]);
    expect(api.lstsq(x, tensor([2, 1]), { rtol: 1e-2 }).toArray()).toEqual([1, 0]);
    expect(api.matrixRank(x, { rtol: 1e-2 }).item()).toBe(1);
    expect(api.matrixRank(x).item()).toBe(2);
  });
});

describe("functions of matrices", () => {
  test("powers add, and negative ones are those of the inverse", () => {
    fc.assert(
      fc.property(squareMatrix(4), fc.integer({ min: -3, max: 4 }), fc.integer({ min: -3, max: 4 }), (x, p, q) => {
        const [both, one, other] = [p + q, p, q].map((n) => api.matrixPower(x, n)) as [Tensor, Tensor, Tensor];
        const n = 1 + x.shape.at(-1)!;
        const grown = (1 + n * size(x) + n * size(api.inv(x))) ** (Math.abs(p) + Math.abs(q) + 2);
        expect(distance(product(one, other), both)).toBeLessThanOrEqual(64 * n ** 2 * U * grown);
      }),
      runs,
    );
  });

  test("int32 matrices have int32 powers: Fibonacci's numbers", () => {
    const power = api.matrixPower(
      tensor(
        [
          [1, 1],
          [1, 0],
        ],
        { dtype: "int32" },
      ),
      40,
    );
    expect([power.dtype, power.toArray()]).toEqual([
      "int32",
      [
        [165580141, 102334155],
        [102334155, 63245986],
      ],
    ]);
    expect(api.matrixPower(tensor([[2]], { dtype: "int32" }), -1).dtype).toBe("float64");
  });

  test("e^x·e^−x is the identity, and e^x of a symmetric x is that of its eigenvalues", () => {
    fc.assert(
      fc.property(squareMatrix(), (half) => {
        const x = api.add(half, mT(half)) as Tensor;
        const [up, down] = [api.matrixExp(x), api.matrixExp(api.neg(x) as Tensor)];
        const n = 1 + x.shape.at(-1)!;
        const bound = 256 * n ** 2 * U * (1 + size(x)) * (1 + size(up)) * (1 + size(down));
        expect(distance(product(up, down), identityFor(x))).toBeLessThanOrEqual(bound);
        const [values, vectors] = api.eigh(x);
        expect(distance(product(scaled(vectors, api.exp(values) as Tensor), mT(vectors)), up)).toBeLessThanOrEqual(
          bound,
        );
      }),
      runs,
    );
  });

  test("the exponential of Moler and Van Loan's matrix, whose power series loses all digits", () => {
    const y = api.matrixExp(
      tensor([
        [-49, 24],
        [-64, 31],
      ]),
    );
    // Eigenvalues −1 and −17: e^x = e⁻¹⁷ + (e⁻¹ − e⁻¹⁷)/16·(x + 17).
    const [a, b] = [Math.exp(-17), (Math.exp(-1) - Math.exp(-17)) / 16];
    const exact = tensor([
      [a + b * (17 - 49), b * 24],
      [b * -64, a + b * (17 + 31)],
    ]);
    expect(distance(y, exact)).toBeLessThanOrEqual(1e-13);
  });

  test("a rotation, a shift, and what decays beyond all numbers", () => {
    const rotation = api.matrixExp(
      tensor([
        [0, 1],
        [-1, 0],
      ]),
    );
    const exact = tensor([
      [Math.cos(1), Math.sin(1)],
      [-Math.sin(1), Math.cos(1)],
    ]);
    expect(distance(rotation, exact)).toBeLessThanOrEqual(4 * U);
    expect(
      api
        .matrixExp(
          tensor([
            [0, 2, 0],
            [0, 0, 3],
            [0, 0, 0],
          ]),
        )
        .toArray(),
    ).toEqual([
      [1, 2, 3],
      [0, 1, 3],
      [0, 0, 1],
    ]);
    expect(
      api
        .matrixExp(
          tensor([
            [-1e300, 0],
            [0, 0],
          ]),
        )
        .toArray(),
    ).toEqual([
      [0, 0],
      [0, 1],
    ]);
    expect(api.matrixExp(api.zeros([2, 2])).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});

describe("norms", () => {
  test("each norm of a small matrix, by hand, over any axes", () => {
    const x = tensor([
      [3, -4],
      [0, 0],
    ]);
    const orders = ["fro", "nuc", 1, -1, 2, -2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const;
    expect(orders.map((order) => api.matrixNorm(x, order).item())).toEqual([5, 5, 4, 3, 5, 0, 7, 0]);
    const batch = normal("batch", [2, 3, 4]);
    for (const order of orders) {
      const each = [0, 1, 2].map((j) => api.matrixNorm(api.slice(batch, null, j), order).item());
      expect(api.matrixNorm(batch, order, { axis: [0, 2] }).toArray()).toEqual(each);
      expect(api.matrixNorm(batch, order, { axis: [0, 2], keepDims: true }).shape).toEqual([1, 3, 1]);
    }
  });

  test("squares do not over- or underflow in the Frobenius norm; its derivative at 0 is 0", () => {
    const norm = (x: Tensor): Tensor => api.matrixNorm(x);
    for (const c of [1e200, 1e-200]) {
      expect(norm(tensor([[3 * c], [4 * c]]) as Tensor).item()).toBe(5 * c);
      expect(distance(api.grad(norm)(tensor([[3 * c], [4 * c]]) as Tensor), tensor([[0.6], [0.8]]))).toBeLessThan(
        4 * U,
      );
    }
    expect(
      api
        .grad(norm)(api.zeros([2, 2]) as Tensor)
        .toArray(),
    ).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(api.matrixNorm(tensor([[Number.POSITIVE_INFINITY, 1]])).item()).toBe(Number.POSITIVE_INFINITY);
    expect(api.matrixNorm(api.zeros([2, 0, 3])).toArray()).toEqual([0, 0]);
  });

  test("singular matrices have the condition ∞, and no derivative of it", () => {
    const x = tensor([
      [
        [1, 2],
        [2, 4],
      ],
      [
        [2, 0],
        [0, 1],
      ],
    ]) as Tensor;
    for (const order of [1, "fro", Number.POSITIVE_INFINITY] as const) {
      const [singular, regular] = api.cond(x, order).toArray() as [number, number];
      expect(singular).toBe(Number.POSITIVE_INFINITY);
      expect(regular).toBeCloseTo(order === "fro" ? 2.5 : 2, 14);
      const gradient = api.vjp((a: Tensor) => api.cond(a, order), x)[1](tensor([1, 0]) as Tensor)[0];
      expect(size(gradient)).toBe(0);
    }
    expect(api.cond(api.zeros([2, 2])).item()).toBe(Number.POSITIVE_INFINITY);
    expect(
      api
        .cond(
          tensor([
            [3, 0, 0],
            [0, 0, 1],
          ]),
        )
        .item(),
    ).toBe(3);
  });

  test("the rank counts", () => {
    fc.assert(
      fc.property(deficient(), (x) => {
        const rank = api.matrixRank(x);
        expect(rank.dtype).toBe("int32");
        // Made of at most two columns: the rank is 2 if some 2 × 2 minor is not 0, which is exact in whole numbers.
        const rows = x.toArray() as number[][];
        const minors = rows.flatMap((a) =>
          rows.flatMap((b) => a.flatMap((p, i) => b.map((q, j) => p * q - a[j]! * b[i]!))),
        );
        expect(rank.item()).toBe(minors.some((minor) => minor !== 0) ? 2 : size(x) > 0 ? 1 : 0);
      }),
      runs,
    );
    expect(api.matrixRank(normal("full", [2, 4, 3])).toArray()).toEqual([3, 3]);
    expect(api.matrixRank(api.zeros([0, 3])).item()).toBe(0);
  });
});

describe("cross", () => {
  test("it is orthogonal to both, and int32 wraps", () => {
    expect(api.cross(tensor([1, 2, 3]), tensor([4, 5, 6])).toArray()).toEqual([-3, 6, -3]);
    const whole = (values: number[]): Tensor => tensor(values, { dtype: "int32" }) as Tensor;
    const y = api.cross(whole([0, 65536, 0]), whole([0, 0, 65536]));
    expect([y.dtype, y.toArray()]).toEqual(["int32", [0, 0, 0]]);
  });
});

describe("float32", () => {
  const operations: Record<string, (x: Tensor) => Tensor> = {
    inv: api.inv,
    det: api.det,
    pinv: api.pinv,
    svdvals: api.svdvals,
    qr: (x) => api.qr(x)[1],
    eigvalsh: api.eigvalsh,
    matrixExp: api.matrixExp,
    slogdet: (x) => api.slogdet(x)[1],
    cholesky: (x) => api.cholesky(x),
    solve: (x) => api.solve(x, api.slice(x, null, null, [1])),
  };

  test.each(Object.entries(operations))("%s is computed in float64 and rounded once", (_name, f) => {
    const half = normal("half", [2, 4, 4]);
    const x = cast(api.add(product(half, mT(half)), api.eye(4)), "float32") as Tensor;
    const y = f(x);
    expect(y.dtype).toBe("float32");
    expect(y.toArray()).toEqual(cast(f(cast(x, "float64")), "float32").toArray());
  });
});
