/** @file Networks as data: built from a list that JSON can hold, and described as one. */
import { record, rng, type Shape, type Tensor, TensorError, zeros } from "@deltagrad/tensor";
import * as initializers from "../initializers.ts";
import { type AnyLayer, initOf, initState, type LayerConfig, type LayerLike } from "../layer.ts";
import { type Stack, stack } from "../layers/stack.ts";
import { ANY, follow, showExtents } from "../signature.ts";
import { functions, type Kind, kinds, MAIN } from "./kinds.ts";

/** A layer as data: `"relu"`, `{ dense: 128 }`, `{ conv2d: 8, kernel: 3 }`, `{ residual: [{ dense: 128 }, "relu"] }`. */
export type ConfigEntry = LayerConfig;

export interface FromConfigOptions {
  /** The shape of one example, from which sizes follow that entries leave out. */
  readonly input?: Shape;
  /** The dtype of the input ("float64"; for embeddings "int32"). */
  readonly dtype?: "float64" | "float32" | "int32";
}

/** What an example is before a layer, as far as it is known. */
type Before = { readonly shape: Shape; readonly dtype: Tensor["dtype"] } | null;

/**
 * A network from data. Sizes that follow from the shape before a layer may be left out.
 *
 * Entries: the name of an activation or of a layer that needs nothing said; or an object with the layer's name and its
 * main argument (outputs, kernel, heads, …), and its other arguments and options by their names. Layers of layers have
 * entries as their main argument. Initializers are named likewise: `"heNormal"`, `{ glorotUniform: { gain: 2 } }`.
 * Throws: TensorError that names the entry, when it is no layer, something is missing or too much, or does not fit.
 *
 * @example
 * const net = fromConfig([{ conv2d: 8, kernel: 3 }, "relu", "flatten", { dense: 10 }], { input: [1, 8, 8] });
 * net.name;                                                       // => "stack(conv2d(1, 8, 3), relu, flatten(), dense(288, 10))"
 * toConfig(net)[3];                                               // => { dense: 10, inputs: 288 }
 */
export function fromConfig(entries: readonly ConfigEntry[], options: FromConfigOptions = {}): Stack {
  const { input, dtype = "float64" } = options;
  if (!Array.isArray(entries) || entries.length === 0)
    throw new TensorError("fromConfig", "there are no entries", 'give a list, as [{ dense: 128 }, "relu"]');
  const layers = readRow(entries, input === undefined ? null : { shape: input, dtype }, "");
  return inPlace("the whole", () => stack(...(layers as []))) as Stack;
}

/** Entries in a row, each with what the one before it returns. */
function readRow(entries: readonly unknown[], before: Before, path: string): LayerLike[] {
  let now = before;
  return entries.map((entry, place) => {
    const here = path === "" ? `entry ${place}` : `${path}[${place}]`;
    const layer = readEntry(entry, now, here);
    now = inPlace(here, () => after(layer, now));
    return layer;
  });
}

/** What a refusal says, with the entry that it is about. */
function inPlace<T>(place: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TensorError) || error.op === "fromConfig") throw error;
    throw new TensorError("fromConfig", `${place}: ${error.op}: ${error.problem}`, error.advice);
  }
}

/** What a layer makes of an example: by its own word where that is all, else through a recorded graph. */
function after(layer: LayerLike, before: Before): Before {
  if (before === null) return null;
  const { shape, dtype } = before;
  const whole =
    typeof layer === "function" ? { input: [], output: shape } : follow({ input: [], output: shape }, layer);
  if (whole === null || (whole.input !== undefined && whole.input.length > 0))
    throw new TensorError(
      layer.name,
      `expects ${showExtents((layer as AnyLayer).input)}, got ${showExtents(shape)}`,
      "make the two fit",
    );
  const { output } = whole;
  const floats = dtype === "int32" ? "float64" : dtype;
  if (output !== undefined && !output.includes(ANY) && typeof layer !== "function")
    return { shape: output, dtype: floats };
  let result: Before = null;
  const x = zeros([1, ...shape], { dtype }) as Tensor;
  record((example: Tensor) => {
    const context = { state: initState(layer), memory: x };
    const y = typeof layer === "function" ? layer(example) : layer.apply(initOf(layer, rng("shape")), example, context);
    result = { shape: y.shape.slice(1), dtype: y.dtype };
    return y;
  })(x);
  return result;
}

const refuse = (place: string, problem: string, advice: string): never => {
  throw new TensorError("fromConfig", `${place}: ${problem}`, advice);
};

const list = (names: readonly string[]): string => names.join(", ");

/** The kind that an entry names, with the name. */
function kindOf(
  entry: unknown,
  place: string,
): { name: string; kind: Kind | undefined; given: Record<string, unknown> } {
  const all = kinds();
  if (typeof entry === "string") {
    if (!Object.hasOwn(all, entry) && !Object.hasOwn(functions, entry)) unknown(entry, place);
    return { name: entry, kind: Object.hasOwn(functions, entry) ? undefined : all[entry], given: {} };
  }
  if (typeof entry !== "object" || entry === null || Array.isArray(entry))
    refuse(
      place,
      `${entry === null ? "null" : Array.isArray(entry) ? "an array" : `a ${typeof entry}`} is no layer`,
      "give a name, or an object as { dense: 128 }",
    );
  const given = { ...(entry as Record<string, unknown>) };
  const keys = Object.keys(given);
  // The kind comes first; a later key that is one too is an option of that name (as dropout of an attention layer).
  const name = keys.find((key) => Object.hasOwn(all, key)) ?? unknown(keys[0] ?? "", place);
  given[MAIN] = given[name];
  delete given[name];
  return { name, kind: all[name], given };
}

function unknown(name: string, place: string): never {
  const names = [...new Set([...Object.keys(kinds()), ...Object.keys(functions)])].sort();
  const alike = names.filter((other) => other.slice(0, 3).toLowerCase() === name.slice(0, 3).toLowerCase());
  return refuse(
    place,
    `there is no layer ${JSON.stringify(name)}`,
    alike.length > 0 ? `did you mean ${alike.join(" or ")}?` : `there are ${list(names)}`,
  );
}

function readEntry(entry: unknown, before: Before, place: string): LayerLike {
  const { name, kind, given } = kindOf(entry, place);
  if (kind === undefined) return functions[name]!;
  const { args, options, infer, needed, inside, make } = kind;
  const known = [...args.filter((arg) => arg !== MAIN), ...options];
  for (const key of Object.keys(given)) {
    if (key !== MAIN && !known.includes(key))
      refuse(place, `${name} has no ${key}`, known.length === 0 ? "leave it out" : `it has ${list(known)}`);
  }
  const inferred = before === null ? {} : infer(before.shape);
  const values = {
    ...inferred,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
  const missing = args.slice(0, needed).find((arg) => values[arg] === undefined);
  if (missing !== undefined)
    refuse(
      place,
      `${name} needs ${missing === MAIN ? `a value: { ${name}: … }` : missing}`,
      "give it; sizes that the input says may be left out with fromConfig(entries, { input: [784] })",
    );
  if (inside !== null) values[MAIN] = readInside(inside, values[MAIN], before, `${place}.${name}`);
  // In the order in which they were given, in which the layer's name shows them.
  const told = [...Object.keys(given), ...Object.keys(inferred)].filter(
    (key, i, keys) => options.includes(key) && values[key] !== undefined && keys.indexOf(key) === i,
  );
  const last = Object.fromEntries(told.map((option) => [option, readOption(option, values[option], place)]));
  const positional = args.map((arg) => values[arg]).filter((value, i) => i < needed || value !== undefined);
  return inPlace(place, () => make(...([...positional, ...(told.length > 0 ? [last] : [])] as never[])));
}

function readInside(inside: "row" | "list" | "one", value: unknown, before: Before, place: string): unknown {
  if (inside === "one") return readEntry(value, before, place);
  if (!Array.isArray(value)) return refuse(place, "there is no list of entries", 'give one, as [{ dense: 8 }, "relu"]');
  if (inside === "row") return readRow(value, before, place);
  return value.map((entry, i) => readEntry(entry, before, `${place}[${i}]`));
}

type MakeInitializer = (...args: unknown[]) => unknown;

/** An initializer by its name, as `initializers.heNormal()`; other options as they are. */
function readOption(option: string, value: unknown, place: string): unknown {
  if (option !== "initializer" || typeof value === "function") return value;
  const [[name, argument] = ["", undefined]] =
    typeof value === "string" ? [[value, undefined]] : Object.entries(value ?? {});
  const make = (initializers as unknown as Record<string, MakeInitializer>)[name as string];
  if (make === undefined || name === "fansOf" || name === "gainOf")
    return refuse(place, `there is no initializer ${JSON.stringify(value)}`, "name one of `initializers`");
  return inPlace(place, () => (argument === undefined ? make() : make(argument)));
}

/**
 * A network as data, from which `fromConfig` builds it again: all sizes are in it.
 *
 * Throws: TensorError for a function or a layer of one's own, which data cannot hold.
 *
 * @example
 * toConfig(stack(dense(4, 3), tanh, dense(3, 2)));   // => [{ dense: 3, inputs: 4 }, "tanh", { dense: 2, inputs: 3 }]
 */
export function toConfig(net: LayerLike): ConfigEntry[] {
  const layers: readonly LayerLike[] = "layers" in net ? (net as Stack).layers : [net];
  return layers.map((layer, place) => describe(layer, `layer ${place}`));
}

const isLayer = (value: unknown): value is LayerLike =>
  typeof value === "object" && value !== null && typeof (value as { apply?: unknown }).apply === "function";

const own = (what: string): never => {
  throw new TensorError("toConfig", `${what} is of your own`, "data can hold the layers of this package only");
};

function describe(layer: LayerLike, place: string): ConfigEntry {
  if (typeof layer === "function")
    return Object.entries(functions).find(([, known]) => known === layer)?.[0] ?? own(`${place}, a function,`);
  const { config } = layer;
  if (config === undefined) return own(`${place}, ${layer.name},`);
  if (typeof config === "string") return config;
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, describeValue(value, `${place}.${key}`)]),
  );
}

function describeValue(value: unknown, place: string): unknown {
  if (isLayer(value)) return describe(value, place);
  if (Array.isArray(value)) return value.map((part, i) => describeValue(part, `${place}[${i}]`));
  if (typeof value === "function") {
    const made = (value as { readonly config?: unknown }).config;
    return made ?? describe(value as LayerLike, place);
  }
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [key, describeValue(part, `${place}.${key}`)]),
    );
  return value;
}
