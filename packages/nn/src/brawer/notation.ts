/** @file The index notation of the text: quantities with indices, products, and sums over an index, all entries at once. */
import {
  add,
  arange,
  cast,
  div,
  equal,
  expandDims,
  mul,
  permute,
  reshape,
  slice,
  sub,
  sum,
  type Tensor,
  TensorError,
  tensor,
  zeros,
} from "@deltagrad/tensor";

/** An index: its letter, and the numbers that it runs through. */
export interface Index {
  readonly letter: string;
  readonly from: number;
  readonly to: number;
}

/** A value for each combination of indices: one axis of the tensor for each, in their order. */
export interface Term {
  readonly indices: readonly Index[];
  readonly value: Tensor;
}

/** A quantity that is given its indices: `theta(1)(p, 0)`; a number picks one entry. */
export type Indexed = (...at: (Index | number)[]) => Term;

/**
 * An index by its letter and range, both ends included.
 *
 * @example
 * index("k", 0, 3).to;   // => 3
 */
export const index = (letter: string, from: number, to: number): Index => ({ letter, from, to });

/**
 * A tensor as a quantity with indices; `bases` are the numbers of the first element along each axis.
 *
 * Throws: TensorError when an index leaves the tensor, or there is not one for each axis.
 *
 * @example
 * const theta = quantity("θ", tensor([[1, 2, 3], [4, 5, 6]]), [1, 0]);
 * theta(2, index("q", 1, 2)).value.toArray();   // => [5, 6]
 */
export function quantity(name: string, value: Tensor, bases: readonly number[]): Indexed {
  return (...at) => {
    const ranges = at.map((place, axis) => {
      const [from, to] = typeof place === "number" ? [place, place] : [place.from, place.to];
      const base = bases[axis] ?? 0;
      const extent = value.shape[axis] ?? 0;
      if (axis >= value.rank || from < base || to - base >= extent) {
        const which = typeof place === "number" ? String(place) : `${place.letter} = ${from} … ${to}`;
        throw new TensorError(
          name,
          `index ${which} on axis ${axis} of [${value.shape.join(", ")}], which counts from ${base}`,
          "stay within its range",
          [value],
        );
      }
      return typeof place === "number" ? place - base : ([from - base, to - base + 1] as const);
    });
    if (at.length !== value.rank)
      throw new TensorError(name, `${at.length} indices for [${value.shape.join(", ")}]`, "give one for each axis", [
        value,
      ]);
    const whole = ranges.every((range, axis) => typeof range !== "number" && range[1] - range[0] === value.shape[axis]);
    const indices = at.filter((place) => typeof place !== "number");
    return { indices, value: whole ? value : slice(value, ...ranges) };
  };
}

/** The value laid out on `indices`: axes in their order, extent 1 where the term does not have the index. */
function laidOut({ indices, value }: Term, all: readonly Index[]): Tensor {
  const own = all.filter(({ letter }) => indices.some((own) => own.letter === letter));
  const order = own.map(({ letter }) => indices.findIndex((own) => own.letter === letter));
  const sorted = order.every((axis, place) => axis === place) ? value : permute(value, order);
  return reshape(
    sorted,
    all.map(({ letter, from, to }) => (indices.some((own) => own.letter === letter) ? to - from + 1 : 1)),
  );
}

/** The indices of all terms, each once; the same letter must run through the same numbers. */
function union(terms: readonly Term[]): Index[] {
  const all: Index[] = [];
  for (const { indices } of terms)
    for (const found of indices) {
      const known = all.find(({ letter }) => letter === found.letter);
      if (known === undefined) all.push(found);
      else if (known.from !== found.from || known.to !== found.to)
        throw new TensorError(
          "notation",
          `${found.letter} runs from ${known.from} to ${known.to} and from ${found.from} to ${found.to}`,
          "use one range for one letter",
        );
    }
  return all;
}

const constant = (value: number): Term => ({ indices: [], value: tensor(value) });

function combine(f: (a: Tensor, b: Tensor) => Tensor, parts: readonly (Term | number)[]): Term {
  const terms = parts.map((part) => (typeof part === "number" ? constant(part) : part));
  const indices = union(terms);
  return { indices, value: terms.map((term) => laidOut(term, indices)).reduce((a, b) => f(a, b)) };
}

/** The product of terms. */
export const times = (...terms: (Term | number)[]): Term => combine(mul, terms);
/** The sum of terms. */
export const plus = (...terms: (Term | number)[]): Term => combine(add, terms);
/** a − b. */
export const minus = (a: Term | number, b: Term | number): Term => combine(sub, [a, b]);
/** a / b. */
export const over = (a: Term | number, b: Term | number): Term => combine(div, [a, b]);

/** f of each entry. */
export const each = (f: (x: Tensor) => Tensor, { indices, value }: Term): Term => ({ indices, value: f(value) });

/**
 * Σ over an index of a term.
 *
 * @example
 * const k = index("k", 1, 3);
 * sigma(k, quantity("a", tensor([1, 2, 3]), [1])(k)).value.item();   // => 6
 */
export function sigma({ letter }: Index, { indices, value }: Term): Term {
  const axis = indices.findIndex((own) => own.letter === letter);
  if (axis < 0) throw new TensorError("sigma", `the term has no index ${letter}`, "sum over an index that it has");
  return { indices: indices.filter((_, i) => i !== axis), value: sum(value, axis) as Tensor };
}

/** I_{p,q} of eq 9: 1 where the two are equal, else 0. */
export function kronecker(p: Index, q: Index | number): Term {
  const numbers = ({ from, to }: Index): Tensor => arange(from, to + 1, 1, { dtype: "float64" });
  if (typeof q === "number") return { indices: [p], value: cast(equal(numbers(p), q), "float64") as Tensor };
  return {
    indices: [p, q],
    value: cast(equal(expandDims(numbers(p), 1), expandDims(numbers(q), 0)), "float64") as Tensor,
  };
}

/** The term's value with its axes in the order of `indices`, stretched where it does not depend on one. */
export function on(indices: readonly Index[], term: Term): Tensor {
  const { value } = combine(add, [{ indices, value: zeros(indices.map(({ from, to }) => to - from + 1)) }, term]);
  return value;
}
