/** @file A loss or gradient that is no finite number: where it came from. */
import { all, isFinite as finite, leaves, Tensor, TensorError, watchNaN } from "@deltagrad/tensor";

const isBad = (x: Tensor): boolean =>
  (x.dtype === "float64" || x.dtype === "float32") && x.size > 0 && all(finite(x)).item() === 0;

/** The path of the first tensor that is not all finite; null: there is none. */
const firstBad = (tree: unknown): string | null => {
  const bad = leaves(tree, "train").find(({ tensor }) => isBad(tensor));
  return bad === undefined ? null : bad.path || "the tensor";
};

/** What is the matter with a batch, which may hold other things than tensors, and what to do. */
function faultOf(batch: unknown): readonly [problem: string, advice: string] | null {
  const parts = batch instanceof Tensor ? { tensor: batch } : typeof batch === "object" ? (batch ?? {}) : {};
  for (const [name, x] of Object.entries(parts)) {
    if (x instanceof Tensor && x.shape[0] === 0) return [`${name} of the batch has no rows`, "leave empty batches out"];
    if (x instanceof Tensor && isBad(x))
      return [`${name} of the batch is not finite`, "look for NaN and ∞ in the data"];
  }
  return null;
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
  const fault = faultOf(batch);
  if (fault !== null) throw new TensorError("train", `${what}: ${fault[0]}`, fault[1]);
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
