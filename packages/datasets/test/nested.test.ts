/** @file Tensors in tuples and nested objects keep their form, and their rows stay together. */
import { batches, split } from "@deltagrad/datasets";
import { tensor, zeros } from "@deltagrad/tensor";
import { expect, test } from "vitest";

const x = tensor([[0], [1], [2], [3]]);

test("a tuple gives tuples", () => {
  const y = tensor([0, 10, 20, 30]);
  for (const [input, target] of batches([x, y] as const, { size: 3, seed: 7 }))
    expect(target.toArray()).toEqual(input.toArray().map(([value]) => 10 * value!));
});

test("nested tensors are batched and split with the others", () => {
  const data = { inputs: { left: x, right: [x] }, y: x };
  for (const part of [...batches(data, { size: 3, seed: 7 }), ...Object.values(split(data, { test: 0.5, seed: 7 }))]) {
    const rows = part.y.toArray();
    expect([part.inputs.left.toArray(), part.inputs.right[0]!.toArray()]).toEqual([rows, rows]);
  }
});

test("a tensor alone gives tensors", () => {
  expect([...batches(x, { size: 3, shuffle: false })].map((batch) => batch.toArray())).toEqual([
    [[0], [1], [2]],
    [[3]],
  ]);
});

test("what holds no tensor is kept as it is, not copied", () => {
  const names = ["a", "b"];
  expect(split({ x, about: { names } }, { test: 0.5, seed: 7 }).train.about.names).toBe(names);
});

test("an error names the place of the tensor that does not fit", () => {
  expect(() => batches({ inputs: [x, { image: zeros([3]) }] }, { size: 2 })).toThrow(
    "batches: inputs[0] has 4 rows and inputs[1].image has 3; all tensors must have one row for each example",
  );
  expect(() => batches(tensor(1), { size: 2 })).toThrow(
    "batches: the tensor is a scalar; its leading axis must count the examples",
  );
});
