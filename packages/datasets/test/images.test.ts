/** @file Images cropped, flipped, turned, and laid out on a sheet. */
import {
  addNoise,
  dataset,
  describe as describeData,
  flip,
  padTo,
  randomCrop,
  randomFlip,
  randomRotate,
  rotate,
  tensorDataset,
} from "@deltagrad/datasets";
import { digits } from "@deltagrad/datasets/digits";
import { grid } from "@deltagrad/datasets/images";
import { iris } from "@deltagrad/datasets/iris";
import { arange, jvp, rng, type Tensor, tensor, vjp, zeros } from "@deltagrad/tensor";
import fc from "fast-check";
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";

const flat = (x: Tensor): number[] => [...x.toTypedArray()];
const image = (height: number, width: number): Tensor =>
  tensor(
    Float64Array.from({ length: height * width }, (_, i) => i + 1),
    { shape: [height, width] },
  );

describe("cropping", () => {
  test("cuts a part that is in the image, at every place equally often", () => {
    const seen = new Map<string, number>();
    const random = rng(7);
    for (let i = 0; i < 6000; i++) {
      const part = flat(randomCrop(image(3, 4), random, { size: [2, 2] })).join();
      seen.set(part, (seen.get(part) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(["1,2,5,6", "2,3,6,7", "3,4,7,8", "5,6,9,10", "6,7,10,11", "7,8,11,12"]);
    // Five standard deviations of a binomial count of 6000 at 1/6.
    for (const count of seen.values())
      expect(Math.abs(count - 1000)).toBeLessThanOrEqual(5 * Math.sqrt(6000 * (5 / 36)));
  });

  test("in a margin, all channels alike", () => {
    const stack: Tensor = tensor([[[1]], [[2]]]);
    for (let seed = 0; seed < 20; seed++) {
      const [a, b] = randomCrop(stack, rng(seed), { size: [1, 1], padding: 1, value: 9 }).toArray() as number[][][];
      expect([[[1]], [[9]]]).toContainEqual(a);
      expect(b).toEqual(a![0]![0] === 9 ? a : [[2]]);
    }
  });
});

describe("flipping", () => {
  test("is its own inverse, on every axis", () => {
    fc.assert(
      fc.property(fc.nat({ max: 4 }), fc.nat({ max: 4 }), fc.integer({ min: -2, max: 1 }), (height, width, axis) => {
        const x = image(height, width);
        expect(flip(flip(x, { axis }), { axis }).toArray()).toEqual(x.toArray());
        const rows = x.toArray() as number[][];
        expect(flip(x, { axis }).toArray()).toEqual(
          axis % 2 === 0 ? rows.toReversed() : rows.map((row) => row.toReversed()),
        );
      }),
    );
  });

  test("happens as often as told", () => {
    const random = rng(7);
    let flipped = 0;
    for (let i = 0; i < 4000; i++) if (flat(randomFlip(image(1, 2), random, { probability: 0.25 }))[0] === 2) flipped++;
    expect(Math.abs(flipped - 1000)).toBeLessThanOrEqual(5 * Math.sqrt(4000 * 0.25 * 0.75));
  });
});

describe("turning", () => {
  test("by right angles moves pixels of a square, four times back to where they were", () => {
    const x = image(3, 3);
    expect(rotate(x, 90).toArray()).toEqual([
      [3, 6, 9],
      [2, 5, 8],
      [1, 4, 7],
    ]);
    expect(rotate(x, 180).toArray()).toEqual(flip(flip(x), { axis: 0 }).toArray());
    expect(rotate(x, -90).toArray()).toEqual(rotate(x, 270).toArray());
    expect(rotate(rotate(rotate(rotate(x, 90), 90), 90), 90).toArray()).toEqual(x.toArray());
    expect(rotate(x, 0).toArray()).toEqual(x.toArray());
  });

  test("keeps a constant image constant where fill is that constant", () => {
    for (const value of flat(rotate(zeros([5, 7]).add(3), 33, { fill: 3 }))) expect(value).toBeCloseTo(3, 14);
  });

  test("leaves the middle where it is, and takes fill from outside", () => {
    const x = image(3, 3);
    const turned = rotate(x, 45, { fill: -100 }).toArray() as number[][];
    expect(turned[1]![1]).toBe(5);
    expect(turned[0]![0]).toBeLessThan(0);
  });

  test("forward and reverse mode are adjoint: the transposed weights", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -400, max: 400, noNaN: true }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (degrees, h, w) => {
          const random = rng("turning");
          const [x, t, ct] = [0, 1, 2].map(() => random.normal([2, h, w]) as Tensor) as [Tensor, Tensor, Tensor];
          const f = (x: Tensor) => rotate(x, degrees);
          const [, ty] = jvp(f, [x], [t]);
          const [, pullback] = vjp(f, x);
          const dot = (a: Tensor, b: Tensor) => a.mul(b).sum().item();
          // A few hundred products of size 10 at most.
          expect(dot(ct, ty)).toBeCloseTo(dot(pullback(ct)[0]!, t), 10);
        },
      ),
    );
  });

  test("goes to both sides, as far as told", () => {
    const random = rng(7);
    const turned = new Set(
      Array.from({ length: 50 }, () => flat(randomRotate(image(2, 2), random, { degrees: 10 })).join()),
    );
    expect(turned.size).toBe(50);
    expect(flat(randomRotate(image(2, 2), random, { degrees: 0 }))).toEqual([1, 2, 3, 4]);
  });
});

test("noise has the standard deviation asked for, and the dtype of the image", () => {
  const noise = flat(addNoise(zeros([100, 100]), rng(7), { std: 0.5 }));
  const variance = noise.reduce((sum, x) => sum + x * x, 0) / 10_000;
  expect(Math.abs(variance - 0.25)).toBeLessThanOrEqual(5 * 0.25 * Math.sqrt(2 / 10_000));
  expect(addNoise(zeros([2], { dtype: "float32" }), rng(7), { std: 1 }).dtype).toBe("float32");
});

describe("a sheet of images", () => {
  test("has each image at its place, in the range of all, with the gap between", async () => {
    const images: Tensor = tensor([[[0, 1]], [[2, 4]], [[4, 0]]]);
    const png = decode(await grid(images, { columns: 2, background: 7 }));
    expect([png.width, png.height, png.channels, png.depth]).toEqual([7, 5, 1, 8]);
    expect([...png.data]).toEqual([
      ...[7, 7, 7, 7, 7, 7, 7],
      ...[7, 0, 64, 7, 128, 255, 7],
      ...[7, 7, 7, 7, 7, 7, 7],
      ...[7, 255, 0, 7, 7, 7, 7],
      ...[7, 7, 7, 7, 7, 7, 7],
    ]);
  });

  test("enlarges pixels, and has colours", async () => {
    const red: Tensor = tensor([[[[1]], [[0]], [[0]]]]);
    const png = decode(await grid(red, { scale: 2, gap: 0 }));
    expect([png.width, png.height, png.channels]).toEqual([2, 2, 3]);
    expect([...png.data]).toEqual([255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0]);
  });

  test("draws NaN black, and what lies outside the range at its end", async () => {
    const png = decode(
      await grid(tensor([[[Number.NaN, -5, 0.5, 9, Number.POSITIVE_INFINITY]]]), { gap: 0, range: [0, 1] }),
    );
    expect([...png.data]).toEqual([0, 0, 128, 255, 255]);
    const equal = decode(await grid(tensor([[[3, 3]]]), { gap: 0 }));
    expect([...equal.data]).toEqual([0, 0]);
  });

  test("as SVG has captions, with their signs escaped, and the same picture inside", async () => {
    const svg = await grid(tensor([[[0, 1]], [[1, 0]]]), { format: "svg", captions: ["a<b", 7], scale: 2 });
    expect(svg).toContain(">a&#60;b</text>");
    expect(svg).toContain(">7</text>");
    const [, base64] = /base64,([^"]*)"/.exec(svg)!;
    const png = decode(Buffer.from(base64!, "base64"));
    expect([png.width, png.height]).toEqual([7, 10]);
    expect(svg).toMatch(/^<svg [^>]*width="14" height="20"/);
  });

  test.each<[string, Tensor, object]>([
    [
      "grid: there are no images in [1797, 64]; give [n, height, width], or [n, channels, height, width] with 1, 3 or 4 channels",
      digits().features,
      {},
    ],
    [
      "grid: there are no images in [0, 2, 2]; give [n, height, width], or [n, channels, height, width] with 1, 3 or 4 channels",
      zeros([0, 2, 2]),
      {},
    ],
    [
      "grid: there are no images in [1, 2, 3, 3]; give [n, height, width], or [n, channels, height, width] with 1, 3 or 4 channels",
      zeros([1, 2, 3, 3]),
      {},
    ],
    ["grid: scale is 0; use a whole number ≥ 1", zeros([1, 2, 2]), { scale: 0 }],
    ["grid: columns is NaN; use a whole number ≥ 1", zeros([1, 2, 2]), { columns: Number.NaN }],
    ["grid: there is no range from 1 to 0; use low < high", zeros([1, 2, 2]), { range: [1, 0] }],
    ['grid: there is no format "gif"; use "png" or "svg"', zeros([1, 2, 2]), { format: "gif" }],
    ['grid: a PNG has no captions; use { format: "svg" }', zeros([1, 2, 2]), { captions: ["a"] }],
    ["grid: 2 captions for 1 images; give one for each", zeros([1, 2, 2]), { format: "svg", captions: ["a", "b"] }],
    ["grid: images is an array of 1, not a tensor; wrap data with tensor(…)", [1] as never, {}],
  ])("%s", async (sentence, images, options) => {
    await expect(grid(images, options as never)).rejects.toThrow(sentence);
  });
});

describe("describing", () => {
  test("a record: each tensor's type, shape and range, classes by their names", () => {
    const { length, fields } = describeData(iris());
    expect(length).toBe(150);
    expect(fields[0]).toMatchObject({
      path: "features",
      type: "float64",
      shape: [4],
      count: 600,
      missing: 0,
      min: 0.1,
      max: 7.9,
      classes: null,
    });
    expect(fields[0]!.mean).toBeCloseTo((876.5 + 458.6 + 563.7 + 179.9) / 600, 12);
    expect(fields[1]).toMatchObject({
      path: "labels",
      type: "int32",
      shape: [],
      classes: [
        { name: "setosa", count: 50 },
        { name: "versicolor", count: 50 },
        { name: "virginica", count: 50 },
      ],
    });
  });

  test("a dataset: what is missing, what varies, text", () => {
    const { fields } = describeData(
      dataset([
        { x: zeros([2]), age: 30, town: "Ulm", flag: true },
        { x: zeros([3]), age: Number.NaN, town: null, flag: false },
        { x: zeros([2]), age: 50, town: "Ulm", flag: true },
      ]),
    );
    expect(fields).toMatchObject([
      { path: "x", type: "float64", shape: "varied", count: 7, min: 0, max: 0 },
      { path: "age", type: "number", missing: 1, min: 30, max: 50, mean: 40, std: 10 },
      { path: "town", type: "text", missing: 1, min: null, mean: null, classes: [{ name: "Ulm", count: 2 }] },
      {
        path: "flag",
        type: "boolean",
        classes: [
          { name: "0", count: 1 },
          { name: "1", count: 2 },
        ],
      },
    ]);
  });

  test("the same of a record and of its rows", () => {
    const { features, labels } = iris();
    const [record, rows] = [describeData({ features, labels }), describeData(tensorDataset({ features, labels }))];
    expect(rows.fields).toEqual(record.fields);
  });

  test("the spread of large numbers that hardly differ, which sums of squares lose", () => {
    const [field] = describeData({ x: tensor([1e9 + 1, 1e9 + 2, 1e9 + 3]) }).fields;
    expect(field!.std).toBeCloseTo(Math.sqrt(2 / 3), 12);
  });

  test("more values than 100 are no classes", () => {
    expect(describeData({ id: arange(100) }).fields[0]!.classes?.length).toBe(100);
    expect(describeData({ id: arange(101) }).fields[0]!.classes).toBe(null);
  });

  test("prints as a table", () => {
    const { labels, classes } = iris();
    expect(
      String(
        describeData({
          x: tensor([
            [1, 2],
            [Number.NaN, 4],
            [0.5, 1 / 3],
          ]),
          labels: labels.slice([49, 52]),
          classes,
        }),
      ),
    ).toBe(
      [
        "3 examples",
        "field   type     shape     min  max    mean     std  missing",
        "x       float64  [2]    0.3333    4   1.567   1.348        1",
        "labels  int32    []          0    1  0.6667  0.4714        0",
        "labels = setosa: 1 (33.3 %)",
        "labels = versicolor: 2 (66.7 %)",
      ].join("\n"),
    );
  });

  test("nothing at all has no range", () => {
    expect(describeData({ x: zeros([0, 2]) }).fields[0]).toMatchObject({ count: 0, min: null, mean: null, std: null });
    expect(describeData(dataset([]))).toMatchObject({ length: 0, fields: [] });
  });
});

describe("errors", () => {
  test.each<[string, () => unknown]>([
    ["padTo: [3] is larger than [2]; crop it first", () => padTo(zeros([3]), [2])],
    ["padTo: extents are an array of 2 for [3]; give those of the last axes", () => padTo(zeros([3]), [2, 3])],
    ["padTo: an extent is NaN; use a whole number ≥ 0", () => padTo(zeros([3]), [Number.NaN])],
    [
      "randomCrop: there is no [3, 3] in [2, 2]; use a smaller size, or padding",
      () => randomCrop(zeros([2, 2]), rng(1), { size: [3, 3] }),
    ],
    [
      "randomCrop: [4] is no image; give [height, width], or more axes before",
      () => randomCrop(zeros([4]), rng(1), { size: [1, 1] }),
    ],
    [
      "randomCrop: random is 7; give a stream of numbers: rng(seed).stream(…)",
      () => randomCrop(zeros([4, 4]), 7 as never, { size: [1, 1] }),
    ],
    ["randomCrop: size is 3; give [height, width]", () => randomCrop(zeros([4, 4]), rng(1), { size: 3 as never })],
    ["flip: there is no axis 2 in [2, 2]; count from 0", () => flip(zeros([2, 2]), { axis: 2 })],
    [
      "randomFlip: probability is 2; use a finite number from 0 to 1",
      () => randomFlip(zeros([2, 2]), rng(1), { probability: 2 }),
    ],
    ["rotate: degrees is Infinity; use a finite number", () => rotate(zeros([2, 2]), Number.POSITIVE_INFINITY)],
    [
      'rotate: the image is int32; give a float: cast(image, "float32")',
      () => rotate(zeros([2, 2], { dtype: "int32" }), 3),
    ],
    [
      "randomRotate: degrees is -1; use a finite number ≥ 0",
      () => randomRotate(zeros([2, 2]), rng(1), { degrees: -1 }),
    ],
    ["addNoise: std is NaN; use a finite number ≥ 0", () => addNoise(zeros([2]), rng(1), { std: Number.NaN })],
    [
      'addNoise: x is bool; give a float: cast(x, "float32")',
      () => addNoise(zeros([2], { dtype: "bool" }), rng(1), { std: 1 }),
    ],
    ["describe: there is no tensor in the data; give a record such as { x, y }", () => describeData([])],
    [
      "describe: an example has a function; examples are tensors, numbers, text, and records",
      () => describeData(dataset([() => 1])),
    ],
  ])("%s", (sentence, f) => {
    expect(f).toThrow(sentence);
  });
});
