/** @file How a refusal is expected: a TensorError of the operation, and the whole sentence as a reader meets it. */
import { expect } from "vitest";
import { TensorError } from "../src/index.ts";

export function expectRefusal(attempt: () => unknown, sentence: string): void {
  let caught: unknown;
  try {
    attempt();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(TensorError);
  expect((caught as TensorError).message).toBe(sentence);
  expect((caught as TensorError).op).toBe(sentence.split(":")[0]);
}
