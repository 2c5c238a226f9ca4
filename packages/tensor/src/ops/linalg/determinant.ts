/** @file Determinants, from the factors; and their cofactors, which exist where the inverse does not. */
import { tensor, zerosLike } from "../../core/create.ts";
import { eye } from "../../core/grids.ts";
import { apply, type Primitive } from "../../core/primitive.ts";
import type { Spec, Tensor } from "../../core/tensor.ts";
import { add, mul, sub } from "../arithmetic.ts";
import { cast, sum } from "../broadcast.ts";
import { greater, less, where } from "../compare.ts";
import { matmul } from "../matmul.ts";
import { stopGradient } from "../piecewise.ts";
import { matrixTranspose } from "../shape.ts";
import { powerNear, product } from "./kernels/dense.ts";
import { determinantOf, factorsOf, logAbsOf, parity, signOf, solveFactored } from "./kernels/lu.ts";
import { singularValues } from "./kernels/singular.ts";
import { asScalars, asSquare, checkConverged, columnsOf, type Element, onMatrices, rowsOf } from "./matrices.ts";
import { eliminated, inverseOf } from "./solve.ts";

/** One number for each matrix. */
const onePerMatrix = ([a]: readonly Spec[]): Spec => ({ shape: a!.shape.slice(0, -2), dtype: a!.dtype });

/** The number is read off the factors of the matrix, which are the second input. */
// @__NO_SIDE_EFFECTS__
function reading(number: (factors: Float64Array, n: number) => number) {
  return (out: Float64Array, { take, inputs }: Element<null>): void => {
    out[0] = number(take(1), inputs[0]!.shape.at(-1)!);
  };
}

/** Σ xᵢⱼ·yᵢⱼ for each matrix. */
const inner = (x: Tensor, y: Tensor): Tensor => sum(mul(x, y), [-2, -1]);

const detOp: Primitive<null> = onMatrices<null>({
  name: "det",
  shape: onePerMatrix,
  kernel: reading(determinantOf),
  vjp: [(ct, _y, [a, factors]) => mul(asScalars(ct), apply(cofactorOp, [a!, factors!], null)), null],
  jvp: [(t, _y, [a, factors]) => inner(apply(cofactorOp, [a!, factors!], null), t), null],
});

/** Pivots that differ by more than this belong to a matrix that is nearly singular. */
const STEEP = 2 ** -40;

/**
 * ∂det/∂A. Where the pivots allow it, det·A⁻ᵀ, with one power of two taken out of the inverse and put into the
 * product of the pivots, which might overflow; else U·diag(Πⱼ≠ᵢ sⱼ)·Vᵀ·det U·det V of the singular value decomposition.
 */
const cofactorOp: Primitive<null> = onMatrices<null>({
  name: "cofactor",
  shape: ([a]) => a!,
  kernel(out, element) {
    const n = element.inputs[0]!.shape.at(-1)!;
    const factors = element.take(1);
    const pivots = Float64Array.from({ length: n }, (_, i) => factors[i * (n + 2)]!);
    const most = pivots.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    if (pivots.every((pivot) => Math.abs(pivot) > STEEP * most)) {
      const scale = powerNear(most);
      const identity = new Float64Array(n * n);
      for (let i = 0; i < n; i++) identity[i * (n + 1)] = scale;
      solveFactored(factors, out, identity, n, n, true);
      const size = parity(factors, n) * product(Float64Array.of(...pivots, 1 / scale), 0, 1, n + 1);
      for (let i = 0; i < out.length; i++) out[i]! *= size;
      return;
    }
    const [s, u, v] = [new Float64Array(n), new Float64Array(n * n), new Float64Array(n * n)];
    checkConverged("det", singularValues(s, { u, v }, element.take(0), n, n), element);
    const sign = signOf(factorsOf(u, n), n) * signOf(factorsOf(v, n), n);
    for (let k = 0; k < n; k++) {
      const others = sign * product(s, 0, 1, n, k);
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[i * n + j]! += others * u[i * n + k]! * v[j * n + k]!;
    }
  },
  vjp: [(ct, _y, [a]) => cofactorDerivative(a!, ct), null],
  jvp: [(t, _y, [a]) => cofactorDerivative(a!, t), null],
});

/**
 * For a matrix A, columns P (0, 1) and Q (2, 3) such that A + P·Qᵀ has its two smallest singular values raised to the
 * largest; and, repeated in column 4, whether that makes it regular: 1, or 0 where more than two of them vanish.
 */
const completionOp: Primitive<null> = onMatrices<null>({
  name: "completion",
  shape: ([a]) => ({ shape: [...a!.shape.slice(0, -1), 5], dtype: a!.dtype }),
  kernel(out, element) {
    const n = element.inputs[0]!.shape.at(-1)!;
    const [s, u, v] = [new Float64Array(n), new Float64Array(n * n), new Float64Array(n * n)];
    checkConverged("det", singularValues(s, { u, v }, element.take(0), n, n), element);
    const largest = s[0] === 0 ? 1 : s[0]!;
    const enough = n > 2 && s[n - 3]! <= n * 2 ** -52 * largest ? 0 : 1;
    for (let i = 0; i < n; i++) {
      for (let c = 0; c < Math.min(2, n); c++) {
        const k = n - 1 - c;
        out[i * 5 + c] = u[i * n + k]! * (largest - s[k]!);
        out[i * 5 + 2 + c] = v[i * n + k]!;
      }
      out[i * 5 + 4] = enough;
    }
  },
  vjp: [null],
  jvp: [null],
});

/** The cofactors of 2 × 2 matrices: J·x·Jᵀ with J = [[0, 1], [−1, 0]]. They are linear in x. */
function cofactors2(x: Tensor): Tensor {
  const j = cast(
    tensor([
      [0, 1],
      [-1, 0],
    ]) as Tensor,
    x.dtype,
  );
  return matmul(matmul(j, x), matrixTranspose(j));
}

/**
 * The second derivative of det along h, ∂²det/∂A² · h, which is symmetric; at singular matrices too.
 *
 * With B = A + P·Qᵀ for constants P and Q (n × 2), X = B⁻¹ and M = I − QᵀXP, the matrix determinant lemma has
 * det A = det B · det M for every A; P and Q can be chosen so that B is regular unless A has rank n − 3 or less, where
 * first and second derivatives vanish. M is 2 × 2: its determinant is a polynomial. Hence, with Z = XᵀQ and W = XP,
 * cof A = det B · K for K = det M·Xᵀ + Z·cof M·Wᵀ, of which this is the derivative.
 */
function cofactorDerivative(a: Tensor, h: Tensor): Tensor {
  const n = a.shape.at(-1)!;
  if (n === 0) return zerosLike(h);
  const completion = apply(completionOp, [stopGradient(a)], null);
  const [p, q] = [columnsOf(completion, 0, 2), columnsOf(completion, 2, 4)];
  const enough = greater(rowsOf(columnsOf(completion, 4, 5), 0, 1), 0);
  const b = where(enough, add(a, matmul(p, matrixTranspose(q))), eye(n, { dtype: a.dtype }));
  const factors = eliminated(b);
  const x = inverseOf(b, factors, { op: "det", transposed: false, singular: "NaN" });
  const [xt, ht] = [matrixTranspose(x), matrixTranspose(h)];
  const [z, wt] = [matmul(xt, q), matrixTranspose(matmul(x, p))];
  const m = sub(eye(2, { dtype: a.dtype }), matmul(matrixTranspose(q), matrixTranspose(wt)));
  const dm = matmul(matrixTranspose(z), matmul(h, matrixTranspose(wt)));
  const cm = cofactors2(m);
  const zcw = matmul(z, matmul(cm, wt));
  const k = add(mul(asScalars(mul(0.5, inner(cm, m))), xt), zcw);
  const parts = [
    mul(asScalars(inner(xt, h)), k),
    mul(-1, matmul(matmul(xt, ht), k)),
    mul(asScalars(inner(cm, dm)), xt),
    matmul(z, matmul(cofactors2(dm), wt)),
    mul(-1, matmul(zcw, matmul(ht, xt))),
  ];
  const all = mul(asScalars(apply(detOp, [b, factors], null)), parts.reduce((sum, part) => add(sum, part)) as Tensor);
  return where(enough, all, zerosLike(all));
}

/**
 * The determinant of a square matrix, or of each in a batch; 1 for a matrix of size 0.
 *
 * Shapes: [..., n, n] → [...].
 * Dtype: computed in float64; float32 is rounded once; whole numbers give float64.
 * Derivative: ct times the cofactors, which exist at singular matrices too. So do second derivatives; third and higher
 * ones at a matrix of which more than two singular values vanish are given as 0.
 * At the edges: 0 for a matrix that is exactly singular; NaN or ∞ in a matrix gives NaN. Over- or underflows only if
 * the result does.
 * Throws: TensorError when x is not square.
 *
 * @example
 * det(tensor([[1, 2], [3, 4]])).item();                      // => -2
 * grad((x) => det(x))(tensor([[3, 0], [0, 0]])).toArray();   // => [[0, 0], [0, 3]]
 */
export function det(x: Tensor): Tensor {
  const a = asSquare("det", x);
  return apply(detOp, [a, eliminated(a)], null);
}

const signOp: Primitive<null> = onMatrices<null>({
  name: "signDet",
  shape: onePerMatrix,
  kernel: reading(signOf),
  vjp: [null],
  jvp: [null],
});

const transposedInverse = (a: Tensor, factors: Tensor): Tensor =>
  inverseOf(a, factors, { op: "slogdet", transposed: true, singular: "NaN" });

const logAbsOp: Primitive<null> = onMatrices<null>({
  name: "logAbsDet",
  shape: onePerMatrix,
  kernel: reading(logAbsOf),
  vjp: [(ct, _y, [a, factors]) => mul(asScalars(ct), transposedInverse(a!, factors!)), null],
  jvp: [(t, _y, [a, factors]) => inner(transposedInverse(a!, factors!), t), null],
});

/**
 * The sign of the determinant (−1, 0 or 1) and the logarithm of its magnitude, where the determinant itself might
 * over- or underflow.
 *
 * Shapes: [..., n, n] → [...] and [...].
 * Dtype: computed in float64; float32 is rounded once; whole numbers give float64.
 * Derivative: x⁻ᵀ of the logarithm, NaN at a singular matrix; 0 of the sign.
 * At the edges: (0, −∞) for a matrix that is exactly singular, (1, 0) for one of size 0; NaN or ∞ gives NaN.
 * Throws: TensorError when x is not square.
 *
 * @example
 * const [sign, log] = slogdet(tensor([[0, 1], [1, 0]]));
 * sign.item();   // => -1
 * log.item();    // => 0
 */
export function slogdet(x: Tensor): readonly [sign: Tensor, log: Tensor] {
  const a = asSquare("slogdet", x);
  const factors = eliminated(a);
  return [apply(signOp, [a, factors], null), apply(logAbsOp, [a, factors], null)];
}

/**
 * The logarithm of the determinant.
 *
 * Shapes: [..., n, n] → [...].
 * Derivative: x⁻ᵀ; NaN where the determinant is not positive.
 * At the edges: −∞ for a determinant of 0, NaN for a negative one.
 * Throws: TensorError when x is not square.
 *
 * @example
 * logDet(tensor([[1, 0], [0, 1]])).item();   // => 0
 */
export function logDet(x: Tensor): Tensor {
  const [sign, log] = slogdet(asSquare("logDet", x));
  return mul(log, cast(where(less(sign, 0), Number.NaN, 1), log.dtype));
}
