/** @file A function of trees as a function of its float tensors: what is judged, and along which directions. */
import { isFloat } from "../../core/dtype.ts";
import { TensorError } from "../../core/errors.ts";
import type { Rng } from "../../core/random.ts";
import { contiguous, fromStorage, type Tensor } from "../../core/tensor.ts";
import { leaves, mapTree } from "../../core/tree.ts";

/** A tensor of an argument or a result, as reports name it. */
interface Named {
  readonly name: string;
  readonly tensor: Tensor;
}

export interface Program {
  /** The float tensors of the arguments. */
  readonly inputs: readonly Named[];
  /** The float tensors of the result at the inputs. */
  readonly outputs: readonly Named[];
  readonly call: (...xs: Tensor[]) => Tensor[];
}

const nameOf = (path: string, { label }: Tensor): string =>
  label === undefined ? path : path === "" ? label : `${label} (${path})`;

const floatsIn = (tree: unknown): Named[] =>
  leaves(tree, "checkGradient").flatMap(({ path, tensor }) =>
    isFloat(tensor.dtype) ? [{ name: nameOf(path, tensor), tensor }] : [],
  );

/** f as a function of the float tensors among its arguments; all others are constants. */
export function programOf<A extends readonly unknown[]>(f: (...args: A) => unknown, args: A): Program {
  const call = (...xs: Tensor[]): Tensor[] => {
    let place = 0;
    const filled = mapTree((leaf) => (isFloat(leaf.dtype) ? xs[place++]! : leaf), args, "checkGradient");
    return floatsIn(f(...filled)).map(({ tensor }) => tensor);
  };
  const inputs = floatsIn(args);
  if (inputs.length === 0)
    throw new TensorError("checkGradient", "there is no float tensor among the inputs", "give what f takes, in a list");
  const single = inputs.find(({ tensor }) => tensor.dtype === "float32");
  if (single !== undefined)
    throw new TensorError(
      "checkGradient",
      `${single.name} is float32`,
      'differences keep 2 or 3 of its 7 digits: cast(x, "float64")',
      [single.tensor],
    );
  const outputs = floatsIn(f(...args));
  if (outputs.length === 0)
    throw new TensorError("checkGradient", "f returned no float tensor", "return what is to be differentiated");
  return { inputs, outputs, call };
}

export const valuesIn = (x: Tensor): Float64Array => contiguous("checkGradient", x) as Float64Array;

/** x with numbers of its own, made from the old ones. */
export const changed = (x: Tensor, f: (value: number, i: number) => number): Tensor =>
  fromStorage(x.shape, "float64", Float64Array.from(valuesIn(x), f)) as Tensor;

/** How large a step counts as large, for each element: its own size; where it is 0, that of the largest beside it. */
export function scaleOf(x: Tensor): Tensor {
  const values = valuesIn(x);
  const largest = values.reduce((best, value) => Math.max(best, Math.abs(value)), 0) || 1;
  return changed(x, (value) => (value === 0 ? largest : Math.abs(value)));
}

/** Normally distributed numbers in the shapes of tensors, the same for the same stream. */
export const randomLike = (xs: readonly Tensor[], stream: Rng): Tensor[] =>
  xs.map((x, i) => stream.stream(String(i)).normal(x.shape) as Tensor);

/** A random direction in which each element moves at its own scale. */
export const randomDirection = (xs: readonly Tensor[], stream: Rng): Tensor[] =>
  randomLike(xs, stream).map((t, i) => {
    const scale = valuesIn(scaleOf(xs[i]!));
    return changed(t, (value, place) => value * scale[place]!);
  });

export const dot = (xs: readonly Tensor[], ys: readonly Tensor[]): number =>
  xs.reduce((total, x, i) => {
    const [a, b] = [valuesIn(x), valuesIn(ys[i]!)];
    return a.reduce((sum, value, place) => sum + value * b[place]!, total);
  }, 0);

/** The tensors, all 0 but for one element, or all of them. */
export const unit = (xs: readonly Tensor[], which: number, element: number): Tensor[] =>
  xs.map((x, i) => changed(x, (_, place) => (i === which && place === element ? 1 : 0)));
