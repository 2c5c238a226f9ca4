/**
 * @file Runs of numbers brought to mean 0 and variance 1, and what their derivatives are made of: the deviation, and
 * the part of a run across both the constants and another run. The three are closed under differentiation.
 */
import { allocate, type Storage } from "../../core/dtype.ts";
import { apply, type Primitive, unchanged } from "../../core/primitive.ts";
import { type Reducer, summing } from "../../core/reduce.ts";
import { sizeOf } from "../../core/shape.ts";
import { contiguous, type Spec, type Tensor } from "../../core/tensor.ts";
import { add, div, mul, neg, sub } from "../arithmetic.ts";
import { mean } from "../moments.ts";
import { sqrt, square } from "../powers.ts";

/** Over the last axis; all before it are batches. */
interface Standard {
  /** Added to the variance. */
  readonly epsilon: number;
}

/** The mean in the order and with the rounding that `mean` has. */
const meanFor = ({ dtype }: Spec): Reducer => {
  const total = summing(dtype);
  const round = dtype === "float32" ? Math.fround : (x: number) => x;
  return (data, start, step, count) => round(total(data, start, step, count) / count);
};

/** For each run: `out` gets the differences from its mean; calls `body` with its start and its deviation. */
function eachRun(
  op: string,
  x: Tensor,
  { epsilon }: Standard,
  out: Storage,
  body: (start: number, deviation: number) => void,
): void {
  const source = contiguous(op, x);
  const count = x.shape.at(-1)!;
  const average = meanFor(x);
  const squares = allocate(x.dtype, count, op);
  // A cell of the dtype, so that what is not kept is rounded like what is.
  const cell = allocate(x.dtype, 1, op);
  for (let run = 0; run < sizeOf(x.shape.slice(0, -1)); run++) {
    const start = run * count;
    const center = average(source, start, 1, count);
    for (let i = 0; i < count; i++) {
      out[start + i] = source[start + i]! - center;
      squares[i] = out[start + i]! * out[start + i]!;
    }
    cell[0] = epsilon;
    cell[0] = average(squares, 0, 1, count) + cell[0]!;
    cell[0] = Math.sqrt(cell[0]!);
    body(start, cell[0]!);
  }
}

const standardizeOp: Primitive<Standard> = {
  name: "standardize",
  kind: "general",
  shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  run([x], result, params) {
    const out = allocate(result.dtype, sizeOf(result.shape), "standardize");
    const count = x!.shape.at(-1)!;
    eachRun("standardize", x!, params, out, (start, deviation) => {
      for (let i = start; i < start + count; i++) out[i]! /= deviation;
    });
    return out;
  },
  // The Jacobian is symmetric.
  vjp: [(ct, y, [x], params) => div(across(ct, y), apply(deviationOp, [x!], params)) as Tensor],
  jvp: [(t, y, [x], params) => div(across(t, y), apply(deviationOp, [x!], params)) as Tensor],
  batch: unchanged,
  formula: ([x], { epsilon }) => {
    const centered = sub(x!, meanOf(x!)) as Tensor;
    return div(centered, sqrt(add(meanOf(square(centered) as Tensor), epsilon))) as Tensor;
  },
  rounding: ([x]) => x!.shape.at(-1)!,
};

const deviationOp: Primitive<Standard> = {
  name: "deviation",
  kind: "general",
  reads: "inputs",
  shape: ([x]) => ({ shape: [...x!.shape.slice(0, -1), 1], dtype: x!.dtype }),
  run([x], result, params) {
    const out = allocate(result.dtype, sizeOf(result.shape), "deviation");
    const differences = allocate(x!.dtype, x!.size, "deviation");
    let run = 0;
    eachRun("deviation", x!, params, differences, (_start, deviation) => {
      out[run++] = deviation;
    });
    return out;
  },
  vjp: [(ct, _y, [x], params) => mul(div(ct, x!.shape.at(-1)!), apply(standardizeOp, [x!], params)) as Tensor],
  jvp: [(t, _y, [x], params) => meanOf(mul(t, apply(standardizeOp, [x!], params)) as Tensor)],
  batch: unchanged,
  formula: ([x], { epsilon }) => sqrt(add(meanOf(square(sub(x!, meanOf(x!))) as Tensor), epsilon)) as Tensor,
  rounding: ([x]) => x!.shape.at(-1)!,
};

const meanOf = (x: Tensor): Tensor => mean(x, -1, { keepDims: true }) as Tensor;

/** t − mean(t) − y·mean(t·y). */
const acrossOp: Primitive<null> = {
  name: "across",
  kind: "general",
  reads: "inputs",
  shape: ([t]) => ({ shape: t!.shape, dtype: t!.dtype }),
  run([t, y], result) {
    const out = allocate(result.dtype, sizeOf(result.shape), "across");
    const [ts, ys] = [contiguous("across", t!), contiguous("across", y!)];
    const count = t!.shape.at(-1)!;
    const average = meanFor(t!);
    const products = allocate(result.dtype, count, "across");
    for (let start = 0; start < out.length; start += count) {
      const center = average(ts, start, 1, count);
      for (let i = 0; i < count; i++) products[i] = ts[start + i]! * ys[start + i]!;
      const along = average(products, 0, 1, count);
      for (let i = 0; i < count; i++) {
        products[i] = ys[start + i]! * along;
        out[start + i] = ts[start + i]! - center;
        out[start + i]! -= products[i]!;
      }
    }
    return out;
  },
  vjp: [
    (ct, _y, [, y]) => across(ct, y!),
    (ct, _y, [t, y]) =>
      neg(add(mul(ct, meanOf(mul(t!, y!) as Tensor)), mul(t!, meanOf(mul(ct, y!) as Tensor)))) as Tensor,
  ],
  jvp: [
    (s, _y, [, y]) => across(s, y!),
    (s, _y, [t, y]) => neg(add(mul(s, meanOf(mul(t!, y!) as Tensor)), mul(y!, meanOf(mul(t!, s) as Tensor)))) as Tensor,
  ],
  batch: unchanged,
  formula: ([t, y]) => sub(sub(t!, meanOf(t!)), mul(y!, meanOf(mul(t!, y!) as Tensor))) as Tensor,
  rounding: ([t]) => t!.shape.at(-1)!,
};

const across = (t: Tensor, y: Tensor): Tensor => apply(acrossOp, [t, y], null);

/** (x − mean) / √(variance + epsilon) for each run along the last axis. */
export const standardize = (x: Tensor, epsilon: number): Tensor => apply(standardizeOp, [x], { epsilon });
