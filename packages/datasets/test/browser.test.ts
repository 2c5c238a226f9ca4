/** @file In a real browser: what a seed draws, readers, threads, and downloads against a server that is not always a good one. */
import { createHash, randomBytes } from "node:crypto";
import type { DownloadOptions, RemoteFile } from "@deltagrad/datasets/downloads";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findChromium, openSite, type Site, WITHOUT } from "../../../scripts/browser.ts";
import { golden } from "./golden.ts";
import { COUNTS, IMAGES, LABELS, publishedMnist } from "./mnist.ts";
import type { Input, Output } from "./page/fetch.ts";
import { type behaviours, type Site as Server, serve } from "./server.ts";

const there = findChromium() !== null;
if (!there) console.warn(`${WITHOUT}; nothing is tested in a browser`);

// Larger than what is kept at once, and not a multiple of it.
const content = randomBytes(2_700_000);
const sha256 = createHash("sha256").update(content).digest("hex");
const csv = Buffer.from(`a,b\n${Array.from({ length: 5 }, (_, i) => `${i},${i * i}\n`).join("")}`);
const mnistFiles = publishedMnist();

describe.skipIf(!there)("Chromium", () => {
  let site: Site;
  let server: Server;
  beforeAll(async () => {
    server = await serve({
      "data.bin": content,
      "other.bin": randomBytes(content.length),
      "table.csv": csv,
      ...mnistFiles,
    });
    site = await openSite();
  });
  afterAll(async () => {
    await site?.close();
    await server?.close();
  });
  beforeEach(() => {
    server.requests.length = 0;
  });

  type Name = keyof typeof behaviours;
  const at = (name: Name, file: string): string => `${server.at(name)}/${file}`;
  /** A file of a name of its own: what other tests left in the cache is none of it. */
  const fileAt = (name: string, ...mirrors: readonly Name[]): RemoteFile => ({
    name: `${name}/data.bin`,
    urls: mirrors.map((mirror) => at(mirror, "data.bin")),
    bytes: content.length,
    sha256,
  });
  const run = (file: RemoteFile | null, more: DownloadOptions = {}, stopAt?: number): Promise<Output> => {
    const input: Input = { file, options: { timeout: 10_000, delay: 1, ...more } };
    return site.run("packages/datasets/test/page/fetch.ts", stopAt === undefined ? input : { ...input, stopAt });
  };
  const of = (name: string, { cached }: Output): string[] =>
    cached.filter((path) => path.startsWith(`/${name}/`)).map((path) => path.slice(name.length + 2));

  test("the same seed draws the same as in Node", async () => {
    const hashes = await site.run("packages/datasets/test/golden.ts");
    expect(hashes).toEqual(Object.fromEntries(golden.map(([name, , hash]) => [name, hash])));
  });

  test("readers take all that a page has; errors name the file; threads are the browser's", async () => {
    const missing = at("404", "table.csv");
    const cut = at("cuts", "table.csv");
    const result = await site.run("packages/datasets/test/page/files.ts", {
      csv: at("honest", "table.csv"),
      missing,
      cut,
    });
    const labels = [7, 2, 1];
    expect(result).toEqual({
      read: Object.fromEntries(
        ["bytes", "buffer", "blob", "file", "stream", "gzip", "blob URL", "data URL"].map((kind) => [kind, labels]),
      ),
      address: [0, 1, 4, 9, 16],
      URL: [0, 1, 4, 9, 16],
      png: [1, 4, 4],
      npz: [0, 1, 2],
      lines: [{ a: 1 }, { a: 2 }],
      missing: `readCsv: ${missing}: the server answered 404; check the address`,
      cut: `readCsv: ${cut}: it breaks off (network error); read it again`,
      gone: "readCsv: http://127.0.0.1:9/x.csv: it cannot be fetched (Failed to fetch); check the address and the network",
      truncated: expect.stringMatching(/^readCsv: x\.csv\.gz: it is compressed, and breaks off at about byte \d+, /),
      threads: [[2, 4], [6]],
      thrown: "example 1 is empty",
    });
  });

  test("a file comes once, and is in the cache from then on, also for another page", async () => {
    const first = await run(fileAt("once", "honest"));
    expect([first.result, first.events, of("once", first)]).toEqual([
      sha256,
      ["connecting", "receiving", "done"],
      ["data.bin"],
    ]);
    const second = await run(fileAt("once", "honest"));
    expect([second.result, second.events]).toEqual([sha256, ["cached"]]);
    expect(server.requests).toEqual(["honest"]);
  });

  test("a connection that is cut, or stalls, is gone on with where it was, also from a server of another origin", async () => {
    const { result, cached, error } = await run(fileAt("cut", "cuts", "stalls", "honest"), {
      attempts: 2,
      timeout: 1500,
    });
    expect([error, result]).toEqual([null, sha256]);
    expect(server.requests.map((request) => request.replace(/bytes=\d+-/, "from n"))).toEqual([
      "cuts",
      "cuts from n",
      "stalls from n",
      "stalls from n",
      "honest from n",
    ]);
    expect(cached.filter((path) => path.includes("/cut/"))).toEqual(["/cut/data.bin"]);
  });

  test.each<[Name, number]>([
    ["404", 1],
    ["500", 3],
    ["wrongBytes", 1],
    ["announcesLess", 1],
    ["announcesMore", 1],
    ["endless", 1],
    ["page", 3],
    ["circles", 63],
  ])("after a server that is no good the next one is asked: %s", async (name, requests) => {
    const output = await run(fileAt(name, name, "honest"));
    expect([output.error, output.result, of(name, output)]).toEqual([null, sha256, ["data.bin"]]);
    expect(server.requests.filter((request) => request.startsWith(name)).length).toBe(requests);
  });

  test("when nothing helps, one sentence says what to fetch; what has come is kept for another page", async () => {
    const failed = await run(fileAt("kept", "cuts"), { attempts: 1 });
    const { host } = new URL(server.at("cuts"));
    expect(failed.error).toBe(
      `TensorError: download: kept/data.bin cannot be fetched (${host}: network error); ` +
        `fetch ${at("cuts", "data.bin")} (2.7 MB) by other means`,
    );
    expect(of("kept", failed)).toContain("data.bin.partial.0");
    const done = await run(fileAt("kept", "honest"));
    expect([done.result, of("kept", done)]).toEqual([sha256, ["data.bin"]]);
    expect(server.requests[1]).toMatch(/^honest bytes=1\d{6}-$/);
  });

  test("a beginning that turns out wrong is forgotten", async () => {
    await run({ ...fileAt("wrong"), urls: [at("cuts", "other.bin")] }, { attempts: 1 });
    const output = await run(fileAt("wrong", "honest"));
    expect([output.result, of("wrong", output)]).toEqual([sha256, ["data.bin"]]);
    expect(server.requests.slice(1)).toEqual([expect.stringMatching(/^honest bytes=/), "honest"]);
  });

  test("a signal ends it, and what has come is kept", async () => {
    const stopped = await run(fileAt("stopped", "slow"), {}, 1_000_000);
    expect(stopped.error).toBe(
      "TensorError: download: the download of stopped/data.bin was stopped; call it again: it goes on where it was",
    );
    expect(of("stopped", stopped)).toContain("data.bin.partial.0");
  });

  test("of two pages that want the same file one fetches it, and the other waits", async () => {
    const both = await Promise.all([run(fileAt("two", "slow")), run(fileAt("two", "slow"))]);
    expect(both.map(({ result }) => result)).toEqual([sha256, sha256]);
    expect(server.requests).toEqual(["slow"]);
    expect(both.map(({ events }) => events.join(" ")).sort()).toEqual(["connecting receiving done", "waiting cached"]);
  });

  test("a page that is closed while it fetches leaves no lock, and most of what has come", async () => {
    const fetching = run(fileAt("closed", "stalls"), { timeout: 60_000 });
    fetching.catch(() => {});
    const [page] = await until(
      () => site.context.pages().slice(-1),
      (pages) => pages.length === 1,
    );
    const kept = "caches.match('https://deltagrad.invalid/closed/data.bin.partial.0').then(Boolean)";
    await until(
      () => page!.evaluate(kept).catch(() => false),
      (there) => there === true,
    );
    await page!.close();
    await expect(fetching).rejects.toThrow(/closed/);
    const output = await run(fileAt("closed", "honest"));
    expect([output.result, output.events]).toEqual([sha256, ["connecting", "receiving", "done"]]);
    expect(server.requests[1]).toMatch(/^honest bytes=1\d{6}-$/);
  });

  test("where there is no room, the file comes all the same, and is not kept", async () => {
    const page = await site.context.newPage();
    await page.goto(site.origin);
    const session = await site.context.newCDPSession(page);
    await session.send("Storage.overrideQuotaForOrigin", { origin: site.origin, quotaSize: 1000 });
    try {
      const output = await run(fileAt("full", "honest"));
      expect([output.error, output.result, of("full", output)]).toEqual([null, sha256, []]);
    } finally {
      await session.send("Storage.overrideQuotaForOrigin", { origin: site.origin });
      await page.close();
    }
  });

  test.skipIf(mnistFiles === null)("MNIST itself, and then without a network", async () => {
    const mirrors = (["wrongBytes", "cuts", "honest"] as const).map((name) => server.at(name));
    expect((await run(null, { mirrors })).result).toEqual(COUNTS);
    server.requests.length = 0;
    const { result, cached } = await run(null, { mirrors: [] });
    expect(result).toEqual(COUNTS);
    expect(cached).toEqual(expect.arrayContaining([`/mnist/${IMAGES}`, `/mnist/${LABELS}`]));
    expect(server.requests).toEqual([]);
  });
});

/** What is asked for again and again, until it is what it should be. */
async function until<T>(ask: () => T | Promise<T>, is: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (is(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
