/** @file A server on this machine that serves one file, honestly or not; each request is noted. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Behaviour = (request: IncomingMessage, response: ServerResponse, file: Buffer) => void;

export interface Site {
  /** The address of a folder whose files behave so. */
  readonly at: (name: keyof typeof behaviours) => string;
  /** The requests so far: behaviour and range. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** From which byte on the request wants the file. */
const from = ({ headers }: IncomingMessage): number => Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);

const honest: Behaviour = (request, response, file) => {
  const begin = from(request);
  if (request.headers.range === undefined) response.writeHead(200, { "content-length": file.length });
  else if (begin >= file.length) response.writeHead(416, { "content-range": `bytes */${file.length}` });
  else
    response.writeHead(206, {
      "content-length": file.length - begin,
      "content-range": `bytes ${begin}-${file.length - 1}/${file.length}`,
    });
  response.end(file.subarray(begin));
};

/** Sends the first bytes of an honest answer, and then ends it in some way. */
const broken =
  (share: number, end: (response: ServerResponse) => void): Behaviour =>
  (request, response, file) => {
    const begin = from(request);
    const stop = begin + Math.ceil((file.length - begin) * share);
    const range = { "content-range": `bytes ${begin}-${file.length - 1}/${file.length}` };
    response.writeHead(begin > 0 ? 206 : 200, { "content-length": file.length - begin, ...(begin > 0 ? range : {}) });
    response.write(file.subarray(begin, stop), () => setTimeout(() => end(response), 50));
  };

const status =
  (code: number): Behaviour =>
  (_request, response) => {
    response.writeHead(code);
    response.end("no");
  };

const flipped = (file: Buffer): Buffer =>
  Buffer.from(file.map((byte, i) => (i === file.length >> 1 ? byte ^ 1 : byte)));

export const behaviours = {
  honest,
  "404": status(404),
  "500": status(500),
  cuts: broken(0.4, (response) => response.destroy()),
  stalls: broken(0.4, () => {}),
  silent: () => {},
  redirects: (request, response) => {
    response.writeHead(302, { location: request.url!.replace("/redirects/", "/honest/") });
    response.end();
  },
  circles: (request, response) => {
    response.writeHead(302, { location: request.url! });
    response.end();
  },
  ignoresRange: (_request, response, file) => {
    response.writeHead(200, { "content-length": file.length });
    response.end(file);
  },
  cutsIgnoringRange: (_request, response, file) => {
    response.writeHead(200, { "content-length": file.length });
    response.write(file.subarray(0, file.length >> 1), () => setTimeout(() => response.destroy(), 50));
  },
  otherRange: (request, response, file) => {
    if (from(request) === 0) return broken(0.4, (answer) => answer.destroy())(request, response, file);
    response.writeHead(206, { "content-range": `bytes 0-${file.length - 1}/${file.length}` });
    response.end(file);
  },
  wrongBytes: (request, response, file) => honest(request, response, flipped(file)),
  announcesLess: (_request, response, file) => {
    response.writeHead(200, { "content-length": file.length - 5 });
    response.end(file.subarray(0, file.length - 5));
  },
  announcesMore: (_request, response, file) => {
    response.writeHead(200, { "content-length": file.length + 5 });
    response.end(Buffer.concat([file, Buffer.alloc(5)]));
  },
  /** A page in place of the file, as hotels have it. */
  page: (_request, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end("<h1>Welcome</h1>");
  },
  endless: (_request, response, file) => {
    response.writeHead(200);
    const send = (): void => void (response.writable && response.write(file, () => setImmediate(send)));
    send();
  },
  slow: (request, response, file) => {
    const begin = from(request);
    response.writeHead(200, { "content-length": file.length });
    let at = begin;
    const step = Math.ceil(file.length / 10);
    const send = (): void => {
      response.write(file.subarray(at, at + step));
      at += step;
      if (at < file.length) setTimeout(send, 30);
      else response.end();
    };
    send();
  },
} as const satisfies Record<string, Behaviour>;

/** Serves files by their names. */
export async function serve(files: Readonly<Record<string, Buffer>>): Promise<Site> {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    const [, behaviour, name] = /^\/(\w+)\/(.+)$/.exec(request.url!) ?? [];
    // Pages of other origins may read what comes, as most servers of files have it.
    response.setHeader("access-control-allow-origin", "*");
    requests.push(`${behaviour}${request.headers.range === undefined ? "" : ` ${request.headers.range}`}`);
    const file = files[name!];
    if (file === undefined) return status(404)(request, response, Buffer.alloc(0));
    (behaviours[behaviour as keyof typeof behaviours] as Behaviour)(request, response, file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    at: (name) => `http://127.0.0.1:${port}/${name}`,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
