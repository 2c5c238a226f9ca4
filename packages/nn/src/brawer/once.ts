/** @file A function of a layer that is computed once for each. */

/** f, which is asked for each number at most once. */
export function once<T>(f: (l: number) => T): (l: number) => T {
  const known = new Map<number, T>();
  return (l) => {
    if (!known.has(l)) known.set(l, f(l));
    return known.get(l)!;
  };
}
