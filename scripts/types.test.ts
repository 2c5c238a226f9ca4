/** @file What the static shapes cost the compiler: a number with a ceiling, which moves only with a reason. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = new URL("..", import.meta.url).pathname;

/** A layered program of 60 typed operations, of the kind that a user's file has. */
const program = (): string => {
  const lines = [
    'import { add, matmul, mul, relu, sum, zeros } from "@deltagrad/tensor";',
    "const x0 = zeros([32, 64]);",
  ];
  for (let i = 0; i < 15; i++) {
    const [a, b] = [64 + i, 65 + i];
    lines.push(
      `const z${i} = matmul(x${i}, zeros([${a}, ${b}]));`,
      `const b${i} = add(z${i}, zeros([${b}]));`,
      `const x${i + 1} = relu(b${i}).mul(2);`,
      `const s${i}: number = sum(mul(x${i + 1}, x${i + 1}), 0).toArray()[0]!;`,
      `export { s${i} };`,
    );
  }
  return lines.join("\n");
};

/** The type instantiations of a program, without those that importing the package alone takes. */
function instantiations(source: string): number {
  const folder = mkdtempSync(join(root, "packages/nn/.types-"));
  try {
    writeFileSync(join(folder, "main.ts"), source);
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: "../../../tsconfig.base.json", files: ["main.ts", "../../tensor/src/core/alea.d.ts"] }),
    );
    const output = execFileSync(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "-p", folder, "--extendedDiagnostics"],
      { encoding: "utf8" },
    );
    return Number(/Instantiations:\s+(\d+)/.exec(output)![1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("60 typed operations cost the compiler under 40,000 instantiations", () => {
  const base = instantiations('export * from "@deltagrad/tensor";');
  const cost = instantiations(program()) - base;
  console.log(`static shapes: ${cost} instantiations for 60 operations, on top of ${base}`);
  expect(cost).toBeGreaterThan(0);
  expect(cost).toBeLessThan(40_000);
}, 60_000);

/** A network of 30 layers, of the kind that one writes for images, and its application. */
const network = (): string => {
  const blocks = Array.from(
    { length: 7 },
    (_, i) => `conv2d(${8 + i}, ${9 + i}, 3), batchNorm(${9 + i}, { spatial: 2 }), relu, dropout(0.1),`,
  );
  return [
    'import { batchNorm, conv2d, dense, dropout, globalAvgPool2d, stack } from "@deltagrad/nn";',
    'import { relu, rng, zeros } from "@deltagrad/tensor";',
    `const net = stack(${blocks.join(" ")} globalAvgPool2d(), dense(15, 10));`,
    "export const y: 10 = net.apply(net.init(rng(1)), zeros([5, 8, 28, 28]), { state: net.initState() }).shape[1];",
  ].join("\n");
};

test("a stack of 30 layers costs the compiler under 20,000 instantiations", () => {
  const base = instantiations('export * from "@deltagrad/nn";');
  const cost = instantiations(network()) - base;
  console.log(`static shapes: ${cost} instantiations for 30 layers, on top of ${base}`);
  expect(cost).toBeGreaterThan(0);
  expect(cost).toBeLessThan(20_000);
}, 60_000);
