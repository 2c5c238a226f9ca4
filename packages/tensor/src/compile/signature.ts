/** @file What tells one recording from another: the structure of the arguments, shapes, dtypes, and all that is no tensor. */

import type { DType } from "../core/dtype.ts";
import { formatShape } from "../core/errors.ts";
import { Rng } from "../core/random.ts";
import { type Shape, sameShape } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { isPlainObject } from "../core/tree.ts";
import { RecordedStream } from "./streams.ts";

/** The structure of arguments or of a result. */
export type Pattern =
  | { readonly kind: "tensor"; readonly shape: Shape; readonly dtype: DType }
  | { readonly kind: "stream" }
  | { readonly kind: "list"; readonly items: readonly Pattern[] }
  | { readonly kind: "object"; readonly keys: readonly string[]; readonly items: readonly Pattern[] }
  /** Anything else: the program is made for this very value. */
  | { readonly kind: "fixed"; readonly value: unknown };

/** What was found in arguments, in order. */
export class Found {
  readonly tensors: Tensor[] = [];
  readonly streams: Rng[] = [];
  /** Whether some transform watches one of them, so that what is done with them is its affair. */
  watched = false;

  clear(): this {
    this.tensors.length = 0;
    this.streams.length = 0;
    this.watched = false;
    return this;
  }

  tensor(x: Tensor): void {
    this.tensors.push(x);
    this.watched ||= x.watched !== null;
  }

  stream(stream: Rng): void {
    this.streams.push(stream);
    this.watched ||= stream instanceof RecordedStream;
  }
}

/** The structure of a value; what is found in it is put in `found`. */
export function patternOf(value: unknown, found: Found): Pattern {
  if (value instanceof Tensor) {
    found.tensor(value);
    return { kind: "tensor", shape: value.shape, dtype: value.dtype };
  }
  if (value instanceof Rng) {
    found.stream(value);
    return { kind: "stream" };
  }
  if (Array.isArray(value)) return { kind: "list", items: value.map((item) => patternOf(item, found)) };
  if (typeof value === "object" && value !== null && isPlainObject(value)) {
    const keys = Object.keys(value);
    return { kind: "object", keys, items: keys.map((key) => patternOf(value[key], found)) };
  }
  return { kind: "fixed", value };
}

/** Whether a value has the structure; what is found in it is put in `found`. */
export function matches(pattern: Pattern, value: unknown, found: Found): boolean {
  switch (pattern.kind) {
    case "tensor":
      if (!(value instanceof Tensor) || value.dtype !== pattern.dtype || !sameShape(value.shape, pattern.shape))
        return false;
      found.tensor(value);
      return true;
    case "stream":
      if (!(value instanceof Rng)) return false;
      found.stream(value);
      return true;
    case "list":
      return matchesList(pattern.items, value, found);
    case "object":
      return matchesObject(pattern.keys, pattern.items, value, found);
    default:
      return Object.is(value, pattern.value);
  }
}

function matchesList(items: readonly Pattern[], value: unknown, found: Found): boolean {
  if (!Array.isArray(value) || value.length !== items.length) return false;
  for (let i = 0; i < items.length; i++) if (!matches(items[i]!, value[i], found)) return false;
  return true;
}

function matchesObject(keys: readonly string[], items: readonly Pattern[], value: unknown, found: Found): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Tensor) return false;
  if (!isPlainObject(value)) return false;
  let place = 0;
  for (const key in value) {
    if (key !== keys[place] || !matches(items[place]!, value[key], found)) return false;
    place++;
  }
  return place === keys.length;
}

/** The value of that structure with these tensors (and streams) in it, in order. */
export function rebuild(pattern: Pattern, tensors: Iterator<Tensor>, streams?: Iterator<Rng>): unknown {
  switch (pattern.kind) {
    case "tensor":
      return tensors.next().value;
    case "stream":
      return streams?.next().value;
    case "list":
      return pattern.items.map((item) => rebuild(item, tensors, streams));
    case "object": {
      const out: Record<string, unknown> = {};
      pattern.keys.forEach((key, i) => {
        out[key] = rebuild(pattern.items[i]!, tensors, streams);
      });
      return out;
    }
    default:
      return pattern.value;
  }
}

/** The structure as text: `{ weight: float32[2, 3], bias: null }`. */
export function show(pattern: Pattern): string {
  switch (pattern.kind) {
    case "tensor":
      return `${pattern.dtype}${formatShape(pattern.shape)}`;
    case "stream":
      return "stream";
    case "list":
      return `[${pattern.items.map(show).join(", ")}]`;
    case "object":
      return pattern.keys.length === 0
        ? "{}"
        : `{ ${pattern.keys.map((key, i) => `${key}: ${show(pattern.items[i]!)}`).join(", ")} }`;
    default:
      return shownValue(pattern.value);
  }
}

function shownValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return value.name === "" ? "a function" : `function ${value.name}`;
  if (typeof value === "object" && value !== null) return `a ${value.constructor.name}`;
  return String(value);
}
