/**
 * @file The loops of operations that cost less than the call of a function for each element would: one text for each,
 * so that the engine compiles each for itself.
 */
import type { Loop } from "./elementwise.ts";

export const add: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) out[at] = a[i]! + b[j]!;
  },
};

export const neg: Loop = {
  row(out, at, end, a, i, da) {
    for (; at < end; at++, i += da) out[at] = -a[i]!;
  },
};

export const sub: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) out[at] = a[i]! - b[j]!;
  },
};

export const mul: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) out[at] = a[i]! * b[j]!;
  },
};

/** x·y, but 0 where either is 0, though the other be ∞ or NaN. */
export const scale: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) {
      const product = a[i]! * b[j]!;
      out[at] = Number.isNaN(product) && (a[i] === 0 || b[j] === 0) ? 0 : product;
    }
  },
};

/** x/y, but 0 where x is 0. */
export const ratio: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) out[at] = a[i] === 0 ? 0 : a[i]! / b[j]!;
  },
};

export const div: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) out[at] = a[i]! / b[j]!;
  },
};

export const reciprocal: Loop = {
  row(out, at, end, a, i, da) {
    for (; at < end; at++, i += da) out[at] = 1 / a[i]!;
  },
};

export const square: Loop = {
  row(out, at, end, a, i, da) {
    for (; at < end; at++, i += da) out[at] = a[i]! * a[i]!;
  },
};

export const sqrt: Loop = {
  row(out, at, end, a, i, da) {
    for (; at < end; at++, i += da) out[at] = Math.sqrt(a[i]!);
  },
};

export const abs: Loop = {
  row(out, at, end, a, i, da) {
    for (; at < end; at++, i += da) out[at] = Math.abs(a[i]!);
  },
};

export const equal: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) out[at] = Number(a[i]! === b[j]!);
  },
};

export const notEqual: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) out[at] = Number(a[i]! !== b[j]!);
  },
};

export const less: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) out[at] = Number(a[i]! < b[j]!);
  },
};

export const lessEqual: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) out[at] = Number(a[i]! <= b[j]!);
  },
};

export const greater: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) out[at] = Number(a[i]! > b[j]!);
  },
};

export const greaterEqual: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) out[at] = Number(a[i]! >= b[j]!);
  },
};

export const maximum: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) out[at] = Math.max(a[i]!, b[j]!);
  },
};

export const minimum: Loop = {
  row(out, at, end, a, i, da, b, j, db) {
    for (; at < end; at++, i += da, j += db) out[at] = Math.min(a[i]!, b[j]!);
  },
};

/** max(x, 0); NaN stays NaN. */
export const relu: Loop = {
  row(out, at, end, a, i, da) {
    // biome-ignore lint/complexity/useMathMinMax: Math.max(−0, 0) is 0, and takes longer
    for (; at < end; at++, i += da) out[at] = a[i]! < 0 ? 0 : a[i]!;
  },
};

export const where: Loop = {
  row(out, at, end, a, i, da, b, j, db, c, k, dc) {
    for (; at < end; at++, i += da, j += db, k += dc) out[at] = a[i] !== 0 ? b[j]! : c[k]!;
  },
};

/** A typed array itself rounds, or cuts off and wraps, what is written to it. */
export const store: Loop = {
  row(out, at, end, a, i, da) {
    for (; at < end; at++, i += da) out[at] = a[i]!;
  },
};
