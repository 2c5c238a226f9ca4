/** @file What the constructors of layers check, and how batches of any number of axes reach operations that take one. */
import { type PerAxis, reshape, type Shape, Tensor, TensorError } from "@deltagrad/tensor";
import { sameShape } from "@deltagrad/tensor/extend";
import { ANY, showExtents } from "../signature.ts";

/** Throws unless each size is a whole number ≥ 1. */
export function checkSizes(op: string, name: string, sizes: readonly number[]): void {
  for (const size of sizes) {
    if (!Number.isInteger(size) || size < 1)
      throw new TensorError(
        op,
        `${name} has no such size as ${typeof size === "string" ? JSON.stringify(size) : String(size)}`,
        "sizes are whole numbers ≥ 1",
      );
  }
}

/** Throws unless an option is a number that passes. */
export function checkNumber(op: string, name: string, value: number, passes: boolean, advice: string): void {
  if (typeof value !== "number" || !passes) throw new TensorError(op, `${name} is ${String(value)}`, advice);
}

/** An option as a list of whole numbers ≥ `least`, one for each spatial axis. */
export function perAxis(op: string, name: string, value: PerAxis, rank: number, least: number): readonly number[] {
  const list = typeof value === "number" ? new Array<number>(rank).fill(value) : value;
  if (Array.isArray(list) && list.length === rank && list.every((n) => Number.isInteger(n) && n >= least)) return list;
  const shown = Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
  throw new TensorError(
    op,
    `${name} is ${shown}`,
    `give a whole number ≥ ${least}${rank === 1 ? "" : `, or a list of ${rank}`}`,
  );
}

/** Throws unless an option is one of a list. */
export function checkOneOf<T extends string>(op: string, name: string, value: T, list: readonly T[]): void {
  if (!list.includes(value)) {
    const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
    throw new TensorError(op, `${name} is ${shown}`, `use ${list.map((one) => JSON.stringify(one)).join(" or ")}`);
  }
}

/** Throws unless x ends in these extents (−1: any), which `words` describes: `8 channels on axis −3`. */
export function checkInput(op: string, words: string, expected: Shape, x: Tensor): void {
  if (!(x instanceof Tensor))
    throw new TensorError(op, `x is ${Array.isArray(x) ? "an array" : typeof x}`, "wrap data with tensor(…)");
  const shape: Shape = x.shape;
  const tail = shape.slice(Math.max(0, shape.length - expected.length));
  if (tail.length === expected.length && expected.every((extent, i) => extent === ANY || extent === tail[i])) return;
  throw new TensorError(op, `expected ${words}, got [${shape.join(", ")}]`, adviceFor(expected, shape), [x]);
}

function adviceFor(expected: Shape, shape: Shape): string {
  const [batch, ...rest] = shape;
  const sizes = (list: Shape): number => list.reduce((a, b) => a * b, 1);
  if (!expected.includes(ANY) && shape.length > 1 && sizes(rest) === sizes(expected))
    return `reshape x to [${[batch, ...expected].join(", ")}]`;
  return expected.length > 1
    ? `x ends in ${showExtents(expected)}, with any batch axes in front`
    : "check the layer before it";
}

/** Throws unless parameters, or a state, have the shapes that `init`, or `initState`, gives them. */
export function checkParams(
  name: string,
  params: object | null | undefined,
  shapes: Readonly<Record<string, Shape | null>>,
  from = "init",
): void {
  const show = ([key, shape]: [string, Shape | null | undefined]): string =>
    shape ? `${key} [${shape.join(", ")}]` : `no ${key}`;
  const given = (params ?? {}) as Readonly<Record<string, Tensor | null | undefined>>;
  const fits = (key: string): boolean => {
    const [shape, wanted] = [given[key]?.shape as Shape | undefined, shapes[key]];
    return shape && wanted ? sameShape(shape, wanted) : !shape && !wanted;
  };
  const keys = Object.keys(shapes);
  if (keys.every(fits)) return;
  throw new TensorError(
    name,
    keys.map((key) => show([key, given[key]?.shape])).join(" and "),
    `give what ${from} returns`,
    Object.values(given).filter((x): x is Tensor => x instanceof Tensor),
  );
}

/** x with all axes in front of the last `rank` as one. */
export function oneBatch(x: Tensor, rank: number): Tensor {
  const [leading, rest]: [Shape, Shape] = [x.shape.slice(0, x.rank - rank), x.shape.slice(x.rank - rank)];
  return leading.length === 1 ? x : (reshape(x, [leading.reduce((a, b) => a * b, 1), ...rest]) as Tensor);
}

/** What f makes of [batch, …], for x with any number of axes in front of the last `rank`. */
export function inOneBatch(x: Tensor, rank: number, f: (batch: Tensor) => Tensor): Tensor {
  const leading: Shape = x.shape.slice(0, x.rank - rank);
  const y = f(oneBatch(x, rank));
  return leading.length === 1 ? y : (reshape(y, [...leading, ...y.shape.slice(1)]) as Tensor);
}

/** Options in the name of a layer: `, padding: "same"`, for those that were given. */
export const showOptions = (options: object): string => {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && typeof value !== "function");
  return given.length === 0
    ? ""
    : `, { ${given.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(", ")} }`;
};
