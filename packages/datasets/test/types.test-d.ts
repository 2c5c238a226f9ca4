/** @file What the compiler knows of rows: their number is forgotten, all else is kept. */
import type { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { digits } from "@deltagrad/datasets/digits";
import type { DownloadOptions } from "@deltagrad/datasets/downloads";
import { type Cell, type FileSource, streamCsv } from "@deltagrad/datasets/files";
import { iris } from "@deltagrad/datasets/iris";
import { type Tensor, tensor, zeros } from "@deltagrad/tensor";
import { expectTypeOf, test } from "vitest";
import {
  type Batch,
  batches,
  type Classification,
  categories,
  collate,
  type Dataset,
  dataset,
  kFold,
  makeBlobs,
  makeClassification,
  makeMoons,
  makeRegression,
  minMax,
  oneHot,
  type Row,
  type Stream,
  split,
  standardize,
  stream,
  tensorDataset,
  whiten,
} from "../src/index.ts";

test("a part of a data set is a data set with the same columns", () => {
  const { train } = split(digits(), { seed: 7 });
  expectTypeOf(train.features).toEqualTypeOf<Tensor<readonly [number, 64]>>();
  expectTypeOf(train.labels).toEqualTypeOf<Tensor<readonly [number]>>();
  expectTypeOf(train).toExtend<Classification<readonly [number, 64]>>();
  expectTypeOf(split(iris(), { seed: 7 }).test.featureNames).toEqualTypeOf<readonly string[]>();
});

test("a batch has the form of the data", () => {
  const data = { x: zeros([100, 8, 8]), y: zeros([100]), unknown: zeros([100] as number[]) };
  for (const batch of batches(data, { size: 10 }))
    expectTypeOf(batch).toEqualTypeOf<{
      x: Tensor<readonly [number, 8, 8]>;
      y: Tensor<readonly [number]>;
      unknown: Tensor;
    }>();
  for (const [x] of batches([zeros([9, 2]), zeros([9])] as const, { size: 3 }))
    expectTypeOf(x).toEqualTypeOf<Tensor<readonly [number, 2]>>();
});

test("oneHot knows its shape", () => {
  expectTypeOf(oneHot(digits().labels, 10)).toEqualTypeOf<Tensor<readonly [1797, 10]>>();
});

test("standardize keeps the shape, and minds the columns", () => {
  const scale = standardize(zeros([5, 3]));
  expectTypeOf(scale.mean).toEqualTypeOf<Tensor<readonly [3]>>();
  expectTypeOf(scale(zeros([2, 3]))).toEqualTypeOf<Tensor<readonly [2, 3]>>();
  // @ts-expect-error fitted to 3 columns
  scale(zeros([2, 4]));
  const unknown: Tensor = tensor([[1]]);
  scale(unknown);
  standardize(unknown)(zeros([2, 4]));
});

test("records of rows flow through a pipeline into batches", () => {
  const rows = tensorDataset({ x: zeros([100, 8, 8]), y: zeros([100], { dtype: "int32" }) });
  expectTypeOf(rows).toEqualTypeOf<Dataset<Row<{ x: Tensor<readonly [100, 8, 8]>; y: Tensor<readonly [100]> }>>>();
  expectTypeOf(rows.get(0)).toEqualTypeOf<{ x: Tensor<readonly [8, 8]>; y: Tensor<readonly []> }>();
  const mapped = rows
    .filter(({ y }) => y.item() > 0)
    .map(({ x, y }, i) => ({ x, label: y.item(), name: `image ${i}`, pair: [x, true] as const }))
    .shuffle({ seed: 7 })
    .take(50);
  for (const batch of batches(mapped, { size: 10 }))
    expectTypeOf(batch).toEqualTypeOf<{
      x: Tensor<readonly [number, 8, 8]>;
      label: Tensor<readonly [number]>;
      name: string[];
      pair: readonly [Tensor<readonly [number, 8, 8]>, Tensor<readonly [number]>];
    }>();
  for (const total of batches(mapped, { size: 10, collate: (list) => list.length }))
    expectTypeOf(total).toEqualTypeOf<number>();
  expectTypeOf(split(mapped, { seed: 7 }).train).toEqualTypeOf(mapped);
  expectTypeOf(kFold(mapped, { k: 3, seed: 7 })[0]!.test).toEqualTypeOf(mapped);
});

test("pairs, windows and unions keep their types", () => {
  const [numbers, texts] = [dataset([1, 2]), dataset(["a", "b"])];
  expectTypeOf(numbers.zip(texts)).toEqualTypeOf<Dataset<readonly [number, string]>>();
  expectTypeOf(numbers.window({ size: 2 })).toEqualTypeOf<Dataset<readonly number[]>>();
  expectTypeOf(numbers.concat(texts)).toEqualTypeOf<Dataset<string | number>>();
  expectTypeOf(stream([1]).zip(stream(["a"]))).toEqualTypeOf<Stream<readonly [number, string]>>();
});

test("streams take asynchronous maps, and batches of them are for await alone", () => {
  const mapped = dataset([1, 2])
    .stream()
    .map(async (x) => ({ x, v: new Float32Array(3) }));
  expectTypeOf(mapped).toEqualTypeOf<Stream<{ x: number; v: Float32Array<ArrayBuffer> }>>();
  const batched = batches(mapped, { size: 2 });
  expectTypeOf<Batch<{ x: number; v: Float32Array }>>().toEqualTypeOf<{
    x: Tensor<readonly [number]>;
    v: Tensor<readonly [number, number]>;
  }>();
  // @ts-expect-error a stream comes
  for (const _ of batched);
  // @ts-expect-error a stream has its own order
  batches(mapped, { size: 2, shuffle: true });
});

test("generated sets know their columns", () => {
  expectTypeOf(makeMoons().features).toEqualTypeOf<Tensor<readonly [number, 2]>>();
  expectTypeOf(makeBlobs().features).toEqualTypeOf<Tensor<readonly [number, 2]>>();
  expectTypeOf(makeBlobs({ nFeatures: 3 }).features).toEqualTypeOf<Tensor<readonly [number, 3]>>();
  expectTypeOf(makeClassification().features).toEqualTypeOf<Tensor<readonly [number, 20]>>();
  expectTypeOf(makeRegression({ nFeatures: 4 }).targets).toEqualTypeOf<Tensor<readonly [number]>>();
  expectTypeOf(makeRegression({ nTargets: 2 }).targets).toEqualTypeOf<Tensor<readonly [number, 2]>>();
  expectTypeOf(makeMoons()).toExtend<Classification<readonly [number, 2]>>();
});

test("transforms mind the columns that they were fitted to, there and back", () => {
  const scale = minMax(zeros([5, 3]));
  expectTypeOf(scale.inverse(scale(zeros([2, 3])))).toEqualTypeOf<Tensor<readonly [2, 3]>>();
  // @ts-expect-error fitted to 3 columns
  scale.inverse(zeros([2, 4]));
  expectTypeOf(whiten(zeros([5, 3])).mean).toEqualTypeOf<Tensor<readonly [3]>>();
  expectTypeOf(categories(["a"]).inverse(zeros([2]))).toExtend<string[]>();
});

test("what is known of the columns of CSV, the compiler knows of rows and batches", () => {
  const rows = streamCsv("x.csv", {
    columns: { x: "number", on: "boolean", note: "text", kind: { categories: ["a"] } },
  });
  type Row = Awaited<ReturnType<typeof rows.toArray>>[number];
  expectTypeOf<Row["x"]>().toEqualTypeOf<number>();
  expectTypeOf<Row["on"]>().toEqualTypeOf<boolean>();
  expectTypeOf<Row["note"]>().toEqualTypeOf<string | null>();
  expectTypeOf<Row["kind"]>().toEqualTypeOf<number>();
  expectTypeOf<Row["other"]>().toEqualTypeOf<Cell>();
  expectTypeOf(collate([] as Row[]).x).toEqualTypeOf<Tensor<readonly [number]>>();
});

test("every source of a browser and of Node is one", () => {
  expectTypeOf<Blob>().toExtend<FileSource>();
  expectTypeOf<File>().toExtend<FileSource>();
  expectTypeOf<ReadableStream<Uint8Array>>().toExtend<FileSource>();
  expectTypeOf<Readable>().toExtend<FileSource>();
  expectTypeOf<Buffer>().toExtend<FileSource>();
  expectTypeOf<URL>().toExtend<FileSource>();
  expectTypeOf<AbortSignal>().toExtend<NonNullable<DownloadOptions["signal"]>>();
});
