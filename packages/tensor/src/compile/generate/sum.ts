/** @file Sums in the order that is part of the contract: pairwise, in eight partial sums up to 128 elements. */
import { rowMajor, sizeOf } from "../../core/shape.ts";
import { collapse, rows } from "../../core/walk.ts";
import { type Body, call, type Func } from "../../wasm/assembler/body.ts";
import type { Operand as Address, Expression, Type, Variable } from "../../wasm/assembler/expression.ts";
import type { Module } from "../../wasm/assembler/module.ts";
import { f32, f64, i32 } from "../../wasm/assembler/scalar.ts";
import { f32x4, f64x2, v128 } from "../../wasm/assembler/vector.ts";
import { WIDTH } from "../arena.ts";
import type { Call, Operand } from "../steps.ts";
import { moved, type Starts } from "./loop.ts";

type Float = "float32" | "float64";
type Sum<T extends Type> = Func<readonly ["i32", "i32", "i32"], T>;

/** What is added up: numbers, or vectors of neighbours of which each lane is a sum of its own. */
interface Adding<T extends Type> {
  readonly type: T;
  readonly zero: Expression<T>;
  load(address: Address<"i32">): Expression<T>;
  add(a: Expression<T>, b: Expression<T>): Expression<T>;
}

const numbers = {
  float32: {
    type: "f32",
    zero: f32.const(0),
    load: (at) => f32.load(at),
    add: (a, b) => f32.add(a, b),
  } as Adding<"f32">,
  float64: {
    type: "f64",
    zero: f64.const(0),
    load: (at) => f64.load(at),
    add: (a, b) => f64.add(a, b),
  } as Adding<"f64">,
};
const vectors: Readonly<Record<Float, Adding<"v128">>> = {
  float32: { type: "v128", zero: f32x4.const(0), load: (at) => v128.load(at), add: (a, b) => f32x4.add(a, b) },
  float64: { type: "v128", zero: f64x2.const(0), load: (at) => v128.load(at), add: (a, b) => f64x2.add(a, b) },
};

const BLOCK = 128;

/** The function (start, step in bytes, count) → sum. */
function pairwise<T extends Type>(module: Module, { type, zero, load, add }: Adding<T>): Sum<T> {
  // The function calls itself: it stands in its own code before it is complete.
  const self: { -readonly [K in keyof Sum<T>]: Sum<T>[K] } = { params: ["i32", "i32", "i32"], result: type, index: 0 };
  const defined = module.function(["i32", "i32", "i32"], type as Type, (body, start, step, count) => {
    const total = body.local(type);
    body.set(total, zero);
    body.if(
      i32.gtU(count, BLOCK),
      () => {
        const half = body.let(i32.and(i32.shrU(count, 1), -8));
        const left = body.let(call(self, start, step, half) as Expression<T>);
        const right = call(self, i32.add(start, i32.mul(half, step)), step, i32.sub(count, half)) as Expression<T>;
        body.set(total, add(left, right));
      },
      () => {
        const whole = body.let(i32.and(count, -8));
        const at = body.let(start);
        const next = (): void => body.set(at, i32.add(at, step));
        body.if(whole, () => {
          const lanes = Array.from({ length: 8 }, () => {
            const lane = body.let(load(at));
            next();
            return lane;
          });
          body.for({ from: 8, to: whole, step: 8 }, () => {
            for (const lane of lanes) {
              body.set(lane, add(lane, load(at)));
              next();
            }
          });
          const pair = (i: number): Expression<T> => add(lanes[i]!, lanes[i + 1]!);
          body.set(total, add(add(pair(0), pair(2)), add(pair(4), pair(6))));
        });
        body.for({ from: whole, to: count }, () => {
          body.set(total, add(total, load(at)));
          next();
        });
      },
    );
    return total as Expression<Type>;
  }) as Sum<T>;
  return Object.defineProperty(self, "index", { get: () => defined.index }) as Sum<T>;
}

/** The functions that a module has, made when first asked for. */
export class Sums {
  private readonly module: Module;
  private readonly made = new Map<string, Sum<Type>>();

  constructor(module: Module) {
    this.module = module;
  }

  of(kind: "numbers" | "vectors", dtype: Float): Sum<Type> {
    const key = `${kind} ${dtype}`;
    const adding = (kind === "numbers" ? numbers : vectors)[dtype] as Adding<Type>;
    const known = this.made.get(key) ?? pairwise(this.module, adding);
    this.made.set(key, known);
    return known;
  }
}

/** What is summed at each place of the result: so many elements, so far apart. */
interface Run {
  readonly count: number;
  readonly step: number;
}

/** The elements of one sum, if they lie evenly. */
function runOf({ shape, strides }: Operand, axes: readonly number[]): Run | null {
  const extents = axes.map((axis) => shape[axis]!);
  const count = sizeOf(extents);
  const { inner, steps } = rows(extents, [{ strides: axes.map((axis) => strides[axis]!), offset: 0 }]);
  return inner === count ? { count, step: steps[0]! } : null;
}

/** Whether vectors can do a sum. */
export const isSummed = ({ inputs: [x], params }: Call): boolean =>
  (x!.dtype === "float32" || x!.dtype === "float64") &&
  runOf(x!, (params as { axes: readonly number[] }).axes) !== null;

/** Emits a sum over axes. */
export function emitSum(body: Body, { inputs, params, node, spec }: Call, starts: Starts, sums: Sums): void {
  const [x] = inputs as readonly [Operand];
  const dtype = x.dtype as Float;
  const { axes } = params as { readonly axes: readonly number[] };
  if (spec.shape.includes(0)) return;
  const { count, step } = runOf(x, axes)!;
  const width = WIDTH[dtype];
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const extents = kept.map((axis) => x.shape[axis]!);
  const walk = collapse(extents, [
    { strides: kept.map((axis) => x.strides[axis]!), offset: 0 },
    { strides: rowMajor(extents), offset: 0 },
  ]);
  if (walk.extents.length === 0) {
    walk.extents.push(1);
    walk.strides.push([0, 1]);
  }
  const last = walk.extents.length - 1;
  const lanes = 16 / width;
  const byVectors = walk.strides[last]![0] === 1 && walk.extents[last]! > 1;
  const sum = sums.of(byVectors ? "vectors" : "numbers", dtype);
  const at = (from: Address<"i32">): Expression<Type> => call(sum, from, step * width, count);
  const put = (from: Address<"i32">, to: Address<"i32">, most: number): void => {
    if (!byVectors)
      body.do(
        dtype === "float32"
          ? f32.store(to, at(from) as Expression<"f32">)
          : f64.store(to, at(from) as Expression<"f64">),
      );
    else if (most >= lanes) body.do(v128.store(to, at(from) as Expression<"v128">));
    else {
      const all = body.let(at(from) as Expression<"v128">);
      for (let lane = 0; lane < most; lane++)
        body.do(width === 4 ? v128.store32Lane(to, all, lane, 4 * lane) : v128.store64Lane(to, all, lane, 8 * lane));
    }
  };
  const along = (axis: number, from: Address<"i32">, to: Address<"i32">): void => {
    const [read, write] = walk.strides[axis]!.map((stride) => stride * width) as [number, number];
    const extent = walk.extents[axis]!;
    if (axis < last)
      body.for({ to: extent }, (i) =>
        along(axis + 1, named(body, moved(from, i, read)), named(body, moved(to, i, write))),
      );
    else if (!byVectors) {
      if (extent === 1) put(from, to, 1);
      else body.for({ to: extent }, (i) => put(moved(from, i, read), moved(to, i, write), 1));
    } else {
      const rest = extent % lanes;
      if (extent >= lanes)
        body.for({ to: extent - rest, step: lanes }, (i) => put(moved(from, i, read), moved(to, i, write), lanes));
      if (rest > 0) put(moved(from, extent - rest, read), moved(to, extent - rest, write), rest);
    }
  };
  along(0, starts(x.node) + x.offset * width, starts(node));
}

const named = (body: Body, address: Address<"i32">): Address<"i32"> =>
  typeof address === "number" ? address : (body.let(address) as Variable<"i32">);
