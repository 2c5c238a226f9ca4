/** @file How far a training is, for people: a bar in a terminal, plain lines elsewhere. */
import type { TrainEvent } from "./events.ts";

/** What is written to, as `process.stdout`. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressOptions {
  /** Writes nothing (false). */
  readonly quiet?: boolean;
  /** How many lines there are to be without a terminal (10). */
  readonly lines?: number;
}

const shown = (results: Readonly<Record<string, number>>): string =>
  Object.entries(results)
    .map(([name, value]) => `  ${name} ${value.toFixed(4)}`)
    .join("");

/**
 * A callback for `train` that says how far it is: in a terminal by one line that is written over, with a bar and the
 * time left; elsewhere by a plain line for each tenth of the epochs; not at all if quiet.
 *
 * @example
 * const lines: string[] = [];
 * const callbacks = [progress({ write: (text) => lines.push(text) })];
 * const net = { init: () => tensor(0), apply: (w: Tensor, x: Tensor) => mul(w, x) };
 * const data = [{ x: tensor([1]), y: tensor([1]) }];
 * const loss = (y: Tensor, batch: (typeof data)[0]) => mse(y, batch.y);
 * await fit({ net, loss, data, optimizer: sgd({ rate: 0.25 }), epochs: 2, callbacks });
 * lines;   // => ["epoch 1/2  loss 1.0000\n", "epoch 2/2  loss 0.2500\n"]
 */
export function progress(stream: TextStream, { quiet = false, lines = 10 }: ProgressOptions = {}) {
  let begin = Date.now();
  let first = 0;
  let results = "";
  const clear = stream.isTTY ? "\r\u001b[2K" : "";
  const bar = (part: number, text: string): void => {
    const left = part > 0 ? Math.ceil(((Date.now() - begin) / 1000) * (1 / part - 1)) : 0;
    const line = `${"█".repeat(Math.round(part * 24)).padEnd(24, "░")} ${text}  ${left} s left`;
    stream.write(clear + line.slice(0, (stream.columns ?? 80) - 1));
  };
  return (event: TrainEvent<unknown, unknown>): void => {
    if (quiet) return;
    const { epochs } = event;
    if (event.type === "start") [begin, first] = [Date.now(), event.snapshot.epoch];
    if (event.type === "step" && stream.isTTY) {
      const inside = event.batches === undefined ? 0 : (event.batch + 1) / event.batches;
      bar((event.epoch - first + inside) / (epochs - first), `epoch ${event.epoch + 1}/${epochs}${results}`);
    }
    if (event.type === "epoch") {
      const done = event.epoch + 1;
      const { loss: validated, ...others } = event.validation ?? {};
      const of = validated === undefined ? {} : { "validation loss": validated };
      results = shown({ loss: event.loss, ...of, ...others });
      const line = `epoch ${String(done).padStart(String(epochs).length)}/${epochs}${results}\n`;
      if (!stream.isTTY && (done % Math.max(1, Math.floor(epochs / lines)) === 0 || done === epochs))
        stream.write(line);
    }
    if (event.type === "end" && stream.isTTY) stream.write(`${clear}${event.reason}${results}\n`);
  };
}
