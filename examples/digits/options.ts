/** @file What can be said on the command line, and one clear line for what cannot. */
import { Command, CommanderError, InvalidArgumentError } from "commander";

export interface Options {
  readonly seed: string;
  readonly epochs: number;
  readonly hidden: readonly number[];
  readonly json: boolean;
}

const MAX_NODES = 1024;

function wholeNumber(text: string, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text.trim()) || value < 1 || value > max)
    throw new InvalidArgumentError(`Use a whole number from 1 to ${max}.`);
  return value;
}

/** The options, or the exit code where there is nothing to run: 0 after help, 2 after nonsense. */
export function parseOptions(args: readonly string[]): Options | number {
  const command = new Command("npm start --")
    .description("Trains a sigmoid network on handwritten digits and compares its gradients with the derivation.")
    .option("--seed <text>", "decides the split, the first weights and the order of the batches", "7")
    .option("--epochs <n>", "how often to go through the training examples", (text) => wholeNumber(text, 10_000), 60)
    .option(
      "--hidden <sizes>",
      "nodes of the hidden layers, e.g. 32,16",
      (text) => text.split(",").map((size) => wholeNumber(size, MAX_NODES)),
      [32],
    )
    .option("--json", "print one JSON object and nothing else", false)
    .allowExcessArguments(false)
    .exitOverride();
  try {
    return command.parse([...args], { from: "user" }).opts<Options>();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
