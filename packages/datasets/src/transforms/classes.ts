/** @file Classes as numbers, and as rows with a 1. */
import { type Shape, type Tensor, TensorError, tensor } from "@deltagrad/tensor";
import { checkTensor, formatShape, shown } from "../checks.ts";

/**
 * Class numbers as rows with a 1 in the place of the class; `argMax(rows, 1)` undoes it.
 *
 * Shapes: labels [n], int32 → [n, classes], float64.
 * Throws: TensorError when the labels are not int32, or one is not in 0 … classes − 1, or there is no class.
 *
 * @example
 * oneHot(tensor([0, 2], { dtype: "int32" }), 3).toArray();   // => [[1, 0, 0], [0, 0, 1]]
 */
export function oneHot<N extends number, const K extends number>(
  labels: Tensor<readonly [N]>,
  classes: K,
): Tensor<readonly [N, K]> {
  checkTensor("oneHot", "labels", labels);
  if (labels.dtype !== "int32" || labels.rank !== 1)
    throw new TensorError(
      "oneHot",
      `labels are ${labels.dtype} ${formatShape(labels.shape as Shape)}`,
      "give class numbers, int32 [n]",
      [labels],
    );
  if (!Number.isInteger(classes) || classes < 1)
    throw new TensorError("oneHot", `there is no row of ${shown(classes)} classes`, "classes is a whole number ≥ 1");
  const numbers = labels.toTypedArray();
  const bad = numbers.findIndex((label) => label < 0 || label >= classes);
  if (bad >= 0)
    throw new TensorError(
      "oneHot",
      `label ${numbers[bad]} of example ${bad} is none of ${classes} classes`,
      `labels count from 0 to ${classes - 1}`,
      [labels],
    );
  const rows = new Float64Array(numbers.length * classes);
  numbers.forEach((label, i) => {
    rows[i * classes + label] = 1;
  });
  return tensor(rows, { shape: [numbers.length as N, classes] });
}

/** Numbers for the values of a column that names things. */
export interface Categories<C extends string | number> {
  (values: ArrayLike<C extends string ? string : number>): Tensor<readonly [number]>;
  /** What the numbers stand for. */
  readonly classes: readonly C[];
  /** The values that class numbers stand for. */
  inverse(labels: Tensor<readonly [number]>): C[];
}

/**
 * Fits class numbers to the values of a column, in ascending order: give it the training part only. What is not in it
 * is refused later, or gets the number `unknown`.
 *
 * Shapes: n values → a function of m values → [m], int32.
 * Throws: TensorError when there are no values, or one is missing (NaN, null); later, for an unknown one.
 *
 * @example
 * const species = categories(["setosa", "virginica", "setosa"]);
 * species(["virginica", "setosa"]).toArray();                       // => [1, 0]
 * species.inverse(tensor([1, 1], { dtype: "int32" }));              // => ["virginica", "virginica"]
 * categories([3, 1], { unknown: -1 })([1, 2]).toArray();            // => [0, -1]
 */
export function categories<C extends string | number>(
  values: ArrayLike<C>,
  { unknown }: { readonly unknown?: number } = {},
): Categories<C> {
  if (typeof values !== "object" || !(values?.length > 0))
    throw new TensorError("categories", `there are no values in ${shown(values)}`, "give the training part's column");
  if (unknown !== undefined && !Number.isInteger(unknown))
    throw new TensorError("categories", `unknown is ${shown(unknown)}`, "use a whole number, such as -1");
  const missing = Array.from(values).findIndex(
    (value) => !(typeof value === "string" || (typeof value === "number" && !Number.isNaN(value))),
  );
  if (missing >= 0)
    throw new TensorError(
      "categories",
      `value ${missing} is ${shown(values[missing])}`,
      "drop or fill such values first",
    );
  const classes = [...new Set(Array.from(values))].sort((a, b) => (a < b ? -1 : Number(a > b)));
  const numbers = new Map<string | number, number>(classes.map((value, i) => [value, i]));
  const encode = (column: ArrayLike<string | number>): Tensor<readonly [number]> => {
    const labels = Int32Array.from({ length: column.length }, (_, i) => {
      const label = numbers.get(column[i]!) ?? unknown;
      if (label === undefined)
        throw new TensorError(
          "categories",
          `value ${i} is ${shown(column[i])}, which is none of ${classes.length} classes`,
          "fit to data that has it, or say { unknown: -1 }",
        );
      return label;
    });
    return tensor(labels, { shape: [labels.length] });
  };
  const inverse = (labels: Tensor<readonly [number]>): C[] => {
    checkTensor("inverse", "labels", labels);
    return Array.from(labels.toTypedArray(), (label, i) => {
      if (classes[label] === undefined)
        throw new TensorError(
          "inverse",
          `label ${label} of example ${i} is none of ${classes.length} classes`,
          `labels count from 0 to ${classes.length - 1}`,
        );
      return classes[label];
    });
  };
  return Object.assign(encode, { classes, inverse });
}
