/** @file The laws that every operation is under, drawn over shapes with 0 and 1, permuted strides and dtypes. */
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { roundingBound } from "../src/check/index.ts";
import * as api from "../src/index.ts";
import { type DType, jvp, mul, record, replay, rng, sum, type Tensor, vjp } from "../src/index.ts";
import { constant, differentiable, inputsOf, kinks, otherExports, type Sample, unbounded } from "./samples/index.ts";

const everyType = fc.constantFrom<DType>("float64", "float32", "int32", "bool");
const floats = fc.constantFrom<DType>("float64", "float32");

/** A drawn sample with drawn inputs. */
const drawn = (samples: fc.Arbitrary<Sample>, dtypes: fc.Arbitrary<DType> = fc.constant("float64" as const)) =>
  fc.tuple(samples, dtypes).chain(([sample, dtype]) => inputsOf(sample, dtype).map((xs) => ({ f: sample.f, xs })));

/** Tensors of the shapes of others, normally distributed; the same each time. */
const randomLike = (xs: readonly Tensor[], name: string): Tensor[] =>
  xs.map((x, i) => rng(name).stream(String(i)).normal(x.shape, { dtype: x.dtype }) as Tensor);

/** The elements of x in another order; the same each time. */
const shuffled = (x: Tensor, name: string): Tensor => {
  const order = rng(name).permutation(x.size).toTypedArray();
  const values = x.toTypedArray();
  return api.tensor(
    values.map((_, i) => values[order[i]!]!),
    { shape: x.shape, dtype: x.dtype },
  ) as Tensor;
};

const dot = (a: readonly Tensor[], b: readonly Tensor[]): number =>
  a.reduce((total, x, i) => total + sum(mul(x, b[i]!)).item(), 0);
const magnitude = (a: readonly Tensor[], b: readonly Tensor[]): number => dot(a.map(api.abs), b.map(api.abs));
const largest = (xs: readonly Tensor[]): number =>
  Math.max(0, ...xs.flatMap((x) => [...x.toTypedArray()].map(Math.abs)));

const bytes = (x: Tensor): string => `${x.dtype}[${x.shape}] ${[...new Uint8Array(x.toTypedArray().buffer)]}`;
const unit = (x: Tensor): number => (x.dtype === "float32" ? 2 ** -24 : 2 ** -53);

/** What is lawfully refused for whole numbers and bools, by type or by value. */
const refusal = /is not defined for bool|is a fraction; cast to float64 first|divided by 0; cast to float64 first/;

/** Whether the operation takes these inputs; any refusal but a lawful one is thrown on. */
function accepts(f: Sample["f"], xs: readonly Tensor[]): boolean {
  try {
    f(...xs);
    return true;
  } catch (error) {
    if (error instanceof api.TensorError && refusal.test(error.message)) return false;
    throw error;
  }
}

const all = Object.entries({ ...differentiable, ...constant });
const smooth = Object.entries(differentiable);

test("every exported operation has a sample", () => {
  const sampled = all.map(([name]) => name);
  const exported = Object.keys(api).filter((name) => !otherExports.includes(name));
  expect(exported.sort()).toEqual(sampled.sort());
});

describe("1. shape predicts the result", () => {
  test.each(all)("%s", (_name, samples) => {
    fc.assert(
      fc.property(drawn(samples, everyType), ({ f, xs }) => {
        if (!accepts(f, xs)) return;
        const y = f(...xs);
        const graph = record(f as (...args: Tensor[]) => Tensor)(...xs);
        const predicted = graph.nodes[graph.outputs[0]!]!.spec;
        expect([predicted.shape, predicted.dtype]).toEqual([y.shape, y.dtype]);
      }),
      { numRuns: 60 },
    );
  });
});

describe("2. forward and reverse mode are adjoint", () => {
  test.each(smooth)("%s", (_name, samples) => {
    fc.assert(
      fc.property(drawn(samples, floats), ({ f, xs }) => {
        const ts = randomLike(xs, "tangents");
        const [y, ty] = jvp(f, xs, ts);
        const [cty] = randomLike([y], "cotangent");
        const cts = vjp(f, ...xs)[1](cty!);
        expect(ty.dtype).toBe(y.dtype);
        cts.forEach((ct, i) => expect([ct.shape, ct.dtype]).toEqual([xs[i]!.shape, xs[i]!.dtype]));
        // A few dozen roundings of the terms, in each of the two sums, at the precision of the inputs.
        const bound =
          64 * Math.max(...xs.map(unit)) * (magnitude([cty!], [ty]) + magnitude(cts, ts) + largest(cts) * largest(ts));
        expect(Math.abs(dot([cty!], [ty]) - dot(cts, ts))).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 60 },
    );
  });
});

const smoothOnly = smooth.filter(([name]) => !kinks.includes(name));

describe("3. the Taylor remainder falls with the square of the step", () => {
  test.each(smoothOnly)("%s", (_name, samples) => {
    fc.assert(
      fc.property(drawn(samples), ({ f, xs }) => {
        const ts = randomLike(xs, "direction");
        const [y, ty] = jvp(f, xs, ts);
        const remainder = (h: number): number =>
          largest([api.sub(api.sub(f(...xs.map((x, i) => api.add(x, mul(h, ts[i]!)))), y), mul(h, ty)) as Tensor]);
        const [far, near] = [remainder(2 ** -12), remainder(2 ** -14)];
        // The step shrinks by 4, the remainder by 16 up to third-order terms; below the floor only rounding is left.
        const floor = 2 ** -44 * (1 + largest([y, ty]));
        expect(near).toBeLessThanOrEqual(Math.max(far / 12, floor));
      }),
      { numRuns: 40 },
    );
  });
});

describe("4. second derivatives are symmetric", () => {
  test.each(smoothOnly)("%s", (_name, samples) => {
    fc.assert(
      fc.property(drawn(samples), ({ f, xs }) => {
        const [a, b] = [randomLike(xs, "a"), randomLike(xs, "b")];
        const [weight] = randomLike([f(...xs)], "weight");
        const cost = (...args: Tensor[]): Tensor => sum(mul(f(...args), weight!)) as Tensor;
        const gradient = (...args: Tensor[]): Tensor[] => vjp(cost, ...args)[1](api.tensor(1) as Tensor);
        const [, ha] = jvp(gradient, xs, a);
        const [, hb] = jvp(gradient, xs, b);
        // Hundreds of roundings; where second derivatives cancel, of terms as large as the first.
        const scale = largest(ha) + largest(hb) + largest(gradient(...xs));
        const bound = 2 ** -44 * (magnitude(ha, b) + magnitude(hb, a) + scale * (1 + largest(a)) * (1 + largest(b)));
        expect(Math.abs(dot(ha, b) - dot(hb, a))).toBeLessThanOrEqual(bound);
        // Reverse over reverse gives the same as forward over reverse.
        const [, back] = vjp(gradient, ...xs);
        const hr = back(a);
        hr.forEach((h, i) =>
          expect(largest([api.sub(h, ha[i]!) as Tensor])).toBeLessThanOrEqual(2 ** -44 * (1 + largest(ha))),
        );
      }),
      { numRuns: 30 },
    );
  });
});

describe("5. the layout of the inputs does not matter", () => {
  test.each(all)("%s", (_name, samples) => {
    fc.assert(
      fc.property(drawn(samples, everyType), ({ f, xs }) => {
        if (!accepts(f, xs)) return;
        const packed = xs.map((x) => api.tensor(x.toTypedArray(), { shape: x.shape, dtype: x.dtype }) as Tensor);
        expect(bytes(f(...xs))).toBe(bytes(f(...packed)));
      }),
      { numRuns: 60 },
    );
  });
});

describe("6. a recorded graph and its gradient repeat the function bit for bit", () => {
  test.each(smooth)("%s", (_name, samples) => {
    fc.assert(
      fc.property(drawn(samples, floats), ({ f, xs }) => {
        const [ct] = randomLike([f(...xs)], "cotangent");
        const program = (...args: Tensor[]): Tensor[] => {
          const [y, pullback] = vjp(f, ...args);
          return [y, ...pullback(ct!)];
        };
        const direct = program(...xs);
        expect(replay(record(program)(...xs), xs).map(bytes)).toEqual(direct.map(bytes));
      }),
      { numRuns: 40 },
    );
  });
});

const boundable = smooth.filter(([name]) => !unbounded.includes(name));

describe("7. float32 differs from float64 by no more than the rounding bound", () => {
  test.each(boundable)("%s", (_name, samples) => {
    fc.assert(
      fc.property(drawn(samples, fc.constant("float32" as const)), ({ f, xs }) => {
        const [y, bound] = roundingBound(f as (...args: Tensor[]) => Tensor)(...xs);
        const exact = f(...xs.map((x) => api.cast(x, "float64")));
        const error = api.abs(api.sub(api.cast(y, "float64"), exact)).toTypedArray();
        // 1 + 2⁻²⁰: float64 has errors of its own, and the bound was itself rounded.
        bound.toTypedArray().forEach((limit, i) => expect(error[i]).toBeLessThanOrEqual(limit * (1 + 2 ** -20)));
      }),
      { numRuns: 40 },
    );
  });
});

describe("8. vmap is the loop", () => {
  test.each(all)("%s", (_name, samples) => {
    const mapped = drawn(samples, everyType).chain(({ f, xs }) =>
      fc.tuple(
        fc.constant(f),
        fc.integer({ min: 1, max: 3 }),
        fc.tuple(...xs.map((x) => fc.tuple(fc.constant(x), fc.boolean(), fc.nat(x.rank)))),
      ),
    );
    fc.assert(
      fc.property(mapped, ([f, size, args]) => {
        const inAxes = args.map(([, varies, axis], i) => (varies || i === 0 ? axis : null));
        const rows = args.map(([x], i): Tensor[] => [
          x,
          ...Array.from({ length: size - 1 }, (_, at) => shuffled(x, `${i}/${at}`)),
        ]);
        if (
          !rows[0]!.every((_, at) =>
            accepts(
              f,
              rows.map((column, i) => column[inAxes[i] === null ? 0 : at]!),
            ),
          )
        )
          return;
        const stacked = rows.map((column, i) => (inAxes[i] === null ? column[0]! : api.stack(column, inAxes[i]!)));
        const loop = Array.from({ length: size }, (_, at) =>
          f(...rows.map((column, i) => column[inAxes[i] === null ? 0 : at]!)),
        );
        const y = api.vmap(f, { inAxes })(...stacked);
        expect(bytes(y)).toBe(bytes(api.stack(loop)));
      }),
      { numRuns: 30 },
    );
  });
});

describe("9. the transpose of reverse mode is forward mode", () => {
  test.each(smooth)("%s", (_name, samples) => {
    fc.assert(
      fc.property(drawn(samples), ({ f, xs }) => {
        const ts = randomLike(xs, "tangents");
        const [y, ty] = jvp(f, xs, ts);
        // The pullback is linear in the cotangent, wherever it is taken.
        const pullback = (ct: Tensor): Tensor[] => vjp(f, ...xs)[1](ct);
        const [back] = vjp(pullback, randomLike([y], "cotangent")[0]!)[1](ts);
        expect([back.shape, back.dtype]).toEqual([y.shape, y.dtype]);
        // A few dozen roundings of terms that may cancel.
        const bound = 2 ** -46 * (1 + largest([ty]) + largest(ts) * (1 + largest([y])));
        expect(largest([api.sub(back, ty) as Tensor])).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 30 },
    );
  });
});

describe("10. WebAssembly gives the bits of the plain loops", () => {
  afterEach(() => api.setBackend("wasm"));
  /** All bits but those of a NaN that has no number to tell. */
  const numbers = (x: Tensor): string =>
    `${x.dtype}[${x.shape}] ${[...x.toTypedArray()].map((value) => (Object.is(value, -0) ? "-0" : value))}`;
  test.each(all)("%s", (_name, samples) => {
    fc.assert(
      fc.property(drawn(samples, everyType), ({ f, xs }) => {
        if (!accepts(f, xs)) return;
        api.setBackend("plain");
        const plain = numbers(f(...xs));
        api.setBackend("wasm");
        expect(numbers(f(...xs))).toBe(plain);
      }),
      { numRuns: 40 },
    );
  });
});
