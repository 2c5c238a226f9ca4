/** @file Reads PyTorch's values: ../shared/oracle beside the repository, described by the README there. */
import { existsSync, readFileSync } from "node:fs";

export type Value = number | "NaN" | "Infinity" | "-Infinity";
export type TorchDType = "float64" | "float32" | "int64" | "bool";

export interface Data {
  readonly dtype: TorchDType;
  readonly shape: readonly number[];
  readonly data: readonly Value[];
}

export interface Input extends Data {
  readonly requires_grad?: boolean;
  readonly strides?: readonly number[];
}

/** A call of an operation: tensors, a plain number in a tensor's place, or null for an optional one not given. */
export interface Call {
  readonly inputs: readonly (Input | { readonly scalar: number } | null)[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

type PerTensor = readonly (readonly Value[] | null)[];

export interface Sample extends Call {
  readonly id: string;
  readonly outputs: readonly Data[];
  readonly cotangents?: PerTensor;
  readonly grads?: PerTensor;
  readonly v?: PerTensor;
  readonly hvp?: PerTensor;
  readonly jvp?: PerTensor;
  /** Absolute errors that a problem's own sensitivity allows. */
  readonly atol?: { readonly outputs: readonly number[]; readonly grads?: readonly number[] };
  readonly tags?: readonly string[];
}

/** Slices of an output whose sign is free: columns (axis −1) or rows (−2). */
export interface Gauge {
  readonly output: number;
  readonly axis: -1 | -2;
}

export interface Operation {
  readonly op: string;
  readonly gauge?: readonly Gauge[];
  readonly symmetric_input?: boolean;
  readonly derivative_rtol?: number;
  readonly samples: readonly Sample[];
}

/** A call that PyTorch refuses. */
export interface Refusal extends Call {
  readonly id: string;
  readonly op: string;
  readonly about: "shape" | "argument" | "dtype";
  readonly error_message: string;
}

const folder = new URL("../../../shared/oracle/", import.meta.url);
export const present = existsSync(new URL("index.json", folder));

const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), "utf8"));

/** The names of all operations that the oracle knows. */
export const torchNames = (): string[] => (read("index.json") as { ops: { op: string }[] }).ops.map(({ op }) => op);
export const operation = (op: string): Operation => read(`ops/${op}.json`) as Operation;
export const refusals = (): readonly Refusal[] => (read("errors.json") as { errors: Refusal[] }).errors;

export const isTensorData = (input: Call["inputs"][number]): input is Input => input !== null && "data" in input;
