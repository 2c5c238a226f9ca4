/** @file Trees held against what is expected of them, with all that is wrong said at once. */
import { leaves, type Tensor, TensorError } from "@deltagrad/tensor";

/** A path in a tree as the name of a tensor in a file: `layers[0].weight` is `layers.0.weight`. */
export const nameOf = (path: string): string =>
  path
    .replace(/\[(\d+)\]/g, ".$1")
    .replace(/\["((?:[^"\\]|\\.)*)"\]/g, (_, key: string) => `.${JSON.parse(`"${key}"`)}`)
    .replace(/^\./, "");

/** The tensors of a tree by their names. */
export function named(op: string, tree: unknown): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  for (const { path, tensor } of leaves(tree, op)) {
    const name = nameOf(path);
    if (found.has(name))
      throw new TensorError(op, `two tensors are named ${name}`, "leave dots out of the keys of the tree");
    found.set(name, tensor);
  }
  return found;
}

const show = ({ dtype, shape }: Tensor): string => `${dtype} [${shape.join(", ")}]`;

/** Throws, with all that is wrong, unless the same names have the same shapes and dtypes. */
export function checkAlike(
  op: string,
  expected: ReadonlyMap<string, Tensor>,
  found: ReadonlyMap<string, Tensor>,
  advice = "load it into the network that it was saved from",
): void {
  const wrong = [...expected].flatMap(([name, like]) => {
    const got = found.get(name);
    if (got === undefined) return [`${name} ${show(like)} is missing`];
    return show(got) === show(like) ? [] : [`${name} is ${show(got)} in place of ${show(like)}`];
  });
  const unknown = [...found].flatMap(([name, got]) =>
    expected.has(name) ? [] : [`${name} ${show(got)} is not expected`],
  );
  const all = [...wrong, ...unknown];
  if (all.length > 0)
    throw new TensorError(
      op,
      `${all.length} of ${expected.size + unknown.length} tensors do not fit: ${all.join(", ")}`,
      advice,
    );
}
