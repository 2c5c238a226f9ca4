/** @file Parts of trees by their paths: to look at one, to put another in its place, to take out what is to be learned. */
import { mapTree, Tensor, TensorError } from "@deltagrad/tensor";
import { sameShape } from "@deltagrad/tensor/extend";

/** Which parts of a tree, by path: itself and all below it, by pattern, or by a function. */
export type Match = string | RegExp | ((path: string) => boolean);

/** Whether a path is one of those that are meant. */
export const matches = (match: Match, path: string): boolean =>
  typeof match === "string"
    ? path === match || path.startsWith(`${match}.`) || path.startsWith(`${match}[`)
    : typeof match === "function"
      ? match(path)
      : match.test(path);

/** `layers[0].weight` as its keys. */
function keysOf(op: string, path: string): string[] {
  const keys: string[] = [];
  const step = /(?:^|\.)([A-Za-z_$][\w$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  for (let at = 0; at < path.length; at = step.lastIndex) {
    step.lastIndex = at;
    const found = step.exec(path);
    if (found === null)
      throw new TensorError(op, `${JSON.stringify(path)} is no path`, "write it as in layers[0].weight");
    keys.push(found[1] ?? found[2] ?? (JSON.parse(found[3]!) as string));
  }
  return keys;
}

const isInner = (node: unknown): node is Record<string, unknown> =>
  Array.isArray(node) ||
  (typeof node === "object" && node !== null && Object.getPrototypeOf(node) === Object.prototype);

/** Whether two trees have the same keys in the same order, and in the same places nothing or tensors of one shape. */
export function alike(a: unknown, b: unknown): boolean {
  if (a instanceof Tensor && b instanceof Tensor) return sameShape(a.shape, b.shape);
  if (!isInner(a) || !isInner(b)) return (a ?? null) === null && (b ?? null) === null;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return keys.length === others.length && keys.every((key, i) => key === others[i] && alike(a[key], b[key]));
}

function child(op: string, node: unknown, key: string, path: string): unknown {
  if (isInner(node) && Object.hasOwn(node, key)) return node[key];
  const here = isInner(node) ? `there are ${Object.keys(node).join(", ") || "no keys"}` : "the tree ends before it";
  throw new TensorError(op, `there is no ${path}`, `at ${JSON.stringify(key)} ${here}`);
}

/**
 * The part of a tree at a path, written as errors and `leaves` write it; "" is the whole.
 *
 * Throws: TensorError when there is no such part.
 *
 * @example
 * getIn([{ weight: tensor([1, 2]) }], "[0].weight").toArray();   // => [1, 2]
 */
export function getIn<T = Tensor>(tree: unknown, path: string): T {
  return keysOf("getIn", path).reduce((node, key) => child("getIn", node, key, path), tree) as T;
}

/**
 * The tree with another part at a path; all others are the same values.
 *
 * Throws: TensorError when there is no such part.
 *
 * @example
 * const params = stack(dense(2, 3), relu, dense(3, 1)).init(rng(7));
 * const other = setIn(params, "[2]", dense(3, 1).init(rng(8)));
 * [other[0] === params[0], other[2] === params[2]];   // => [true, false]
 */
export function setIn<T>(tree: T, path: string, part: unknown): T {
  const put = (node: unknown, [key, ...rest]: readonly string[]): unknown => {
    if (key === undefined) return part;
    const next = put(child("setIn", node, key, path), rest);
    if (Array.isArray(node)) return node.map((old: unknown, i) => (String(i) === key ? next : old));
    return { ...(node as object), [key]: next };
  };
  return put(tree, keysOf("setIn", path)) as T;
}

/**
 * Two trees of the same structure: with the tensors whose paths match, and with the others; null stands for what is in
 * the other tree. To differentiate with respect to a part only, and leave the rest as it is.
 *
 * @example
 * const net = stack(dense(2, 3), relu, dense(3, 1));
 * const [head, body] = partition(net.init(rng(7)), "[2]");
 * const cost = (p: typeof head) => sum(net.apply(merged(p, body), ones([4, 2])));
 * grad(cost)(head)[0].weight;               // => null
 * grad(cost)(head)[2].bias.toArray();       // => [4]
 */
export function partition<T>(tree: T, match: Match): [matched: T, rest: T] {
  const part = (wanted: boolean): T =>
    mapTree((leaf, path) => (matches(match, path) === wanted ? leaf : (null as unknown as Tensor)), tree, "partition");
  return [part(true), part(false)];
}

/**
 * The tree of which `partition` made two.
 *
 * Throws: TensorError when both have something at one place, or their structures differ.
 *
 * @example
 * merged([tensor(1), null], [null, tensor(2)]).map((x) => x.item());   // => [1, 2]
 */
export function merged<T>(a: T, b: T): T {
  const join = (one: unknown, other: unknown, path: string): unknown => {
    if (one === null || one === undefined) return other;
    if (other === null || other === undefined) return one;
    const keys = isInner(one) ? Object.keys(one) : [];
    if (!isInner(one) || !isInner(other) || keys.join() !== Object.keys(other).join())
      throw new TensorError(
        "merged",
        `both trees have something of their own at ${path === "" ? "the root" : path}`,
        "merge what partition returned",
      );
    const parts = keys.map((key) => join(one[key], other[key], `${path}[${JSON.stringify(key)}]`));
    return Array.isArray(one) ? parts : Object.fromEntries(keys.map((key, i) => [key, parts[i]]));
  };
  return join(a, b, "") as T;
}
