/** @file Each example, run on small settings: it does what it says. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import autoencoder from "./autoencoder.ts";
import characters from "./characters.ts";
import convolutions from "./convolutions.ts";
import fullBatch from "./fullBatch.ts";
import iris from "./iris.ts";
import mixture from "./mixture.ts";
import newton from "./newton.ts";
import pendulum from "./pendulum.ts";
import rateFinder from "./rateFinder.ts";
import sorting from "./sorting.ts";
import uncertainty from "./uncertainty.ts";

vi.setConfig({ testTimeout: 60_000 });
const folder = mkdtempSync(join(tmpdir(), "deltagrad-examples-"));
afterAll(() => rmSync(folder, { recursive: true }));
const say = (): void => undefined;

test("each is under 80 lines, and none is left out here", () => {
  const here = readFileSync(new URL(import.meta.url), "utf8");
  for (const name of readdirSync(new URL(".", import.meta.url)).filter((file) => /^\w+\.ts$/.test(file))) {
    expect(readFileSync(new URL(name, import.meta.url), "utf8").split("\n").length, name).toBeLessThan(81);
    expect(here).toContain(`from "./${name}"`);
  }
});

test("iris", async () => {
  expect((await iris({ epochs: 60, say })).accuracy).toBeGreaterThan(0.93);
});

test("uncertainty", async () => {
  const { inside, off } = await uncertainty({ epochs: 400, say });
  // 2000 draws: a deviation of 0.5 %; the rest is what 400 points and 400 steps leave open.
  expect(Math.abs(inside - 0.95)).toBeLessThan(0.05);
  expect(off).toBeLessThan(0.12);
});

test("newton: each step about doubles the digits", () => {
  const { norms, weights } = newton({ say });
  expect(norms.at(-1)).toBeLessThan(1e-12);
  expect(norms.length).toBeLessThan(10);
  [1.5, -2, 0.5, 0.3].forEach((w, i) => expect(Math.abs(weights[i]! - w)).toBeLessThan(0.5));
});

test("mixture: the centres are found", () => {
  const { found, centres } = mixture({ say });
  // Means of 75 points with deviations up to 1: standard errors below 0.12.
  centres.forEach((c, k) => c.forEach((x, i) => expect(Math.abs(found[k]![i]! - x)).toBeLessThan(0.4)));
});

test("pendulum: within a few standard errors", () => {
  const { length, friction, truth } = pendulum({ say });
  expect(Math.abs(length - truth.length)).toBeLessThan(0.01);
  expect(Math.abs(friction - truth.friction)).toBeLessThan(0.02);
  const exact = pendulum({ noise: 0, say });
  expect(Math.abs(exact.length - truth.length)).toBeLessThan(1e-10);
});

test("fullBatch: L-BFGS gets lower than Adam at any of its rates, in as many gradients", () => {
  const { byLbfgs, byAdam, evaluations } = fullBatch({ gradients: 20, rates: [0.03, 0.1, 0.3], say });
  expect(evaluations).toBeLessThanOrEqual(20);
  expect(byLbfgs).toBeLessThan(Math.min(...byAdam));
});

test("rateFinder: a curve and a rate that is neither tiny nor wild", async () => {
  const { suggestion } = await rateFinder({ steps: 80, file: join(folder, "rates.svg"), say });
  expect(suggestion).toBeGreaterThan(0.005);
  expect(suggestion).toBeLessThan(5);
  expect(readFileSync(join(folder, "rates.svg"), "utf8")).toMatch(/^<svg .*<path d="M[\d.,L-]+"/s);
});

test("convolutions: two epochs of a narrow network are better than chance by far", async () => {
  expect((await convolutions({ epochs: 3, width: 6, say })).accuracy).toBeGreaterThan(0.8);
});

test("characters: the text is learned, and written", async () => {
  const file = new URL("../LICENSE", import.meta.url);
  const { losses, written } = await characters({ file, epochs: 4, hidden: 24, say });
  expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.3);
  expect(written).toHaveLength(200);
});

test("sorting: short lists after few steps, most without a mistake", async () => {
  const { exact } = await sorting({ steps: 200, length: 4, features: 16, batch: 32, say });
  // By chance, one of 10⁴.
  expect(exact).toBeGreaterThan(0.5);
});

test("autoencoder: a sheet of images as PNG", async () => {
  const file = join(folder, "sheet.png");
  const { error } = await autoencoder({ epochs: 4, file, say });
  // Half of what the mean image leaves.
  expect(error).toBeLessThan(0.06);
  expect([...readFileSync(file).subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
});
