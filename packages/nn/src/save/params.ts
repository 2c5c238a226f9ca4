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
  /** Which tensors of a file, by their names there, are nothing that is expected here. */
  readonly ignore?: RegExp;
}

/**
 * PyTorch's names and layouts, for what is saved and loaded here: with them the file of a `stack` is the state_dict of
 * the Sequential of the same layers, and the other way round. Layers that hold others name them as their trees do.
 * A tree `{ params, state }` has the parameters and, as buffers, the running statistics.
 *
 * The same in both: weights and biases of convolutions and their transposes, of batch, layer, group and instance norms
 * and RMS norms. By another name: `table` of an embedding and `slope` of prelu, `weight` there; `inputWeight`,
 * `hiddenWeight`, `inputBias`, `hiddenBias` of RNN, LSTM and GRU, `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`,
 * `bias_hh_l0` there, with `_reverse` behind for what goes backward. Transposed: the weights of dense layers, Linear
 * there; every other `weight` with two axes would be, so a layer norm over two axes needs names of its own.
 * Elsewhere: PyTorch's attention has queries, keys and values in one matrix; docs/training.md cuts it.
 *
 * @example
 * const params = [{ weight: ones([2, 3]), bias: zeros([3]) }, null, { table: ones([5, 4]) }];
 * const { tensors } = decodeSafetensors(encodeParams(params, torchNames));
 * Object.entries(tensors).map(([name, x]) => [name, x.shape]);   // => [["0.bias", [3]], ["0.weight", [3, 2]], ["2.weight", [5, 4]]]
 */
export const torchNames: FileNames = {
  map: (name) =>
    name
      .replace(/^params\./, "")
      .replace(/^state\.(.*)\bmean$/, "$1running_mean")
      .replace(/^state\.(.*)\bvariance$/, "$1running_var")
      .replace(/\b(table|slope)$/, "weight")
      .replace(
        /\b(?:forward\.|(backward)\.)?(input|hidden)(Weight|Bias)$/,
        (_, backward: string | undefined, from: string, what: string) =>
          `${what.toLowerCase()}_${from === "input" ? "ih" : "hh"}_l0${backward === undefined ? "" : "_reverse"}`,
      ),
  transpose: /\bweight$/,
  ignore: /\bnum_batches_tracked$/,
};

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
 * Parameters as the bytes of a safetensors file, under their paths joined with dots: `0.weight`, `layers.2.bias`.
 * `torchNames` makes PyTorch's of them.
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
 * Parameters from a safetensors file of PyTorch's, in a tree like `like`, of whose dtypes they become; `torchNames`
 * says what is called otherwise there.
 *
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
  for (const [theirs, tensor] of file) if (!used.has(theirs) && !names.ignore?.test(theirs)) found.set(theirs, tensor);
  checkAlike(op, expected, found, "name others in map, and what lies the other way round in transpose");
  return mapTree((_, path) => found.get(nameOf(path))!, like);
}
