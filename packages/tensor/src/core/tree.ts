/** @file Trees of tensors: tensors in arrays and plain objects, nested as the user likes. */
import { formatShape, TensorError } from "./errors.ts";
import { sameShape } from "./shape.ts";
import { Tensor } from "./tensor.ts";

const isPlainObject = (node: object): node is Record<string, unknown> => {
  const prototype: unknown = Object.getPrototypeOf(node);
  return prototype === null || prototype === Object.prototype;
};

/** The way to a node: it is put into words only when someone asks. */
export interface Way {
  readonly from: Way | null;
  /** Of the root: what the whole is called. */
  readonly key: string | number;
}

/** A way as an error message has it: `layers[0].weight`. */
export function pathOf({ from, key }: Way): string {
  if (from === null) return String(key);
  const path = pathOf(from);
  if (typeof key === "number" || !/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

const root: Way = { from: null, key: "" };

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

/** The keys of an inner node; null for a leaf or for nothing (null, undefined). */
function keysOf(op: string, node: unknown, at: Way): readonly (string | number)[] | null {
  if (node === null || node === undefined || node instanceof Tensor) return null;
  if (Array.isArray(node)) return node.map((_, i) => i);
  if (typeof node === "object" && isPlainObject(node)) return Object.keys(node);
  throw new TensorError(
    op,
    `${pathOf(at) || "the argument"} is ${oddKindOf(node)}, not a tensor`,
    "trees are tensors in arrays and plain objects; wrap numbers with tensor(…)",
  );
}

/**
 * `mapTree` for a function that seldom asks for the path: it is given the way there, which `pathOf` would put into words.
 *
 * @example
 * mapLeaves((x) => x.mul(2), [tensor(1)], "doubled")[0].item();   // => 2
 */
export function mapLeaves<T>(f: (leaf: Tensor, at: Way) => Tensor, tree: T, op: string, at = root): T {
  if (tree instanceof Tensor) return f(tree, at) as T;
  const keys = keysOf(op, tree, at);
  if (keys === null) return tree;
  const copy = (Array.isArray(tree) ? [...tree] : { ...tree }) as Record<string | number, unknown>;
  for (const key of keys) copy[key] = mapLeaves(f, copy[key], op, { from: at, key });
  return copy as T;
}

/**
 * The tensors of a tree in order, without their paths.
 *
 * Throws: as `leaves`, in the name of `op`.
 *
 * @example
 * tensorsOf({ a: tensor(1), b: [tensor(2)] }, "values").map((x) => x.item());   // => [1, 2]
 */
export function tensorsOf(tree: unknown, op: string): Tensor[] {
  const found: Tensor[] = [];
  mapLeaves(
    (leaf) => {
      found.push(leaf);
      return leaf;
    },
    tree,
    op,
  );
  return found;
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
  const found: Leaf[] = [];
  mapLeaves(
    (tensor, at) => {
      found.push({ path: pathOf(at), tensor });
      return tensor;
    },
    tree,
    op,
    { from: null, key: path },
  );
  return found;
}

/**
 * The same tree with every tensor replaced by f(tensor, path).
 *
 * @example
 * mapTree((x) => x.mul(2), { a: tensor(1), b: [tensor(2)] }).b[0].item();   // => 4
 */
export const mapTree = <T>(f: (leaf: Tensor, path: string) => Tensor, tree: T, op = "mapTree"): T =>
  mapLeaves((leaf, at) => f(leaf, pathOf(at)), tree, op);

/**
 * The first tree with every tensor replaced by f of the tensors at that place in all trees, which must be alike.
 *
 * Throws: TensorError that names the place where two trees differ in structure or shape.
 *
 * @example
 * zipTrees((x, g) => sub(x, mul(0.1, g)), { w: tensor([1, 2]) }, { w: tensor([10, 10]) }).w.toArray();   // => [0, 1]
 */
export function zipTrees<T>(f: (...tensors: Tensor[]) => Tensor, first: T, ...others: readonly T[]): T {
  for (const other of others) checkAlikeTrees("zipTrees", first, other);
  const columns = others.map((other) => tensorsOf(other, "zipTrees"));
  let place = -1;
  return mapLeaves(
    (leaf) => {
      place++;
      return f(leaf, ...columns.map((column) => column[place]!));
    },
    first,
    "zipTrees",
  );
}

/** Throws unless two trees have the same structure and, leaf by leaf (unless told not to look), the same shapes. */
export function checkAlikeTrees(op: string, expected: unknown, got: unknown, shapes = true, at = root): void {
  const differ = (problem: (place: string) => string, inputs: Tensor[] = []): never => {
    const advice = "both trees must have the same structure (keys in the same order) and shapes";
    throw new TensorError(op, problem(pathOf(at) || "the tree"), advice, inputs);
  };
  if (expected instanceof Tensor && got instanceof Tensor) {
    if (shapes && !sameShape(expected.shape, got.shape))
      differ(
        (place) =>
          `${place} has shape ${formatShape(expected.shape)} in one tree and ${formatShape(got.shape)} in the other`,
        [expected, got],
      );
    return;
  }
  const [a, b] = [keysOf(op, expected, at), keysOf(op, got, at)];
  if (
    Array.isArray(expected) !== Array.isArray(got) ||
    expected instanceof Tensor !== got instanceof Tensor ||
    a?.length !== b?.length ||
    a?.some((key, i) => key !== b![i])
  )
    differ((place) => `${place} is ${kindOf(expected)} in one tree and ${kindOf(got)} in the other`);
  const child = (node: unknown, key: string | number): unknown => (node as Record<string | number, unknown>)[key];
  for (const key of a ?? []) checkAlikeTrees(op, child(expected, key), child(got, key), shapes, { from: at, key });
}
