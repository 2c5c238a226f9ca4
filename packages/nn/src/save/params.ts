/** @file Parameters alone, as a file that other frameworks open; and theirs. */
import { cast, mapTree, type Tensor, transpose as transposeTensor } from "@deltagrad/tensor";
import { checkAlike, named, nameOf } from "../like.ts";
import { seal, unseal } from "./seal.ts";

/** How names and layouts here become those of a file. */
export interface FileNames {
  /** What a tensor is called in the file: by its name here, as a table or a function. What the table lacks keeps its name. */
  readonly map?: Readonly<Record<string, string>> | ((name: string) => string);
  /** Which matrices, by their names here, lie transposed in the file: PyTorch's Linear has [outputs, inputs]. */
  readonly transpose?: RegExp | readonly string[] | ((name: string) => boolean);
}

const mapped = ({ map }: FileNames, name: string): string =>
  typeof map === "function" ? map(name) : map !== undefined && Object.hasOwn(map, name) ? map[name]! : name;

const transposed = ({ transpose }: FileNames, name: string, x: Tensor): boolean =>
  x.rank === 2 &&
  (typeof transpose === "function"
    ? transpose(name)
    : transpose instanceof RegExp
      ? transpose.test(name)
      : (transpose?.includes(name) ?? false));

/**
 * Parameters as the bytes of a safetensors file, under their paths joined with dots: `0.weight`, `layers.2.bias`. They
 * are what PyTorch calls them in a Sequential, and lie as they do there, but for dense weights, [inputs, outputs] here:
 * name them in `transpose`.
 *
 * @example
 * const params = [{ weight: ones([2, 3]), bias: zeros([3]) }];
 * Object.keys(decodeSafetensors(encodeParams(params)).tensors);                                    // => ["0.bias", "0.weight"]
 * decodeSafetensors(encodeParams(params, { transpose: /weight$/ })).tensors["0.weight"]!.shape;    // => [3, 2]
 */
export function encodeParams(params: unknown, names: FileNames = {}): Uint8Array {
  const entries = [...named("encodeParams", params)].map(([name, x]): [string, Tensor] => [
    mapped(names, name),
    transposed(names, name, x) ? (transposeTensor(x) as Tensor) : x,
  ]);
  return seal(Object.fromEntries(entries), { format: "pt", writer: "deltagrad" });
}

/**
 * Parameters from a file that `encodeParams` wrote, in a tree like `like`.
 *
 * Throws: TensorError for a damaged file, and with all names, shapes and dtypes that do not fit.
 *
 * @example
 * const params = [{ weight: ones([2, 3]), bias: zeros([3]) }];
 * decodeParams(encodeParams(params), params)[0].weight.shape;   // => [2, 3]
 */
export function decodeParams<T>(bytes: Uint8Array, like: T, names: FileNames = {}, op = "decodeParams"): T {
  return placed(op, new Map(Object.entries(unseal(op, bytes, false).tensors)), like, names, false);
}

/**
 * Parameters from a safetensors file of PyTorch's, in a tree like `like`, of whose dtypes they become.
 *
 * The same in both: weights and biases of convolutions and their transposes, of batch, layer, group and instance norms
 * and RMS norms; `table` of an embedding is `weight` there; `inputWeight`, `hiddenWeight`, `inputBias`, `hiddenBias` of
 * RNN, LSTM and GRU are `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`. Transposed: the weights of dense
 * layers, Linear there. Elsewhere: PyTorch's attention has queries, keys and values in one matrix.
 * Throws: TensorError for a damaged file, and with all names and shapes that do not fit.
 *
 * @example
 * const bytes = encodeSafetensors({ "fc.weight": tensor([[1, 2, 3]], { dtype: "float32" }) });
 * const like = [{ weight: zeros([3, 1]) }];
 * loadPyTorch(bytes, { like, map: { "0.weight": "fc.weight" }, transpose: /weight$/ })[0].weight.toArray();   // => [[1], [2], [3]]
 */
export function loadPyTorch<T>(bytes: Uint8Array, { like, ...names }: FileNames & { readonly like: T }): T {
  return placed("loadPyTorch", new Map(Object.entries(unseal("loadPyTorch", bytes, false).tensors)), like, names, true);
}

function placed<T>(op: string, file: ReadonlyMap<string, Tensor>, like: T, names: FileNames, casts: boolean): T {
  const expected = named(op, like);
  const found = new Map<string, Tensor>();
  const used = new Set<string>();
  for (const [name, x] of expected) {
    const theirs = mapped(names, name);
    const tensor = file.get(theirs);
    used.add(theirs);
    if (tensor === undefined) continue;
    const turned = transposed(names, name, tensor) ? (transposeTensor(tensor) as Tensor) : tensor;
    found.set(name, casts ? (cast(turned, x.dtype) as Tensor) : turned);
  }
  for (const [theirs, tensor] of file) if (!used.has(theirs)) found.set(theirs, tensor);
  checkAlike(op, expected, found, "name others in map, and what lies the other way round in transpose");
  return mapTree((_, path) => found.get(nameOf(path))!, like);
}
