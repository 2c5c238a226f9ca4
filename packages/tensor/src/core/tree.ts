/** @file Trees of tensors: tensors in arrays and plain objects, nested as the user likes. */
import { formatShape, TensorError } from "./errors.ts";
import { Tensor } from "./tensor.ts";

export const isPlainObject = (node: object): node is Record<string, unknown> => {
  const prototype: unknown = Object.getPrototypeOf(node);
  return prototype === null || prototype === Object.prototype;
};

const join = (path: string, key: string): string => {
  const step = /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  return path === "" ? step.replace(/^\./, "") : path + step;
};

function kindOf(node: unknown): string {
  if (node === null || node === undefined) return "nothing";
  if (node instanceof Tensor) return "a tensor";
  if (Array.isArray(node)) return `an array of ${node.length}`;
  if (typeof node === "object" && isPlainObject(node))
    return `an object with ${Object.keys(node).join(", ") || "no keys"}`;
  return oddKindOf(node);
}

/** What something is that no tree can hold. */
const oddKindOf = (node: unknown): string =>
  `a ${typeof node === "object" ? (node as object).constructor.name : typeof node}`;

/** The children of an inner node with their paths; null for a leaf or for nothing (null, undefined). */
function childrenOf(op: string, node: unknown, path: string): [string, unknown, string][] | null {
  if (node === null || node === undefined || node instanceof Tensor) return null;
  if (Array.isArray(node)) return node.map((child, i) => [String(i), child, `${path}[${i}]`]);
  if (typeof node === "object" && isPlainObject(node)) {
    return Object.keys(node).map((key) => [key, node[key], join(path, key)]);
  }
  throw new TensorError(
    op,
    `${path === "" ? "the argument" : path} is ${oddKindOf(node)}, not a tensor`,
    "trees are tensors in arrays and plain objects; wrap numbers with tensor(…)",
  );
}

/** A leaf with the path that leads to it, as in an error message: `layers[0].weight`. */
export interface Leaf {
  readonly path: string;
  readonly tensor: Tensor;
}

/**
 * The tensors of a tree in order, with their paths. null and undefined are empty trees.
 *
 * Throws: TensorError when something in the tree is neither a tensor, an array, a plain object, nor nothing.
 *
 * @example
 * leaves({ weight: ones([2, 2]), bias: zeros([2]) }).map(({ path }) => path);   // => ["weight", "bias"]
 */
export function leaves(tree: unknown, op = "leaves", path = ""): Leaf[] {
  const children = childrenOf(op, tree, path);
  if (children !== null) return children.flatMap(([, child, childPath]) => leaves(child, op, childPath));
  return tree instanceof Tensor ? [{ path, tensor: tree }] : [];
}

/**
 * The same tree with every tensor replaced by f(tensor, path).
 *
 * @example
 * mapTree((x) => x.mul(2), { a: tensor(1), b: [tensor(2)] }).b[0].item();   // => 4
 */
export function mapTree<T>(f: (leaf: Tensor, path: string) => Tensor, tree: T, op = "mapTree"): T {
  const visit = (node: unknown, path: string): unknown => {
    const children = childrenOf(op, node, path);
    if (children === null) return node instanceof Tensor ? f(node, path) : node;
    if (Array.isArray(node)) return children.map(([, child, childPath]) => visit(child, childPath));
    return Object.fromEntries(children.map(([key, child, childPath]) => [key, visit(child, childPath)]));
  };
  return visit(tree, "") as T;
}

/**
 * The first tree with every tensor replaced by f of the tensors at that place in all trees, which must be alike.
 *
 * Throws: TensorError that names the place where two trees differ in structure or shape.
 *
 * @example
 * zipTrees((x, g) => sub(x, mul(0.1, g)), { w: tensor([1, 2]) }, { w: tensor([10, 10]) }).w.toArray();   // => [0, 1]
 */
export function zipTrees<T>(f: (...tensors: Tensor[]) => Tensor, first: T, ...others: readonly T[]): T {
  others.forEach((other) => checkAlikeTrees("zipTrees", first, other));
  const columns = others.map((other) => leaves(other));
  let place = -1;
  return mapTree((leaf) => {
    place++;
    return f(leaf, ...columns.map((column) => column[place]!.tensor));
  }, first);
}

/** Throws unless two trees have the same structure and, leaf by leaf (unless told not to look), the same shapes. */
export function checkAlikeTrees(op: string, expected: unknown, got: unknown, path = "", shapes = true): void {
  const place = path === "" ? "the tree" : path;
  const advice = "both trees must have the same structure (keys in the same order) and shapes";
  if (expected instanceof Tensor && got instanceof Tensor) {
    if (shapes && formatShape(expected.shape) !== formatShape(got.shape)) {
      const problem = `${place} has shape ${formatShape(expected.shape)} in one tree and ${formatShape(got.shape)} in the other`;
      throw new TensorError(op, problem, advice, [expected, got]);
    }
    return;
  }
  const a = childrenOf(op, expected, path);
  const b = childrenOf(op, got, path);
  const names = (children: [string, unknown, string][] | null): string =>
    JSON.stringify(children?.map(([key]) => key) ?? null);
  if (
    Array.isArray(expected) !== Array.isArray(got) ||
    names(a) !== names(b) ||
    expected instanceof Tensor !== got instanceof Tensor
  )
    throw new TensorError(op, `${place} is ${kindOf(expected)} in one tree and ${kindOf(got)} in the other`, advice);
  a?.forEach(([, child, childPath], i) => checkAlikeTrees(op, child, b![i]![1], childPath, shapes));
}
