/**
 * @file Where convolution reads and writes. An image lies in a frame: with the margins that its windows reach, without
 * what they do not, and, where windows are `stride` apart, with every stride-th element side by side; so neighbouring
 * windows read neighbours, which vectors need.
 */

/** A window of `kernel` elements, `dilation` apart, at `output` places, `stride` apart from `before` the start on. */
export interface Axis {
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/** Places are counted in numbers. */
interface Frame {
  /** Of one channel. */
  readonly plane: number;
  /** Pairs (place in a plane of the image, in one of the frame); null: they are the same. */
  readonly enter: Int32Array | null;
}

/** A product of weights with a frame. */
interface Product {
  /** By k: where a row's weights are from its first one, and where the frame is read from a window's place. */
  readonly weights: Int32Array;
  readonly taps: Int32Array;
  /** The windows' places in the frame. */
  readonly windows: Int32Array;
  /** For each window, where its number goes in a plane of the result; null: one after the other. */
  readonly leave: Int32Array | null;
}

export interface Plan {
  readonly frame: Frame;
  readonly products: readonly Product[];
}

/** All sums of one number of each list, the last list the fastest. */
function grid(lists: readonly (readonly number[])[]): Int32Array {
  let sums = Int32Array.of(0);
  for (const list of lists) {
    const next = new Int32Array(sums.length * list.length);
    let at = 0;
    for (const a of sums) for (const b of list) next[at++] = a + b;
    sums = next;
  }
  return sums;
}

const upTo = (count: number): number[] => Array.from({ length: Math.max(0, count) }, (_, i) => i);
const multiples = (count: number, step: number): number[] => upTo(count).map((i) => i * step);
const product = (numbers: readonly number[]): number => numbers.reduce((a, b) => a * b, 1);
const rowMajor = (extents: readonly number[]): number[] => extents.map((_, i) => product(extents.slice(i + 1)));
const isSame = (a: Int32Array, b: Int32Array): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

/** The pairs of two lists of places; null where image and frame are all of each other. */
function pairsOf(from: Int32Array, to: Int32Array, image: number, plane: number): Int32Array | null {
  if (from.length === image && image === plane && isSame(from, to)) return null;
  const pairs = new Int32Array(2 * from.length);
  from.forEach((place, i) => {
    pairs[2 * i] = place;
    pairs[2 * i + 1] = to[i]!;
  });
  return pairs;
}

/** From images of `channels` to their windows' sums: what `conv` does, and what `convKernel` reads. */
export function forwardPlan(axes: readonly Axis[], channels: number): Plan {
  const spans = axes.map(({ output, stride, kernel, dilation }) => (output - 1) * stride + dilation * (kernel - 1) + 1);
  const phases = axes.map(({ stride }, i) => Math.min(stride, spans[i]!));
  const strides = rowMajor([...phases, ...axes.map(({ stride }, i) => Math.ceil(spans[i]! / stride))]);
  const plane = strides[0]! * phases[0]!;
  const placeOn = (i: number, at: number): number =>
    (at % axes[i]!.stride) * strides[i]! + Math.floor(at / axes[i]!.stride) * strides[axes.length + i]!;
  const inner = rowMajor(axes.map(({ input }) => input));
  const seen = axes.map(({ input, before }, i) => upTo(Math.min(input, spans[i]! - before)));
  const from = grid(seen.map((list, i) => list.map((at) => at * inner[i]!)));
  const to = grid(seen.map((list, i) => list.map((at) => placeOn(i, at + axes[i]!.before))));
  const taps = grid([
    multiples(channels, plane),
    ...axes.map(({ kernel, dilation }, i) => multiples(kernel, dilation).map((at) => placeOn(i, at))),
  ]);
  const windows = grid(axes.map(({ output }, i) => multiples(output, strides[axes.length + i]!)));
  return {
    frame: {
      plane,
      enter: pairsOf(from, to, product(axes.map(({ input }) => input)), plane),
    },
    products: [{ weights: Int32Array.from(taps, (_, k) => k), taps, windows, leave: null }],
  };
}

/** What one axis has for the positions of which the places of windows that reach them leave one rest: by quotients. */
interface Phase {
  readonly taps: readonly number[];
  readonly positions: readonly number[];
}

/**
 * From sums of windows, of `channels`, back to images of `others`: what `convTranspose` does. Where windows are `stride`
 * apart, the positions of each rest have taps of their own, and so a product of their own.
 */
export function backwardPlan(axes: readonly Axis[], channels: number, others: number): Plan {
  const kernel = product(axes.map((axis) => axis.kernel));
  const inner = rowMajor(axes.map(({ input }) => input));
  const kernels = rowMajor(axes.map((axis) => axis.kernel));
  const quotients = axes.map(({ input, before, stride, kernel: size, dilation }) => {
    const farthest = Math.floor((dilation * (size - 1)) / stride);
    const first = Math.floor(before / stride) - farthest;
    return { first, extent: Math.floor((input - 1 + before) / stride) - first + 1 };
  });
  const strides = rowMajor(quotients.map(({ extent }) => extent));
  const plane = product(quotients.map(({ extent }) => extent));
  const seen = axes.map(({ output }, i) =>
    upTo(output).filter((at) => at >= quotients[i]!.first && at < quotients[i]!.first + quotients[i]!.extent),
  );
  const outer = rowMajor(axes.map(({ output }) => output));
  const from = grid(seen.map((list, i) => list.map((at) => at * outer[i]!)));
  const to = grid(seen.map((list, i) => list.map((at) => (at - quotients[i]!.first) * strides[i]!)));
  const phasesOf = ({ stride, kernel: size, dilation, before, input }: Axis): Phase[] =>
    upTo(stride).map((rest) => ({
      taps: upTo(size).filter((tap) => (tap * dilation) % stride === rest),
      positions: upTo(input).filter((at) => (at + before) % stride === rest),
    }));
  const choices = axes
    .map(phasesOf)
    .reduce<Phase[][]>((all, phases) => all.flatMap((chosen) => phases.map((phase) => [...chosen, phase])), [[]]);
  const products = choices.map((phases): Product => {
    const quotient = (i: number, at: number): number => Math.floor(at / axes[i]!.stride);
    const distances = phases.map(({ taps }, i) =>
      taps.map((tap) => -quotient(i, tap * axes[i]!.dilation) * strides[i]!),
    );
    return {
      weights: grid([
        multiples(channels, others * kernel),
        ...phases.map(({ taps }, i) => taps.map((tap) => tap * kernels[i]!)),
      ]),
      taps: grid([multiples(channels, plane), ...distances]),
      windows: grid(
        phases.map(({ positions }, i) =>
          positions.map((at) => (quotient(i, at + axes[i]!.before) - quotients[i]!.first) * strides[i]!),
        ),
      ),
      leave:
        choices.length === 1 ? null : grid(phases.map(({ positions }, i) => positions.map((at) => at * inner[i]!))),
    };
  });
  return { frame: { plane, enter: pairsOf(from, to, product(axes.map(({ output }) => output)), plane) }, products };
}

/**
 * Pairs (place in the frame, place in the result) of vectors that have all windows: the last of a run of neighbours goes
 * back over others, or, where there are not enough (`short`), over what comes behind.
 */
export function vectorsOf(windows: Int32Array, lanes: number): { readonly pairs: number[]; readonly short: boolean } {
  const pairs: number[] = [];
  let short = false;
  for (let start = 0, end = 0; start < windows.length; start = end) {
    end = start + 1;
    while (end < windows.length && windows[end] === windows[end - 1]! + 1) end++;
    short ||= end - start < lanes;
    for (let at = start; at < end; at += lanes) {
      const first = Math.max(start, Math.min(at, end - lanes));
      pairs.push(windows[first]!, first);
    }
  }
  return { pairs, short };
}
