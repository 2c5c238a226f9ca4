/** @file Diagonals read and diagonals set, each the other's transpose; and the triangles on their two sides. */
import { checkNumber, checkOptions, checkTensor } from "../core/checks.ts";
import { allocate } from "../core/dtype.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { linear, looking } from "../core/kinds.ts";
import { apply, type Primitive, unchanged } from "../core/primitive.ts";
import { type Layout, resolveDistinct, rowMajor, type Shape, sizeOf } from "../core/shape.ts";
import { copyTo, type Tensor, valuesOf } from "../core/tensor.ts";
import { rows } from "../core/walk.ts";
import { sum } from "./broadcast.ts";

/** The diagonal `offset` above (below, if negative) the main one, of the matrices that two axes make. */
interface Diagonal {
  readonly offset: number;
  readonly row: number;
  readonly column: number;
}

/** How many elements it has in a matrix of m rows and n columns. */
const lengthOf = (m: number, n: number, offset: number): number =>
  Math.max(0, Math.min(m + Math.min(offset, 0), n - Math.max(offset, 0)));

const others = <T>(list: readonly T[], { row, column }: Diagonal): T[] =>
  list.filter((_, axis) => axis !== row && axis !== column);

/** Where the diagonal lies, as a last axis behind the axes of the batch. */
const layoutOf = (strides: readonly number[], offset: number, diagonal: Diagonal): Layout => {
  const [down, right] = [strides[diagonal.row]!, strides[diagonal.column]!];
  return {
    strides: [...others(strides, diagonal), down + right],
    offset: offset + Math.max(diagonal.offset, 0) * right - Math.min(diagonal.offset, 0) * down,
  };
};

const batchDiagonal = <P extends Diagonal>(params: P): P => ({
  ...params,
  row: params.row + 1,
  column: params.column + 1,
});

const diagonalOp = looking<Diagonal>(
  {
    name: "diagonal",
    shape([x], diagonal) {
      const { shape, dtype } = x!;
      const length = lengthOf(shape[diagonal.row]!, shape[diagonal.column]!, diagonal.offset);
      return { shape: [...others(shape, diagonal), length], dtype };
    },
    view: (x, { shape }, diagonal) =>
      sizeOf(shape) === 0 ? { strides: rowMajor(shape), offset: 0 } : layoutOf(x.strides, x.offset, diagonal),
    batch: batchDiagonal,
  },
  (ct, x, diagonal) => apply(embedOp, [ct], { ...diagonal, whole: x.shape }),
);

/** Diagonals set into zeros of the shape `whole`. */
const embedOp: Primitive<Diagonal & { readonly whole: Shape }> = linear(
  {
    name: "diagEmbed",
    shape: ([x], { whole }) => ({ shape: whole, dtype: x!.dtype }),
    run([x], result, diagonal) {
      const out = allocate(result.dtype, sizeOf(result.shape), "diagEmbed");
      copyTo("diagEmbed", x!, out, layoutOf(rowMajor(result.shape), 0, diagonal));
      return out;
    },
    batch: ({ whole, ...diagonal }, size) => ({ ...batchDiagonal(diagonal), whole: [size, ...whole] }),
  },
  (ct, _x, { offset, row, column }) => apply(diagonalOp, [ct], { offset, row, column }),
);

export interface MatrixAxes {
  /** The axes of rows and of columns; the last two. */
  readonly axes?: readonly [row: number, column: number];
}

/** Unless told: what leads is a batch, as everywhere here. */
const lastTwo = [-2, -1] as const;

function diagonalOf(op: string, rank: number, offset: number, options: MatrixAxes = {}): Diagonal {
  checkOptions(op, options);
  const { axes = lastTwo } = options;
  checkNumber(op, "the offset", offset, Number.isInteger, "give a whole number");
  const places = resolveDistinct(op, axes, rank);
  if (places.length !== 2)
    throw new TensorError(op, `${places.length} axes ${formatShape(places)} make no matrix`, "give two");
  return { offset, row: places[0]!, column: places[1]! };
}

/**
 * The diagonal of a matrix, or of each in a batch, as a last axis: element i is x[i, i + offset]. A view.
 * (The default of NumPy's and PyTorch's `diagonal`, for more than two axes, is [0, 1]; that of their linalg's is ours.)
 *
 * Shapes: [b, m, n] → [b, min(m, n)]; less with an offset.
 * Derivative: the cotangent, set on the diagonal of zeros.
 * Throws: TensorError for axes that are not two, or an offset that is no whole number; one beyond the matrix is empty.
 *
 * @example
 * diagonal(tensor([[1, 2], [3, 4]])).toArray();      // => [1, 4]
 * diagonal(tensor([[1, 2], [3, 4]]), 1).toArray();   // => [2]
 */
export function diagonal(x: Tensor, offset = 0, options?: MatrixAxes): Tensor {
  checkTensor("diagonal", x);
  return apply(diagonalOp, [x], diagonalOf("diagonal", x.rank, offset, options));
}

/** Square matrices with the last axis of x on their diagonals. */
function embedded(op: string, x: Tensor, offset: number, options?: MatrixAxes): Tensor {
  checkTensor(op, x);
  if (x.rank === 0) throw new TensorError(op, "a scalar has no axis for a diagonal", "give a vector", [x]);
  const diagonal = diagonalOf(op, x.rank + 1, offset, options);
  const extent = x.shape.at(-1)! + Math.abs(offset);
  const extents = x.shape.values();
  const whole = Array.from({ length: x.rank + 1 }, (_, axis) =>
    axis === diagonal.row || axis === diagonal.column ? extent : (extents.next().value as number),
  );
  return apply(embedOp, [x], { ...diagonal, whole });
}

/**
 * Square matrices with the last axis of x on a diagonal and zeros elsewhere; `axes`: where their rows and columns are.
 *
 * Shapes: [b, n] → [b, n + |offset|, n + |offset|].
 * Derivative: the diagonal of the cotangent.
 * Throws: TensorError for a scalar, axes that are not two of the result, or an offset that is no whole number.
 *
 * @example
 * diagEmbed(tensor([1, 2])).toArray();                    // => [[1, 0], [0, 2]]
 * diagEmbed(tensor([[1, 2], [3, 4]]), 1).shape;           // => [2, 3, 3]
 */
export const diagEmbed = (x: Tensor, offset = 0, options?: MatrixAxes): Tensor =>
  embedded("diagEmbed", x, offset, options);

/**
 * Of a vector: the square matrix with it on its diagonal. Of a matrix: its diagonal, as a view.
 *
 * Shapes: [n] → [n + |offset|, n + |offset|]; [m, n] → [min(m, n)], less with an offset.
 * Derivative: of one, the other.
 * Throws: TensorError unless x is a vector or a matrix; batches have `diagonal` and `diagEmbed`.
 *
 * @example
 * diag(tensor([1, 2])).toArray();             // => [[1, 0], [0, 2]]
 * diag(tensor([[1, 2], [3, 4]])).toArray();   // => [1, 4]
 */
export function diag(x: Tensor, offset = 0): Tensor {
  checkTensor("diag", x);
  if (x.rank !== 1 && x.rank !== 2)
    throw new TensorError("diag", `${show(x)} is no vector or matrix`, "use diagonal or diagEmbed for batches", [x]);
  return x.rank === 1 ? embedded("diag", x, offset) : apply(diagonalOp, [x], diagonalOf("diag", 2, offset));
}

/**
 * The sum of the diagonal of a matrix, or of each in a batch.
 *
 * Shapes: [b, m, n] → [b].
 * Derivative: the cotangent on the diagonal of zeros.
 * Throws: TensorError for axes that are not two, or an offset that is no whole number.
 *
 * @example
 * trace(tensor([[1, 2], [3, 4]])).item();   // => 5
 */
export function trace(x: Tensor, offset = 0, options?: MatrixAxes): Tensor {
  checkTensor("trace", x);
  return sum(apply(diagonalOp, [x], diagonalOf("trace", x.rank, offset, options)), -1);
}

interface Triangle {
  readonly name: "triu" | "tril";
  readonly offset: number;
}

/** What lies on one side of a diagonal, and on it; zeros elsewhere, whatever was there. Its own transpose. */
const triangleOp: Primitive<Triangle> = linear(
  {
    name: "triangle",
    shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
    run([x], { shape, dtype }, { name, offset }) {
      const out = allocate(dtype, sizeOf(shape), name);
      const source = valuesOf(name, x!);
      const [m, n] = shape.slice(-2) as [number, number];
      const [down, right] = x!.strides.slice(-2) as [number, number];
      const batch = rows(shape.slice(0, -2), [{ strides: x!.strides.slice(0, -2), offset: x!.offset }]);
      batch.visit((position, [start]) => {
        for (let g = 0; g < batch.inner; g++) {
          const matrix = start! + g * batch.steps[0]!;
          for (let i = 0, row = (position + g) * m * n; i < m; i++, row += n) {
            const [from, to] = name === "triu" ? [Math.max(0, i + offset), n] : [0, Math.min(n, i + offset + 1)];
            for (let j = from; j < to; j++) out[row + j] = source[matrix + i * down + j * right]!;
          }
        }
      });
      return out;
    },
    batch: unchanged,
  },
  (ct, _x, triangle) => apply(triangleOp, [ct], triangle),
);

function triangle(name: "triu" | "tril", x: Tensor, offset: number): Tensor {
  checkTensor(name, x);
  checkNumber(name, "the offset", offset, Number.isInteger, "give a whole number");
  if (x.rank < 2) throw new TensorError(name, `${show(x)} is no matrix`, "it takes two axes or more", [x]);
  return apply(triangleOp, [x], { name, offset });
}

/**
 * The upper triangle of a matrix, or of each in a batch: zeros below the diagonal `offset` above the main one.
 *
 * Derivative: the upper triangle of the cotangent.
 * Throws: TensorError for fewer than two axes, or an offset that is no whole number.
 *
 * @example
 * triu(tensor([[1, 2], [3, 4]])).toArray();      // => [[1, 2], [0, 4]]
 * triu(tensor([[1, 2], [3, 4]]), 1).toArray();   // => [[0, 2], [0, 0]]
 */
export const triu = <S extends Shape>(x: Tensor<S>, offset = 0): Tensor<S> => triangle("triu", x, offset);

/**
 * The lower triangle of a matrix, or of each in a batch: zeros above the diagonal `offset` above the main one.
 *
 * Derivative: the lower triangle of the cotangent.
 * Throws: TensorError for fewer than two axes, or an offset that is no whole number.
 *
 * @example
 * tril(tensor([[1, 2], [3, 4]])).toArray();       // => [[1, 0], [3, 4]]
 * tril(tensor([[1, 2], [3, 4]]), -1).toArray();   // => [[0, 0], [3, 0]]
 */
export const tril = <S extends Shape>(x: Tensor<S>, offset = 0): Tensor<S> => triangle("tril", x, offset);
