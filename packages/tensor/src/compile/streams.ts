/** @file Random streams as arguments: what is drawn while recording is drawn again, from the stream given, at every call. */
import { TensorError } from "../core/errors.ts";
import { Rng } from "../core/random.ts";
import type { Spec, Tensor } from "../core/tensor.ts";

/** One tensor drawn from one of the streams. */
export interface Draw {
  readonly stream: number;
  readonly make: (stream: Rng) => Tensor;
}

/** The streams and draws of a recording: those that are arguments, then those opened below them. */
export class Draws {
  readonly draws: Draw[] = [];
  /** Where each stream comes from: the place of an argument, or a name below an earlier one. */
  private readonly streams: ({ readonly parent: number; readonly name: string } | null)[] = [];
  private readonly input: (spec: Spec) => Tensor;

  constructor(input: (spec: Spec) => Tensor) {
    this.input = input;
  }

  /** The stream that stands for the next argument. */
  argument(): Rng {
    return this.put(null, "a stream that is an argument");
  }

  /** What is drawn in one call, from these arguments. */
  from(given: readonly Rng[]): Tensor[] {
    let next = 0;
    const streams: Rng[] = [];
    for (const origin of this.streams)
      streams.push(origin === null ? given[next++]! : streams[origin.parent]!.stream(origin.name));
    return this.draws.map(({ stream, make }) => make(streams[stream]!));
  }

  private put(origin: { readonly parent: number; readonly name: string } | null, name: string): Rng {
    const place = this.streams.length;
    this.streams.push(origin);
    return new RecordedStream(
      name,
      (make) => {
        const { shape, dtype } = make(new Rng("for its shape"));
        this.draws.push({ stream: place, make });
        return this.input({ shape, dtype });
      },
      (below) => this.put({ parent: place, name: below }, `${name}/${JSON.stringify(below)}`),
    );
  }
}

type Drawing = (make: (stream: Rng) => Tensor) => Tensor;
type Drawn = (...args: unknown[]) => Tensor;

/** The methods that draw tensors. */
const drawing = [
  "uniform",
  "normal",
  "truncatedNormal",
  "bernoulli",
  "randint",
  "categorical",
  "choice",
  "permutation",
];

/** A stream that stands for an argument while a function is recorded. */
export class RecordedStream extends Rng {
  private readonly open: (name: string) => Rng;

  constructor(name: string, draw: Drawing, open: (name: string) => Rng) {
    super(name);
    this.open = open;
    for (const method of drawing)
      Object.defineProperty(this, method, {
        value: (...args: unknown[]) =>
          draw((stream) => (stream as unknown as Record<string, Drawn>)[method]!.apply(stream, args)),
      });
  }

  override stream(name: string): Rng {
    return this.open(name);
  }

  override next(): number {
    throw this.refusal("next", "draw a tensor, e.g. uniform([])");
  }

  override state(): never {
    throw this.refusal("state", "read it outside");
  }

  private refusal(op: string, advice: string): TensorError {
    return new TensorError(op, "a number of a random stream is read while compile records", advice);
  }
}
