/** @file Attention: averages of values, weighted by how well their keys fit a query. */
import { asTensor } from "../../core/create.ts";
import { isFloat } from "../../core/dtype.ts";
import { TensorError } from "../../core/errors.ts";
import { arange } from "../../core/grids.ts";
import type { Rng } from "../../core/random.ts";
import { broadcastShapes, type Shape, sameShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { add, mul } from "../arithmetic.ts";
import { broadcastTo, cast, sum } from "../broadcast.ts";
import { equal, greaterEqual, notEqual, where } from "../compare.ts";
import { matmul } from "../matmul.ts";
import { expandDims, matrixTranspose } from "../shape.ts";
import { softmax } from "../softmax.ts";
import { dropout } from "./dropout.ts";
import { called } from "./windows.ts";

export interface AttentionOptions {
  /** bool: which keys a query may see; float: what is added to the scores (−∞: not seen). Broadcasts to the scores. */
  readonly mask?: Tensor | undefined;
  /** Whether query i sees the keys 0 … i only (false). */
  readonly causal?: boolean;
  /** What the products of queries and keys are multiplied by (1/√features). */
  readonly scale?: number | undefined;
  /** Drops weights with probability p, by the stream. */
  readonly dropout?: { readonly p: number; readonly rng: Rng } | undefined;
}

const op = "scaledDotProductAttention";

function checkOperands(query: Tensor, key: Tensor, value: Tensor): void {
  const given = [query, key, value].map((x) => asTensor(op, x));
  const fits =
    given.every(({ rank }) => rank >= 2) &&
    query.shape.at(-1) === key.shape.at(-1) &&
    key.shape.at(-2) === value.shape.at(-2);
  if (!fits)
    throw new TensorError(
      op,
      `${called("query", query)}, ${called("key", key)} and ${called("value", value)}`,
      "give [batch, …, queries, features], [batch, …, keys, features] and [batch, …, keys, values]",
      given,
    );
}

/** The mask as a bool tensor, and what it adds to scores that it lets through; each broadcasts to the scores. */
function readMask(mask: Tensor | undefined, scores: Shape): { seen: Tensor | undefined; added: Tensor | undefined } {
  if (mask === undefined) return { seen: undefined, added: undefined };
  const { shape, dtype } = asTensor(op, mask);
  if (dtype === "int32" || !sameShape(broadcastShapes(op, scores, shape), scores))
    throw new TensorError(
      op,
      `${dtype} ${called("mask", mask)} for scores [${scores.join(", ")}]`,
      "give a bool mask, or a float one to be added, that broadcasts to the scores",
      [mask],
    );
  if (dtype === "bool") return { seen: mask, added: undefined };
  const seen = notEqual(mask, Number.NEGATIVE_INFINITY) as Tensor;
  return { seen, added: where(seen, mask, 0) as Tensor };
}

/**
 * softmax(query·keyᵀ·scale + mask)·value: for each query, the mean of the values, weighted by how well their keys fit.
 *
 * Shapes: query [batch, …, L, E], key [batch, …, S, E], value [batch, …, S, F] → [batch, …, L, F]; leading axes broadcast.
 * Derivative: to all three, and to a mask of floats.
 * At the edges: a query that may see no key (or where there are none) gets zeros, and no gradient; a masked score does
 * not matter, whatever it is, unless it is NaN times its value's.
 * Throws: TensorError when shapes do not fit, or the mask is int32 or does not broadcast to [batch, …, L, S].
 * Source: Vaswani et al., Attention Is All You Need (2017), eq 1.
 *
 * @example
 * const [keys, values] = [tensor([[1], [1]]), tensor([[10], [20]])];
 * scaledDotProductAttention(tensor([[5]]), keys, values).toArray();                                         // => [[15]]
 * scaledDotProductAttention(tensor([[5]]), keys, values, { causal: true }).toArray();                       // => [[10]]
 * scaledDotProductAttention(tensor([[5]]), keys, values, { mask: tensor([false, true]) }).toArray();        // => [[20]]
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  checkOperands(query, key, value);
  const [q, k, v] = [query, key, value].map((x) => (isFloat(x.dtype) ? x : cast(x, "float64"))) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const [queries, keys, features] = [q.shape.at(-2)!, k.shape.at(-2)!, q.shape.at(-1)!];
  const { scale = 1 / Math.sqrt(Math.max(1, features)), causal = false } = options;
  if (!Number.isFinite(scale)) throw new TensorError(op, `scale is ${scale}`, "give a finite number");
  const products = mul(matmul(q, matrixTranspose(k)) as Tensor, scale) as Tensor;
  const { seen, added } = readMask(options.mask, products.shape);
  const scores = (added === undefined ? products : add(products, added)) as Tensor;
  const past = causal ? (greaterEqual(expandDims(arange(queries), 1), arange(keys) as Tensor) as Tensor) : undefined;
  const both = (seen !== undefined && past !== undefined ? mul(seen, past) : (seen ?? past)) as Tensor | undefined;
  const weights = both === undefined ? softmax(scores) : weightsOf(scores, broadcastTo(both, scores.shape));
  const drop = options.dropout;
  return matmul(drop === undefined ? weights : dropout(weights, drop.rng, drop.p), v) as Tensor;
}

/** The softmax over what is seen; zeros where nothing is, by a detour that divides nothing by 0 on the way. */
function weightsOf(scores: Tensor, seen: Tensor): Tensor {
  const none = equal(sum(seen, -1, { keepDims: true }) as Tensor, 0) as Tensor;
  const weights = softmax(where(add(seen, none) as Tensor, scores, Number.NEGATIVE_INFINITY) as Tensor);
  return where(seen, weights, 0) as Tensor;
}
