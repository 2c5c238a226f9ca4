/** @file A loss or gradient that is no finite number: where it came from. */
import { all, isFinite as finite, leaves, Tensor, TensorError, watchNaN } from "@deltagrad/tensor";

const isBad = (x: Tensor): boolean =>
  (x.dtype === "float64" || x.dtype === "float32") && x.size > 0 && all(finite(x)).item() === 0;

/** The path of the first tensor that is not all finite; null: there is none. */
const firstBad = (tree: unknown): string | null => {
  const bad = leaves(tree, "train").find(({ tensor }) => isBad(tensor));
  return bad === undefined ? null : bad.path || "the tensor";
};

/** The tensors of a batch, which may hold other things as well, by name. */
function badInBatch(batch: unknown): string | null {
  if (batch instanceof Tensor) return isBad(batch) ? "the batch" : null;
  if (typeof batch !== "object" || batch === null) return null;
  const bad = Object.entries(batch).find(([, x]) => x instanceof Tensor && isBad(x));
  return bad === undefined ? null : bad[0];
}

export interface Where {
  readonly epoch: number;
  readonly batch: number;
}

/** Whether a gradient is finite, as the loss was. */
export const gradientIsFinite = (gradient: unknown): boolean => firstBad(gradient) === null;

/** Throws what is wrong: parameters or data that came in bad, or the first operation that made NaN or ±∞. */
export function explain(
  { epoch, batch: count }: Where,
  loss: number,
  params: unknown,
  batch: unknown,
  again: (params: unknown) => unknown,
): never {
  const what = `${Number.isFinite(loss) ? "the gradient is not finite" : `the loss is ${loss}`} in epoch ${epoch}, step ${count}`;
  const parameter = firstBad(params);
  if (parameter !== null)
    throw new TensorError(
      "train",
      `${what}: ${parameter} is not finite`,
      "the steps were too long: lower the learning rate",
    );
  const datum = badInBatch(batch);
  if (datum !== null)
    throw new TensorError("train", `${what}: ${datum} of the batch is not finite`, "look for NaN and ∞ in the data");
  // NaN first: an ∞ may be meant, as in a mask.
  for (const infinities of Number.isFinite(loss) || Number.isNaN(loss) ? [false, true] : [true]) {
    try {
      watchNaN(again, { infinities })(params);
    } catch (error) {
      if (!(error instanceof TensorError)) throw error;
      const found = new TensorError("train", `${what}: ${error.op}: ${error.problem}`, error.advice);
      found.cause = error;
      throw found;
    }
  }
  throw new TensorError("train", what, "lower the learning rate, or look for NaN in the data");
}
