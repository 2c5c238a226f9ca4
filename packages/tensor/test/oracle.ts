/** @file Reads PyTorch's values (../shared/oracle beside the repository, see its README), and compares with them. */
import { existsSync, readFileSync } from "node:fs";
import { type DType, jvp, mul, ones, sum, Tensor, TensorError, tensor, vjp, zerosLike } from "../src/index.ts";

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

/** What an adapter throws where we have nothing to call. */
export class Missing extends Error {}

/** What a sample says of an operation. */
type Part = "value" | "gradient" | "jvp" | "hvp";

const folder = new URL("../../../../shared/oracle/", import.meta.url);
export const present = existsSync(new URL("index.json", folder));

const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), "utf8"));

/** The names of all operations that the oracle knows. */
export const torchNames = (): string[] => (read("index.json") as { ops: { op: string }[] }).ops.map(({ op }) => op);
export const samplesOf = (op: string): readonly Sample[] => (read(`ops/${op}.json`) as { samples: Sample[] }).samples;

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

/** How far our numbers may be from PyTorch's. */
interface Tolerance {
  readonly relative: number;
  /** In units of the largest element. */
  readonly absolute: number;
  /** Whether 0 and −0 differ. */
  readonly zeroSign: boolean;
}

const tolerances: Record<TorchDType | DType, Tolerance> = {
  float64: { relative: 1e-10, absolute: 1e-12, zeroSign: false },
  float32: { relative: 1e-5, absolute: 1e-6, zeroSign: false },
  int64: { relative: 0, absolute: 0, zeroSign: false },
  int32: { relative: 0, absolute: 0, zeroSign: false },
  bool: { relative: 0, absolute: 0, zeroSign: false },
};

export interface Difference {
  /** As in "add/3 gradient[1][5]": sample, part, which output or input, which element; "add/3 refused" if it threw. */
  readonly place: string;
  readonly text: string;
}

function compare(
  place: string,
  actual: Tensor,
  shape: readonly number[],
  expected: readonly Value[] | null,
  tolerance: Tolerance,
): Difference[] {
  const { relative, absolute, zeroSign } = tolerance;
  if (actual.shape.join() !== shape.join())
    return [{ place, text: `${place}: shape [${actual.shape}], expected [${shape}]` }];
  const got = actual.toTypedArray();
  const wanted = expected === null ? new Float64Array(got.length) : numbers(expected);
  const largest = Math.max(0, ...wanted.map(Math.abs).filter(Number.isFinite));
  return [...wanted].flatMap((y, i) => {
    const x = got[i]!;
    const same = Object.is(x, y) || (x === y && !zeroSign);
    const judged = Number.isFinite(y) && !(y === 0 && zeroSign);
    const near = judged && Math.abs(x - y) <= relative * Math.abs(y) + absolute * largest;
    const at = `${place}[${i}]`;
    const show = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));
    return same || near ? [] : [{ place: at, text: `${at}: ${show(x)}, expected ${show(y)}` }];
  });
}

const sumOfProducts = (xs: readonly Tensor[], ys: readonly Tensor[]): Tensor =>
  xs.map((x, i) => sum(mul(x, ys[i]!)) as Tensor).reduce((a, b) => a.add(b));

/** Where our values for a sample differ from PyTorch's. */
export function differences(adapter: Adapter, sample: Sample): Difference[] {
  try {
    return differencesOfValues(adapter, sample);
  } catch (error) {
    const place = `${sample.id} ${error instanceof Missing ? "missing" : error instanceof TensorError ? "refused" : "failed"}`;
    return [{ place, text: `${place}: ${String(error)}` }];
  }
}

function differencesOfValues(adapter: Adapter, sample: Sample): Difference[] {
  const { id, inputs, kwargs, outputs, tags = [] } = sample;
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
  const found: Difference[] = [];
  const check = (
    part: Part,
    xs: readonly Tensor[],
    wanted: readonly (readonly Value[] | null)[],
    as: readonly { readonly shape: readonly number[]; readonly dtype: TorchDType | DType }[] = xs,
  ): void => {
    if (xs.length !== wanted.length) throw new Error(`${part}: ${xs.length} tensors, expected ${wanted.length}`);
    xs.forEach((x, i) => {
      const { shape, dtype } = as[i]!;
      // Among extremes each element counts by its own size: 10⁻¹² of the largest number would forgive everything.
      const strict = tags.includes("extremal") || tags.includes("stability") ? { absolute: 0 } : {};
      const zeroSign = tags.includes("extremal");
      found.push(
        ...compare(`${id} ${part}[${i}]`, x, shape, wanted[i]!, { ...tolerances[dtype], ...strict, zeroSign }),
      );
    });
  };

  const ys = f(...primals);
  ys.forEach(({ dtype }, i) => {
    const wanted = isFractionOfIntegers(sample) ? "float64" : ours[outputs[i]!.dtype];
    const place = `${id} value[${i}]`;
    if (dtype !== wanted) found.push({ place, text: `${place}: ${dtype}, expected ${wanted}` });
  });
  check(
    "value",
    ys,
    outputs.map(({ data }) => data),
    outputs,
  );
  if (sample.grads === undefined) return found;

  const forVaried = <T>(all: readonly T[]): T[] => varied.map((i) => all[i]!);
  const cotangents = ys.map((y, i) => like(sample.cotangents?.[i], y));
  const gradient = (...xs: Tensor[]): Tensor[] => vjp(f, ...xs)[1](cotangents);
  check("gradient", gradient(...primals), forVaried(sample.grads));
  if (sample.v === undefined) return found;

  const v = primals.map((x, i) => like(sample.v![varied[i]!], x));
  if (sample.jvp !== undefined) check("jvp", jvp(f, primals, v)[1], sample.jvp);
  if (sample.hvp !== undefined) {
    const along = (...xs: Tensor[]): Tensor => sumOfProducts(gradient(...xs), v);
    // Reverse over reverse as PyTorch did it, and forward over reverse: the Hessian is symmetric.
    check("hvp", vjp(along, ...primals)[1](ones([], { dtype: primals[0]!.dtype }) as Tensor), forVaried(sample.hvp));
    check("hvp", jvp(gradient, primals, v)[1], forVaried(sample.hvp));
  }
  return found;
}
