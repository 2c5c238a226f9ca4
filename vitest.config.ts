// How the tests of all packages, examples and scripts run: from the sources, without a build.
import { defaultClientConditions, defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

const source = "deltagrad-source";

export default defineConfig({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  test: {
    // A busy machine is no failure: what must be fast is measured, never timed by a test.
    testTimeout: 60_000,
    setupFiles: ["./scripts/fast-check.ts"],
    include: ["packages/*/test/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.ts", "bench/*.test.ts"],
    typecheck: {
      enabled: true,
      include: ["packages/*/test/**/*.test-d.ts"],
      tsconfig: "./tsconfig.test-d.json",
    },
    // Tests of memory collect garbage before they measure.
    execArgv: ["--expose-gc"],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["packages/datasets/src/data/**"],
    },
  },
});
