/** @file compile: a function of tensors as a program that is made once for each signature, and run from then on. */
import { checkOneOf, checkOptions, checkWhole } from "../core/checks.ts";
import { TensorError } from "../core/errors.ts";
import { watcherOfAll } from "../core/trace.ts";
import { memoryText } from "./explain.ts";
import { Program } from "./program.ts";
import { capturesWatched, recorded } from "./recording.ts";
import { Found, matches, type Pattern, patternOf, rebuild, show } from "./signature.ts";
import { simplify } from "./simplify.ts";
import type { Draws } from "./streams.ts";

export interface CompileOptions {
  /** How many programs are kept (16): one for each signature; the one that was not used for longest goes first. */
  readonly programs?: number;
  /**
   * Whether results that are given back as arguments are used up: their memory is the next results', and they cannot
   * be read any more (false). It saves a copy of them at every call, and all allocation.
   */
  readonly donate?: boolean;
}

/** A program of a compiled function, to be looked at. */
export interface ProgramInfo {
  /** The arguments that it is for. */
  readonly signature: string;
  /** How often it was run. */
  readonly runs: number;
}

/** A function that was compiled. */
export type Compiled<A extends readonly unknown[], Y> = ((...args: A) => Y) & {
  /** The programs that there are, the last used first. */
  readonly programs: readonly ProgramInfo[];
  /**
   * The program that was used last as text: what is done in which order, as loops and operations, with what each step
   * reads and writes and how many operations it is; "" before the first call.
   */
  explain(): string;
  /** The memory that each program holds, as text: the last used first. */
  readonly memory: string;
};

interface Entry {
  readonly args: Pattern;
  readonly result: Pattern;
  readonly draws: Draws;
  readonly program: Program;
  runs: number;
}

/**
 * f as a program: recorded once for each signature of its arguments (their structure, shapes, dtypes, and the value
 * of all that is no tensor or stream), and run from then on without f. The same type, and the same bits.
 *
 * Arguments and result are trees of tensors; a random stream among the arguments is drawn from at every call.
 * Transforms compose: `compile(grad(f))`, and in `grad(compile(f))`, `vmap`, `jvp` or another `compile` it is f.
 * At the edges: what f uses besides its arguments is taken as it was when f was recorded: a variable that is set to
 * another tensor later is not seen. What f does besides (printing, counting) is done while recording alone. Numbers
 * that change from call to call are better tensors: for each new number f is recorded again.
 * Throws: TensorError when f reads a value, draws from a stream that is no argument, or returns what is no tree of
 * tensors.
 *
 * @example
 * const f = compile((x: Tensor, w: Tensor) => sum(sigmoid(matmul(x, w))));
 * f(zeros([2, 3]), zeros([3, 4])).item();                                  // => 4
 * f.programs.length;                                                       // => 1
 * compile(grad((x: Tensor) => sum(mul(x, x))))(tensor([1, 2])).toArray();  // => [2, 4]
 */
export function compile<A extends readonly unknown[], Y>(
  f: (...args: A) => Y,
  options: CompileOptions = {},
): Compiled<A, Y> {
  if (typeof f !== "function") throw new TensorError("compile", `f is ${typeof f}`, "give a function of tensors");
  checkOptions("compile", options);
  const { programs = 16, donate = false } = options;
  checkWhole("compile", "programs", programs, 1);
  checkOneOf("compile", "donate", donate, [true, false]);
  const entries: Entry[] = [];
  const found = new Found();

  const compiled = (...args: A): Y => {
    if (watcherOfAll() !== null) return f(...args);
    const entry = entryFor(args);
    if (entry === null) return f(...args);
    entry.runs++;
    const { tensors, streams } = found;
    const results = entry.program.run(streams.length === 0 ? tensors : [...tensors, ...entry.draws.from(streams)]);
    return rebuild(entry.result, results[Symbol.iterator]()) as Y;
  };

  /** The program for the arguments, whose tensors are in `found`; null: f itself is to be called. */
  function entryFor(args: A): Entry | null {
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      if (!matches(entry.args, args, found.clear())) continue;
      if (i > 0) entries.unshift(...entries.splice(i, 1));
      return found.watched ? null : entry;
    }
    const pattern = patternOf(args, found.clear());
    if (found.watched) return null;
    const { graph, draws, result } = recorded(f, pattern);
    if (capturesWatched(graph)) return null;
    const labels = graph.outputs.map((id) => graph.nodes[id]!.spec.label);
    const program = new Program(simplify(graph).graph, labels, donate);
    const entry: Entry = { args: pattern, result, draws, program, runs: 0 };
    entries.unshift(entry);
    entries.length = Math.min(entries.length, programs);
    // f may have called this very function for another signature.
    matches(pattern, args, found.clear());
    return entry;
  }

  return Object.defineProperties(compiled, {
    name: { value: f.name },
    explain: { value: () => entries[0]?.program.explain() ?? "" },
    memory: { get: () => entries.map(({ program }) => memoryText(program.arena)).join("\n") },
    programs: { get: () => entries.map(({ args, runs }) => ({ signature: show(args).slice(1, -1), runs })) },
  }) as Compiled<A, Y>;
}
