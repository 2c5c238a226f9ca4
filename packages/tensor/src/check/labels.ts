/** @file Names given on the way: a watcher that does nothing but listen. */
import { apply, type Primitive } from "../core/primitive.ts";
import { type Tensor, type Watched, watchedAs } from "../core/tensor.ts";
import { seenBy, Trace } from "../core/trace.ts";
import { mapTree } from "../core/tree.ts";

/** Tensors by the names that they were given, as other watchers see them. */
export type Labelled = ReadonlyMap<string, Tensor>;

interface Heard extends Watched {
  readonly primal: Tensor;
}

class Listener extends Trace {
  readonly labels = new Map<string, Tensor>();

  override handle<P>(op: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
    return this.watch(
      apply(
        op,
        inputs.map((input) => this.outside(input)),
        params,
      ),
    );
  }

  override named(x: Tensor, label: string): void {
    this.labels.set(label, this.outside(x).named(label));
  }

  watch(primal: Tensor): Tensor {
    const heard: Heard = { trace: this, primal };
    return watchedAs(primal, heard);
  }

  outside(x: Tensor): Tensor {
    return (seenBy(this, x)?.watched as Heard | undefined)?.primal ?? x;
  }
}

/** f of a tree, with what was given a name on the way. */
export function labelled<T, Y>(f: (tree: T) => Y, tree: T): { readonly result: Y; readonly labels: Labelled } {
  const listener = new Listener();
  const result = f(mapTree((leaf) => listener.watch(leaf), tree));
  return { result: mapTree((leaf) => listener.outside(leaf), result), labels: listener.labels };
}
