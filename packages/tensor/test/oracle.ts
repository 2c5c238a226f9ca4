/** @file Reads PyTorch's values (../shared/oracle beside the repository, see its README), and compares with them. */
import { existsSync, readFileSync } from "node:fs";
import { cast, type DType, jvp, mul, ones, sum, Tensor, tensor, vjp, zerosLike } from "../src/index.ts";

type Value = number | "NaN" | "Infinity" | "-Infinity";
type TorchDType = "float64" | "float32" | "int64" | "bool";

interface Data {
  readonly dtype: TorchDType;
  readonly shape: readonly number[];
  readonly data: readonly Value[];
}

interface Input extends Data {
  readonly requires_grad?: boolean;
  readonly strides?: readonly number[];
}

export interface Kwargs {
  readonly alpha?: number | boolean;
  readonly beta?: number;
  readonly threshold?: number;
  readonly rounding_mode?: string;
  readonly dim?: number | readonly number[];
  readonly dim0?: number;
  readonly dim1?: number;
  readonly dims?: readonly number[];
  readonly keepdim?: boolean;
  readonly shape?: readonly number[];
  readonly size?: readonly number[];
  readonly start?: number;
  readonly length?: number;
  readonly index?: number;
  readonly pad?: readonly number[];
  readonly mode?: string;
  readonly value?: number;
}

export interface Sample {
  readonly id: string;
  readonly inputs: readonly (Input | { readonly scalar: number } | null)[];
  readonly kwargs: Kwargs;
  readonly outputs: readonly Data[];
  readonly cotangents?: readonly (readonly Value[] | null)[];
  readonly grads?: readonly (readonly Value[] | null)[];
  readonly v?: readonly (readonly Value[] | null)[];
  readonly hvp?: readonly (readonly Value[] | null)[];
  readonly jvp?: readonly (readonly Value[] | null)[];
  readonly tags?: readonly string[];
}

/** PyTorch's operation in ours; a plain number stands where PyTorch was given one, which our operations take too. */
export type Adapter = (kwargs: Kwargs, ...inputs: Tensor[]) => Tensor | readonly Tensor[];

/** What a sample says, and can be compared one by one. */
export type Part = "value" | "gradient" | "jvp" | "hvp";

const folder = new URL("../../../../shared/oracle/", import.meta.url);
export const present = existsSync(new URL("index.json", folder));

const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), "utf8"));

/** The names of all operations that the oracle knows. */
export const torchNames = (): string[] => (read("index.json") as { ops: { op: string }[] }).ops.map(({ op }) => op);
export const samplesOf = (op: string): readonly Sample[] => (read(`ops/${op}.json`) as { samples: Sample[] }).samples;

export const partsOf = (sample: Sample): Part[] => [
  "value",
  ...(sample.grads === undefined ? [] : ["gradient" as const]),
  ...(sample.jvp === undefined ? [] : ["jvp" as const]),
  ...(sample.hvp === undefined ? [] : ["hvp" as const]),
];

const isTensor = (input: Sample["inputs"][number]): input is Input => input !== null && "data" in input;

/** PyTorch gives float32 for fractions of whole numbers, we float64: the same function, known to it less exactly. */
export const isFractionOfIntegers = ({ inputs, outputs }: Sample): boolean =>
  outputs[0]!.dtype === "float32" && inputs.every((input) => !isTensor(input) || !input.dtype.startsWith("float"));

const ours: Record<TorchDType, DType> = { float64: "float64", float32: "float32", int64: "int32", bool: "bool" };

const numbers = (data: readonly Value[]): Float64Array => Float64Array.from(data, Number);

function toTensor({ dtype, shape, data, strides }: Input): Tensor {
  const values = numbers(data);
  if (dtype === "int64" && values.some((value) => value !== (value | 0))) throw new Error("an int64 beyond int32");
  const packed = tensor(values, { shape, dtype: ours[dtype] }) as Tensor;
  if (strides === undefined || values.length === 0) return packed;
  // PyTorch's own layout: the elements where its strides put them, NaN in the gaps, which nobody may read.
  const places = [...values.keys()].map((element) => {
    let [rest, place] = [element, 0];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return place;
  });
  const spread = new Float64Array(Math.max(...places) + 1).fill(Number.NaN);
  places.forEach((place, element) => {
    spread[place] = values[element]!;
  });
  const storage = tensor(spread, { dtype: ours[dtype] }).toTypedArray();
  return new Tensor({ shape, dtype: ours[dtype] }, storage, { strides, offset: 0 }, null);
}

const like = (data: readonly Value[] | null | undefined, x: Tensor): Tensor =>
  data == null ? zerosLike(x) : (tensor(numbers(data), { shape: x.shape, dtype: x.dtype }) as Tensor);

/** How PyTorch's number may differ from ours; 0 of either sign are equal, for a derivative's sign of 0 means nothing. */
interface Tolerance {
  readonly relative: number;
  /** In units of the largest element. */
  readonly absolute: number;
}

const exact: Tolerance = { relative: 0, absolute: 0 };
const double: Tolerance = { relative: 1e-10, absolute: 1e-12 };
const single: Tolerance = { relative: 1e-5, absolute: 1e-6 };

/** What is wrong with the actual values, or nothing. */
function difference(
  part: Part,
  actual: Tensor,
  shape: readonly number[],
  expected: readonly Value[] | null,
  { relative, absolute }: Tolerance,
): string[] {
  if (actual.shape.join() !== shape.join()) return [`${part}: shape [${actual.shape}], expected [${shape}]`];
  const got = actual.toTypedArray();
  const wanted = expected === null ? new Float64Array(got.length) : numbers(expected);
  if (wanted.length !== got.length) return [`${part}: ${got.length} elements, expected ${wanted.length}`];
  const largest = Math.max(0, ...wanted.map(Math.abs).filter(Number.isFinite));
  return [...wanted].flatMap((y, i) => {
    const x = got[i]!;
    const equal = x === y || (Number.isNaN(x) && Number.isNaN(y));
    const near = Number.isFinite(y) && Math.abs(x - y) <= relative * Math.abs(y) + absolute * largest;
    return equal || near ? [] : [`${part}: element ${i} is ${x}, expected ${y}`];
  });
}

const sumOfProducts = (xs: readonly Tensor[], ys: readonly Tensor[]): Tensor =>
  xs.map((x, i) => sum(mul(x, ys[i]!)) as Tensor).reduce((a, b) => a.add(b));

/** Where our values for a sample differ from PyTorch's, in the given parts; throws what the operation throws. */
export function differences(adapter: Adapter, sample: Sample, parts: readonly Part[]): string[] {
  const { inputs, kwargs, outputs, tags = [] } = sample;
  const args = inputs.map((input) =>
    isTensor(input) ? toTensor(input) : ((input as { scalar: number }).scalar as unknown as Tensor),
  );
  const varied = inputs.flatMap((input, i) => (isTensor(input) && input.requires_grad ? [i] : []));
  const primals = varied.map((i) => args[i]!);
  /** The outputs as a function of the inputs that PyTorch differentiated. */
  const f = (...xs: Tensor[]): readonly Tensor[] => {
    const ys = adapter(kwargs, ...args.map((arg, i) => (varied.includes(i) ? xs[varied.indexOf(i)]! : arg)));
    return ys instanceof Tensor ? [ys] : ys;
  };
  const tolerance = ({ dtype }: { readonly dtype: TorchDType | DType }): Tolerance => {
    const limit = dtype === "float64" ? double : dtype === "float32" ? single : exact;
    // Among extremes, each element counts by its own size: 10⁻¹² of the largest number would forgive everything.
    return tags.includes("extremal") || tags.includes("stability") ? { ...limit, absolute: 0 } : limit;
  };
  const found: string[] = [];

  const ys = f(...primals);
  if (parts.includes("value")) {
    if (ys.length !== outputs.length) found.push(`value: ${ys.length} outputs, expected ${outputs.length}`);
    outputs.forEach((output, i) => {
      const dtype = isFractionOfIntegers(sample) ? "float64" : ours[output.dtype];
      if (ys[i]!.dtype !== dtype) found.push(`value: ${ys[i]!.dtype}, expected ${dtype}`);
      found.push(...difference("value", ys[i]!, output.shape, output.data, tolerance(output)));
    });
  }
  const compareAll = (part: Part, xs: readonly Tensor[], expected: readonly (readonly Value[] | null)[]): void =>
    xs.forEach((x, i) => {
      const { dtype } = x;
      found.push(...difference(part, x, x.shape, expected[i]!, tolerance({ dtype })));
    });
  const forVaried = <T>(all: readonly T[]): T[] => varied.map((i) => all[i]!);
  const cotangents = ys.map((y, i) => like(sample.cotangents?.[i], y));
  const gradient = (...xs: Tensor[]): Tensor[] => vjp(f, ...xs)[1](cotangents);

  if (parts.includes("gradient")) compareAll("gradient", gradient(...primals), forVaried(sample.grads!));
  if (parts.includes("jvp") || parts.includes("hvp")) {
    const v = primals.map((x, i) => like(sample.v![varied[i]!], x));
    if (parts.includes("jvp")) compareAll("jvp", jvp(f, primals, v)[1], sample.jvp!);
    if (parts.includes("hvp")) {
      const along = (...xs: Tensor[]): Tensor => sumOfProducts(gradient(...xs), v);
      const one = cast(ones([]), primals[0]!.dtype) as Tensor;
      // Reverse over reverse as PyTorch did it, and forward over reverse: the Hessian is symmetric.
      compareAll("hvp", vjp(along, ...primals)[1](one), forVaried(sample.hvp!));
      compareAll("hvp", jvp(gradient, primals, v)[1], forVaried(sample.hvp!));
    }
  }
  return found;
}
