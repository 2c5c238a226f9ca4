/** @file The fourth watcher: a function of one thing, done for many at once along an axis. */
import { zeros } from "../core/create.ts";
import { show, TensorError } from "../core/errors.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { resolveAxis } from "../core/shape.ts";
import type { Unshaped } from "../core/shape-types.ts";
import { Tensor, type Watched } from "../core/tensor.ts";
import { seenBy, Trace } from "../core/trace.ts";
import { leaves, mapTree } from "../core/tree.ts";
import { broadcastTo } from "../ops/broadcast.ts";
import { permute } from "../ops/shape.ts";
import { slice, stack } from "../ops/slice.ts";
import { checkResult } from "./reverse.ts";

interface Batched extends Watched {
  /** All the values that the tensor stands for, one after the other along axis 0. */
  readonly rows: Tensor;
}

class Batch extends Trace {
  private readonly size: number;

  constructor(size: number) {
    super();
    this.size = size;
  }

  override handle<P>(op: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
    const rows = inputs.map((input) => this.rowsOf(input));
    if (op.batch === undefined) return this.watch(this.oneByOne(op, inputs, rows, params));
    const all = inputs.map((input, i) => rows[i] ?? this.repeated(input));
    return this.watch(apply(op, all, op.batch(params, this.size)));
  }

  /** For an operation that does not say how it is batched: as often as there are rows. */
  private oneByOne<P>(
    op: Primitive<P>,
    inputs: readonly Tensor[],
    rows: readonly (Tensor | null)[],
    params: P,
  ): Tensor {
    if (this.size === 0) {
      const { shape, dtype } = op.shape(inputs, params);
      return zeros([0, ...shape], { dtype });
    }
    const once = (at: number): Tensor =>
      apply(
        op,
        inputs.map((input, i) => (rows[i] ? slice(rows[i], at) : input)),
        params,
      );
    return stack(Array.from({ length: this.size }, (_, at) => once(at)));
  }

  /** A tensor without values of its own that stands for each of the rows. */
  watch(rows: Tensor): Tensor {
    const batched: Batched = { trace: this, primal: null, rows };
    return new Tensor({ shape: rows.shape.slice(1), dtype: rows.dtype, label: rows.label }, null, null, batched);
  }

  rowsOf(x: Tensor): Tensor | null {
    return (seenBy(this, x)?.watched as Batched | undefined)?.rows ?? null;
  }

  /** The same for each of them: a view. */
  repeated(x: Tensor): Tensor {
    return broadcastTo(x, [this.size, ...x.shape]);
  }
}

/** x with one axis moved to another place. */
function withAxisAt(x: Tensor, from: number, to: number): Tensor {
  if (from === to) return x;
  const order = Array.from({ length: x.rank }, (_, axis) => axis).filter((axis) => axis !== from);
  order.splice(to, 0, from);
  return permute(x, order);
}

export interface VmapOptions {
  /** The axis of each argument (of every tensor in it) along which the calls differ; null: the same for all. */
  readonly inAxes?: number | readonly (number | null)[];
  /** Where the axis of the calls stands in the results. */
  readonly outAxis?: number;
}

/**
 * The function that does f for many arguments in one call: those that lie along an axis of its own arguments, whose
 * results lie along an axis of its result. Arguments and results may be trees. It composes with all other transforms:
 * `vmap(grad(f))` gives the gradient of each sample, `grad` of a function that uses `vmap` is as good as of a loop.
 *
 * Shapes: x [n, …] → f's result on […] each, [n, …].
 * Derivative: as the loop's.
 * At the edges: f cannot read values (item, toArray), nor return a shape that depends on them; a random stream used
 * in f is drawn from once, for all. An operation of one's own without `batch` is done for each row by itself.
 * Throws: TensorError when there is nothing to map over, an axis does not exist, or extents differ.
 *
 * @example
 * const dot = (a: Tensor, b: Tensor) => sum(mul(a, b));
 * vmap(dot)(tensor([[1, 2], [3, 4]]), tensor([[1, 1], [0, 1]])).toArray();                        // => [3, 4]
 * vmap(dot, { inAxes: [0, null] })(tensor([[1, 2], [3, 4]]), tensor([10, 1])).toArray();          // => [12, 34]
 * vmap(grad((w: Tensor) => sum(mul(w, w))))(tensor([[1, 2], [3, 4]])).toArray();                  // => [[2, 4], [6, 8]]
 */
export function vmap<A extends readonly unknown[], Y>(
  f: (...args: A) => Y,
  { inAxes = 0, outAxis = 0 }: VmapOptions = {},
): (...args: Unshaped<A>) => Unshaped<Y> {
  return (...args) => {
    const axes = axesOfArguments(inAxes, args.length);
    const size = commonExtent(args, axes);
    const batch = new Batch(size);
    const watched = args.map((arg, i) => {
      const axis = axes[i]!;
      if (axis === null) return arg;
      return mapTree((leaf) => batch.watch(withAxisAt(leaf, resolveAxis("vmap", axis, leaf.rank), 0)), arg, "vmap");
    });
    const y = f(...(watched as unknown as A));
    checkResult("vmap", y);
    const collect = (leaf: Tensor): Tensor => {
      const rows = batch.rowsOf(leaf) ?? batch.repeated(leaf);
      return withAxisAt(rows, 0, resolveAxis("vmap", outAxis, rows.rank));
    };
    return mapTree(collect, y as unknown, "vmap") as Unshaped<Y>;
  };
}

function axesOfArguments(inAxes: number | readonly (number | null)[], count: number): readonly (number | null)[] {
  if (typeof inAxes === "number") return new Array<number>(count).fill(inAxes);
  if (!Array.isArray(inAxes) || inAxes.length !== count)
    throw new TensorError(
      "vmap",
      `inAxes has ${Array.isArray(inAxes) ? `${inAxes.length} axes` : String(inAxes)} for ${count} arguments`,
      "give one axis, or one for each argument (null: the same for all)",
    );
  return inAxes;
}

/** How many calls there are: the extent of the mapped axes, which must agree. */
function commonExtent(args: readonly unknown[], axes: readonly (number | null)[]): number {
  let first: { readonly extent: number; readonly place: string } | null = null;
  args.forEach((arg, i) => {
    const axis = axes[i] ?? null;
    if (axis === null) return;
    for (const { path, tensor } of leaves(arg, "vmap", `argument ${i}`)) {
      const extent: number = tensor.shape[resolveAxis("vmap", axis, tensor.rank)]!;
      const place = `${path} ${show(tensor)}`;
      if (first !== null && first.extent !== extent)
        throw new TensorError(
          "vmap",
          `${place} has ${extent} on axis ${axis} where ${first.place} has ${first.extent}`,
          "mapped axes must be of one extent; null in inAxes for what is the same for all",
          [tensor],
        );
      first = { extent, place };
    }
  });
  if (first === null)
    throw new TensorError("vmap", "no argument has an axis to map over", "give a tensor with inAxes other than null");
  return (first as { readonly extent: number }).extent;
}
