/** @file The scalar definitions that modules import, for the lanes that vector forms leave to them. */
import { cos, sin } from "../../core/elementary/circular.ts";
import { pow } from "../../core/elementary/pow.ts";
import type { Host } from "../machine.ts";
import type { ScalarFallback } from "./emitter.ts";

export const scalarFallbacks = { sin, cos, pow } satisfies Host & Readonly<Record<ScalarFallback, unknown>>;
