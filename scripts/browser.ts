/** @file A real browser, where the machine has one: bundles a module of the sources, serves it on loopback, and gives what it returns in a page. */
import { existsSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium } from "playwright-core";
import { build, type Rollup } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The program of the browser: what CHROMIUM names, else where it usually is; null: there is none. */
export function findChromium(): string | null {
  const named = process.env.CHROMIUM;
  return (named ? [named] : PLACES).find((path) => existsSync(path)) ?? null;
}

/** What to say where a test or a command does without. */
export const WITHOUT = "no Chromium was found: install it (Debian: apt install chromium), or name it in CHROMIUM";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Site {
  /** Where its pages are: http://127.0.0.1:port. */
  readonly origin: string;
  /** The browser's profile, which all pages share, as tabs do. */
  readonly context: BrowserContext;
  /**
   * What the default export of a module of the sources (its path from the root of the repository) returns for the
   * input, in a page of its own; both are JSON. Pages are isolated (COOP and COEP), so they have shared memory.
   */
  run<Out>(entry: string, input?: unknown): Promise<Out>;
  close(): Promise<void>;
}

/** Opens the browser, and a server for its pages; requests for what is none of theirs go to `other`. */
export async function openSite({ other }: { readonly other?: RequestListener } = {}): Promise<Site> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(WITHOUT);
  const files = new Map<string, string | Uint8Array>();
  const entries = new Map<string, Promise<void>>();
  const add = async (entry: string): Promise<void> => {
    for (const [name, content] of await bundled(entry)) files.set(name, content);
  };
  const server = createServer((request, response) => {
    const file = files.get(request.url!);
    if (request.url !== "/" && file === undefined && other !== undefined) return other(request, response);
    response.writeHead(request.url === "/" || file !== undefined ? 200 : 404, {
      "content-type": TYPES[extname(request.url!)] ?? "text/html",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    response.end(file ?? "<!doctype html><title>deltagrad</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const context = await browser.newContext();
  return {
    origin,
    context,
    async run(entry, input) {
      if (!entries.has(entry)) entries.set(entry, add(entry));
      await entries.get(entry);
      const page = await context.newPage();
      try {
        await page.goto(origin);
        // As text: what transforms the sources for tests must not touch what runs in the page.
        const [url, argument] = [addressOf(entry), input ?? null].map((value) => JSON.stringify(value));
        return await page.evaluate(`import(${url}).then((module) => module.default(${argument}))`);
      } finally {
        await page.close();
      }
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

const addressOf = (entry: string): string => `/${entry.replace(/\.\w+$/, "")}.js`;

/** The module with all that it imports, by address; workers and other files that it names are among them. */
async function bundled(entry: string): Promise<[address: string, content: string | Uint8Array][]> {
  const output = (await build({
    configFile: false,
    root,
    logLevel: "error",
    resolve: { conditions: ["deltagrad-source", "module", "browser", "production"] },
    worker: { format: "es" },
    build: {
      write: false,
      target: "esnext",
      minify: false,
      rollupOptions: {
        input: join(root, entry),
        preserveEntrySignatures: "strict",
        output: { entryFileNames: addressOf(entry).slice(1) },
      },
    },
  })) as Rollup.RollupOutput;
  return output.output.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source]);
}
