/** @file The sentence of a refusal, as a reader meets it. */
import { TensorError } from "@deltagrad/tensor";
import { expect } from "vitest";

export async function refusal(doing: Promise<unknown> | (() => unknown)): Promise<string> {
  const error = await (async () => (typeof doing === "function" ? doing() : doing))().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TensorError);
  return (error as TensorError).message;
}
