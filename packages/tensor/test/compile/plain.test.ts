/** @file The same programs by plain loops, where there is no WebAssembly: the same bits. */
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compile, setBackend } from "../../src/index.ts";
import { bits } from "./bits.ts";
import { programs } from "./programs.ts";

beforeAll(() => setBackend("plain"));
afterAll(() => setBackend("wasm"));

test("random programs by plain loops", () => {
  fc.assert(
    fc.property(programs, ({ f, inputs }) => {
      const program = compile(f);
      const eager = f(...inputs).map(bits);
      expect(program(...inputs).map(bits)).toEqual(eager);
      expect(program(...inputs).map(bits)).toEqual(eager);
      expect(program.explain()).not.toContain("by its definition");
    }),
    { numRuns: 200 },
  );
});
