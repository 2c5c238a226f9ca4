/** @file Finding a library on this machine, and making what calls it. */
import type { Gemm, MachineBlas } from "../core/blas.ts";
import { TensorError } from "../core/errors.ts";
import { type CblasGemm, gemmOf } from "./gemm.ts";
import {
  type About,
  advice,
  candidates,
  decorations,
  type Maker,
  makers,
  type Native,
  otherMaker,
} from "./libraries.ts";

/** What is used of koffi. */
export interface Koffi {
  load(path: string): { func(name: string, result: string, parameters: string[]): (...args: unknown[]) => unknown };
}

/** What is used of Node's `process`. */
export interface Platform {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A BLAS, as `useBlas` found it. */
export interface Blas {
  /** What it is; CBLAS: some other one, whose functions have the standard names. */
  readonly library: "OpenBLAS" | "MKL" | "BLIS" | "Accelerate" | "CBLAS";
  /** Null where the library does not tell. */
  readonly version: string | null;
  /** How it was built and for which processor, in the library's own words. */
  readonly config: string;
  /** How many threads it works on; null where it chooses by itself. */
  readonly threads: number | null;
  /** The name or path by which it was loaded. */
  readonly path: string;
  /** In one line: `OpenBLAS 0.3.21, 2 threads (libopenblas.so.0: DYNAMIC_ARCH Cooperlake)`. */
  toString(): string;
}

class Described implements Blas {
  readonly library: Blas["library"];
  readonly version: string | null;
  readonly config: string;
  readonly threads: number | null;
  readonly path: string;

  constructor({ maker, native, path }: Found, { version, config }: About) {
    this.library = maker.library;
    this.version = version;
    this.config = config;
    this.threads = maker.threads?.get(native) ?? null;
    this.path = path;
  }

  toString(): string {
    const threads = this.threads === null ? "" : `, ${this.threads} ${this.threads === 1 ? "thread" : "threads"}`;
    const name = this.version === null ? this.library : `${this.library} ${this.version}`;
    return `${name}${threads} (${this.path}${this.config === "" ? "" : `: ${this.config}`})`;
  }
}

/** Makes a library ready for products, on so many threads, from so much work on. */
export function start(
  found: Found,
  threads: number | undefined,
  leastWork?: number,
): MachineBlas & { readonly about: Blas } {
  const { maker, native, path } = found;
  if (threads !== undefined && maker.threads === null)
    throw new TensorError("useBlas", `${maker.library} chooses its threads itself`, "leave threads out");
  const about = maker.about(native);
  const integer = about.wide ? "int64" : "int";
  const gemm = (name: string, real: string): CblasGemm => {
    const [sizes, operand] = [
      [integer, integer, integer],
      ["void *", integer],
    ];
    return native(name, "void", "int", "int", "int", ...sizes, real, ...operand, ...operand, real, ...operand);
  };
  const [sgemm, dgemm] = [gemm("cblas_sgemm", "float"), gemm("cblas_dgemm", "double")];
  if (!multiplies(gemmOf(sgemm, dgemm, 1)))
    throw new TensorError("useBlas", `${path} multiplies wrongly`, "give the path of another build");
  if (threads !== undefined) maker.threads?.set(native, threads);
  return { gemm: gemmOf(sgemm, dgemm, leastWork), about: new Described(found, about) };
}

/** A library that was found, and what it is. */
export interface Found {
  readonly maker: Maker;
  readonly native: Native;
  readonly path: string;
}

/** The library at a path, or the first that is found. */
export function find(koffi: Koffi, { platform, env }: Platform, path: string | undefined): Found {
  const failures: string[] = [];
  for (const name of path === undefined ? candidates(platform, env) : [path]) {
    try {
      return open(koffi, name);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (path === undefined) throw new TensorError("useBlas", "found no BLAS on this machine", advice(platform));
  throw new TensorError("useBlas", `${path} is no BLAS: ${failures[0]}`, "give the path of a library with cblas_sgemm");
}

function open(koffi: Koffi, path: string): Found {
  const library = koffi.load(path);
  const native: Native = (name, result, ...parameters) => {
    for (const decorate of decorations) {
      try {
        return library.func(decorate(name), result, parameters);
      } catch {
        // This build writes the name in another way, or does not have it.
      }
    }
    throw new Error(`it has no ${name}`);
  };
  native("cblas_dgemm", "void");
  native("cblas_sgemm", "void");
  const has = ({ mark }: Maker): boolean => {
    try {
      return native(mark, "void") !== undefined;
    } catch {
      return false;
    }
  };
  return { maker: makers.find(has) ?? otherMaker, native, path };
}

/** Whether a product in both dtypes comes out: [[1, 2], [3, 4]] by the transpose of [[5, 6, 0], [7, 8, 0]], to 3 apart. */
function multiplies(gemm: Gemm): boolean {
  return [Float32Array, Float64Array].every((Values) => {
    const out = { data: new Values(6), start: 0, next: 0, down: 3, right: 1 };
    const a = { data: Values.of(1, 2, 3, 4), start: 0, next: 0, down: 2, right: 1 };
    const b = { data: Values.of(5, 6, 0, 7, 8, 0), start: 0, next: 0, down: 1, right: 3 };
    return gemm(out, a, b, { count: 1, m: 2, k: 2, n: 2 }) && String(out.data) === "17,23,0,39,53,0";
  });
}
