/** @file Two tensors with named axes made into one: what is shared and not kept is summed, by one matrix product. */
import type { Label } from "../core/contraction.ts";
import { sizeOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { mul } from "./arithmetic.ts";
import { matmul } from "./matmul.ts";
import { permute, reshape } from "./shape.ts";

/** A tensor whose axes have names, each once. */
export interface Named {
  readonly x: Tensor;
  readonly labels: readonly Label[];
}

/** Its axes in another order. A view. */
export function arranged({ x, labels }: Named, order: readonly Label[]): Tensor {
  return order.every((label, axis) => label === labels[axis])
    ? x
    : permute(
        x,
        order.map((label) => labels.indexOf(label)),
      );
}

/**
 * The product of two, summed over the axes that both have and that are not to be kept. (An axis that only one has is
 * always kept.) The axes of the result: shared ones, then those of a, then those of b.
 *
 * As batched matrix product [shared, a's, summed] · [shared, summed, b's] where there is something to sum, so that the
 * product of all elements is never laid out; else element by element.
 */
export function contract(a: Named, b: Named, keep: (label: Label) => boolean): Named {
  const [shared, summed] = [true, false].map((kept) =>
    a.labels.filter((label) => b.labels.includes(label) && keep(label) === kept),
  ) as [Label[], Label[]];
  const alone = ({ labels }: Named, other: Named): Label[] => labels.filter((label) => !other.labels.includes(label));
  const [left, right] = [alone(a, b), alone(b, a)];
  const extents = ({ x, labels }: Named, of: readonly Label[]): number[] =>
    of.map((label) => x.shape[labels.indexOf(label)]!);
  const [batch, m, k, n] = [extents(a, shared), extents(a, left), extents(a, summed), extents(b, right)];
  const [first, second] = [arranged(a, [...shared, ...left, ...summed]), arranged(b, [...shared, ...summed, ...right])];
  const labels = [...shared, ...left, ...right];
  const ones = (of: readonly number[]): number[] => of.map(() => 1);
  if (summed.length === 0) {
    const x = mul(reshape(first, [...batch, ...m, ...ones(n)]), reshape(second, [...batch, ...ones(m), ...n]));
    return { x, labels };
  }
  const lead = batch.length === 0 ? [] : [sizeOf(batch)];
  const x = matmul(reshape(first, [...lead, sizeOf(m), sizeOf(k)]), reshape(second, [...lead, sizeOf(k), sizeOf(n)]));
  return { x: reshape(x, [...batch, ...m, ...n]), labels };
}
