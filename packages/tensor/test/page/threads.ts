/** @file In a page: how many threads there are by default, and whether two give the same numbers as one. */
import { threads } from "../../src/index.ts";
import { engage, numbers } from "../wasm/pieces.ts";

export default async (): Promise<{ before: number; same: boolean }> => {
  const before = threads();
  const alone = numbers(50, 100);
  await engage(2);
  return { before, same: String(numbers(50, 100)) === String(alone) };
};
