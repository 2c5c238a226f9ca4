/** @file Decompositions, solutions and functions of matrices. */
import type { Family } from "../adapt.ts";

export const linalg: Family = { adapters: {} };
