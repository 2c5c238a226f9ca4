/** @file Tasks for what has a memory: sequences that are to be repeated, added up, sorted. */
import { type Tensor, tensor } from "@deltagrad/tensor";
import { checkWhole } from "../checks.ts";
import type { Regression } from "../record.ts";
import { about, begin, type GeneratorOptions } from "./assemble.ts";

export interface SequenceOptions extends GeneratorOptions {
  /** Elements in a sequence. */
  readonly length?: number;
}

export interface SymbolOptions extends SequenceOptions {
  /** How many symbols there are. */
  readonly nSymbols?: number;
}

type Symbols = Regression<readonly [number, number], readonly [number, number]>;
type Pairs = Regression<readonly [number, number, 2]>;

const table = (values: Int32Array, rows: number, columns: number): Tensor<readonly [number, number]> =>
  tensor(values, { shape: [rows, columns] });

/** Random symbols, `count` of them, from `first` on. */
function symbols(
  op: string,
  { nSamples = 100, length = 10, nSymbols = 8, seed = 0 }: SymbolOptions,
  first: number,
): { nSamples: number; length: number; nSymbols: number; drawn: Int32Array } {
  const random = begin(op, nSamples, 0, seed);
  checkWhole(op, "length", length, 1);
  checkWhole(op, "nSymbols", nSymbols, 1);
  const drawn = Int32Array.from({ length: nSamples * length }, () => first + Math.floor(random.next() * nSymbols));
  return { nSamples, length, nSymbols, drawn };
}

/**
 * Symbols to be repeated after a while: symbols 1 … nSymbols, then blanks (0), the last of which is a signal
 * (nSymbols + 1), then blanks for the answer. The target is blank until the signal has come, then the symbols.
 *
 * Shapes: features and targets [n, 2 · length + delay], int32.
 * Source: S. Hochreiter, J. Schmidhuber, Long Short-Term Memory (1997); as in M. Arjovsky and others (2016), 4.1.
 *
 * @example
 * const { features, targets } = makeCopySequences({ nSamples: 1, length: 2, delay: 2, nSymbols: 1 });
 * features.toArray();   // => [[1, 1, 0, 2, 0, 0]]
 * targets.toArray();    // => [[0, 0, 0, 0, 1, 1]]
 */
export function makeCopySequences({
  delay = 1,
  ...options
}: SymbolOptions & { readonly delay?: number } = {}): Symbols {
  const { nSamples, length, nSymbols, drawn } = symbols("makeCopySequences", options, 1);
  checkWhole("makeCopySequences", "delay", delay, 1);
  const width = 2 * length + delay;
  const [features, targets] = [new Int32Array(nSamples * width), new Int32Array(nSamples * width)];
  for (let row = 0; row < nSamples; row++) {
    const sequence = drawn.subarray(row * length, (row + 1) * length);
    features.set(sequence, row * width);
    features[row * width + length + delay - 1] = nSymbols + 1;
    targets.set(sequence, row * width + length + delay);
  }
  return {
    features: table(features, nSamples, width),
    targets: table(targets, nSamples, width),
    about: about("Copying", "symbols to be repeated after a while", "S. Hochreiter, J. Schmidhuber (1997)"),
  };
}

/**
 * Numbers of which two are marked, one in each half: the target is their sum.
 *
 * Shapes: features [n, length, 2], a number from [0, 1) and a mark, 0 or 1; targets [n].
 * Source: S. Hochreiter, J. Schmidhuber, Long Short-Term Memory (1997), 5.4.
 *
 * @example
 * const { features, targets } = makeAddSequences({ nSamples: 3, length: 10, seed: 7 });
 * features.shape;   // => [3, 10, 2]
 * features.slice(null, null, 0).mul(features.slice(null, null, 1)).sum(1).toArray().join() === targets.toArray().join();   // => true
 */
export function makeAddSequences({ nSamples = 100, length = 10, seed = 0 }: SequenceOptions = {}): Pairs {
  const random = begin("makeAddSequences", nSamples, 0, seed);
  checkWhole("makeAddSequences", "length", length, 2);
  const values = new Float64Array(nSamples * length * 2);
  const targets = new Float64Array(nSamples);
  const half = Math.floor(length / 2);
  for (let row = 0; row < nSamples; row++) {
    const start = row * length;
    for (let i = 0; i < length; i++) values[2 * (start + i)] = random.next();
    const first = start + Math.floor(random.next() * half);
    const second = start + half + Math.floor(random.next() * (length - half));
    values[2 * first + 1] = 1;
    values[2 * second + 1] = 1;
    targets[row] = values[2 * first]! + values[2 * second]!;
  }
  return {
    features: tensor(values, { shape: [nSamples, length, 2] as const }) as Tensor<readonly [number, number, 2]>,
    targets: tensor(targets, { shape: [nSamples] }),
    about: about("Adding", "numbers of which two are to be added", "S. Hochreiter, J. Schmidhuber (1997)"),
  };
}

/**
 * Symbols 0 … nSymbols − 1 in random order, some more than once: the target has them in ascending order.
 *
 * Shapes: features and targets [n, length], int32.
 *
 * @example
 * makeSortSequences({ nSamples: 5, length: 7, nSymbols: 10, seed: 7 }).targets.shape;   // => [5, 7]
 */
export function makeSortSequences(options: SymbolOptions = {}): Symbols {
  const { nSamples, length, drawn } = symbols("makeSortSequences", options, 0);
  const sorted = drawn.slice();
  for (let row = 0; row < nSamples; row++) sorted.subarray(row * length, (row + 1) * length).sort();
  return {
    features: table(drawn, nSamples, length),
    targets: table(sorted, nSamples, length),
    about: about("Sorting", "symbols to be put in order", "a common exercise for networks with a memory"),
  };
}
