/** @file A watcher that looks for the first operation whose result is no finite number. */

import { callSite } from "../core/callSite.ts";
import { isFloat } from "../core/dtype.ts";
import { show, TensorError } from "../core/errors.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { contiguous, type Tensor, type Watched, watchedAs } from "../core/tensor.ts";
import { seenBy, Trace } from "../core/trace.ts";
import { mapTree } from "../core/tree.ts";

interface Seen extends Watched {
  readonly primal: Tensor;
}

class Watchdog extends Trace {
  private readonly infinities: boolean;

  constructor(infinities: boolean) {
    super();
    this.infinities = infinities;
  }

  override handle<P>(op: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
    const primals = inputs.map((input) => this.seen(input)?.primal ?? input);
    const y = apply(op, primals, params);
    const bad = this.badElement(y);
    // What came in bad was made elsewhere.
    if (bad >= 0 && primals.every((x) => this.badElement(x) < 0)) throw report(op, y, primals, bad);
    return this.watch(y);
  }

  watch(primal: Tensor): Tensor {
    const seen: Seen = { trace: this, primal };
    return watchedAs(primal, seen);
  }

  seen(x: Tensor): Seen | null {
    return (seenBy(this, x)?.watched as Seen | undefined) ?? null;
  }

  /** The first NaN (or ±∞) of x in row-major order; −1: there is none, or no value to look at. */
  private badElement(x: Tensor): number {
    if (!isFloat(x.dtype) || x.storage === null) return -1;
    return contiguous("watchNaN", x).findIndex(this.infinities ? (v) => !Number.isFinite(v) : Number.isNaN);
  }
}

/** The place of an element, as in `[1, 0]`. */
function placeOf(shape: readonly number[], element: number): string {
  const place: number[] = [];
  for (let axis = shape.length - 1, rest = element; axis >= 0; axis--) {
    place.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return `[${place.join(", ")}]`;
}

function report<P>(op: Primitive<P>, y: Tensor, inputs: readonly Tensor[], element: number): NotFinite {
  const value = contiguous("watchNaN", y)[element]!;
  const about = (x: Tensor): string => {
    const values = contiguous("watchNaN", x);
    if (x.size === y.size) return `${show(x)} with ${values[element]} there`;
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const v of values) [low, high] = [Math.min(low, v), Math.max(high, v)];
    return `${show(x)} from ${low} to ${high}`;
  };
  const caller = callSite(new Error());
  return new NotFinite(
    op.name,
    `made ${value} at ${placeOf(y.shape, element)} of ${show(y)} from ${inputs.map(about).join(" and ") || "nothing"}${caller === null ? "" : `, called at ${caller}`}`,
    inputs,
    caller,
  );
}

/** What `watchNaN` throws: the operation, what went into it, and where it was called. */
export class NotFinite extends TensorError {
  /** The values that the operation was given, all finite. */
  readonly inputs: readonly Tensor[];
  /** File, line and column of the call, where the engine tells. */
  readonly caller: string | null;

  constructor(op: string, problem: string, inputs: readonly Tensor[], caller: string | null) {
    super(op, problem, "look at these inputs: a guard belongs before this operation", inputs);
    this.inputs = inputs;
    this.caller = caller;
  }
}

/**
 * f as it is, but stopped at the first operation on its arguments that makes a NaN or ±∞ out of finite numbers: in f
 * itself, and in the passes backwards or forwards that it runs. Every result is looked at, so it is slower than f.
 *
 * Throws: NotFinite (a TensorError) that names the operation, the element, the inputs, and where it was called.
 *
 * @example
 * const f = watchNaN((x: Tensor) => sum(log(x)));
 * f(tensor([1, 2])).item();   // => 0.6931471805599453
 */
export function watchNaN<A extends readonly unknown[], Y>(
  f: (...args: A) => Y,
  { infinities = true }: { readonly infinities?: boolean } = {},
): (...args: A) => Y {
  return (...args) => {
    const watchdog = new Watchdog(infinities);
    const y = f(...(mapTree((leaf) => watchdog.watch(leaf), args, "watchNaN") as A));
    return mapTree((leaf) => watchdog.seen(leaf)?.primal ?? leaf, y, "watchNaN");
  };
}
