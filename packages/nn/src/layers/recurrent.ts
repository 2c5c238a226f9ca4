/**
 * @file Recurrent layers: an RNN, an LSTM, a GRU, with PyTorch's formulas, layouts and order of gates, so that its
 * weights load as they are. A layer is its cell, which takes one step; the loop over the sequence is here.
 */
import {
  expandDims,
  linear,
  type Rng,
  type Shape,
  slice,
  squeeze,
  stack,
  type Tensor,
  TensorError,
  where,
  zeros,
} from "@deltagrad/tensor";
import { torchUniform } from "../initializers/fans.ts";
import type { Initializer } from "../initializers/initializer.ts";
import type { Context, Layer, LayerConfig } from "../layer.ts";
import { ANY } from "../signature.ts";
import { checkInput, checkParams, checkSizes } from "./options.ts";

/** PyTorch's weight_ih [gates·hidden, inputs], weight_hh [gates·hidden, hidden], bias_ih and bias_hh [gates·hidden]. */
export interface RecurrentParams {
  readonly inputWeight: Tensor;
  readonly hiddenWeight: Tensor;
  readonly inputBias: Tensor | null;
  readonly hiddenBias: Tensor | null;
}

/** What a recurrent layer carries from step to step: [batch, …, hidden] each, the output first. */
export type Carried = readonly Tensor[];

export interface SequenceOptions {
  /** What is carried into the first step (zeros). */
  readonly initial?: Carried;
  /** bool [batch, …, length]: which places count; the others leave what is carried as it is, and give 0. */
  readonly mask?: Tensor | undefined;
  /** Whether to go from the last place to the first (false). */
  readonly reverse?: boolean;
}

/** The outputs at all places, and what is carried out of the last step. */
export interface Sequence {
  readonly output: Tensor;
  readonly final: Carried;
}

/** A layer over sequences, which can also be taken step by step. */
export interface Recurrent<Params, I extends number, H extends number>
  extends Layer<Params, readonly [number, I], readonly [number, H]> {
  /** 2 where there is one from each end, whose carried values stand one behind the other. */
  readonly directions: 1 | 2;
  /** The whole sequence [batch, …, length, inputs], with what is carried in and out. */
  run(params: Params, x: Tensor, options?: SequenceOptions): Sequence;
}

/** One that goes in one direction: an RNN, an LSTM, a GRU. */
export interface Cell<I extends number, H extends number> extends Recurrent<RecurrentParams, I, H> {
  /** One step, from one place's [batch, …, inputs] and what is carried. */
  step(params: RecurrentParams, x: Tensor, carried: Carried): Carried;
}

export interface RecurrentOptions {
  /** Whether there are biases (true). */
  readonly bias?: boolean;
  /** How weights and biases begin (evenly from ±1/√hidden, as PyTorch's). */
  readonly initializer?: Initializer;
}

interface Definition {
  readonly op: string;
  readonly name: string;
  readonly config: LayerConfig;
  readonly inputs: number;
  readonly hidden: number;
  readonly gates: number;
  /** How many tensors are carried. */
  readonly carries: number;
  readonly options: RecurrentOptions;
  /** The next values, from the affine maps of input and output: [batch, …, gates·hidden] each. */
  readonly next: (fromInput: Tensor, fromHidden: Tensor, carried: Carried) => Carried;
}

/** The recurrent layer of a cell. */
export function recurrent(definition: Definition): Cell<number, number> {
  const { op, name, config, inputs, hidden, gates, carries, options, next } = definition;
  const evenly = torchUniform();
  const { bias = true, initializer = evenly } = options;
  checkSizes(op, name, [inputs, hidden]);
  const rows = gates * hidden;
  const shapes = {
    inputWeight: [rows, inputs],
    hiddenWeight: [rows, hidden],
    inputBias: bias ? [rows] : null,
    hiddenBias: bias ? [rows] : null,
  };
  const fans = { inputs: hidden, outputs: hidden };
  const check = (params: RecurrentParams, x: Tensor): void => {
    checkInput(op, `sequences of ${inputs} features, [batch, length, ${inputs}]`, [ANY, inputs], x);
    checkParams(name, params, shapes);
  };
  const step = (params: RecurrentParams, fromInput: Tensor, carried: Carried): Carried =>
    next(fromInput, linear(carried[0]!, params.hiddenWeight, params.hiddenBias ?? undefined), carried);
  const run = (
    params: RecurrentParams,
    x: Tensor,
    { initial, mask, reverse = false }: SequenceOptions = {},
  ): Sequence => {
    check(params, x);
    checkMask(name, mask, x);
    const each: Shape = [...x.shape.slice(0, -2), hidden];
    const begin = initial ?? Array.from({ length: carries }, () => zeros(each, { dtype: x.dtype }) as Tensor);
    checkCarried(name, begin, carries, each);
    // The input's part of all steps is one product.
    const fromInput = linear(x, params.inputWeight, params.inputBias ?? undefined);
    return overPlaces(fromInput, mask, begin, reverse, (place, carried) => step(params, place, carried));
  };
  return {
    name,
    input: [ANY, inputs],
    output: [ANY, hidden],
    directions: 1,
    config,
    init: (rng: Rng) => ({
      inputWeight: initializer(shapes.inputWeight, rng.stream("inputWeight"), fans) as Tensor,
      hiddenWeight: initializer(shapes.hiddenWeight, rng.stream("hiddenWeight"), fans) as Tensor,
      inputBias: bias ? (evenly([rows], rng.stream("inputBias"), fans) as Tensor) : null,
      hiddenBias: bias ? (evenly([rows], rng.stream("hiddenBias"), fans) as Tensor) : null,
    }),
    run,
    step(params: RecurrentParams, x: Tensor, carried: Carried): Carried {
      checkInput(op, `${inputs} features on the last axis`, [inputs], x);
      checkParams(name, params, shapes);
      checkCarried(name, carried, carries, [...x.shape.slice(0, -1), hidden]);
      return step(params, linear(x, params.inputWeight, params.inputBias ?? undefined), carried);
    },
    apply: (params: RecurrentParams, x: Tensor, { mask }: Context<null> = {}): Tensor =>
      run(params, x, { mask }).output,
  };
}

function checkCarried(name: string, carried: Carried, count: number, shape: Shape): void {
  if (
    Array.isArray(carried) &&
    carried.length === count &&
    carried.every((h: Tensor) => h.shape.join() === shape.join())
  )
    return;
  const shown = Array.isArray(carried)
    ? carried.map((h: Tensor) => `[${h?.shape?.join(", ")}]`).join(" and ")
    : "no list";
  throw new TensorError(
    name,
    `what is carried is ${shown || "nothing"}`,
    `give a list of ${count}, [${shape.join(", ")}]${count === 1 ? "" : " each"}`,
  );
}

/** Throws unless a mask is bool and has one truth for each place of each sequence. */
export function checkMask(name: string, mask: Tensor | undefined, x: Tensor): void {
  const places = x.shape.slice(0, -1);
  if (mask === undefined || (mask.dtype === "bool" && mask.shape.join() === places.join())) return;
  throw new TensorError(
    name,
    `the mask is ${mask.dtype} [${mask.shape.join(", ")}] for x [${x.shape.join(", ")}]`,
    `give a bool mask [${places.join(", ")}]`,
    [mask, x],
  );
}

/**
 * The parts at all places of the axis before the last `behind`, by halves of halves: a cotangent then passes log(length)
 * tensors on its way back, not one of full length for each place.
 */
function placesOf(x: Tensor, behind: number): Tensor[] {
  const axis = x.rank - behind - 1;
  const length = x.shape[axis]!;
  if (length <= 1) return length === 0 ? [] : [squeeze(x, axis) as Tensor];
  const every = new Array<null>(axis).fill(null);
  const half = Math.ceil(length / 2);
  const parts = [slice(x, ...every, [0, half]), slice(x, ...every, [half])];
  return parts.flatMap((part) => placesOf(part, behind));
}

function overPlaces(
  x: Tensor,
  mask: Tensor | undefined,
  begin: Carried,
  reverse: boolean,
  step: (place: Tensor, carried: Carried) => Carried,
): Sequence {
  const places = placesOf(x, 1);
  const counting = mask === undefined ? undefined : placesOf(mask, 0);
  const outputs = new Array<Tensor>(places.length);
  let carried = begin;
  for (let count = 0; count < places.length; count++) {
    const place = reverse ? places.length - 1 - count : count;
    const next = step(places[place]!, carried);
    if (counting === undefined) {
      carried = next;
      outputs[place] = next[0]!;
    } else {
      const counts = expandDims(counting[place]!, -1) as Tensor;
      const before = carried;
      carried = next.map((after, i) => where(counts, after, before[i]!) as Tensor);
      outputs[place] = where(counts, next[0]!, 0) as Tensor;
    }
  }
  const output = places.length === 0 ? emptySequence(begin[0]!) : (stack(outputs, -2) as Tensor);
  return { output, final: carried };
}

const emptySequence = (h: Tensor): Tensor =>
  zeros([...h.shape.slice(0, -1), 0, h.shape.at(-1)!], { dtype: h.dtype }) as Tensor;
