/**
 * @file Bounds on the degree of what a program computes, as a fraction of polynomials in the inputs and the free
 * elements: the chance that a difference vanishes by accident is no more than its degree over p.
 */

/**
 * A tensor of fractions N/D: `numerator` bounds the degree of each N; D is the product, over the divisions that led
 * here, of all elements that were divided by, each to a power.
 */
export interface Degree {
  readonly numerator: number;
  readonly powers: ReadonlyMap<number, number>;
}

export const constantDegree: Degree = { numerator: 0, powers: new Map() };

export const variable = (degree = 1): Degree => ({ numerator: degree, powers: new Map() });

/** The divisions of a program, each with the degree of the product of the elements that it divides by. */
export class Divisions {
  private readonly degrees: number[] = [];
  private readonly known = new WeakMap<object, number>();

  denominator({ powers }: Degree): number {
    let total = 0;
    for (const [division, power] of powers) total += power * this.degrees[division]!;
    return total;
  }

  /** Numerator and denominator together. */
  total(degree: Degree): number {
    return degree.numerator + this.denominator(degree);
  }

  /** Of a sum, whatever the number of terms: over the least common denominator. */
  sum(terms: readonly Degree[]): Degree {
    const powers = new Map<number, number>();
    for (const term of terms)
      for (const [division, power] of term.powers) powers.set(division, Math.max(power, powers.get(division) ?? 0));
    const common = this.denominator({ numerator: 0, powers });
    const numerators = terms.map((term) => term.numerator + common - this.denominator(term));
    return { numerator: Math.max(0, ...numerators), powers };
  }

  product(a: Degree, b: Degree): Degree {
    const powers = new Map(a.powers);
    for (const [division, power] of b.powers) powers.set(division, power + (powers.get(division) ?? 0));
    return { numerator: a.numerator + b.numerator, powers };
  }

  /** Of 1/x, where x has `count` elements of its own; the same tensor divides once, however often. */
  inverse(x: object, degree: Degree, count: number): Degree {
    if (degree.numerator === 0 && degree.powers.size === 0) return constantDegree;
    let division = this.known.get(x);
    if (division === undefined) {
      division = this.degrees.push(count * degree.numerator) - 1;
      this.known.set(x, division);
    }
    // 1/(Nᵢ/D) = D·Π_{j≠i} Nⱼ / Π Nⱼ.
    const numerator = this.denominator(degree) + Math.max(0, count - 1) * degree.numerator;
    return { numerator, powers: new Map([[division, 1]]) };
  }
}
