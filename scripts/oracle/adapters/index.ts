/** @file All adapters, and all exceptions with their reasons. */
import type { Family } from "../adapt.ts";
import type { Adapter } from "../compare.ts";
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { choices } from "./choices.ts";
import { elementary } from "./elementary.ts";
import { indexing } from "./indexing.ts";
import { linalg } from "./linalg.ts";
import { losses } from "./losses.ts";
import { matrices } from "./matrices.ts";
import { networks } from "./networks.ts";
import { reductions } from "./reductions.ts";
import { shapes } from "./shapes.ts";

const families: readonly Family[] = [
  arithmetic,
  elementary,
  activations,
  choices,
  reductions,
  matrices,
  linalg,
  shapes,
  indexing,
  networks,
  losses,
];

export const adapters: Readonly<Record<string, Adapter>> = Object.assign({}, ...families.map((f) => f.adapters));

/** Reason → places ("add/3 value[0][5]"), for both kinds of exception. */
export const exceptions: readonly (readonly [reason: string, places: readonly string[]])[] = families.flatMap((f) =>
  Object.entries({ ...f.exceptions }),
);
/** Reason → ids in errors.json that we take. */
export const accepted: readonly (readonly [reason: string, ids: readonly string[]])[] = families.flatMap((f) =>
  Object.entries({ ...f.accepted }),
);

/** To what relative error PyTorch's own second derivatives are good, by operation. */
export const secondDerivatives: Readonly<Record<string, number>> = Object.assign(
  {},
  ...families.map((f) => f.secondDerivatives),
);

const named: Readonly<Record<string, string | readonly string[]>> = Object.assign({}, ...families.map((f) => f.names));
const camelCase = (torch: string): string =>
  torch
    .split(".")
    .at(-1)!
    .replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The names that an error of PyTorch's operation may carry here. */
export const ourNames = (torch: string): readonly string[] => [named[torch] ?? camelCase(torch)].flat();
