/** @file Downloads against a server on this machine, which is not always a good one; and from several processes. */
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DownloadEvent, type DownloadOptions, download, type RemoteFile } from "@deltagrad/datasets/downloads";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cacheStore } from "../src/downloads/cache.ts";
import { refusal } from "./refusal.ts";
import { type behaviours, type Site, serve } from "./server.ts";

const content = randomBytes(300_000);
const sha256 = createHash("sha256").update(content).digest("hex");

let site: Site;
let cache: string;
beforeAll(async () => {
  site = await serve({ "data.bin": content });
});
afterAll(() => site.close());
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "deltagrad-cache-"));
  site.requests.length = 0;
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

type Name = keyof typeof behaviours;
const fileAt = (...mirrors: readonly Name[]): RemoteFile => ({
  name: "set/data.bin",
  urls: mirrors.map((name) => `${site.at(name)}/data.bin`),
  bytes: content.length,
  sha256,
});
/** Without pauses between attempts. */
const quick = (more: DownloadOptions = {}): DownloadOptions => ({ cache, timeout: 10_000, delay: 1, ...more });
/** A mirror is given up after so many milliseconds: enough for one that answers, on a busy machine too. */
const stall = 500;
const left = (): string[] => readdirSync(join(cache, "set")).sort();

/**
 * The requests, with n for the byte from which on they want the file. Each goes on behind the one before, or anew.
 * Where it is depends on how much came before the connection broke.
 */
function asked(): string[] {
  let before = 0;
  return site.requests.map((request) => {
    const [, from] = /bytes=(\d+)-/.exec(request) ?? [];
    if (from !== undefined) expect(Number(from)).toBeGreaterThan(before);
    before = Number(from ?? 0);
    return request.replace(/bytes=\d+-/, "from n");
  });
}
const host = (): string => new URL(site.at("honest")).host;

describe("a good server", () => {
  test("the file comes once, and is in the cache from then on", async () => {
    const events: DownloadEvent[] = [];
    const options = quick({ onProgress: (event) => events.push(event) });
    expect(Buffer.from(await download(fileAt("honest"), options)).equals(content)).toBe(true);
    expect(left()).toEqual(["data.bin"]);
    expect(events[0]).toEqual({
      kind: "connecting",
      file: "set/data.bin",
      url: `${site.at("honest")}/data.bin`,
      received: 0,
      total: content.length,
    });
    const received = events.filter(({ kind }) => kind === "receiving").map((event) => event.received);
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(received.at(-1)).toBe(content.length);
    expect(events.at(-1)?.kind).toBe("done");

    events.length = 0;
    expect(Buffer.from(await download(fileAt("honest"), options)).equals(content)).toBe(true);
    expect(events.map(({ kind }) => kind)).toEqual(["cached"]);
    expect(site.requests).toEqual(["honest"]);
  });

  test("mirrors of one's own take the place of those that are known", async () => {
    await download(fileAt("404"), quick({ mirrors: [`${site.at("honest")}/`] }));
    expect(site.requests).toEqual(["honest"]);
  });

  test("the folder is DELTAGRAD_CACHE if that is set", async () => {
    const before = process.env.DELTAGRAD_CACHE;
    process.env.DELTAGRAD_CACHE = cache;
    try {
      await download(fileAt("honest"));
    } finally {
      if (before === undefined) delete process.env.DELTAGRAD_CACHE;
      else process.env.DELTAGRAD_CACHE = before;
    }
    expect(left()).toEqual(["data.bin"]);
  });

  test("a redirection is followed", async () => {
    await download(fileAt("redirects"), quick());
    expect(site.requests).toEqual(["redirects", "honest"]);
  });
});

describe("servers that fail are tried again, where that can help, and then the next one is", () => {
  test.each<[Name, number]>([
    ["404", 1],
    ["500", 3],
    ["silent", 3],
    ["circles", 63],
    ["wrongBytes", 1],
    ["announcesLess", 1],
    ["announcesMore", 1],
    ["endless", 1],
    ["page", 3],
  ])("%s", async (name, requests) => {
    const bytes = await download(fileAt(name, "honest"), quick({ timeout: name === "silent" ? stall : 10_000 }));
    expect(Buffer.from(bytes).equals(content)).toBe(true);
    expect(site.requests.filter((request) => request.startsWith(name))).toHaveLength(requests);
    expect(left()).toEqual(["data.bin"]);
  });

  test("a connection that is cut is gone on with where it was", async () => {
    await download(fileAt("cuts", "honest"), quick());
    expect(asked()).toEqual(["cuts", "cuts from n", "cuts from n", "honest from n"]);
  });

  test("so is one that stalls", async () => {
    await download(fileAt("stalls", "honest"), quick({ attempts: 1, timeout: stall }));
    expect(asked()).toEqual(["stalls", "honest from n"]);
  });

  test("a server without ranges begins anew", async () => {
    await download(fileAt("cuts", "ignoresRange"), quick({ attempts: 1 }));
    expect(asked()).toEqual(["cuts", "ignoresRange from n"]);
  });

  test("one that begins anew and is cut each time gets no further, and no worse", async () => {
    const bytes = await download(fileAt("cutsIgnoringRange", "honest"), quick({ attempts: 2 }));
    expect(Buffer.from(bytes).equals(content)).toBe(true);
    expect(site.requests.map((request) => request.replace(/bytes=\d+-/, "from n"))).toEqual([
      "cutsIgnoringRange",
      "cutsIgnoringRange from n",
      "honest from n",
    ]);
  });

  test("another part than was asked for is not appended", async () => {
    await download(fileAt("otherRange", "honest"), quick({ attempts: 2 }));
    expect(asked()).toEqual(["otherRange", "otherRange from n", "honest"]);
  });

  test("a beginning that turns out wrong is forgotten", async () => {
    mkdirSync(join(cache, "set"));
    writeFileSync(join(cache, "set/data.bin.partial"), Buffer.alloc(1000));
    const bytes = await download(fileAt("honest"), quick());
    expect(Buffer.from(bytes).equals(content)).toBe(true);
    expect(site.requests).toEqual(["honest bytes=1000-", "honest"]);
  });

  test("a beginning that is longer than the file is forgotten", async () => {
    mkdirSync(join(cache, "set"));
    writeFileSync(join(cache, "set/data.bin.partial"), Buffer.alloc(content.length + 1));
    await download(fileAt("honest"), quick());
    expect(site.requests).toEqual(["honest"]);
  });

  test("a file in the cache that is damaged is fetched again", async () => {
    mkdirSync(join(cache, "set"));
    writeFileSync(join(cache, "set/data.bin"), content.subarray(1));
    await download(fileAt("honest"), quick());
    expect(readFileSync(join(cache, "set/data.bin")).equals(content)).toBe(true);
  });
});

describe("when nothing helps, one sentence says what to do", () => {
  test("what each mirror did, what to fetch, and where to put it", async () => {
    const message = await refusal(
      download(fileAt("404", "wrongBytes", "stalls", "page", "endless"), quick({ timeout: stall })),
    );
    expect(message).toMatch(
      new RegExp(
        `^download: set/data\\.bin cannot be fetched \\(${host()}: it answered 404, ` +
          `${host()}: its SHA-256 is [\\da-f]{8}…, not ${sha256.slice(0, 8)}…, ${host()}: nothing came for 0\\.5 s, ` +
          `${host()}: it ended at byte 16 of 300000, ${host()}: it sends more than 300000 bytes\\); ` +
          `fetch http://${host()}/404/data\\.bin \\(0\\.3 MB\\) by other means and put it into ${join(cache, "set")}$`,
      ),
    );
  });

  test("without a network", async () => {
    const file = { ...fileAt(), urls: ["http://127.0.0.1:9/data.bin", "http://nowhere.invalid/data.bin"] };
    expect(await refusal(download(file, quick({ attempts: 1 })))).toMatch(
      /^download: set\/data\.bin cannot be fetched \(127\.0\.0\.1:9: .+, nowhere\.invalid: .+\); fetch http:\/\/127\.0\.0\.1:9\/data\.bin \(0\.3 MB\) by other means and put it into .+\/set$/,
    );
  });

  test("a file that was put there by hand and is another is said to be so", async () => {
    mkdirSync(join(cache, "set"));
    writeFileSync(join(cache, "set/data.bin"), "something else");
    expect(await refusal(download(fileAt("404"), quick()))).toContain(
      `(what is in the cache has another content, ${host()}: it answered 404)`,
    );
  });

  test("what has come is kept for the next call", async () => {
    await refusal(download(fileAt("cuts"), quick({ attempts: 1 })));
    expect(left()).toEqual(["data.bin.partial"]);
    await download(fileAt("honest"), quick());
    expect(asked()).toEqual(["cuts", "honest from n"]);
  });

  test("a folder that cannot be written to", async () => {
    writeFileSync(join(cache, "set"), "a file, not a folder");
    expect(await refusal(download(fileAt("honest"), quick()))).toMatch(
      /^download: .+\/set cannot be used \(.+\); make room, or set DELTAGRAD_CACHE to a folder that can be written to$/,
    );
  });

  test("a signal ends it, and what has come is kept", async () => {
    const controller = new AbortController();
    const onProgress = ({ received }: DownloadEvent): void => void (received > 50_000 && controller.abort());
    const message = await refusal(download(fileAt("slow"), quick({ signal: controller.signal, onProgress })));
    expect(message).toBe("download: the download of set/data.bin was stopped; call it again: it goes on where it was");
    expect(left()).toEqual(["data.bin.partial"]);
    expect(await refusal(download(fileAt("honest"), quick({ signal: AbortSignal.abort() })))).toBe(message);
  });

  test("what the listener throws is thrown", async () => {
    const onProgress = (): void => {
      throw new Error("enough");
    };
    await expect(download(fileAt("honest"), quick({ onProgress }))).rejects.toThrow(/^enough$/);
  });

  test.each([
    [
      { name: "../../etc/passwd" },
      'download: the file is called "../../etc/passwd"; give a name such as "my/data.csv"',
    ],
    [{ name: "/etc/passwd" }, 'download: the file is called "/etc/passwd"; give a name such as "my/data.csv"'],
    [{ sha256: "abc" }, 'download: sha256 is "abc"; give 64 hexadecimal digits'],
    [{ bytes: Number.NaN }, "download: bytes is NaN; use a whole number ≥ 1"],
    [{ urls: "http://x" }, 'download: urls is "http://x"; list the addresses of the file'],
  ])("%o", async (wrong, message) => {
    const file = { ...fileAt("honest"), ...wrong } as RemoteFile;
    expect(await refusal(download(file, quick()))).toBe(message);
  });

  test.each([
    [{ timeout: 0 }, "download: timeout is 0; use a finite number from 1 to 2147483647"],
    [{ attempts: 0 }, "download: attempts is 0; use a whole number ≥ 1"],
    [{ mirrors: "http://x" }, 'download: mirrors is "http://x"; list the addresses of folders'],
    [{ cache: "" }, 'download: cache is ""; give the path of a folder'],
    [{ onProgress: 1 }, "download: onProgress is 1; give a function of an event"],
  ])("%o", async (wrong, message) => {
    expect(await refusal(download(fileAt("honest"), quick(wrong as unknown as DownloadOptions)))).toBe(message);
  });
});

describe("the place that a browser has", () => {
  /** What the Cache API does, in memory. */
  class FakeCache {
    readonly entries = new Map<string, Uint8Array>();
    async match(url: string): Promise<Response | undefined> {
      const bytes = this.entries.get(url);
      return bytes && new Response(bytes.slice());
    }
    async put(url: string, response: Response): Promise<void> {
      this.entries.set(url, new Uint8Array(await response.arrayBuffer()));
    }
    async delete(url: string): Promise<boolean> {
      return this.entries.delete(url);
    }
  }
  const fake = new FakeCache();
  const scope = globalThis as { caches?: unknown };
  beforeEach(() => {
    fake.entries.clear();
    scope.caches = { open: async () => fake };
  });
  afterEach(() => {
    scope.caches = undefined;
  });
  const waiting = {
    signal: undefined,
    waits: () => {},
    stopped: (): never => {
      throw new Error("stopped");
    },
  };
  const [one, two] = [Uint8Array.of(1, 2), Uint8Array.of(3)];

  test("what has come is kept, and gone on with; the file takes its place at the end", async () => {
    const store = cacheStore("set/x");
    expect(await store.read()).toBe(null);
    const breaking = store.locked(async (partial) => {
      await partial.append(one);
      throw new Error("cut");
    }, waiting);
    await expect(breaking).rejects.toThrow("cut");
    expect([...fake.entries.keys()]).toEqual(["https://deltagrad.invalid/set/x.partial.0"]);
    await store.locked(async (partial) => {
      expect(partial.size).toBe(2);
      await partial.append(two);
      await partial.commit(await partial.bytes());
    }, waiting);
    expect([...fake.entries.keys()]).toEqual(["https://deltagrad.invalid/set/x"]);
    expect(await store.read()).toEqual(Uint8Array.of(1, 2, 3));
  });

  test("a page without a cache works in memory", async () => {
    scope.caches = undefined;
    const store = cacheStore("set/x");
    const length = await store.locked(async (partial) => {
      await partial.append(one);
      await partial.reset();
      await partial.append(two);
      const bytes = await partial.bytes();
      await partial.commit(bytes);
      return bytes.length;
    }, waiting);
    expect([length, await store.read()]).toEqual([1, null]);
  });
});

describe("several at once", () => {
  /** Another process that downloads the file, and perhaps is killed at its first event of a kind. */
  async function inProcess(file: RemoteFile, options: DownloadOptions, end?: DownloadEvent["kind"]) {
    const script = fileURLToPath(new URL("./fixtures/fetch.mjs", import.meta.url));
    const child = spawn(
      process.execPath,
      ["--conditions=deltagrad-source", script, JSON.stringify([file, options, end])],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    const signal = await new Promise((resolve) => child.on("close", (_code, killer) => resolve(killer)));
    return { signal, result: out === "" ? null : (JSON.parse(out) as { length: number; events: string[] }) };
  }

  test("of two calls in one process the second one waits", async () => {
    const events: string[] = [];
    const options = quick({ onProgress: ({ kind }) => events.push(kind) });
    const [one, two] = await Promise.all([download(fileAt("slow"), options), download(fileAt("slow"), options)]);
    expect(Buffer.from(one).equals(content) && Buffer.from(two).equals(content)).toBe(true);
    expect(site.requests).toEqual(["slow"]);
    expect(events.filter((kind) => kind === "waiting")).toHaveLength(1);
    expect(events.at(-1)).toBe("cached");
    expect(left()).toEqual(["data.bin"]);
  });

  test("so does another process", { timeout: 30_000 }, async () => {
    const both = await Promise.all([1, 2].map(() => inProcess(fileAt("slow"), quick())));
    expect(both.map(({ result }) => result?.length)).toEqual([content.length, content.length]);
    expect(site.requests).toEqual(["slow"]);
    expect(left()).toEqual(["data.bin"]);
  });

  test("a process that is killed leaves a beginning, and a lock that does not hold", { timeout: 30_000 }, async () => {
    const { signal } = await inProcess(fileAt("stalls"), quick(), "receiving");
    expect(signal).toBe("SIGKILL");
    expect(left()).toContain("data.bin.lock");
    const begin = performance.now();
    await download(fileAt("honest"), quick());
    expect(performance.now() - begin).toBeLessThan(20_000);
    expect(left()).toEqual(["data.bin"]);
  });

  test("a lock of another machine holds as long as it is touched", async () => {
    mkdirSync(join(cache, "set"));
    const lock = join(cache, "set/data.bin.lock");
    writeFileSync(lock, JSON.stringify({ id: "1", pid: 1, host: "another" }));
    const controller = new AbortController();
    const onProgress = ({ kind }: DownloadEvent): void => void (kind === "waiting" && controller.abort());
    const message = await refusal(download(fileAt("honest"), quick({ signal: controller.signal, onProgress })));
    expect(message).toBe("download: the download of set/data.bin was stopped; call it again: it goes on where it was");
    expect(existsSync(lock)).toBe(true);

    const long = new Date(Date.now() - 60_000);
    utimesSync(lock, long, long);
    await download(fileAt("honest"), quick());
    expect(left()).toEqual(["data.bin"]);
  });

  test("of many that find a lock left, each gets the file, and one fetches it", async () => {
    mkdirSync(join(cache, "set"));
    const lock = join(cache, "set/data.bin.lock");
    writeFileSync(lock, "");
    const long = new Date(Date.now() - 60_000);
    utimesSync(lock, long, long);
    const all = await Promise.all(Array.from({ length: 20 }, () => download(fileAt("slow"), quick())));
    expect(all.every((bytes) => Buffer.from(bytes).equals(content))).toBe(true);
    expect(site.requests).toEqual(["slow"]);
    expect(left()).toEqual(["data.bin"]);
  });
});
