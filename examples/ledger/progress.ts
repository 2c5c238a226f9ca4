/** @file How far the judging is: a bar in a terminal, a line now and then elsewhere. */
import { SingleBar } from "cli-progress";
import type { Step } from "./ledger.ts";

export interface Progress {
  step(step: Step): void;
  stop(): void;
}

/** A progress display on a stream; without a terminal a line for each new stage, or none if quiet. */
export function progressOn(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  if (!stream.isTTY) {
    let stage = "";
    return {
      step({ what }) {
        if (!quiet && what !== stage) stream.write(`${what} …\n`);
        stage = what;
      },
      stop: () => undefined,
    };
  }
  const bar = new SingleBar({
    format: "{bar} {percentage} %  {what}  {eta_formatted} left",
    barsize: 32,
    hideCursor: true,
    stream,
  });
  let started = false;
  return {
    step({ done, of, what }) {
      if (!started) bar.start(of, 0, { what });
      started = true;
      bar.update(done, { what });
    },
    stop: () => bar.stop(),
  };
}
