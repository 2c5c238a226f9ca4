/**
 * @file Transcendental functions of numbers of the field: a value is drawn at random, the same for the same argument,
 * as far as no relation to values drawn before determines it.
 */
import {
  type Digits,
  draw,
  integerPower,
  inverse,
  keyOf,
  minus,
  negative,
  ONE,
  plus,
  scaled,
  squareRoot,
  times,
  ZERO,
} from "./limbs.ts";
import { Homomorphism, type Relation } from "./relations.ts";

/** Whether log(a·eᵘ) = log a + u is looked for: among this many logarithms at most. */
const FEW = 64;

const digitsOf = (key: string): Digits => {
  const [low, high] = key.split(":").map(Number) as [number, number];
  return [low % 2 ** 21, Math.floor(low / 2 ** 21), high];
};

/** One drawing of all functions. */
export class Functions {
  private readonly next: () => number;
  /** Of each family, the arguments seen: two that fall together by accident would be taken for one. */
  readonly drawn = new Map<string, number>();
  private readonly free = new Map<string, Digits>();
  /** Which u has eᵘ = x. */
  private readonly exponents = new Map<string, Digits>();
  private readonly exponentials = new Homomorphism(times, inverse, (u, value) =>
    this.exponents.set(keyOf(value), digitsOf(u)),
  );
  private readonly logarithms = new Homomorphism(plus, negative, () => {});
  private readonly asked: { inverse: Digits; value: Digits }[] = [];

  constructor(next: () => number) {
    this.next = next;
    this.exponentials.assign(keyOf(ZERO), ONE);
    this.logarithms.assign(keyOf(ONE), ZERO);
  }

  /** A free element for an argument of a function. */
  unknown(family: string, argument: string): Digits {
    const key = `${family} ${argument}`;
    let value = this.free.get(key);
    if (value === undefined) {
      value = draw(this.next);
      this.free.set(key, value);
      this.drawn.set(family, 1 + (this.drawn.get(family) ?? 0));
    }
    return value;
  }

  /** eᵘ: squares, which have a root that is a square itself, so that e^(u/2) exists. */
  exp(u: Digits): Digits {
    const key = keyOf(u);
    const known = this.exponentials.get(key);
    if (known !== undefined) return known;
    const value = this.relatedExp(u) ?? this.drawnExp(key);
    this.exponentials.assign(key, value);
    return value;
  }

  private drawnExp(key: string): Digits {
    const root = this.unknown("exp", key);
    return times(root, root);
  }

  private relatedExp(u: Digits): Digits | undefined {
    const of = (x: Digits): Digits | undefined => this.exponentials.get(keyOf(x));
    const opposite = of(negative(u));
    if (opposite !== undefined) return inverse(opposite);
    const half = of(scaled(u, -1));
    if (half !== undefined) return times(half, half);
    const double = of(plus(u, u));
    return double === undefined ? undefined : (squareRoot(double) ?? undefined);
  }

  /** Tells that x + y = z: of use if two of their exponentials are asked for. */
  relateSum([x, y, z]: Relation): void {
    this.exponentials.relate([x, y, z]);
  }

  /** Tells that x·y = z. */
  relateProduct(relation: Relation): void {
    for (const key of relation) {
      if (this.logarithms.get(key) !== undefined) continue;
      const value = this.relatedLog(digitsOf(key));
      if (value !== undefined) this.logarithms.assign(key, value);
    }
    this.logarithms.relate(relation);
  }

  log(x: Digits): Digits {
    const key = keyOf(x);
    const known = this.logarithms.get(key);
    if (known !== undefined) return known;
    const value = this.relatedLog(x) ?? this.shiftedLog(x) ?? this.unknown("log", key);
    this.logarithms.assign(key, value);
    if (this.asked.length < FEW) this.asked.push({ inverse: inverse(x), value });
    return value;
  }

  private relatedLog(x: Digits): Digits | undefined {
    const exponent = this.exponents.get(keyOf(x));
    if (exponent !== undefined) return exponent;
    const reciprocal = inverse(x);
    const opposite = this.logarithms.get(keyOf(reciprocal)) ?? this.exponents.get(keyOf(reciprocal));
    if (opposite !== undefined) return negative(opposite);
    const softplus = this.exponents.get(keyOf(minus(x, ONE)));
    if (softplus !== undefined) return this.softplus(softplus);
    const sigmoid = this.exponents.get(keyOf(minus(reciprocal, ONE)));
    return sigmoid === undefined ? undefined : negative(this.softplus(sigmoid));
  }

  /** log(1 + eᵘ) = u + log(1 + e⁻ᵘ): one of the two is drawn. */
  private softplus(u: Digits): Digits {
    const opposite = negative(u);
    const [mine, other] = [keyOf(u), keyOf(opposite)];
    return mine <= other ? this.unknown("softplus", mine) : plus(this.unknown("softplus", other), u);
  }

  /** log(a·eᵘ) = log a + u, if the logarithm of such an a is known. */
  private shiftedLog(x: Digits): Digits | undefined {
    for (const { inverse: reciprocal, value } of this.asked) {
      const exponent = this.exponents.get(keyOf(times(x, reciprocal)));
      if (exponent !== undefined) return plus(value, exponent);
    }
    return undefined;
  }

  /** [sin u, cos u]: a random point of the circle. */
  angle(u: Digits): readonly [sin: Digits, cos: Digits] {
    const [mine, other] = [keyOf(u), keyOf(negative(u))];
    if (mine === other) return [ZERO, ONE];
    const first = mine < other;
    const t = this.unknown("sin and cos", first ? mine : other);
    const square = times(t, t);
    const scale = inverse(plus(ONE, square));
    const sin = times(plus(t, t), scale);
    return [first ? sin : negative(sin), times(minus(ONE, square), scale)];
  }

  /** x^(n + rest), for a whole n and 0 ≤ rest < 1; x^rest is free unless the rest is 0. */
  pow(x: Digits, n: number, rest: Digits): Digits {
    const fractional = keyOf(rest) === keyOf(ZERO) ? ONE : this.unknown("pow", `${keyOf(x)} ${keyOf(rest)}`);
    return times(integerPower(x, n), fractional);
  }
}
