/** @file Work in pieces for the tests of threads, in Node, in its threads and processes, and in a page. */
import { i32 } from "../../src/wasm/assembler/scalar.ts";
import { f32x4, v128 } from "../../src/wasm/assembler/vector.ts";
import { type Program, program, scratch } from "../../src/wasm/machine.ts";
import { helped, helpers, setThreads, share, threads } from "../../src/wasm/pool/threads.ts";

export { threads };

/** As much work as starts the threads and wakes them. */
export const MUCH = 1e9;

/** A task that writes four numbers of its own for each piece, which take as many steps as it is told. */
export const numbersOf = (factor: number): Program<{ readonly numbers: never }> =>
  program((module) => ({
    numbers: module.function(["i32", "i32", "i32"], "none", (body, piece, base, steps) => {
      const x = body.let(f32x4.splat({ type: "f32", code: [piece.code, 0xb2] }));
      body.for({ to: steps }, () => body.set(x, f32x4.add(f32x4.mul(x, f32x4.const(factor)), f32x4.const(0.5))));
      body.do(v128.store(i32.add(base, i32.shl(piece, 4)), x));
    }),
  })) as never;

const kept = numbersOf(0.999);

/** The numbers of so many pieces by the threads there are. */
export function numbers(count: number, steps: number, task = kept): number[] {
  helpers(MUCH);
  const { base, float32 } = scratch(16 * count)!;
  float32.fill(-1, base / 4, base / 4 + 4 * count);
  if (!share(task, "numbers", count, [base, steps], MUCH)) throw new Error("a thread failed");
  return Array.from(float32.subarray(base / 4, base / 4 + 4 * count));
}

/** Chooses so many threads, and goes on working until others have helped. */
export async function engage(n: number): Promise<void> {
  setThreads(n);
  if (threads() !== n) throw new Error(`there are ${threads()} threads`);
  for (const end = Date.now() + 30_000; helped() === 0 && Date.now() < end; ) {
    numbers(64, 2000);
    await new Promise((resolve) => setTimeout(resolve));
  }
  if (helped() === 0) throw new Error("no thread has helped");
}
