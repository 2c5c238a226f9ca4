/** @file Sums of products in Einstein's notation. */
import { checkTensor } from "../core/checks.ts";
import { bestOrder, type Label, readEinsum, type Tree } from "../core/contraction.ts";
import { promote } from "../core/dtype.ts";
import { TensorError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { cast, sum } from "./broadcast.ts";
import { arranged, contract, type Named } from "./contract.ts";
import { diagonal } from "./diagonal.ts";
import { squeeze } from "./shape.ts";

/** Without the axes that stretch: what does not vary along an axis need not have it. */
function withoutStretched({ x, labels }: Named, extents: ReadonlyMap<Label, number>): Named {
  const axes = labels.flatMap((label, axis) => (x.shape[axis] !== extents.get(label) ? [axis] : []));
  return { x: squeeze(x, axes), labels: labels.filter((_, axis) => !axes.includes(axis)) };
}

/** With each name once: of axes with the same name, their diagonal. */
function withoutRepeats({ x, labels }: Named): Named {
  const second = labels.findIndex((label, axis) => labels.indexOf(label) !== axis);
  if (second < 0) return { x, labels };
  const label = labels[second]!;
  const first = labels.indexOf(label);
  const rest = labels.filter((_, axis) => axis !== first && axis !== second);
  return withoutRepeats({ x: diagonal(x, 0, { axes: [first, second] }), labels: [...rest, label] });
}

/** Summed over the axes that are not to be kept. */
function summed({ x, labels }: Named, keep: (label: Label) => boolean): Named {
  const axes = labels.flatMap((label, axis) => (keep(label) ? [] : [axis]));
  return axes.length === 0 ? { x, labels } : { x: sum(x, axes), labels: labels.filter(keep) };
}

/**
 * The sum of products that `subscripts` says, in NumPy's notation: a letter for each axis of each operand, commas
 * between operands, and after "->" the letters of the result; letters that are not there are summed. Without "->" the
 * result has the letters that occur once, in alphabetical order. "..." stands for any axes without a name, which
 * broadcast; a letter twice in one operand takes the diagonal; axes of extent 1 stretch.
 *
 * Derivative: to each operand the same kind of sum, of the cotangent with the others.
 * Cost: two operands are one (batched) matrix product, which copies an operand only where its axes cannot be joined as
 * they lie; axes that one operand alone has are summed first. Several are multiplied two at a time, up to eight in the
 * order with the least multiplications, more in a greedy one: ij,jk,kl->il costs as (ij,jk),kl or as ij,(jk,kl).
 * Rounding: as of matmul and sum, in that order.
 * Throws: TensorError that names the subscript, where operands do not fit.
 *
 * @example
 * const a = tensor([[1, 2], [3, 4]]);
 * einsum("ij,jk->ik", a, a).toArray();        // => [[7, 10], [15, 22]]
 * einsum("ii", a).item();                     // => 5
 * einsum("i,j", a.slice(0), a.slice(1)).toArray();   // => [[3, 4], [6, 8]]
 * einsum("...ij->...ji", zeros([5, 2, 3])).shape;    // => [5, 3, 2]
 */
export function einsum(subscripts: string, ...operands: readonly Tensor[]): Tensor {
  for (const x of operands) checkTensor("einsum", x);
  const { inputs, output, extents } = readEinsum(
    subscripts,
    operands.map((x) => x.shape),
  );
  const dtype = operands.map((x) => x.dtype).reduce(promote);
  if (dtype === "bool")
    throw new TensorError("einsum", "is not defined for bool", "cast to int32 or float64 first", operands);
  const terms = operands
    .map((x, i) => ({ x: cast(x, dtype), labels: inputs[i]! }))
    .map((term) => withoutRepeats(withoutStretched(term, extents)));
  /** Whether someone else than these terms, or the result, has a label. */
  const needed = (label: Label, among: readonly number[]): boolean =>
    output.includes(label) || terms.some(({ labels }, i) => !among.includes(i) && labels.includes(label));
  const parts = terms.map((term, i) => summed(term, (label) => needed(label, [i])));
  const product = (tree: Tree): Named & { readonly of: readonly number[] } => {
    if (typeof tree === "number") return { ...parts[tree]!, of: [tree] };
    const [a, b] = [product(tree[0]), product(tree[1])];
    const of = [...a.of, ...b.of];
    return { ...contract(a, b, (label) => needed(label, of)), of };
  };
  const order = bestOrder({ inputs: parts.map(({ labels }) => labels), output, extents });
  return arranged(product(order), output);
}
