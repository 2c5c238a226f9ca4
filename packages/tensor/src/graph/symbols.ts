/** @file Symbols: sums of products in a normal form, so that what a graph computes can be written down and compared. */
import { pow } from "../core/elementary.ts";
import { type Shape, sizeOf } from "../core/shape.ts";

/** What cannot be taken apart further, as LaTeX, with what the rules need to know of it. */
export interface Atom {
  readonly text: string;
  /** What the text is, and so where it needs parentheses: a name, something with its own delimiters, or neither. */
  readonly form: "name" | "closed" | "open";
  /** A product of matrices. */
  readonly matrices?: readonly Expr[];
  readonly transposeOf?: Expr;
  /** A sum that is taken as one factor. */
  readonly group?: Expr;
  /** A part of a larger whole, zeros around it. */
  readonly embedded?: { readonly part: Expr; readonly axis: number; readonly start: number; readonly end: number };
}

export interface Factor {
  readonly atom: Atom;
  readonly power: number;
}

/** A number times a product of factors, element by element. */
export interface Term {
  readonly coefficient: number;
  readonly factors: readonly Factor[];
}

/** A sum of terms; no term: 0. Stretching along axes is implicit, as in the library. */
export interface Expr {
  readonly shape: Shape;
  readonly terms: readonly Term[];
}

/** How numbers and axes are written. */
export interface Notation {
  readonly numbers: ReadonlyMap<number, string>;
  readonly axes: readonly string[];
}

/** Rounding of coefficients that cancel: 49 · (1/49). */
const snapped = (x: number): number => (Math.abs(x - Math.round(x)) < 1e-12 ? Math.round(x) : x);

export const keyOf = ({ factors }: Term): string =>
  factors
    .map(({ atom, power }) => `${atom.text}^${power}`)
    .sort()
    .join(" * ");

export const numberOf = ({ terms }: Expr): number | null => {
  const [term] = terms;
  if (term === undefined) return 0;
  return terms.length === 1 && term.factors.length === 0 ? term.coefficient : null;
};

export const number = (value: number, shape: Shape): Expr => ({
  shape,
  terms: value === 0 ? [] : [{ coefficient: value, factors: [] }],
});

export const ofAtom = (atom: Atom, shape: Shape, coefficient = 1): Expr => ({
  shape,
  terms: [{ coefficient, factors: [{ atom, power: 1 }] }],
});

/** The one atom that an expression is, if it is one. */
export const atomOf = ({ terms: [term, ...others] }: Expr): Atom | null =>
  term !== undefined && others.length === 0 && term.factors.length === 1 && term.factors[0]!.power === 1
    ? term.factors[0]!.atom
    : null;

export const reshaped = ({ terms }: Expr, shape: Shape): Expr => ({ shape, terms });

const collect = (factors: readonly Factor[]): Factor[] => {
  const all: Factor[] = [];
  for (const factor of factors) {
    const at = all.findIndex(({ atom }) => atom.text === factor.atom.text);
    if (at < 0) all.push(factor);
    else all[at] = { atom: factor.atom, power: all[at]!.power + factor.power };
  }
  return all.filter(({ power }) => power !== 0);
};

const scaledTerm = ({ coefficient, factors }: Term, by: number): Term => ({
  coefficient: snapped(coefficient * by),
  factors,
});

/** How expressions are made, simplified on the way, and written. */
export function symbolsOf({ numbers, axes }: Notation) {
  /** A sum of terms as one, with a common coefficient before it. */
  function oneTerm(expr: Expr): Term {
    const [first, ...others] = expr.terms;
    if (first === undefined) return { coefficient: 0, factors: [] };
    if (others.length === 0) return first;
    const common = Math.abs(first.coefficient);
    const alike = others.every(({ coefficient }) => Math.abs(coefficient) === common);
    const coefficient = alike ? common : 1;
    const group: Expr = { shape: expr.shape, terms: expr.terms.map((term) => scaledTerm(term, 1 / coefficient)) };
    const atom: Atom = { text: `\\left(${print(group)}\\right)`, form: "closed", group };
    return { coefficient, factors: [{ atom, power: 1 }] };
  }

  const product = (a: Expr, b: Expr, shape: Shape): Expr => {
    const [p, q] = [oneTerm(a), oneTerm(b)];
    const coefficient = snapped(p.coefficient * q.coefficient);
    return open({
      shape,
      terms: coefficient === 0 ? [] : [{ coefficient, factors: collect([...p.factors, ...q.factors]) }],
    });
  };

  /** A lone sum needs no parentheses. */
  function open(expr: Expr): Expr {
    const group = atomOf(expr)?.group;
    if (group === undefined || expr.terms[0]!.coefficient !== 1) return expr;
    return reshaped(group, expr.shape);
  }

  const symbols = {
    print,
    times(a: Expr, b: Expr, shape: Shape): Expr {
      const scale = numberOf(a) ?? numberOf(b);
      const other = numberOf(a) === null ? a : b;
      if (scale !== 1 && scale !== -1) return product(a, b, shape);
      return { shape, terms: other.terms.map((term) => scaledTerm(term, scale)) };
    },
    over(a: Expr, b: Expr, shape: Shape): Expr {
      const { coefficient, factors } = oneTerm(b);
      const inverse = factors.map(({ atom, power }) => ({ atom, power: -power }));
      return symbols.times(a, { shape, terms: [{ coefficient: 1 / coefficient, factors: inverse }] }, shape);
    },
    plus(a: Expr, b: Expr, shape: Shape): Expr {
      const all = new Map<string, Term>();
      for (const term of [...a.terms, ...b.terms]) {
        const key = keyOf(term);
        all.set(key, { ...term, coefficient: snapped(term.coefficient + (all.get(key)?.coefficient ?? 0)) });
      }
      const sum = { shape, terms: [...all.values()].filter(({ coefficient }) => coefficient !== 0) };
      return tiled(sum) ?? sum;
    },
    minus: (a: Expr, b: Expr, shape: Shape): Expr => symbols.plus(a, symbols.times(number(-1, shape), b, shape), shape),
    /** A power by a whole number. */
    power(a: Expr, exponent: number, shape: Shape): Expr {
      const { coefficient, factors } = oneTerm(a);
      const raised = factors.map(({ atom, power }) => ({ atom, power: power * exponent }));
      return { shape, terms: [{ coefficient: pow(coefficient, exponent), factors: raised }] };
    },
    matmul(a: Expr, b: Expr, shape: Shape): Expr {
      const [p, q] = [oneTerm(a), oneTerm(b)];
      const coefficient = p.coefficient * q.coefficient;
      if (coefficient === 0) return number(0, shape);
      const chain = ({ factors }: Term, of: Expr): readonly Expr[] => {
        const one = open({ shape: of.shape, terms: [{ coefficient: 1, factors }] });
        return atomOf(one)?.matrices ?? [one];
      };
      const matrices = [...chain(p, a), ...chain(q, b)];
      const text = matrices.map((matrix) => inChain(matrix)).join(" \\, ");
      return ofAtom({ text, form: "open", matrices }, shape, coefficient);
    },
    transpose(a: Expr, shape: Shape): Expr {
      const { coefficient, factors } = oneTerm(a);
      if (factors.length === 0) return number(coefficient, shape);
      const one: Expr = open({ shape: a.shape, terms: [{ coefficient: 1, factors }] });
      const atom = atomOf(one);
      if (atom?.transposeOf !== undefined) return scale(reshaped(atom.transposeOf, shape), coefficient);
      if (atom?.matrices !== undefined) {
        const [first, ...others] = [...atom.matrices]
          .reverse()
          .map((matrix) => symbols.transpose(matrix, [...matrix.shape].reverse()));
        return scale(
          others.reduce((left, right) => symbols.matmul(left, right, shape), reshaped(first!, shape)),
          coefficient,
        );
      }
      const text = `${raisable(one)}^{\\mathsf{T}}`;
      return ofAtom({ text, form: "closed", transposeOf: one }, shape, coefficient);
    },
    sum(a: Expr, along: readonly number[], shape: Shape): Expr {
      const { coefficient, factors } = oneTerm(a);
      const count = sizeOf(along.map((axis) => a.shape[axis]!));
      if (factors.length === 0) return number(coefficient * count, shape);
      const letters = along.map((axis) => axes[axis] ?? `i_{${axis}}`).join(",");
      const one = { shape: a.shape, terms: [{ coefficient: 1, factors }] };
      return ofAtom({ text: `\\sum_{${letters}} ${print(one)}`, form: "open" }, shape, coefficient);
    },
    /** Its parts side by side along an axis. */
    blocks(parts: readonly Expr[], axis: number, shape: Shape): Expr {
      const [first, ...others] = parts.map((part) => oneTerm(part).coefficient);
      const common = first !== 0 && others.every((coefficient) => coefficient === first) ? first! : 1;
      const inner = parts.map((part) => print(scale(part, 1 / common)));
      const text =
        axis === shape.length - 1
          ? `\\left[${inner.join(" \\mid ")}\\right]`
          : `\\begin{bmatrix}${inner.join(" \\\\ ")}\\end{bmatrix}`;
      return ofAtom({ text, form: "closed" }, shape, common);
    },
    /** One part of `whole` along an axis, zeros elsewhere. */
    embed(part: Expr, axis: number, start: number, whole: Shape): Expr {
      const { coefficient, factors } = oneTerm(part);
      if (coefficient === 0) return number(0, whole);
      const one = { shape: part.shape, terms: [{ coefficient: 1, factors }] };
      const end = start + part.shape[axis]!;
      const zeros = [start > 0 ? ["0"] : [], [print(one)], end < whole[axis]! ? ["0"] : []].flat();
      const text = `\\left[${zeros.join(" \\mid ")}\\right]`;
      return ofAtom({ text, form: "closed", embedded: { part: one, axis, start, end } }, whole, coefficient);
    },
  };

  const scale = (a: Expr, by: number): Expr => ({ shape: a.shape, terms: a.terms.map((term) => scaledTerm(term, by)) });

  /** Parts that lie beside each other and fill the whole. */
  function tiled({ shape, terms }: Expr): Expr | null {
    const parts = terms.map((term) => ({ term, embedded: atomOf({ shape, terms: [term] })?.embedded }));
    const axis = parts[0]?.embedded?.axis;
    if (parts.length < 2 || axis === undefined || parts.some(({ embedded }) => embedded?.axis !== axis)) return null;
    const sorted = [...parts].sort((a, b) => a.embedded!.start - b.embedded!.start);
    const ends = [0, ...sorted.map(({ embedded }) => embedded!.end)];
    if (ends.at(-1) !== shape[axis] || sorted.some(({ embedded }, i) => embedded!.start !== ends[i])) return null;
    const blocks = sorted.map(({ term, embedded }) => scale(embedded!.part, term.coefficient));
    return symbols.blocks(blocks, axis, shape);
  }

  /** A number that is not negative. */
  function numberText(value: number): string {
    const known = numbers.get(value);
    if (known !== undefined) return known;
    const denominator = 1 / value;
    if (Number.isInteger(value) || !Number.isInteger(snapped(denominator)))
      return String(value).replace(/e\+?(-?\d+)/, " \\cdot 10^{$1}");
    return `\\frac{1}{${snapped(denominator)}}`;
  }

  /** With whatever may follow: a power, an index, a transposition. */
  function raisable(expr: Expr): string {
    const atom = atomOf(expr);
    const bare =
      atom !== null && expr.terms[0]!.coefficient === 1 && /^(\\?[A-Za-z]+|\\left\(.*\\right\))$/s.test(atom.text);
    return bare ? atom.text : `\\left(${print(expr)}\\right)`;
  }

  /** As one of several matrices that are multiplied. */
  function inChain(expr: Expr): string {
    const atom = atomOf(expr);
    return atom !== null && expr.terms[0]!.coefficient === 1 && atom.form !== "open"
      ? atom.text
      : `\\left(${print(expr)}\\right)`;
  }

  function factorText({ atom, power }: Factor, alone: boolean): string {
    if (power === 1) return atom.form === "open" && !alone ? `\\left(${atom.text}\\right)` : atom.text;
    return `${raisable(ofAtom(atom, []))}^{${power}}`;
  }

  function termText({ coefficient, factors }: Term): string {
    const size = Math.abs(coefficient);
    const above = factors.filter(({ power }) => power > 0);
    const below = factors.filter(({ power }) => power < 0).map(({ atom, power }) => ({ atom, power: -power }));
    const joined = (list: readonly Factor[]): string =>
      list.map((factor) => factorText(factor, list.length === 1)).join(" \\odot ");
    const body =
      below.length === 0 ? joined(above) : `\\frac{${above.length === 0 ? "1" : joined(above)}}{${joined(below)}}`;
    if (body === "") return numberText(size);
    return size === 1 ? body : `${numberText(size)} ${body}`;
  }

  function print({ terms }: Expr): string {
    if (terms.length === 0) return "0";
    return terms
      .map((term, i) => {
        const sign = term.coefficient < 0 ? (i === 0 ? "-" : " - ") : i === 0 ? "" : " + ";
        return sign + termText(term);
      })
      .join("");
  }
  return symbols;
}
