/** @file The functions of numbers over the field: the four operations, and the basic transcendental functions. */
import type { ScalarFunction } from "../../core/primitive.ts";
import { contiguous, type Tensor } from "../../core/tensor.ts";
import {
  addComplex,
  type Complex,
  chooseComplex,
  invertComplex,
  isZeroAt,
  keyAt,
  missingAt,
  mulComplex,
  negComplex,
  subComplex,
} from "./complex.ts";
import { type Degree, variable } from "./degree.ts";
import {
  allocateLimbs,
  type Digits,
  digitsAt,
  keyOf,
  minus,
  negative,
  scaled,
  setDigits,
  squareRoot,
  wholeNumber,
} from "./limbs.ts";
import { countOf, type FieldValue, type Point, type Related } from "./value.ts";

type Table = Partial<Record<ScalarFunction, (inputs: readonly FieldValue[], float: Tensor) => FieldValue>>;

const HALF = /* @__PURE__ */ keyOf(/* @__PURE__ */ scaled([1, 0, 0], -1));

/** Beyond it, a power is a function like any other. */
const LONGEST_POWER = 1e6;

/** How far back sums of sums and products of products are followed. */
const DEPTH = 3;

/** The relations behind x, and behind those that they speak of. */
function origins(x: FieldValue, kind: "sum" | "product", depth = DEPTH): ReturnType<Related>[] {
  const triple = depth === 0 ? undefined : x[kind]?.();
  if (triple === undefined) return [];
  return [triple, ...triple.flatMap((other) => (other.re === x.re ? [] : origins(other, kind, depth - 1)))];
}

/** Tells of x ∘ y = z for each element; only of real numbers that exist. */
function relate(triples: readonly ReturnType<Related>[], tell: (keys: [string, string, string]) => void): void {
  for (const triple of triples) {
    if (triple.some(({ im }) => im !== null)) continue;
    for (let i = 0; i < triple[0].float.size; i++) {
      if (!triple.some((x) => missingAt(x, i))) tell(triple.map((x) => keyAt(x, i)) as [string, string, string]);
    }
  }
}

/** A product that does not exist is 0 where a factor is 0 and float64 says so too: in derivatives, 0 absorbs. */
function absorbed(y: Complex, float: Tensor, ...factors: readonly FieldValue[]): Complex {
  const values = contiguous("mul", float);
  for (let i = 0; i < values.length; i++)
    if (missingAt(y, i) && values[i] === 0 && factors.some((x) => isZeroAt(x, i)))
      for (const part of [y.re, ...(y.im === null ? [] : [y.im])]) setDigits(part, i, [0, 0, 0]);
  return y;
}

export function scalarsOf(point: Point): Table {
  const { divisions, functions } = point;

  const inverted = (x: FieldValue): { value: Complex; degree: Degree } => ({
    value: invertComplex(x),
    degree: divisions.inverse(x.re, x.degree, countOf(x)),
  });

  /** A function of one real number; of others nothing is known. */
  const unary =
    (family: string, degree: (x: FieldValue) => Degree, f: (x: Digits) => Digits) =>
    ([x]: readonly FieldValue[], float: Tensor): FieldValue =>
      point.map([x!], float, degree(x!), (i, key) =>
        x!.im === null ? f(digitsAt(x!.re, i)) : functions.unknown(family, key),
      );

  const exp = unary(
    "exp",
    () => variable(2),
    (x) => functions.exp(x),
  );
  const log = unary(
    "log",
    () => variable(),
    (x) => (x.every((digit) => digit === 0) ? [Number.NaN, 0, 0] : functions.log(x)),
  );
  /** Of a random point of the circle, (2t, 1 − t²)/(1 + t²). */
  const circle = (x: FieldValue): Degree =>
    divisions.product(variable(2), divisions.inverse({}, variable(2), countOf(x)));

  function sqrt([x]: readonly FieldValue[], float: Tensor): FieldValue {
    const factors = x!.product?.();
    if (factors !== undefined && factors[2].re === x!.re && factors[0].re === factors[1].re) {
      // √(a·a) is |a|.
      const [a] = factors;
      point.branches.add("sqrt of a square");
      const sign = Float64Array.from(contiguous("sqrt", a.float), (value) => (value >= 0 ? 1 : 0));
      return { float, ...chooseComplex(sign, a, negComplex(a)), degree: a.degree };
    }
    point.assumptions.add("a square root counts as an element of its argument's degree");
    const re = allocateLimbs(float.size);
    const im = allocateLimbs(float.size);
    const known = point.map([x!], float, variable(divisions.total(x!.degree)), (i, key) => {
      if (isZeroAt(x!, i)) return [0, 0, 0];
      if (x!.im !== null) return functions.unknown("sqrt", key);
      const digits = digitsAt(x!.re, i);
      const root = squareRoot(digits);
      if (root === null) setDigits(im, i, squareRoot(negative(digits))!);
      return root ?? [0, 0, 0];
    });
    re.forEach((part, k) => part.set(known.re[k]!));
    const real = im.every((part) => part.every((digit) => digit === 0));
    const root: FieldValue = { ...known, re, im: real ? null : im };
    return { ...root, product: () => [root, root, x!] };
  }

  /** By whole numbers that float64 says, and what is left: nothing, a half (a square root), or a free element. */
  function pow([x, p]: readonly FieldValue[], float: Tensor): FieldValue {
    const exponents = Array.from(contiguous("pow", p!.float));
    const largest = exponents.reduce((best, value) => Math.max(best, Math.abs(Math.floor(value))), 0);
    const below = exponents.some((value) => value < 0);
    const base = below ? divisions.product(x!.degree, inverted(x!).degree) : x!.degree;
    const degree: Degree = {
      numerator: largest * base.numerator + 2 * divisions.total(x!.degree),
      powers: new Map([...base.powers].map(([division, power]) => [division, power * Math.max(1, largest)])),
    };
    const restAt = (i: number): Digits => minus(digitsAt(p!.re, i), wholeNumber(Math.floor(exponents[i]!)));
    const halves = exponents.length > 0 && p!.im === null && exponents.every((_, i) => keyOf(restAt(i)) === HALF);
    const whole = point.map([x!, p!], float, degree, (i, key, exponent) => {
      const n = Math.floor(exponents[i]!);
      if (x!.im !== null || p!.im !== null || Math.abs(n) > LONGEST_POWER)
        return functions.unknown("pow", `${key} ${exponent}`);
      if (isZeroAt(x!, i)) return exponents[i] === 0 ? [1, 0, 0] : [n < 0 ? Number.NaN : 0, 0, 0];
      return functions.pow(digitsAt(x!.re, i), n, halves ? [0, 0, 0] : restAt(i));
    });
    return halves ? { ...whole, ...mulComplex(whole, sqrt([x!], float)) } : whole;
  }

  return {
    add([a, b], float) {
      const y: FieldValue = { float, ...addComplex(a!, b!), degree: divisions.sum([a!.degree, b!.degree]) };
      return { ...y, sum: () => [a!, b!, y] };
    },
    sub([a, b], float) {
      const y: FieldValue = { float, ...subComplex(a!, b!), degree: divisions.sum([a!.degree, b!.degree]) };
      return { ...y, sum: () => [y, b!, a!] };
    },
    neg: ([x], float) => ({ float, ...negComplex(x!), degree: x!.degree }),
    mul([a, b], float) {
      const value = absorbed(mulComplex(a!, b!), float, a!, b!);
      const y: FieldValue = { float, ...value, degree: divisions.product(a!.degree, b!.degree) };
      return { ...y, product: () => [a!, b!, y] };
    },
    div([a, b], float) {
      const { value, degree } = inverted(b!);
      const ratio = absorbed(mulComplex(a!, value), float, a!);
      const y: FieldValue = { float, ...ratio, degree: divisions.product(a!.degree, degree) };
      return { ...y, product: () => [y, b!, a!] };
    },
    where([condition, a, b], float) {
      const take = contiguous("where", condition!.float);
      return { float, ...chooseComplex(take, a!, b!), degree: divisions.sum([a!.degree, b!.degree]) };
    },
    exp(inputs, float) {
      relate(origins(inputs[0]!, "sum"), (relation) => functions.relateSum(relation));
      return exp(inputs, float);
    },
    log(inputs, float) {
      relate(origins(inputs[0]!, "product"), (relation) => functions.relateProduct(relation));
      return log(inputs, float);
    },
    sqrt,
    pow,
    sin: unary("sin", circle, (x) => functions.angle(x)[0]),
    cos: unary("cos", circle, (x) => functions.angle(x)[1]),
  };
}
