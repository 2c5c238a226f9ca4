/** @file MNIST itself, from a server on this machine; and sets of its form, and CIFAR-10's, made up. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { batches } from "@deltagrad/datasets";
import { cifar10, fashionMnist, kmnist, mnist, type SetOptions } from "@deltagrad/datasets/downloads";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { COUNTS, folder, IMAGES, LABELS, publishedMnist } from "./mnist.ts";
import { type Site, serve } from "./server.ts";

const files = publishedMnist();

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "deltagrad-cache-"));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

describe.skipIf(files === null)("MNIST's test part", () => {
  let site: Site;
  beforeAll(async () => {
    site = await serve(files!);
  });
  afterAll(() => site.close());

  const served = (...mirrors: readonly Parameters<Site["at"]>[0][]): SetOptions => ({
    part: "test",
    cache,
    mirrors: mirrors.map((name) => site.at(name)),
    delay: 1,
    timeout: 10_000,
  });

  test("is fetched, found to be what was published, and read", async () => {
    const { features, labels, classes, about } = await mnist(served("cuts", "wrongBytes", "honest"));
    expect([features.shape, features.dtype, labels.shape, labels.dtype]).toEqual([
      [10000, 28, 28],
      "float32",
      [10000],
      "int32",
    ]);
    const counts = new Array<number>(10).fill(0);
    for (const label of labels.toTypedArray()) counts[label]!++;
    expect(counts).toEqual(COUNTS);
    expect([...labels.toTypedArray().slice(0, 5)]).toEqual([7, 2, 1, 0, 4]);
    const values = features.toTypedArray();
    const pixels = gunzipSync(files![IMAGES]!).subarray(16);
    expect(values.every((value, i) => value === pixels[i])).toBe(true);
    expect([classes.length, about.name]).toEqual([10, "MNIST"]);

    // The second time without a network.
    const again = await mnist({ part: "test", cache, mirrors: [], dtype: "float64" });
    expect([again.features.dtype, again.features.toTypedArray()[2000]]).toEqual(["float64", values[2000]]);
    const [first] = batches({ x: again.features, y: again.labels }, { size: 32, seed: 7 });
    expect(first?.x.shape).toEqual([32, 28, 28]);
  });

  test("from local copies, packed in another way, or not at all", async () => {
    mkdirSync(join(cache, "plain"));
    writeFileSync(join(cache, "plain", IMAGES.replace(".gz", "")), gunzipSync(files![IMAGES]!));
    writeFileSync(join(cache, "plain", LABELS), gzipSync(gunzipSync(files![LABELS]!)));
    for (const copies of [folder.pathname, join(cache, "plain")])
      expect((await mnist({ part: "test", files: copies })).features.shape).toEqual([10000, 28, 28]);
  });

  test("packed in another way it is not what was published", async () => {
    const other = await serve({ [IMAGES]: readFileSync(new URL(IMAGES, folder)) });
    const fetching = mnist({ ...served(), mirrors: [other.at("honest")] });
    await expect(fetching).rejects.toThrow(/its SHA-256 is 16731000…, not 8d422c7b…\)/);
    await other.close();
  });

  test("without a network, one sentence says what to fetch and where to put it", async () => {
    const { host } = new URL(site.at("404"));
    await expect(mnist(served("404"))).rejects.toThrow(
      `mnist: mnist/${IMAGES} cannot be fetched (${host}: it answered 404); ` +
        `fetch ${site.at("404")}/${IMAGES} (1.6 MB) by other means and put it into ${join(cache, "mnist")}, ` +
        `or point to a copy: files: { "${IMAGES}": … }`,
    );
  });
});

/** An IDX file of bytes. */
const idx = (shape: readonly number[], byte: (i: number) => number): Uint8Array => {
  const head = [0, 0, 8, shape.length, ...shape.flatMap((extent) => [0, 0, extent >> 8, extent & 255])];
  const count = shape.reduce((product, extent) => product * extent, 1);
  return Uint8Array.from([...head, ...Array.from({ length: count }, (_, i) => byte(i))]);
};

describe("sets of MNIST's form", () => {
  const copies = (images: Uint8Array, labels: Uint8Array) => ({
    "train-images-idx3-ubyte.gz": images,
    "train-labels-idx1-ubyte.gz": labels,
  });
  const images = idx([2, 28, 28], (i) => i % 256);

  test.each([
    [mnist, "3"],
    [fashionMnist, "dress"],
    [kmnist, "tsu"],
  ])("%o", async (load, third) => {
    const set = await load({
      files: copies(
        images,
        idx([2], () => 3),
      ),
    });
    expect([set.features.shape, set.classes[set.labels.toTypedArray()[0]!]]).toEqual([[2, 28, 28], third]);
    expect(new Set(set.classes).size).toBe(10);
  });

  test.each<[SetOptions, string]>([
    [{ part: "valid" as "test" }, 'mnist: part is "valid"; say "train" or "test"'],
    [{ dtype: "bool" as "int32" }, 'mnist: dtype is "bool"; use float32, float64 or int32'],
    [{ files: 3 as unknown as string }, 'mnist: files is 3; give a folder, or copies by name: { "name.gz": path }'],
    [
      { files: { "images.gz": images } },
      'mnist: files has no "train-images-idx3-ubyte.gz", but "images.gz"; name files as they are published',
    ],
    [
      {
        files: copies(
          idx([2, 28, 27], () => 0),
          images,
        ),
      },
      "mnist: there is [2, 28, 27] in the bytes; images are [n, 28, 28]",
    ],
    [
      {
        files: copies(
          images,
          idx([3], () => 0),
        ),
      },
      "mnist: there is [3] in the bytes, for 2 images; give the labels that belong to the images",
    ],
    [
      {
        files: copies(
          images,
          idx([2], (i) => 9 + i),
        ),
      },
      "mnist: the bytes: label 1 is none of 0 to 9; it is damaged",
    ],
    [{ files: "/nowhere" }, "mnist: /nowhere/train-images-idx3-ubyte.gz: there is no such file; check the path"],
  ])("%o is refused", async (options, message) => {
    await expect(mnist(options)).rejects.toThrow(message);
  });
});

describe("CIFAR-10", () => {
  /** A tar archive. */
  const tar = (entries: Readonly<Record<string, Uint8Array>>, type = "0"): Uint8Array => {
    const blocks = Object.entries(entries).flatMap(([name, content]) => {
      const header = Buffer.alloc(512);
      header.write(name);
      header.write(content.length.toString(8).padStart(11, "0"), 124);
      header.fill(" ", 148, 156);
      header.write(type, 156);
      const sum = header.reduce((total, byte) => total + byte, 0);
      header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
      return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
    });
    return Buffer.concat([...blocks, Buffer.alloc(1024)]);
  };
  const batch = (label: number, images = 2): Uint8Array =>
    Uint8Array.from({ length: images * 3073 }, (_, i) => (i % 3073 === 0 ? label : (i % 3073) % 251));
  const named = (name: string): string => `cifar-10-batches-bin/${name}.bin`;
  const archive = tar({
    "cifar-10-batches-bin/readme.html": Buffer.from("hello"),
    ...Object.fromEntries([1, 2, 3, 4, 5].map((i) => [named(`data_batch_${i}`), batch(i)])),
    [named("test_batch")]: batch(9, 3),
  });
  const read = (bytes: Uint8Array, part: "train" | "test" = "train") =>
    cifar10({ part, files: { "cifar-10-binary.tar.gz": bytes } });

  test("images and labels in the order of the batches, packed or not", async () => {
    for (const bytes of [archive, gzipSync(archive)]) {
      const { features, labels } = await read(bytes);
      expect([features.shape, labels.toArray()]).toEqual([
        [10, 3, 32, 32],
        [1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
      ]);
      expect([...features.toTypedArray().slice(3072, 3075)]).toEqual([1, 2, 3]);
    }
    expect((await read(archive, "test")).labels.toArray()).toEqual([9, 9, 9]);
  });

  test.each<[string, Uint8Array, string]>([
    [
      "no archive",
      Buffer.alloc(600, 7),
      "cifar10: the bytes: there is no header of a tar archive at byte 0; it is damaged, or no tar file",
    ],
    [
      "an empty archive",
      Buffer.alloc(1024),
      "cifar10: the bytes: there is no cifar-10-batches-bin/data_batch_1.bin in it; give the binary version of CIFAR-10",
    ],
    [
      "cut",
      archive.subarray(0, 2000),
      'cifar10: the bytes: "cifar-10-batches-bin/data_batch_1.bin" at byte 1024 ends beyond the archive; it is truncated or damaged',
    ],
    ["cut, packed", gzipSync(archive).subarray(0, 100), "cifar10: the bytes: it is compressed, and breaks off"],
    [
      "a batch cut",
      tar({ [named("test_batch")]: batch(1).subarray(1) }),
      "cifar10: the bytes: cifar-10-batches-bin/test_batch.bin has 6145 bytes, not a multiple of 3073; it is damaged",
    ],
    ["a label", tar({ [named("test_batch")]: batch(10) }), "cifar10: image 0 has label 10; it is damaged"],
  ])("%s is refused", async (name, bytes, message) => {
    await expect(read(bytes, name.startsWith("a ") ? "test" : "train")).rejects.toThrow(message);
  });
});
