/** @file docs/compatibility.md: what each operation can do, found by trying it, and what it is called elsewhere. */
import { type DType, record, type Tensor, TensorError } from "@deltagrad/tensor";
import * as fc from "fast-check";
import { constant, differentiable, inputsOf, type Sample } from "../../packages/tensor/test/samples/index.ts";
import { adapters, exceptions, ourNames } from "../oracle/adapters/index.ts";
import { numpy, whole } from "./names.ts";

const dtypes: readonly DType[] = ["float64", "float32", "int32", "bool"];
const SEED = 20_170_502;

/** A few samples of an operation with inputs, always the same. */
function drawn(samples: fc.Arbitrary<Sample>, dtype: DType): { f: Sample["f"]; xs: Tensor[] }[] {
  const calls = samples.chain((sample) => inputsOf(sample, dtype).map((xs) => ({ f: sample.f, xs })));
  return fc.sample(calls, { seed: SEED, numRuns: 8 });
}

/** Whether any of some drawn calls is taken in a dtype. */
const takes = (samples: fc.Arbitrary<Sample>, dtype: DType): boolean =>
  drawn(samples, dtype).some(({ f, xs }) => {
    try {
      f(...xs);
      return true;
    } catch (error) {
      if (error instanceof TensorError) return false;
      throw error;
    }
  });

/** How vmap does it: at once, or as often as there are rows where an operation on the way does not batch. */
function mapped(samples: fc.Arbitrary<Sample>): string {
  const alone = drawn(samples, "float64").some(({ f, xs }) => {
    const { nodes } = record(f as (...args: Tensor[]) => Tensor)(...xs);
    return nodes.some((node) => node.kind === "operation" && node.op.batch === undefined);
  });
  return alone ? "row by row" : "at once";
}

const torchNames = (name: string): string =>
  Object.keys(adapters)
    .filter((torch) => ourNames(torch).includes(name))
    .map((torch) => `\`${torch}\``)
    .join(", ");

/** Why samples of PyTorch's operations of that name differ. */
const reasons = (name: string): string => {
  const torch = Object.keys(adapters).filter((other) => ourNames(other).includes(name));
  const found = exceptions.filter(([, places]) =>
    places.some((place) => torch.some((op) => place.startsWith(`${op}/`))),
  );
  return found.map(([reason]) => reason.replaceAll("|", "\\|")).join("; ");
};

function row(name: string, samples: fc.Arbitrary<Sample>, derivative: boolean): string {
  const cells = [
    `\`${name}\``,
    derivative ? "✓" : "–",
    derivative ? "✓" : "–",
    mapped(samples),
    (whole[name] ?? dtypes.filter((dtype) => takes(samples, dtype))).join(", "),
    torchNames(name),
    numpy[name] ? `\`${numpy[name]}\`` : "",
    reasons(name),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The page in Markdown. */
export function compatibilityPage(): string {
  const rows = [
    ...Object.entries(differentiable).map(([name, samples]) => ({ name, line: row(name, samples, true) })),
    ...Object.entries(constant).map(([name, samples]) => ({ name, line: row(name, samples, false) })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `# Operations, and what they are called elsewhere

Every operation of \`@deltagrad/tensor\` that takes tensors. (Written by \`npm run compatibility\`, from the samples under which each stands before the laws; a test holds that it is current.) Values, gradients, second gradients and forward mode are compared with PyTorch's by \`npm run oracle\`; where a sample differs the reason is in the last column.

- **vjp, jvp**: reverse and forward mode, to any order; – where the result does not vary with the input.
- **vmap**: at once, or row by row where an operation on the way has no batched form.
- **dtypes**: those that are taken as inputs.

| operation | vjp | jvp | vmap | dtypes | PyTorch | NumPy, SciPy | where PyTorch differs |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.map(({ line }) => line).join("\n")}
`;
}
