/** @file Losses. */
import type { Family } from "../adapt.ts";

export const losses: Family = { adapters: {} };
