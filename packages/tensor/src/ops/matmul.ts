/** @file The matrix product, of batches and of vectors. */
import { asTensor } from "../core/create.ts";
import { allocate, type DType, promote, type Storage } from "../core/dtype.ts";
import { show, TensorError } from "../core/errors.ts";
import { bilinear } from "../core/kinds.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { broadcastShapes, type Shape, sizeOf } from "../core/shape.ts";
import type { MatMul, Multipliable } from "../core/shape-types.ts";
import { contiguous, type Spec, type Tensor } from "../core/tensor.ts";
import { broadcastTo, cast } from "./broadcast.ts";
import { matrixTranspose, reshape } from "./shape.ts";

interface Sizes {
  readonly batch: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

// Each element of a product is the sum over k in ascending order, from 0, each step rounded to the dtype: the order
// is part of the contract, so that any faster kernel gives the same bits.
function product(
  out: Storage,
  a: Storage,
  b: Storage,
  { batch, m, k, n }: Sizes,
  times: (x: number, y: number) => number,
): void {
  for (let g = 0; g < batch; g++) {
    for (let i = 0; i < m; i++) {
      const row = (g * m + i) * n;
      for (let p = 0; p < k; p++) {
        const x = a[(g * m + i) * k + p]!;
        const from = (g * k + p) * n;
        for (let j = 0; j < n; j++) out[row + j]! += times(x, b[from + j]!);
      }
    }
  }
}

/** One product, rounded as the dtype has it. */
const times: Record<DType, (x: number, y: number) => number> = {
  float64: (x, y) => x * y,
  float32: (x, y) => Math.fround(x * y),
  int32: Math.imul,
  bool: Math.imul,
};

const matmulOp: Primitive<null> = bilinear<null>(
  {
    name: "matmul",
    shape([a, b]) {
      checkProduct(a!, b!);
      return { shape: [...a!.shape.slice(0, -1), b!.shape.at(-1)!], dtype: a!.dtype };
    },
    run([a, b], result) {
      const [m, k] = a!.shape.slice(-2) as [number, number];
      const sizes = { batch: sizeOf(a!.shape.slice(0, -2)), m, k, n: b!.shape.at(-1)! };
      const out = allocate(result.dtype, sizeOf(result.shape), "matmul");
      const [x, y] = [contiguous("matmul", a!), contiguous("matmul", b!)];
      product(out, x, y, sizes, times[result.dtype]);
      return out;
    },
    rounding: ([a]) => a!.shape.at(-1)!,
  },
  (ct, b) => apply(matmulOp, [ct, matrixTranspose(b)], null),
  (ct, a) => apply(matmulOp, [matrixTranspose(a), ct], null),
);

function checkProduct(a: Spec, b: Spec): void {
  const [k, k2] = [a.shape.at(-1), b.shape.at(b.shape.length < 2 ? -1 : -2)];
  if (k === undefined || k2 === undefined)
    throw new TensorError("matmul", `${show(a)} · ${show(b)}: a scalar has no matrix product`, "use mul", [a, b]);
  if (k !== k2)
    throw new TensorError(
      "matmul",
      `inner dimensions differ: ${show(a)} · ${show(b)} (${k} ≠ ${k2})`,
      "transpose one of them?",
      [a, b],
    );
  if (promote(a.dtype, b.dtype) === "bool")
    throw new TensorError("matmul", "is not defined for bool", "cast to int32 or float64 first", [a, b]);
}

/**
 * The matrix product; leading axes are batches and broadcast; a vector is a row on the left, a column on the right.
 *
 * Shapes: [m, k] · [k, n] → [m, n]; [b, m, k] · [k, n] → [b, m, n]; [k] · [k] → [].
 * Derivative: ct·bᵀ to a, aᵀ·ct to b.
 * Rounding: each element sums over k in ascending order, rounding each step.
 * Throws: TensorError when the inner dimensions differ.
 *
 * @example
 * matmul(tensor([[1, 2], [3, 4]]), tensor([[1, 0], [0, 2]])).toArray();   // => [[1, 4], [3, 8]]
 * matmul(tensor([1, 2]), tensor([3, 4])).item();                          // => 11
 */
export function matmul<A extends Shape, B extends Shape>(
  a: Tensor<A>,
  b: Tensor<B> & Multipliable<A, B>,
): Tensor<MatMul<A, B>>;
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkProduct(asTensor("matmul", a), asTensor("matmul", b));
  const dtype = promote(a.dtype, b.dtype);
  const left = cast(a.rank === 1 ? reshape(a, [1, a.size]) : a, dtype);
  const right = cast(b.rank === 1 ? reshape(b, [b.size, 1]) : b, dtype);
  const product = right.rank === 2 ? manyRows(left, right) : batched(left, right);
  const shape = [
    ...product.shape.slice(0, -2),
    ...(a.rank === 1 ? [] : [product.shape.at(-2)!]),
    ...(b.rank === 1 ? [] : [product.shape.at(-1)!]),
  ];
  return reshape(product, shape);
}

/** A batch times one matrix is one product of all rows: the gradient of the shared matrix is one product too. */
function manyRows(a: Tensor, b: Tensor): Tensor {
  if (a.rank === 2) return apply(matmulOp, [a, b], null);
  const [k, n] = b.shape as readonly [number, number];
  const outer = a.shape.slice(0, -1);
  return reshape(apply(matmulOp, [reshape(a, [sizeOf(outer), k]), b], null), [...outer, n]);
}

function batched(a: Tensor, b: Tensor): Tensor {
  const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  const stretch = (x: Tensor): Tensor => broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
  return apply(matmulOp, [stretch(a), stretch(b)], null);
}
