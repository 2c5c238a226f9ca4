/** @file The ways in which the trainings are computed; bundled for engines and pages, which run one after another. */
import * as tensors from "@deltagrad/tensor";
import { hashes } from "./networks.ts";

const modes: Readonly<Record<string, () => void | Promise<void>>> = {
  "plain loops": () => tensors.setBackend("plain"),
  WebAssembly: () => tensors.setBackend("wasm"),
};

/** The hashes of the trainings in each mode, told one mode at a time. */
export async function inEachMode(tell: (mode: string, found: Record<string, string>) => unknown): Promise<void> {
  for (const [mode, enter] of Object.entries(modes)) {
    await enter();
    await tell(mode, await hashes());
  }
}
