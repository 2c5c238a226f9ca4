/** @file The matrix product, of batches and of vectors. */
import { machineBlas } from "../core/blas.ts";
import { asTensor } from "../core/create.ts";
import { allocate, type DType, promote, type Storage } from "../core/dtype.ts";
import { show, TensorError } from "../core/errors.ts";
import { bilinear } from "../core/kinds.ts";
import { apply, type Primitive, unchanged } from "../core/primitive.ts";
import { type Matrices, multiply } from "../core/product.ts";
import { broadcastShapes, type Layout, type Shape, sizeOf } from "../core/shape.ts";
import type { MatMul, Multipliable } from "../core/shape-types.ts";
import { type Spec, type Tensor, valuesOf } from "../core/tensor.ts";
import { rows } from "../core/walk.ts";
import { pays, product } from "../wasm/matmul/product.ts";
import type { Floats } from "../wasm/matmul/stage.ts";
import { broadcastTo, cast } from "./broadcast.ts";
import { matrixTranspose, reshape } from "./shape.ts";

/** The products of all matrices of two stacks, each stretch of them done by `multiplyAll`. */
function products([a, b]: readonly Tensor[], { shape, dtype }: Spec, multiplyAll: typeof multiply): Storage {
  const [m, k, n] = [a!.shape.at(-2)!, a!.shape.at(-1)!, shape.at(-1)!];
  const out = allocate(dtype, sizeOf(shape), "matmul");
  const stretch = (count: number, place: number, left: Matrices, right: Matrices): void => {
    const target = { data: out, start: place * m * n, next: m * n, down: n, right: 1 };
    multiplyAll(dtype as Exclude<DType, "bool">, target, left, right, { count, m, k, n });
  };
  if (shape.length === 2) stretch(1, 0, matrices(a!, a!.offset, 0), matrices(b!, b!.offset, 0));
  else {
    const leading = (x: Tensor): Layout => ({ strides: x.strides.slice(0, -2), offset: x.offset });
    const { inner, steps, visit } = rows(shape.slice(0, -2), [leading(a!), leading(b!)]);
    visit((place, [p, q]) => stretch(inner, place, matrices(a!, p!, steps[0]!), matrices(b!, q!, steps[1]!)));
  }
  return out;
}

/** Operands are read where they lie: a transposed one by its strides, a shared one (stride 0) again and again. */
const matrices = (x: Tensor, start: number, next: number): Matrices => {
  const [down, right] = [x.strides.at(-2)!, x.strides.at(-1)!];
  return { data: valuesOf("matmul", x), start, next, down, right };
};

const matmulOp: Primitive<null> = bilinear<null>(
  {
    name: "matmul",
    shape([a, b]) {
      checkProduct(a!, b!);
      return { shape: [...a!.shape.slice(0, -1), b!.shape.at(-1)!], dtype: a!.dtype };
    },
    run: (inputs, result) => products(inputs, result, multiply),
    kernel(inputs, result) {
      const [m, n] = result.shape.slice(-2) as [number, number];
      const fast = pays(result.dtype, m, inputs[0]!.shape.at(-1)!, n) ? multiplyFast : multiply;
      const blas = machineBlas();
      if (blas === null) return fast === multiply ? null : products(inputs, result, fast);
      return products(inputs, result, (dtype, ...product) => {
        if (!blas.gemm(...product)) fast(dtype, ...product);
      });
    },
    batch: unchanged,
    rounding: ([a]) => a!.shape.at(-1)!,
  },
  (ct, b) => apply(matmulOp, [ct, matrixTranspose(b)], null),
  (ct, a) => apply(matmulOp, [matrixTranspose(a), ct], null),
);

/** `multiply` by WebAssembly, where there is memory for it. */
const multiplyFast: typeof multiply = (dtype, out, a, b, sizes) => {
  const floats = [out, a, b] as readonly Matrices[] as readonly [Matrices<Floats>, Matrices<Floats>, Matrices<Floats>];
  if (!product(...floats, sizes)) multiply(dtype, out, a, b, sizes);
};

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
  if (a.rank === 2 && b.rank === 2 && a.dtype === b.dtype) return apply(matmulOp, [a, b], null);
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
