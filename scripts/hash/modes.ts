/** @file The ways in which the trainings are computed; bundled for engines and pages, which run one after another. */
import { type Backend, setBackend, setThreads } from "@deltagrad/tensor";
import { hashes } from "./networks.ts";

function use(backend: Backend, threads: number): void {
  setBackend(backend);
  setThreads(threads);
}

const modes: Readonly<Record<string, () => void>> = {
  "plain loops": () => use("plain", 1),
  WebAssembly: () => use("wasm", 1),
  "two threads": () => use("wasm", 2),
};

/** The hashes of the trainings in each mode, told one mode at a time. */
export async function inEachMode(tell: (mode: string, found: Record<string, string>) => unknown): Promise<void> {
  for (const [mode, enter] of Object.entries(modes)) {
    enter();
    await tell(mode, await hashes());
  }
}
