import type { Spec } from "../../works.ts";

/** All the work in our own operations, with every function that is repeated handed to `compiled` first. */
export function worksOf(
  compiled: <F>(f: F) => F,
): Record<string, (spec: Spec) => { run(times: number): void; check(): number }>;
