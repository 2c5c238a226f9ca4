/** @file Values, gradients, forward derivatives and second derivatives are PyTorch's, sample by sample. */
import { describe, expect, test } from "vitest";
import { accepted, adapters, exceptions, secondDerivatives } from "./adapters/index.ts";
import { differences } from "./compare.ts";
import { operation, present, torchNames } from "./fixtures.ts";
import { outcomeOf, reasonToAccept, refusalsOf } from "./report.ts";

const names = Object.keys(adapters);
const known = exceptions.flatMap(([, places]) => places);
const of = (name: string, place: string): boolean => place.startsWith(`${name}/`);

if (!present) console.warn("oracle.test.ts: ../shared/oracle is absent, PyTorch's values are not compared");

describe.skipIf(!present)("PyTorch's values", () => {
  test.each(names)("%s", (name) => {
    const data = operation(name);
    const found = data.samples.flatMap((sample) => differences(adapters[name]!, data, sample, secondDerivatives[name]));
    expect(found.filter(({ place }) => !known.includes(place)).map(({ text }) => text)).toEqual([]);
    // An exception that is none any more has to go.
    const places = found.map(({ place }) => place);
    expect(known.filter((place) => of(name, place) && !places.includes(place))).toEqual([]);
  });

  test("adapters and exceptions are of operations that the oracle has", () => {
    expect(names.filter((name) => !torchNames().includes(name))).toEqual([]);
    expect(known.filter((place) => !names.some((name) => of(name, place)))).toEqual([]);
  });
});

describe.skipIf(!present)("what PyTorch refuses is refused by name", () => {
  const calls = present ? refusalsOf(names) : [];

  test.each(calls.map((call) => [call.id, call.op, call] as const))("%s %s", (id, _op, call) => {
    const { outcome, message } = outcomeOf(call);
    if (reasonToAccept(id) !== undefined) expect(outcome).toBe("accepted");
    else expect(`${outcome}: ${message}`).toMatch(/^refused: /);
  });

  test("calls that are taken here are among those", () => {
    expect(accepted.flatMap(([, ids]) => ids).filter((id) => !calls.some((call) => call.id === id))).toEqual([]);
  });
});
