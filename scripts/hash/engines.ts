/** @file Where the trainings run: Node in several versions, and browsers without a window, each from a fresh profile. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { findChromium } from "../browser.ts";

/** What an engine found: the hash of each training in one mode. */
export interface Found {
  readonly mode: string;
  readonly hashes: Readonly<Record<string, string>>;
}

/** A way to run the bundle. */
export type Engine = (bundle: string) => Promise<Found[]>;

/** Runs it in a Node binary. */
export const node =
  (binary: string): Engine =>
  async (bundle) => {
    const script = fileURLToPath(new URL("node.mjs", import.meta.url));
    const child = spawn(binary, [script, bundle], { stdio: ["ignore", "pipe", "pipe"] });
    let complaint = "";
    child.stderr.on("data", (chunk) => {
      complaint += chunk;
    });
    const found: Found[] = [];
    for await (const line of createInterface({ input: child.stdout })) found.push(JSON.parse(line));
    const code = child.exitCode ?? (await once(child, "exit"))[0];
    if (code !== 0) throw new Error(/^\w*Error\b.*/m.exec(complaint)?.[0] ?? `it ended with exit code ${code}`);
    return found;
  };

const page = `<!doctype html><meta charset="utf-8"><title>hash</title><script type="module">
const post = (path, body) => fetch(path, { method: "POST", body: JSON.stringify(body) });
try {
  const { inEachMode } = await import("/modes.mjs");
  await inEachMode((mode, hashes) => post("/found", { mode, hashes }));
  await post("/end", null);
} catch (error) {
  await post("/end", String(error?.stack ?? error));
}
</script>`;

/** Memory is shared between threads only in a page that is isolated from others. */
const isolated = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Serves the page on this machine alone; what it finds, once it is done. */
function served(bundle: string) {
  const found: Found[] = [];
  let end: (failure: string | null) => void = () => {};
  const ended = new Promise<string | null>((resolve) => {
    end = resolve;
  });
  const server = createServer(async (request, response) => {
    const answer = (type: string, text: string) =>
      response.writeHead(200, { ...isolated, "Content-Type": type, "Cache-Control": "no-store" }).end(text);
    if (request.method === "POST") {
      let text = "";
      for await (const chunk of request) text += chunk;
      if (request.url === "/found") found.push(JSON.parse(text));
      else end(JSON.parse(text));
      answer("text/plain", "");
    } else if (request.url === "/modes.mjs") answer("text/javascript", readFileSync(bundle, "utf8"));
    else answer("text/html", page);
  });
  return { server, found, ended };
}

/** Milliseconds after which a browser counts as hung. */
const PATIENCE = 120_000;

/** Opens the page in a browser and waits for what it finds. */
const browser =
  (binary: string, argumentsFor: (profile: string, url: string) => string[]): Engine =>
  async (bundle) => {
    const { server, found, ended } = served(bundle);
    const profile = mkdtempSync(join(tmpdir(), "deltagrad-hash-"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const child = spawn(binary, argumentsFor(profile, url), {
      stdio: "ignore",
      detached: process.platform !== "win32",
    });
    const left = () => stop(child.pid);
    process.on("exit", left);
    const closed = once(child, "exit");
    let timer: NodeJS.Timeout | undefined;
    try {
      const failure = await Promise.race([
        ended,
        closed.then(([code]) => `it ended with exit code ${code}`),
        new Promise<string>((resolve) => {
          timer = setTimeout(() => resolve(`it did not finish in ${PATIENCE / 1000} s`), PATIENCE);
        }),
      ]);
      if (failure !== null) throw new Error(failure);
      return found;
    } finally {
      clearTimeout(timer);
      process.off("exit", left);
      stop(child.pid);
      await closed.catch(() => {});
      server.closeAllConnections();
      server.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    }
  };

/** Ends a browser with all its processes. */
function stop(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"];

/** Chromium; undefined: it is not installed. */
export function chromium(): Engine | undefined {
  const binary = findChromium();
  if (binary === null) return undefined;
  return browser(binary, (profile, url) => ["--headless=new", ...QUIET, `--user-data-dir=${profile}`, url]);
}

/** Firefox; undefined: it is not installed. */
export function firefox(): Engine | undefined {
  const binary = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => existsSync(path));
  if (binary === undefined) return undefined;
  return browser(binary, (profile, url) => ["--headless", "--no-remote", "--profile", profile, url]);
}
