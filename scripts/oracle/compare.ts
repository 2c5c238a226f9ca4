/** @file Compares our values, gradients and second derivatives with PyTorch's, sample by sample. */
import { type DType, jvp, mul, ones, sum, Tensor, TensorError, tensor, vjp, zerosLike } from "@deltagrad/tensor";
import {
  type Call,
  type Data,
  type Input,
  isTensorData,
  type Operation,
  type Sample,
  type TorchDType,
} from "./fixtures.ts";
import { alignSigns } from "./gauge.ts";
import { type Difference, numbers, type Tolerance, tolerances, unlike, whole } from "./unlike.ts";

/** The parameters of a call by name, as PyTorch spells them. */
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
  readonly [name: string]: unknown;
}

/**
 * PyTorch's operation in ours. A plain number stands where PyTorch was given one, null where an optional tensor was
 * left out. A method's type, so that an adapter may say more exactly what parameters it reads.
 */
export type Adapter = {
  call(kwargs: Kwargs, ...inputs: Tensor[]): Tensor | readonly Tensor[];
}["call"];

/** What a sample says of an operation. */
type Part = "value" | "gradient" | "jvp" | "hvp";

/** PyTorch gives float32 for fractions of whole numbers, we float64: the same function, known to it less exactly. */
const isFractionOfIntegers = ({ inputs, outputs }: Sample): boolean =>
  outputs[0]!.dtype === "float32" &&
  inputs.every((input) => input === null || !isTensorData(input) || !input.dtype.startsWith("float"));

const ours: Record<TorchDType, DType> = { float64: "float64", float32: "float32", int64: "int32", bool: "bool" };

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

/** The inputs of a call as an adapter takes them. */
export const argumentsOf = ({ inputs }: Call): Tensor[] =>
  inputs.map((input) =>
    input === null
      ? (null as unknown as Tensor)
      : isTensorData(input)
        ? toTensor(input)
        : (input.scalar as unknown as Tensor),
  );

/** Parameters with what JSON has no word for put in: tensors, ±∞. */
export function parametersOf(kwargs: Call["kwargs"], args: readonly Tensor[]): Kwargs {
  const read = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(read);
    if (value === null || typeof value !== "object") return value;
    if ("$input" in value) return args[value.$input as number];
    if ("float" in value) return Number(value.float);
    return value;
  };
  return Object.fromEntries(Object.entries(kwargs).map(([name, value]) => [name, read(value)]));
}

const like = (data: Data["data"] | null | undefined, x: Tensor): Tensor =>
  data == null ? zerosLike(x) : (tensor(numbers(data), { shape: x.shape, dtype: x.dtype }) as Tensor);

const sumOfProducts = (xs: readonly Tensor[], ys: readonly Tensor[]): Tensor =>
  xs.map((x, i) => sum(mul(x, ys[i]!)) as Tensor).reduce((a, b) => a.add(b));

/** The largest finite number among the values and derivatives of a sample. */
function largestOf({ outputs, grads, jvp, hvp }: Sample): number {
  const parts = [outputs.map(({ data }) => data), grads ?? [], jvp ?? [], hvp ?? []].flat();
  let largest = 0;
  for (const part of parts)
    for (const value of numbers(part ?? [])) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** Where our values for a sample differ from PyTorch's. */
export function differences(adapter: Adapter, of: Operation, sample: Sample, secondOrder?: number): Difference[] {
  try {
    return differencesOfValues(adapter, of, sample, secondOrder);
  } catch (error) {
    return [whole(`${sample.id} ${error instanceof TensorError ? "refused" : "failed"}`, String(error))];
  }
}

function differencesOfValues(
  adapter: Adapter,
  of: Operation,
  sample: Sample,
  secondOrder: number | undefined,
): Difference[] {
  const { id, inputs, outputs, atol, tags = [] } = sample;
  const args = argumentsOf(sample);
  const varied = inputs.flatMap((input, i) =>
    input !== null && isTensorData(input) && input.requires_grad ? [i] : [],
  );
  const primals = varied.map((i) => args[i]!);
  /** The outputs as a function of the inputs that PyTorch differentiated. */
  const f = (...xs: Tensor[]): readonly Tensor[] => {
    const all = args.map((arg, i) => (varied.includes(i) ? xs[varied.indexOf(i)]! : arg));
    const ys = adapter(parametersOf(sample.kwargs, all), ...all);
    return ys instanceof Tensor ? [ys] : ys;
  };
  const found: Difference[] = [];
  const scale = tags.includes("extremal") ? 0 : largestOf(sample);
  const check = (
    part: Part,
    xs: readonly Tensor[],
    wanted: readonly (Data["data"] | null)[],
    slack: readonly number[] = [],
    as: readonly { readonly shape: readonly number[]; readonly dtype: TorchDType | DType }[] = xs,
  ): void => {
    if (xs.length !== wanted.length) throw new Error(`${part}: ${xs.length} tensors, expected ${wanted.length}`);
    xs.forEach((x, i) => {
      const { shape, dtype } = as[i]!;
      const tolerance: Tolerance = {
        ...tolerances[dtype],
        // Among extremes each element counts by its own size: 10⁻¹² of the largest number would forgive everything.
        ...(tags.includes("extremal") || tags.includes("stability") ? { absolute: 0 } : {}),
        ...(part !== "value" && of.derivative_rtol !== undefined ? { relative: of.derivative_rtol } : {}),
        ...(part === "hvp" && secondOrder !== undefined ? { relative: secondOrder } : {}),
        zeroSign: tags.includes("extremal"),
        slack: slack[i] ?? 0,
        scale,
      };
      found.push(...unlike(`${id} ${part}[${i}]`, x, shape, wanted[i]!, tolerance));
    });
  };

  const raw = f(...primals);
  const signs = alignSigns(
    of.gauge ?? [],
    raw,
    outputs.map(({ data, shape }, i) => tensor(numbers(data), { shape, dtype: raw[i]!.dtype }) as Tensor),
  );
  raw.forEach(({ dtype }, i) => {
    const wanted = isFractionOfIntegers(sample) ? "float64" : ours[outputs[i]!.dtype];
    const place = `${id} value[${i}]`;
    if (dtype !== wanted) found.push(whole(place, `${dtype}, expected ${wanted}`));
  });
  check(
    "value",
    signs(raw),
    outputs.map(({ data }) => data),
    atol?.outputs,
    outputs,
  );
  if (sample.grads === undefined) return found;

  const forVaried = <T>(all: readonly T[]): T[] => varied.map((i) => all[i]!);
  const cotangents = signs(raw.map((y, i) => like(sample.cotangents?.[i], y)));
  const slack = forVaried(atol?.grads ?? []).map((value) => value ?? 0);
  /** Libraries differ in which triangle of a symmetric matrix they differentiate. */
  const symmetric = (xs: readonly Tensor[]): Tensor[] =>
    xs.map((x, i) => (of.symmetric_input && varied[i] === 0 ? mul(0.5, x.add(swapLast(x))) : x));
  const gradient = (...xs: Tensor[]): Tensor[] => symmetric(vjp(f, ...xs)[1](cotangents));
  check(
    "gradient",
    gradient(...primals),
    forVaried(sample.grads).map((g, i) => (g === null ? null : symmetricData(of, varied[i]!, g, primals[i]!))),
    slack,
  );
  if (sample.v === undefined) return found;

  const v = primals.map((x, i) => like(sample.v![varied[i]!], x));
  if (sample.jvp !== undefined) check("jvp", signs(jvp(f, primals, v)[1]), sample.jvp, atol?.outputs);
  if (sample.hvp !== undefined) {
    const wanted = forVaried(sample.hvp).map((h, i) =>
      h === null ? null : symmetricData(of, varied[i]!, h, primals[i]!),
    );
    const along = (...xs: Tensor[]): Tensor => sumOfProducts(gradient(...xs), v);
    // Reverse over reverse as PyTorch did it, and forward over reverse: the Hessian is symmetric.
    check("hvp", symmetric(vjp(along, ...primals)[1](ones([], { dtype: primals[0]!.dtype }) as Tensor)), wanted, slack);
    check("hvp", symmetric(jvp(gradient, primals, v)[1]), wanted, slack);
  }
  return found;
}

const swapLast = (x: Tensor): Tensor => {
  const order = x.shape.map((_, axis) => axis);
  return x.permute([...order.slice(0, -2), x.rank - 1, x.rank - 2]);
};

/** PyTorch's gradient with respect to a symmetric matrix, made symmetric too. */
function symmetricData({ symmetric_input }: Operation, input: number, data: Data["data"], x: Tensor): Data["data"] {
  if (!symmetric_input || input !== 0) return data;
  const g = like(data, x);
  return [...mul(0.5, g.add(swapLast(g))).toTypedArray()];
}
