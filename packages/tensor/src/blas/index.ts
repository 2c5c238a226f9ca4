/** @file The entry "@deltagrad/tensor/blas": matrix products by the machine's own BLAS, for who asks for it. */
import { machineBlas, setMachineBlas } from "../core/blas.ts";
import { checkOptions, checkWhole, kindOf } from "../core/checks.ts";
import { TensorError } from "../core/errors.ts";
import { type Blas, find, start, type Koffi, type Platform } from "./load.ts";

export type { Blas } from "./load.ts";

export interface BlasOptions {
  /** The library's file, or a name that the system finds; left out: the first that is found. */
  readonly path?: string;
  /** How many threads it works on; left out: what it chooses. */
  readonly threads?: number;
}

/**
 * The machine's own BLAS (OpenBLAS, MKL, BLIS, or macOS's Accelerate), which from now on does the float32 and float64
 * products of `matmul` and of all that is made of it, on the tensors' own memory, without copies; small products and
 * other layouts stay where they were. `useBlas(null)` goes back. It is called through the package koffi, which has to
 * be installed beside this one.
 *
 * Its results have the rounding that `matmul` promises, but not its order: the last bits depend on the library, its
 * version, the processor and the number of threads.
 * Throws: TensorError (rejects) where koffi or a BLAS is missing, saying what to install; where the threads of the
 * library cannot be set.
 *
 * @example
 * await useBlas(null);   // => null
 * blas();                // => null
 */
export async function useBlas(options: null): Promise<null>;
export async function useBlas(options?: BlasOptions): Promise<Blas>;
export async function useBlas(options: BlasOptions | null = {}): Promise<Blas | null> {
  if (options === null) {
    setMachineBlas(null);
    return null;
  }
  checkOptions("useBlas", options);
  const { path, threads } = options;
  if (path !== undefined && (typeof path !== "string" || path === ""))
    throw new TensorError("useBlas", `path is ${path === "" ? '""' : kindOf(path)}`, "give a library's file or name");
  if (threads !== undefined) checkWhole("useBlas", "threads", threads, 1, 1024);
  const used = start(find(await koffi(), platform(), path), threads);
  setMachineBlas(used);
  return used.about;
}

/**
 * The BLAS that `useBlas` put in charge of the products; null: none, and results have the same bits on every machine.
 *
 * @example
 * blas();   // => null
 */
export const blas = (): Blas | null => (machineBlas()?.about ?? null) as Blas | null;

async function koffi(): Promise<Koffi> {
  try {
    return (await import("koffi")).default as unknown as Koffi;
  } catch (error) {
    const problem = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
    throw new TensorError("useBlas", `koffi does not load: ${problem}`, "npm install koffi");
  }
}

const platform = (): Platform => (globalThis as { process?: Platform }).process ?? { platform: "unknown", env: {} };
