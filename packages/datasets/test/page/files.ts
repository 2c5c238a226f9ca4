/** @file Runs in a page: readers of files from all that a browser has, and threads. */

import { dataset } from "@deltagrad/datasets";
import { type FileSource, readCsv, readIdx, readJsonLines, readNpz, readPng } from "@deltagrad/datasets/files";
import { grid } from "@deltagrad/datasets/images";
import { workers } from "@deltagrad/datasets/workers";
import { arange, type Tensor, tensor } from "@deltagrad/tensor";
import { encodeNpz } from "@deltagrad/tensor/npz";

declare const Worker: new (
  url: URL,
  options: { type: "module" },
) => { postMessage(): void; addEventListener(): void; terminate(): void };
declare const location: { readonly href: string };

/** What reading gives, or the sentence of its error. */
const said = async <T>(reading: Promise<T>): Promise<T | string> => reading.catch((error: Error) => error.message);

const gzipped = (bytes: string | Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));

interface Input {
  /** Addresses: of a CSV file, of one that is cut, and of one that is not there. */
  readonly csv: string;
  readonly cut: string;
  readonly missing: string;
}

export default async function files({ csv, cut, missing }: Input) {
  const idx = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1);
  const sources: Record<string, FileSource> = {
    bytes: idx,
    buffer: idx.buffer,
    blob: new Blob([idx]),
    file: new File([idx], "labels.idx"),
    stream: new Blob([idx]).stream(),
    gzip: gzipped(idx),
    "blob URL": URL.createObjectURL(new Blob([idx])),
    "data URL": new URL(`data:application/octet-stream;base64,${btoa(String.fromCharCode(...idx))}`),
  };
  const read: Record<string, unknown> = {};
  for (const [kind, source] of Object.entries(sources)) read[kind] = (await readIdx(source)).toArray();
  const table = async (source: FileSource) => (await readCsv(source)).tensor("b").toArray();
  const double = workers<Tensor, Tensor>(() => new Worker(new URL("./work.ts", import.meta.url), { type: "module" }));
  const doubled = (list: readonly Tensor[]) => dataset(list).stream().map(double).toArray();
  return {
    read,
    address: await table(csv),
    URL: await table(new URL(csv, location.href)),
    png: (await readPng(await grid(arange(4).reshape([1, 2, 2]), { format: "png" }))).shape,
    npz: (await readNpz(encodeNpz({ x: arange(3) }, { compress: true }))).x?.toArray(),
    lines: await readJsonLines(new Blob(['{"a":1}\n{"a":2}\n'])),
    missing: await said(readCsv(missing)),
    cut: await said(readCsv(cut)),
    gone: await said(readCsv("http://127.0.0.1:9/x.csv")),
    truncated: await said(
      new Response(gzipped("a,b\n1,2\n"))
        .arrayBuffer()
        .then((bytes) => readCsv(new File([new Uint8Array(bytes, 0, 20)], "x.csv.gz"))),
    ),
    threads: (await doubled([tensor([1, 2]), tensor([3])])).map((x) => x.toArray()),
    thrown: await said(doubled([tensor([1]), tensor([])])),
  };
}
