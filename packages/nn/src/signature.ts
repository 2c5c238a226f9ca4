/** @file The values of signatures: what layers in a row take and return, as signature-types.ts has it for the compiler. */
import { type Shape, TensorError } from "@deltagrad/tensor";
import type { LayerLike } from "./layer.ts";

/** An extent that is not known. */
export const ANY = -1;

/** Extents in an error or a name: `[8, ?, ?]`; `any shape` if nothing is known. */
export const showExtents = (shape: Shape | undefined): string =>
  shape === undefined ? "any shape" : `[${shape.map((extent) => (extent === ANY ? "?" : extent)).join(", ")}]`;

const agree = (a: number, b: number): boolean => a === b || a === ANY || b === ANY;

/** Whether two shapes agree from the back, as far as both reach. */
const fit = (a: Shape, b: Shape): boolean =>
  Array.from({ length: Math.min(a.length, b.length) }, (_, i) => i + 1).every((i) => agree(a.at(-i)!, b.at(-i)!));

export interface Extents {
  readonly input: Shape | undefined;
  readonly output: Shape | undefined;
}

/** What a part with these extents, followed by a layer, takes and returns; null if the two do not fit. */
export function follow({ input, output }: Extents, layer: Extents): Extents | null {
  const taken = layer.input;
  if (taken === undefined) return { input: input?.length === 0 ? undefined : input, output: layer.output };
  if (output === undefined) return { input, output: layer.output };
  if (!fit(output, taken)) return null;
  const missing = taken.slice(0, Math.max(0, taken.length - output.length));
  const over = output.slice(0, Math.max(0, output.length - taken.length));
  return {
    input: input === undefined ? undefined : [...missing, ...input],
    output: layer.output === undefined ? undefined : [...over, ...layer.output],
  };
}

/**
 * What layers in a row take and return.
 *
 * Throws: TensorError that names two layers of which the second expects what the first does not give.
 */
export function signatureOf(op: string, layers: readonly LayerLike[]): Extents {
  let now: Extents = { input: [], output: [] };
  let before = "";
  layers.forEach((layer, place) => {
    if (typeof layer === "function") return;
    const taken: Shape = layer.input;
    const next = follow(now, layer);
    if (next === null)
      throw new TensorError(
        op,
        `${before} gives ${showExtents(now.output)}, layer ${place} ${layer.name} expects ${showExtents(taken)}`,
        now.output?.length === taken.length ? "make the two sizes equal" : "put flatten() or reshape(…) between them?",
        [{ shape: now.output ?? [] }, { shape: taken }],
      );
    now = next;
    before = `layer ${place} ${layer.name}`;
  });
  return now;
}
