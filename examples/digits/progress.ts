/** @file How far the training is: a bar in a terminal, plain lines elsewhere. */
import { SingleBar } from "cli-progress";

export interface Progress {
  epoch(done: number, loss: number, accuracy: number): void;
  stop(): void;
}

/** A progress display on a stream; without a terminal a line for each tenth of the epochs, or none if quiet. */
export function progressOn(stream: NodeJS.WriteStream, epochs: number, quiet: boolean): Progress {
  if (!stream.isTTY) {
    const every = Math.max(1, Math.floor(epochs / 10));
    return {
      epoch(done, loss, accuracy) {
        if (!quiet && (done % every === 0 || done === epochs))
          stream.write(
            `epoch ${String(done).padStart(String(epochs).length)}/${epochs}  loss ${loss.toFixed(4)}  accuracy ${accuracy.toFixed(4)}\n`,
          );
      },
      stop: () => undefined,
    };
  }
  const bar = new SingleBar({
    format: "training {bar} epoch {value}/{total}  loss {loss}  accuracy {accuracy}  {eta_formatted} left",
    barsize: 24,
    hideCursor: true,
    stream,
  });
  bar.start(epochs, 0, { loss: "–", accuracy: "–" });
  return {
    epoch: (done, loss, accuracy) => bar.update(done, { loss: loss.toFixed(4), accuracy: accuracy.toFixed(4) }),
    stop: () => bar.stop(),
  };
}
