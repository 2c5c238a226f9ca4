/** @file Values, gradients, forward derivatives and second derivatives are PyTorch's, sample by sample. */
import { describe, expect, test } from "vitest";
import * as api from "../src/index.ts";
import { TensorError, type Tensor } from "../src/index.ts";
import {
  type Adapter,
  differences,
  isFractionOfIntegers,
  type Kwargs,
  type Part,
  partsOf,
  present,
  type Sample,
  samplesOf,
  torchNames,
} from "./oracle.ts";

/** What is asked of an operation that it does not do. */
class Missing extends Error {}
const missing = (what: string): never => {
  throw new Missing(what);
};

type Binary = (a: Tensor, b: Tensor) => Tensor;
const unary = (f: (x: Tensor) => Tensor): Adapter => (_kwargs, x) => f(x!);
const binary = (f: Binary): Adapter => (_kwargs, a, b) => f(a!, b!);

/** PyTorch's dims: a 0-d tensor has a dim 0 in name only, and [] means all. */
const axesOf = (x: Tensor, { dim }: Kwargs): number[] | undefined => {
  const axes = dim === undefined ? [] : [dim].flat();
  return x.rank === 0 || axes.length === 0 ? undefined : axes;
};
const reduction =
  (f: (x: Tensor, axes: number[] | undefined, options: { keepDims?: boolean }) => Tensor): Adapter =>
  (kwargs, x) => f(x!, axesOf(x!, kwargs), { keepDims: kwargs.keepdim ?? false });
const place =
  (f: (x: Tensor, axis: number | undefined) => Tensor, extreme: typeof api.max): Adapter =>
  (kwargs, x) =>
    // argMax keeps no axes: the shape that the extreme itself would have.
    api.reshape(f(x!, axesOf(x!, kwargs)?.[0]), reduction(extreme)(kwargs, x!) instanceof Array ? [] : keptShape(x!, kwargs));
const keptShape = (x: Tensor, kwargs: Kwargs): readonly number[] =>
  (api.max(x, axesOf(x, kwargs), { keepDims: kwargs.keepdim ?? false }) as Tensor).shape;
