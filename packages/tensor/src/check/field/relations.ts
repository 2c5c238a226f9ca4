/** @file Functions that turn one operation into another, f(x ∘ y) = f(x) · f(y), on numbers drawn freely. */
import type { Digits } from "./limbs.ts";

/** Names of x, y and z with x ∘ y = z. */
export type Relation = readonly [x: string, y: string, z: string];

/**
 * The values of such a function where they are known. A value that no relation determines is drawn by the caller; from
 * then on every relation with one value open determines that.
 */
export class Homomorphism {
  private readonly values = new Map<string, Digits>();
  private readonly open = new Map<string, Relation[]>();
  private readonly combine: (a: Digits, b: Digits) => Digits;
  private readonly invert: (a: Digits) => Digits;
  private readonly told: (x: string, value: Digits) => void;

  /** `told` hears of every value that becomes known. */
  constructor(
    combine: (a: Digits, b: Digits) => Digits,
    invert: (a: Digits) => Digits,
    told: (x: string, value: Digits) => void,
  ) {
    this.combine = combine;
    this.invert = invert;
    this.told = told;
  }

  get(x: string): Digits | undefined {
    return this.values.get(x);
  }

  /** Makes a value known, and all that follow from it. A loop: they may be many. */
  assign(x: string, value: Digits): void {
    const todo: [string, Digits][] = [[x, value]];
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const [name, known] = next;
      if (this.values.has(name)) continue;
      this.values.set(name, known);
      this.told(name, known);
      for (const relation of this.open.get(name) ?? []) {
        const conclusion = this.conclude(relation);
        if (conclusion !== null) todo.push(conclusion);
      }
      this.open.delete(name);
    }
  }

  relate(relation: Relation): void {
    const unknown = relation.filter((x) => !this.values.has(x));
    if (unknown.length === 0) return;
    const conclusion = this.conclude(relation);
    if (conclusion !== null) this.assign(...conclusion);
    else for (const x of new Set(unknown)) this.open.set(x, [...(this.open.get(x) ?? []), relation]);
  }

  /** What a relation says of its one unknown value; null if there are more, or none. */
  private conclude([x, y, z]: Relation): [string, Digits] | null {
    const [a, b, c] = [this.values.get(x), this.values.get(y), this.values.get(z)];
    if (a && b && !c) return [z, this.combine(a, b)];
    if (a && c && !b) return [y, this.combine(c, this.invert(a))];
    if (b && c && !a) return [x, this.combine(c, this.invert(b))];
    return null;
  }
}
