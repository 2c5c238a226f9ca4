/** @file What can be said on the command line, and one clear line for what cannot. */
import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";

export interface Options {
  readonly seed: string;
  readonly networks: number;
  readonly digits: boolean;
  readonly json: boolean;
  readonly html?: string;
  readonly docs: boolean;
}

const MOST = 1_000_000;

function count(text: string): number {
  if (!/^\d+$/.test(text.trim()) || Number(text) > MOST)
    throw new InvalidArgumentError(`Use a whole number from 0 to ${MOST}.`);
  return Number(text);
}

function page(file: string): string {
  if (file.trim() === "") throw new InvalidArgumentError("Name a file.");
  const folder = statSync(dirname(resolve(file)), { throwIfNoEntry: false });
  if (!folder?.isDirectory()) throw new InvalidArgumentError(`There is no folder ${dirname(resolve(file))}.`);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new InvalidArgumentError("That is a folder.");
  return file;
}

/** The options, or the exit code where there is nothing to run: 0 after help, 2 after nonsense. */
export function parseOptions(args: readonly string[]): Options | number {
  const command = new Command("npm run ledger --")
    .description(
      "Holds every numbered equation of Brawer's derivation of back propagation against autograd: by proof over a prime field and by rounding bounds, on random networks and on one trained on handwritten digits.",
    )
    .option("--seed <text>", "decides the random networks, the points of the proofs and the training", "7")
    .option("--networks <n>", "how many random networks", count, 200)
    .option("--no-digits", "leave out the network trained on handwritten digits")
    .option("--json", "print one JSON object and nothing else", false)
    .option("--html <file>", "write the ledger as one page, for any browser", page)
    .option("--docs", "write docs/derivation.md", false)
    .allowExcessArguments(false)
    .exitOverride();
  try {
    const options = command.parse([...args], { from: "user" }).opts<Options>();
    if (options.networks === 0 && !options.digits) command.error("error: no networks at all: nothing to judge");
    return options;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
