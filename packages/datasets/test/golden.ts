/** @file What a seed draws, written down: it is part of the contract, on every engine and in every version. */
import {
  addNoise,
  batches,
  kFold,
  makeClassification,
  makeFriedman2,
  makeMoons,
  makeSwissRoll,
  randomRotate,
  split,
  stream,
  tensorDataset,
  whiten,
} from "@deltagrad/datasets";
import { arange, cast, rng, type Tensor } from "@deltagrad/tensor";

const idsOf = ({ id }: { readonly id: Tensor }): number[] => [...id.toTypedArray()];
/** The halves of the numbers as float64. */
const bitsOf = (x: Tensor): Iterable<number> => new Int32Array(Float64Array.from(x.toTypedArray()).buffer);

const data = { id: arange(10_000) };
const weights = Array.from({ length: 10_000 }, (_, i) => (i % 7) / 3);
const image = cast(arange(100), "float64").reshape([10, 10]);

/** The name of a draw, what it draws, and the beginning of its SHA-256. */
type Golden = readonly [name: string, draw: () => Iterable<number> | Promise<Iterable<number>>, hash: string];

export const golden: readonly Golden[] = [
  ["batches", () => [...batches(data, { size: 128, seed: 7, epoch: 3 })].flatMap(idsOf), "a106ffa0854ffecd"],
  [
    "batches of a seed in words",
    () => [...batches(data, { size: 999, seed: "run 7" })].flatMap(idsOf),
    "41342323e0921787",
  ],
  ["shuffle", () => [...tensorDataset(data).shuffle({ seed: 7, epoch: 3 })].flatMap(idsOf), "82d2d6a9c14b4548"],
  [
    "shuffle through a buffer",
    () =>
      stream([...data.id.toTypedArray()])
        .shuffle({ buffer: 100, seed: 7, epoch: 3 })
        .toArray(),
    "e34126062d462e9f",
  ],
  ["sample", () => [...tensorDataset(data).sample({ weights, seed: 7 })].flatMap(idsOf), "119d6954d28530de"],
  [
    "sample without replacement",
    () => [...tensorDataset(data).sample({ weights, count: 5000, seed: 7, replacement: false })].flatMap(idsOf),
    "ff743e9d28ece11e",
  ],
  ["split", () => idsOf(split(data, { test: 0.2, seed: 7 }).test), "bcb2c3bb688c8291"],
  ["split by classes", () => idsOf(split(data, { test: 0.2, seed: 7, stratify: weights }).test), "a69383780729e180"],
  ["kFold", () => kFold(data, { k: 5, seed: 7 }).flatMap(({ test }) => idsOf(test)), "140086e2dbd3e100"],
  ["makeMoons", () => bitsOf(makeMoons({ nSamples: 500, noise: 0.1, seed: 7 }).features), "4c477972d771ecf6"],
  ["makeSwissRoll", () => bitsOf(makeSwissRoll({ nSamples: 500, seed: 7 }).features), "ec67ccf6f4771f51"],
  ["makeFriedman2", () => bitsOf(makeFriedman2({ nSamples: 500, seed: 7 }).targets), "eb28036c5be9fd1e"],
  ["makeClassification", () => bitsOf(makeClassification({ nSamples: 500, seed: 7 }).features), "d0da5700e4050352"],
  ["whiten", () => bitsOf(whiten(makeMoons({ noise: 0.1, seed: 7 }).features).axes), "91cb245ccf543af1"],
  ["randomRotate", () => bitsOf(randomRotate(image, rng(7), { degrees: 30 })), "5e21de96cadefa9d"],
  ["addNoise", () => bitsOf(addNoise(image, rng(7), { std: 1 })), "c6177111ec793fda"],
];

/** The beginning of the SHA-256 of whole numbers as int32, least byte first. */
export async function hashOf(numbers: Iterable<number>): Promise<string> {
  const list = [...numbers];
  const bytes = new DataView(new ArrayBuffer(4 * list.length));
  for (const [i, number] of list.entries()) bytes.setInt32(4 * i, number, true);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.buffer));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The hashes of all draws, by their names: what a page or another engine is asked for. */
export default async function hashes(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, draw] of golden) found[name] = await hashOf(await draw());
  return found;
}
