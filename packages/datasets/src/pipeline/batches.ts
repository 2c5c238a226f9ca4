/** @file Going through examples in batches, in an order that a seed and an epoch decide. */
import { TensorError } from "@deltagrad/tensor";
import { checkWhole, orderOf, type Seed, shown } from "../checks.ts";
import { countRows, type Rows, rowReader } from "../rows.ts";
import { type Batch, type CollateOptions, checkPad, collateFor } from "./collate.ts";
import { ahead } from "./concurrent.ts";
import { Dataset } from "./dataset.ts";
import { Stream } from "./stream.ts";

/** Where a pass stands: plain data, to be kept as JSON beside the weights. */
export interface BatchState {
  /** Examples that were gone through. */
  readonly examples: number;
  readonly epoch: number;
  /** Of a record or dataset: what decided the order. */
  readonly order?: { readonly seed: Seed; readonly shuffle: boolean; readonly length: number };
}

interface PassOptions {
  /** Examples in a batch. */
  readonly size: number;
  /** Leaves out a last batch that is smaller than the others. */
  readonly dropLast?: boolean | undefined;
  /** Goes on where an earlier pass stood. */
  readonly resume?: BatchState | undefined;
  /** For `for await`: how many batches are made before they are asked for. */
  readonly prefetch?: number | undefined;
  /** The same seed and epoch give the same batches; another epoch another order. */
  readonly epoch?: number | undefined;
}

export interface BatchOptions extends PassOptions {
  /** Decides the order, together with `epoch`. */
  readonly seed?: Seed | undefined;
  readonly shuffle?: boolean | undefined;
}

interface Collating<T, B> {
  /** Makes a batch of examples, in place of stacking them. */
  readonly collate: (examples: T[]) => B;
}

/** The batches of one epoch, for `for await`. Each pass gives the same. */
export interface AsyncBatches<out B> extends AsyncIterable<B> {
  /** Where a pass stands after so many batches. */
  state(batches: number): BatchState;
}

/** The batches of one epoch, for `for` and `for await`. Each pass gives the same. */
export interface Batches<out B> extends Iterable<B>, AsyncBatches<B> {
  /** How many there are. */
  readonly length: number;
}

/**
 * The examples in batches: every one is in just one batch. Takes a dataset; a stream (for `for await`, in its own
 * order); or any tensors in plain objects and arrays, such as `{ x, y }`, and gives the same with fewer rows. They can
 * be gone through again, with the same batches.
 *
 * To go on later, keep `state(batches)` of the number of batches done, and give it as `resume`: a dataset goes on at
 * once, a stream passes over what was done. After the last batch of a dataset it is the beginning of the next epoch.
 *
 * Shapes: each tensor [n, …] → [size, …], the last one possibly smaller; what is no tensor is kept. Examples of a
 * dataset or stream are stacked (`collate`), filled up with `pad` where extents differ.
 * At the edges: no examples, or fewer than `size` with `dropLast`, give no batches.
 * Throws: TensorError when the size is no whole number ≥ 1, tensors differ in their number of rows, or a state is of
 * other data.
 *
 * @example
 * const data = { x: tensor([[1], [2], [3]]), y: tensor([1, 2, 3]) };
 * [...batches(data, { size: 2, seed: 7 })].map(({ x }) => x.shape);              // => [[2, 1], [1, 1]]
 * [...batches(data, { size: 2, shuffle: false })].map(({ y }) => y.toArray());   // => [[1, 2], [3]]
 * const resume = batches(data, { size: 2, shuffle: false }).state(1);
 * [...batches(data, { size: 2, shuffle: false, resume })].map(({ y }) => y.toArray());   // => [[3]]
 */
export function batches<T, B>(data: Dataset<T>, options: BatchOptions & Collating<T, B>): Batches<B>;
export function batches<T>(data: Dataset<T>, options: BatchOptions & CollateOptions): Batches<Batch<T>>;
export function batches<T, B>(data: Stream<T>, options: PassOptions & Collating<T, B>): AsyncBatches<B>;
export function batches<T>(data: Stream<T>, options: PassOptions & CollateOptions): AsyncBatches<Batch<T>>;
export function batches<T extends Tensors>(data: T, options: BatchOptions): Batches<Rows<T>>;
export function batches(data: object, options: Options = {} as Options): AsyncBatches<unknown> {
  const { size, pad, collate, prefetch = 1, resume } = options;
  if (!Number.isInteger(size) || size < 1)
    throw new TensorError("batches", `there is no batch of ${shown(size)} examples`, "size is a whole number ≥ 1");
  checkWhole("batches", "prefetch", prefetch);
  if (resume !== undefined) checkState(resume);
  const epoch = options.epoch ?? resume?.epoch ?? 0;
  checkWhole("batches", "epoch", epoch);
  checkPad("batches", pad);
  if (collate !== undefined && typeof collate !== "function")
    throw new TensorError("batches", `collate is ${shown(collate)}`, "give a function of a list of examples");
  if (resume !== undefined && resume.epoch !== epoch)
    throw new TensorError(
      "batches",
      `the state is of epoch ${resume.epoch}, not ${epoch}`,
      "leave the epoch to the state, and give the state to its own epoch only",
    );
  if (data instanceof Stream) return ofStream(data, { ...options, epoch, prefetch });
  const { length, read } = reader(data, options);
  return ofRows(length, read, { ...options, epoch, prefetch });
}

/** Tensors in plain objects and arrays: anything but a stream. */
type Tensors = object & { readonly [Symbol.asyncIterator]?: never };
type Options = BatchOptions & CollateOptions & Partial<Collating<unknown, unknown>>;
type Checked = Options & { readonly epoch: number; readonly prefetch: number };

/** How many examples there are, and how some of them are read as a batch. */
function reader(data: object, { pad, collate }: Options): { length: number; read(rows: Int32Array): unknown } {
  if (!(data instanceof Dataset)) return { length: countRows("batches", data), read: rowReader("batches", data) };
  const { length } = data;
  if (collate !== undefined) return { length, read: (rows) => collate(data.readAll(rows)) };
  return { length, read: (rows) => data.readBatch("batches", rows, pad) };
}

function ofRows(
  length: number,
  read: (rows: Int32Array) => unknown,
  { size, dropLast = false, prefetch, epoch, resume, ...options }: Checked,
): Batches<unknown> {
  const order = orderFor(length, options, resume);
  const start = resume?.examples ?? 0;
  const whole = Math.floor((length - start) / size);
  const count = dropLast ? whole : Math.ceil((length - start) / size);
  const end = dropLast ? start + whole * size : length;
  function* pass() {
    const numbers = order.shuffle
      ? orderOf("batches", order.seed, epoch, length)
      : Int32Array.from({ length }, (_, i) => i);
    for (let i = start; i < end; i += size) yield read(numbers.subarray(i, Math.min(i + size, end)));
  }
  if (order.shuffle) orderOf("batches", order.seed, epoch, 0);
  return {
    length: count,
    state(done) {
      checkWhole("state", "batches", done);
      if (done > count)
        throw new TensorError("state", `batch ${done} of ${count} is none`, "count the batches of this pass only");
      if (done === count) return { examples: 0, epoch: epoch + 1, order };
      return { examples: start + done * size, epoch, order };
    },
    [Symbol.iterator]: pass,
    [Symbol.asyncIterator]() {
      const promised = async function* () {
        yield* pass();
      };
      return ahead(promised(), prefetch);
    },
  };
}

/** What decides the order: the options, or the state, which must not say otherwise. */
function orderFor(
  length: number,
  options: Pick<BatchOptions, "seed" | "shuffle">,
  resume: BatchState | undefined,
): NonNullable<BatchState["order"]> {
  const earlier = resume?.order;
  const order = {
    seed: options.seed ?? earlier?.seed ?? 0,
    shuffle: options.shuffle ?? earlier?.shuffle ?? true,
    length,
  };
  if (resume === undefined) return order;
  if (earlier === undefined)
    throw new TensorError("batches", "the state is of a stream", "resume with the data that it was taken from");
  const [then, now] = [earlier, order].map((of) => `${of.length} examples, seed ${of.seed}, shuffle ${of.shuffle}`);
  if (then !== now)
    throw new TensorError(
      "batches",
      `the state is of ${then}; here are ${now}`,
      "resume with the data and options that it was taken from",
    );
  if (resume.examples > length)
    throw new TensorError("batches", `the state is at example ${resume.examples} of ${length}`, "it was changed");
  return order;
}

function ofStream(source: Stream<unknown>, options: Checked): AsyncBatches<unknown> {
  const { size, dropLast = false, pad, prefetch, epoch, resume, shuffle, seed } = options;
  if (shuffle !== undefined || seed !== undefined)
    throw new TensorError("batches", "a stream has its own order", "use stream.shuffle({ buffer, seed, epoch })");
  if (resume?.order !== undefined)
    throw new TensorError("batches", "the state is not of a stream", "resume with the data that it was taken from");
  const start = resume?.examples ?? 0;
  const make = options.collate ?? ((examples: unknown[]) => collateFor("batches", examples, pad));
  async function* pass() {
    let held: unknown[] = [];
    for await (const example of source.from(start)) {
      if (held.push(example) < size) continue;
      yield make(held);
      held = [];
    }
    if (held.length > 0 && !dropLast) yield make(held);
  }
  return {
    state(done) {
      checkWhole("state", "batches", done);
      return { examples: start + done * size, epoch };
    },
    [Symbol.asyncIterator]: () => ahead(pass(), prefetch),
  };
}

function checkState(state: unknown): asserts state is BatchState {
  const { examples, epoch } = (state ?? {}) as Partial<BatchState>;
  if (!Number.isSafeInteger(examples) || examples! < 0 || !Number.isSafeInteger(epoch) || epoch! < 0)
    throw new TensorError("batches", `${shown(state)} is no state of batches`, "give what state(batches) returned");
}
