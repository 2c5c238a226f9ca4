/** @file The embedded data are the published ones: by sums that always hold, and cell by cell where the tables are at hand. */
import { existsSync, readFileSync } from "node:fs";
import { xor } from "@deltagrad/datasets";
import { breastCancer } from "@deltagrad/datasets/breast-cancer";
import { digits } from "@deltagrad/datasets/digits";
import { iris } from "@deltagrad/datasets/iris";
import { wine } from "@deltagrad/datasets/wine";
import { describe, expect, test } from "vitest";

const tables = new URL("../../../../shared/data/uci/", import.meta.url);
const present = existsSync(tables);
if (!present) console.log(`data.test.ts: no tables in ${tables.pathname}, so only sums are compared`);

const readTable = (name: string, skipped: number): number[][] =>
  readFileSync(new URL(name, tables), "utf8")
    .trim()
    .split("\n")
    .slice(skipped)
    .map((line) => line.split(",").map(Number));

const countsOf = (labels: ArrayLike<number>, classes: number): number[] =>
  Array.from({ length: classes }, (_, k) => Array.from(labels).filter((label) => label === k).length);

/** Σ ((row·column) mod 101) · value with rows and columns from 1: sees a value that has moved. */
const weighted = (values: ArrayLike<number>, columns: number): number =>
  Array.from(values).reduce(
    (sum, value, i) => sum + (((Math.floor(i / columns) + 1) * ((i % columns) + 1)) % 101) * value,
    0,
  );

// The sums below were counted from the published tables with awk, not with the decoder.
describe("digits", () => {
  const { features, labels, classes, about } = digits();
  const pixels = features.toTypedArray();

  test("1,797 images of 64 pixels, the classes about equally often", () => {
    expect([features.shape, features.dtype, labels.shape, labels.dtype]).toEqual([
      [1797, 64],
      "float64",
      [1797],
      "int32",
    ]);
    expect(countsOf(labels.toTypedArray(), 10)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    expect(classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  });

  test("pixels are whole numbers from 0 to 16 with the published sums", () => {
    expect(pixels.every((pixel) => Number.isInteger(pixel) && pixel >= 0 && pixel <= 16)).toBe(true);
    expect(features.sum().item()).toBe(561718);
    expect(weighted(pixels, 64)).toBe(28030194);
  });

  test("the outermost columns are almost white, the middle is dark", () => {
    const sums = features.sum(0).toArray();
    expect(sums.slice(0, 8)).toEqual([0, 546, 9353, 21269, 21291, 10390, 2448, 233]);
    expect(sums.slice(56)).toEqual([1, 502, 9987, 21724, 21221, 12155, 3716, 655]);
  });

  test("the credit is complete", () => {
    expect([about.doi, about.licence]).toEqual(["10.24432/C50P49", "CC BY 4.0"]);
  });

  test.skipIf(!present)("every cell is the published one", () => {
    const table = readTable("digits.csv", 0);
    expect(features.toArray()).toEqual(table.map((row) => row.slice(0, 64)));
    expect(labels.toArray()).toEqual(table.map((row) => row[64]));
  });
});

describe("iris", () => {
  const { features, labels, classes, featureNames, about } = iris();

  test("fifty flowers of each species, with the published sums in tenths of a centimetre", () => {
    expect([features.shape, features.dtype, labels.shape, labels.dtype]).toEqual([[150, 4], "float64", [150], "int32"]);
    expect(countsOf(labels.toTypedArray(), 3)).toEqual([50, 50, 50]);
    const tenths = Array.from(features.toTypedArray(), (value) => Math.round(value * 10));
    expect([0, 1, 2, 3].map((k) => tenths.filter((_, i) => i % 4 === k).reduce((a, b) => a + b))).toEqual([
      8765, 4586, 5637, 1799,
    ]);
    expect(weighted(tenths, 4)).toBe(956291);
  });

  test("every column and class has a name, and the credit is complete", () => {
    expect([featureNames.length, classes.length]).toEqual([4, 3]);
    expect([about.doi, about.licence]).toEqual(["10.24432/C56C76", "CC BY 4.0"]);
  });

  test.skipIf(!present)("every cell is the published one", () => {
    const table = readTable("iris.csv", 1);
    expect(features.toArray()).toEqual(table.map((row) => row.slice(0, 4)));
    expect(labels.toArray()).toEqual(table.map((row) => row[4]));
  });
});

describe.each([
  {
    name: "wine",
    file: "wine.csv",
    load: wine,
    shape: [178, 13],
    counts: [59, 71, 48],
    unit: 1000,
    sums: [
      2314110, 415870, 421240, 3470100, 17754000, 408530, 361210, 64410, 283180, 900340, 170426, 464880, 132947000,
    ],
    moved: 8015287324,
    doi: "10.24432/C5PC7J",
  },
  {
    name: "breast cancer",
    file: "breast_cancer.csv",
    load: breastCancer,
    shape: [569, 30],
    counts: [212, 357],
    unit: 1e7,
    sums: [
      80384290000, 109758100000, 523303800000, 3726319000000, 548290000, 593700200, 505268107, 278349940, 1030811000,
      357318400, 2305429000, 6923896000, 16307877000, 229517980000, 40063170, 144970610, 181475246, 67120020, 116885680,
      21593003, 92571690000, 146103400000, 610316300000, 5010518000000, 753177300, 1446768100, 1548752470, 652109410,
      1650530000, 477651700,
    ],
    moved: 526048834615715,
    doi: "10.24432/C5DW2B",
  },
])("$name", ({ file, load, shape, counts, unit, sums, moved, doi }) => {
  const { features, labels, classes, featureNames, about } = load();
  const columns = shape[1]!;

  test("has its classes as often as published, and the published sums of its columns", () => {
    expect([features.shape, features.dtype, labels.shape, labels.dtype]).toEqual([
      shape,
      "float64",
      [shape[0]],
      "int32",
    ]);
    expect(countsOf(labels.toTypedArray(), classes.length)).toEqual(counts);
    const wholes = Array.from(features.toTypedArray(), (value) => Math.round(value * unit));
    expect(sums.map((_, k) => wholes.filter((_, i) => i % columns === k).reduce((a, b) => a + b))).toEqual(sums);
    expect(weighted(wholes, columns)).toBe(moved);
  });

  test("every column and class has a name, and the credit is complete", () => {
    expect([new Set(featureNames).size, classes.length]).toEqual([columns, counts.length]);
    expect([about.doi, about.licence]).toEqual([doi, "CC BY 4.0"]);
    expect([about.name, about.description, about.source].every((text) => text.length > 3)).toBe(true);
  });

  test.skipIf(!present)("every cell is the published one, to the last bit", () => {
    const table = readTable(file, 1);
    expect(features.toArray()).toEqual(table.map((row) => row.slice(0, columns)));
    expect(labels.toArray()).toEqual(table.map((row) => row[columns]));
  });
});

test("a label of XOR says whether its two features differ", () => {
  const { features, labels, classes } = xor();
  expect(labels.dtype).toBe("int32");
  expect(labels.toArray()).toEqual(features.toArray().map(([a, b]) => Number(a !== b)));
  expect(labels.toArray().map((label) => classes[label])).toEqual(["same", "different", "different", "same"]);
});

test("each call decodes anew: what it gives is the caller's own", () => {
  expect(digits().features).not.toBe(digits().features);
  expect(digits().labels.toArray()).toEqual(digits().labels.toArray());
});
