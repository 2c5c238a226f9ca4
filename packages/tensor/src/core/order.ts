/** @file Order: sorting numbers together with their places, and finding the one of a rank without sorting the rest. */
import type { Storage } from "./dtype.ts";
import * as elementary from "./elementary.ts";
import type { Reducer } from "./reduce.ts";

/** Runs of this many are sorted by insertion before merging begins. */
const RUN = 16;

/** Sorts the first `count` keys (no NaN) and takes their places along; equal keys stay in order. O(n log n). */
function sortTogether(keys: Float64Array, places: Int32Array, count: number): void {
  for (let start = 0; start < count; start += RUN) {
    const stop = Math.min(start + RUN, count);
    for (let i = start + 1; i < stop; i++) {
      const key = keys[i]!;
      const place = places[i]!;
      let j = i;
      for (; j > start && keys[j - 1]! > key; j--) {
        keys[j] = keys[j - 1]!;
        places[j] = places[j - 1]!;
      }
      keys[j] = key;
      places[j] = place;
    }
  }
  if (count <= RUN) return;
  let [from, to]: [Float64Array, Float64Array] = [keys, new Float64Array(count)];
  let [fromPlaces, toPlaces]: [Int32Array, Int32Array] = [places, new Int32Array(count)];
  for (let width = RUN; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      const stop = Math.min(start + 2 * width, count);
      for (let out = start, i = start, j = middle; out < stop; out++) {
        const take = j === stop || (i < middle && from[i]! <= from[j]!) ? i++ : j++;
        to[out] = from[take]!;
        toPlaces[out] = fromPlaces[take]!;
      }
    }
    [from, to, fromPlaces, toPlaces] = [to, from, toPlaces, fromPlaces];
  }
  if (from === keys) return;
  keys.set(from.subarray(0, count));
  places.set(fromPlaces.subarray(0, count));
}

/**
 * The number of a rank (0: the smallest) among the first `count` values (no NaN), which it reorders. Expected O(n):
 * Hoare's quickselect; where the pivots do badly, what is left is sorted.
 */
function select(values: Float64Array, count: number, rank: number): number {
  let [low, high] = [0, count - 1];
  for (let rounds = 2 * elementary.log2(count + 1); low < high; rounds--) {
    if (rounds < 0) {
      values.subarray(low, high + 1).sort();
      break;
    }
    const [a, b, c] = [values[low]!, values[(low + high) >> 1]!, values[high]!];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swapped = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swapped;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return values[rank]!;
}

/** The places of a lane's elements in a stated order. */
type Order = (data: Storage, start: number, step: number) => Int32Array;

/**
 * How lanes of `extent` elements are put in order: the places of the first `count`, ascending or descending. Equal
 * elements keep their order, NaN counts as the largest. O(n log n), or O(n + k log k) for the first k of many.
 */
export function orderOf(extent: number, count: number, descending: boolean): Order {
  const [keys, scratch] = [new Float64Array(extent), new Float64Array(extent)];
  const [places, nans] = [new Int32Array(extent), new Int32Array(extent)];
  const ordered = new Int32Array(count);
  return (data, start, step) => {
    let [numbers, others] = [0, 0];
    for (let i = 0; i < extent; i++) {
      const value = data[start + i * step]!;
      if (Number.isNaN(value)) nans[others++] = i;
      else {
        keys[numbers] = descending ? -value : value;
        places[numbers++] = i;
      }
    }
    const first = descending ? Math.min(others, count) : 0;
    const wanted = Math.min(count - first, numbers);
    if (8 * wanted < numbers) {
      scratch.set(keys);
      keepFirst(keys, places, numbers, wanted, wanted === 0 ? 0 : select(scratch, numbers, wanted - 1));
      numbers = wanted;
    }
    sortTogether(keys, places, numbers);
    ordered.set(nans.subarray(0, first));
    ordered.set(places.subarray(0, wanted), first);
    if (!descending) ordered.set(nans.subarray(0, count - wanted), wanted);
    return ordered;
  };
}

/** Moves to the front, in order, the `wanted` keys that come first: those below `last`, and as many equal to it. */
function keepFirst(keys: Float64Array, places: Int32Array, count: number, wanted: number, last: number): void {
  let equals = wanted;
  for (let i = 0; i < count; i++) if (keys[i]! < last) equals--;
  for (let i = 0, kept = 0; kept < wanted; i++) {
    if (keys[i]! > last || (keys[i] === last && equals-- <= 0)) continue;
    keys[kept] = keys[i]!;
    places[kept++] = places[i]!;
  }
}

/**
 * The place of the element of rank `rankOf(n)` among the n that count: all, where the first NaN wins, or with
 * `skipNaN` those that are numbers (where there is none, place 0). Of equal elements, the first.
 */
export function placeOfRank(extent: number, rankOf: (count: number) => number, skipNaN: boolean): Reducer {
  const scratch = new Float64Array(extent);
  return (data, start, step, count) => {
    let numbers = 0;
    for (let i = 0; i < count; i++) {
      const value = data[start + i * step]!;
      if (!Number.isNaN(value)) scratch[numbers++] = value;
      else if (!skipNaN) return i;
    }
    if (numbers === 0) return 0;
    const found = select(scratch, numbers, rankOf(numbers));
    let place = 0;
    while (data[start + place * step] !== found) place++;
    return place;
  };
}
