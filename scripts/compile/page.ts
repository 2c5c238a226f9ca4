/** @file The page of compile: what it does to one small function, stage by stage, as the sources do it now. */
import {
  compile,
  matmul,
  record,
  type Scalar,
  sigmoid,
  sub,
  sum,
  type Tensor,
  valueAndGrad,
  zeros,
} from "@deltagrad/tensor";
import { rules } from "../../packages/tensor/src/compile/rules.ts";
import { simplify } from "../../packages/tensor/src/compile/simplify.ts";

const source = `const cost = (w: Tensor, x: Tensor, y: Tensor) =>
  sum(sub(sigmoid(matmul(x, w)), y).square());

const step = (w: Tensor, x: Tensor, y: Tensor) => {
  const [value, gradient] = valueAndGrad(cost)(w, x, y);
  return [value, sub(w, gradient.mul(0.5))];
};
const program = compile(step);`;

const cost = (w: Tensor, x: Tensor, y: Tensor): Scalar => sum(sub(sigmoid(matmul(x, w)), y).square()) as Scalar;

const step = (w: Tensor, x: Tensor, y: Tensor): Tensor[] => {
  const [value, gradient] = valueAndGrad(cost)(w, x, y);
  return [value, sub(w, gradient.mul(0.5))];
};

const block = (text: string, language = "text"): string => `\`\`\`${language}\n${text}\n\`\`\``;

export function compilePage(): string {
  const args = [
    zeros([3, 2], { dtype: "float32" }),
    zeros([4, 3], { dtype: "float32" }),
    zeros([4, 2], { dtype: "float32" }),
  ] as const;
  const graph = record(step)(...args);
  const simple = simplify(graph);
  const program = compile(step);
  program(...args);
  const applied = [...simple.applied].map(([name, count]) => `${name} ${count}`).join(", ");
  return `# What compile does

The stages of one small function, written by \`npm run compile\`. How fast it is: \`npm run bench\`.

${block(source, "ts")}

## 1. Record

For each signature of the arguments (structure, shapes, dtypes, the values of all that is no tensor) the function is called once, with tensors that have no values. What it does, derivatives included, becomes a graph of ${graph.nodes.length} values.

${block(String(graph))}

## 2. Simplify

A table of rules (${Object.keys(rules).join(", ")}), each of which preserves every bit: \`packages/tensor/test/compile/rules.test.ts\` has a property for each, and a counterexample for those that would not. What is the same is computed once; what no result needs, not at all. Here: ${applied}.

${block(String(simple.graph))}

## 3. Fuse and plan

Operations of one shape, element by element, become one loop; any chain of views is read where the elements lie. Each step with the bytes that it moves and the operations that it does (\`program.explain()\`):

${block(program.explain())}

## 4. Lay out

All values lie in one memory (\`program.memory\`). What is never alive at once may share a place. A result that is computed from an argument of its shape for the last time takes its place: given back at the next call, it is there already. Results stay in the memory until somebody reads them; those that nobody has read move out before their place is used again, so that every tensor keeps its values. With \`donate: true\` what is given back is used up instead, and nothing is copied.

${block(program.memory)}

## 5. Generate

One WebAssembly module of one exported function, which does the steps in order on that memory: loops four elements at a time, sums and products in the order that is part of the contract. What has no machine code (sorting, decompositions, …) is called back as the operation defines it. Where there is no WebAssembly, plain loops do the same plan.

## What it cannot see

- A variable from outside that is set to another tensor after recording: pass it as an argument.
- A number that changes from call to call is part of the signature: pass a tensor.
- A value that is read (\`item\`, \`toArray\`, \`if\`): refused, with the line. Use \`where\`, \`maximum\`, ….
- A random stream is an argument; one from outside is refused, since it would draw the same for ever.
`;
}
