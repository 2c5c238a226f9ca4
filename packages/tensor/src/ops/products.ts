/** @file Products by name: of vectors, of vectors with matrices, over chosen axes, of each with each. */
import { checkNumber, checkOptions, checkTensor, checkWhole } from "../core/checks.ts";
import { promote } from "../core/dtype.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { broadcastShapes, resolveAxis, resolveDistinct, type Shape, sameShape } from "../core/shape.ts";
import type { Join, MatMul } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import { add, mul } from "./arithmetic.ts";
import { contract } from "./contract.ts";
import { matmul } from "./matmul.ts";
import { moveAxis, ravel } from "./rearrange.ts";
import { expandDims, reshape, squeeze } from "./shape.ts";

const words = ["scalar", "vector", "matrix", "batch of matrices"];

function checkRank(op: string, x: Tensor, rank: number, advice: string): void {
  checkTensor(op, x);
  if (x.rank !== rank) throw new TensorError(op, `${show(x)} is no ${words[rank]}`, advice, [x]);
}

/** Throws unless the axes to be summed, counted from the last, are of one extent, in numbers. */
function checkInner(op: string, a: Tensor, b: Tensor, axisOfA: number, axisOfB: number): void {
  const [k, k2] = [a.shape.at(axisOfA), b.shape.at(axisOfB)];
  if (k !== k2) {
    const problem = `inner dimensions differ: ${show(a)} · ${show(b)} (${k} ≠ ${k2})`;
    throw new TensorError(op, problem, "transpose one of them?", [a, b]);
  }
  if (promote(a.dtype, b.dtype) === "bool")
    throw new TensorError(op, "is not defined for bool", "cast to int32 or float64 first", [a, b]);
}

/**
 * The product of two vectors: Σ aᵢ bᵢ. Of vectors alone, as PyTorch's `dot`; NumPy's, for more axes, is `matmul` or
 * `inner`.
 *
 * Shapes: [n] · [n] → [].
 * Derivative: ct·b to a, ct·a to b.
 * Rounding: the terms are added in order.
 * Throws: TensorError unless both are vectors of one length.
 *
 * @example
 * dot(tensor([1, 2]), tensor([3, 4])).item();   // => 11
 */
export function dot(a: Tensor, b: Tensor): Tensor<readonly []> {
  for (const x of [a, b]) checkRank("dot", x, 1, "use inner or matmul for more axes");
  checkInner("dot", a, b, -1, -1);
  return matmul(a, b);
}

/**
 * The sum of the products of all elements of two tensors of one size, in row-major order, as NumPy's `vdot`.
 *
 * Shapes: [m, n], [m, n] → [].
 * Derivative: ct·b to a, ct·a to b.
 * Throws: TensorError when the sizes differ.
 *
 * @example
 * vdot(tensor([[1, 2], [3, 4]]), tensor([[1, 0], [0, 1]])).item();   // => 5
 */
export function vdot(a: Tensor, b: Tensor): Tensor<readonly []> {
  for (const x of [a, b]) checkTensor("vdot", x);
  const [left, right] = [ravel(a), ravel(b)];
  if (left.size !== right.size)
    throw new TensorError(
      "vdot",
      `${show(a)} and ${show(b)} have ${a.size} and ${b.size} elements`,
      "sizes must agree",
      [a, b],
    );
  checkInner("vdot", left, right, -1, -1);
  return matmul(left, right);
}

/**
 * The products of vectors that lie along an axis of both; the other axes are batches and broadcast.
 *
 * Shapes: [b, n], [b, n] → [b].
 * Derivative: ct·b to a, ct·a to b.
 * Throws: TensorError when the vectors differ in length, or the batches do not broadcast.
 *
 * @example
 * vecdot(tensor([[1, 2], [3, 4]]), tensor([1, 10])).toArray();   // => [21, 43]
 */
export function vecdot(a: Tensor, b: Tensor, axis = -1): Tensor {
  const [left, right] = [a, b].map((x) => {
    checkTensor("vecdot", x);
    return moveAxis(x, resolveAxis("vecdot", axis, x.rank), -1);
  }) as [Tensor, Tensor];
  checkInner("vecdot", left, right, -1, -1);
  broadcastShapes("vecdot", left.shape.slice(0, -1), right.shape.slice(0, -1));
  return squeeze(matmul(expandDims(left, -2), expandDims(right, -1)), [-2, -1]);
}

/**
 * A matrix times a vector, or each matrix of a batch times a vector of one.
 *
 * Shapes: [b, m, n], [b, n] → [b, m].
 * Derivative: ct·xᵀ to the matrix, aᵀ·ct to the vector.
 * Throws: TensorError when the inner dimensions differ, or the batches do not broadcast.
 *
 * @example
 * matvec(tensor([[1, 2], [3, 4]]), tensor([1, 10])).toArray();   // => [21, 43]
 */
export function matvec(a: Tensor, x: Tensor): Tensor {
  for (const operand of [a, x]) checkTensor("matvec", operand);
  if (a.rank < 2 || x.rank < 1)
    throw new TensorError("matvec", `${show(a)} · ${show(x)} is no matrix times a vector`, "use matmul or mul", [a, x]);
  checkInner("matvec", a, x, -1, -1);
  broadcastShapes("matvec", a.shape.slice(0, -2), x.shape.slice(0, -1));
  return squeeze(matmul(a, expandDims(x, -1)), -1);
}

/**
 * The products of each element of one vector with each of another.
 *
 * Shapes: [m], [n] → [m, n].
 * Derivative: ct·b to a, ctᵀ·a to b.
 * Throws: TensorError unless both are vectors (NumPy flattens; use ravel).
 *
 * @example
 * outer(tensor([1, 2]), tensor([3, 4])).toArray();   // => [[3, 4], [6, 8]]
 */
export function outer<A extends Shape, B extends Shape>(a: Tensor<A>, b: Tensor<B>): Tensor<Join<A, B>>;
export function outer(a: Tensor, b: Tensor): Tensor {
  for (const x of [a, b]) checkRank("outer", x, 1, "ravel it, or use tensordot with 0 axes");
  return mul(expandDims(a, 1), b);
}

/** The two with their axes named: of `pairs`, that of b like that of a. */
function summedOver(a: Tensor, b: Tensor, pairs: readonly (readonly [axisOfA: number, axisOfB: number])[]): Tensor {
  const partner = new Map(pairs.map(([i, j]) => [j, i]));
  const first = { x: a, labels: a.shape.map((_, axis) => `a${axis}`) };
  const second = {
    x: b,
    labels: b.shape.map((_, axis) => (partner.has(axis) ? `a${partner.get(axis)}` : `b${axis}`)),
  };
  return contract(first, second, () => false).x;
}

/**
 * The products of the last axis of a with the last axis of b: of each of a's vectors with each of b's. A scalar
 * multiplies.
 *
 * Shapes: [a, n], [b, n] → [a, b].
 * Derivative: the cotangent with the other, over the other's axes.
 * Throws: TensorError when the last extents differ.
 *
 * @example
 * inner(tensor([[1, 2], [3, 4]]), tensor([[1, 0], [1, 1]])).toArray();   // => [[1, 3], [3, 7]]
 */
export function inner(a: Tensor, b: Tensor): Tensor {
  for (const x of [a, b]) checkTensor("inner", x);
  if (a.rank === 0 || b.rank === 0) return mul(a, b);
  checkInner("inner", a, b, -1, -1);
  return summedOver(a, b, [[a.rank - 1, b.rank - 1]]);
}

/** For `tensordot`: how many axes, the last of a with the first of b; or which of a with which of b. */
export type ContractedAxes = number | readonly [ofA: number | Shape, ofB: number | Shape];

/**
 * The product of two tensors summed over pairs of axes: `axes` of them, the last of a with the first of b, or those
 * that two lists name.
 *
 * Shapes: [a, m, n], [m, n, b], 2 → [a, b].
 * Derivative: the cotangent with the other, over the other's axes.
 * Cost: one matrix product.
 * Throws: TensorError for axes that differ in number or extent, are named twice, or out of range.
 *
 * @example
 * const a = tensor([[1, 2], [3, 4]]);
 * tensordot(a, a, 1).toArray();              // => [[7, 10], [15, 22]]
 * tensordot(a, a, [[0, 1], [1, 0]]).item();  // => 29
 */
export function tensordot(a: Tensor, b: Tensor, axes: ContractedAxes = 2): Tensor {
  for (const x of [a, b]) checkTensor("tensordot", x);
  if (!Array.isArray(axes)) checkWhole("tensordot", "the number of axes", axes, 0, Math.min(a.rank, b.rank));
  else if (axes.length !== 2)
    throw new TensorError("tensordot", `${axes.length} lists of axes`, "give those of a and those of b");
  const counted = Array.from({ length: axes as number }, (_, i) => i);
  const named = Array.isArray(axes)
    ? (axes as readonly Shape[])
    : [counted.map((i) => a.rank - counted.length + i), counted];
  const [ofA, ofB] = [resolveDistinct("tensordot", named[0]!, a.rank), resolveDistinct("tensordot", named[1]!, b.rank)];
  if (ofA.length !== ofB.length)
    throw new TensorError("tensordot", `axes ${formatShape(ofA)} with axes ${formatShape(ofB)}`, "name them in pairs", [
      a,
      b,
    ]);
  ofA.forEach((axis, i) => {
    if (a.shape[axis] !== b.shape[ofB[i]!])
      throw new TensorError(
        "tensordot",
        `axis ${axis} of ${show(a)} has extent ${a.shape[axis]}, axis ${ofB[i]} of ${show(b)} has ${b.shape[ofB[i]!]}`,
        "summed axes must be of one extent",
        [a, b],
      );
  });
  if (promote(a.dtype, b.dtype) === "bool")
    throw new TensorError("tensordot", "is not defined for bool", "cast to int32 or float64 first", [a, b]);
  return summedOver(
    a,
    b,
    ofA.map((axis, i) => [axis, ofB[i]!]),
  );
}

/**
 * The Kronecker product: each element of a times the whole of b, as blocks. Axes are aligned at the last.
 *
 * Shapes: [m, n], [p, q] → [m·p, n·q].
 * Derivative: each block of the cotangent with b, to a; the blocks weighted with a, to b.
 *
 * @example
 * kron(tensor([1, 10]), tensor([1, 2])).toArray();   // => [1, 2, 10, 20]
 */
export function kron(a: Tensor, b: Tensor): Tensor {
  for (const x of [a, b]) checkTensor("kron", x);
  const rank = Math.max(a.rank, b.rank);
  const [left, right] = [a, b].map((x): Shape => [...new Array<number>(rank - x.rank).fill(1), ...x.shape]) as [
    Shape,
    Shape,
  ];
  const blocks = mul(
    reshape(
      a,
      left.flatMap((extent) => [extent, 1]),
    ),
    reshape(
      b,
      right.flatMap((extent) => [1, extent]),
    ),
  );
  return reshape(
    blocks,
    left.map((extent, axis) => extent * right[axis]!),
  );
}

export interface Scales {
  /** What the product is multiplied with. */
  readonly alpha?: number;
  /** What the first tensor is multiplied with; with 0 it is not looked at, be it NaN. */
  readonly beta?: number;
}

function addProduct(op: string, rank: number, x: Tensor, a: Tensor, b: Tensor, scales: Scales): Tensor {
  checkTensor(op, x);
  for (const factor of [a, b]) checkRank(op, factor, rank, "reshape it, or use matmul and add");
  checkOptions(op, scales);
  const { alpha = 1, beta = 1 } = scales;
  checkNumber(op, "alpha", alpha);
  checkNumber(op, "beta", beta);
  checkInner(op, a, b, -1, -2);
  if (rank === 3 && a.shape[0] !== b.shape[0])
    throw new TensorError(
      op,
      `${show(a)} and ${show(b)} are batches of ${a.shape[0]} and ${b.shape[0]}`,
      "give as many",
      [a, b],
    );
  const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!];
  if (!sameShape(broadcastShapes(op, x.shape, shape), shape))
    throw new TensorError(op, `${show(x)} does not stretch to ${formatShape(shape)}`, "the product has that shape", [
      x,
    ]);
  const product = matmul(a, b);
  const scaled = alpha === 1 ? product : mul(alpha, product);
  return beta === 0 ? scaled : add(beta === 1 ? x : mul(beta, x), scaled);
}

/**
 * beta·x + alpha·(a·b), of matrices; x broadcasts.
 *
 * Shapes: [m, n], [m, k], [k, n] → [m, n].
 * Derivative: beta·ct to x (summed over what was stretched), alpha·ct·bᵀ to a, alpha·aᵀ·ct to b.
 * Throws: TensorError unless a and b are matrices that fit, and x stretches to their product.
 *
 * @example
 * addmm(tensor([1, 2]), tensor([[1, 2]]), tensor([[1, 0], [0, 1]]), { alpha: 10 }).toArray();   // => [[11, 22]]
 */
export const addmm = <A extends Shape, B extends Shape>(
  x: Tensor,
  a: Tensor<A>,
  b: Tensor<B>,
  scales: Scales = {},
): Tensor<MatMul<A, B>> => addProduct("addmm", 2, x, a, b, scales);

/**
 * beta·x + alpha·(a·b), of batches of matrices; x broadcasts.
 *
 * Shapes: [b, m, n], [b, m, k], [b, k, n] → [b, m, n].
 * Derivative: beta·ct to x (summed over what was stretched), alpha·ct·bᵀ to a, alpha·aᵀ·ct to b.
 * Throws: TensorError unless a and b are batches of as many matrices that fit, and x stretches to their product.
 *
 * @example
 * baddbmm(tensor(1), ones([2, 1, 3]), ones([2, 3, 1])).toArray();   // => [[[4]], [[4]]]
 */
export const baddbmm = <A extends Shape, B extends Shape>(
  x: Tensor,
  a: Tensor<A>,
  b: Tensor<B>,
  scales: Scales = {},
): Tensor<MatMul<A, B>> => addProduct("baddbmm", 3, x, a, b, scales);
