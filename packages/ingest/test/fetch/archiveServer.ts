import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A file that a server has. */
export interface ServedFile {
  readonly bytes: Buffer;
  readonly etag: string;
}

/** Answers one request in its own way; the next request to the address gets the next fault, then the file. */
export type Fault = (
  response: ServerResponse,
  file: ServedFile,
  request: IncomingMessage,
) => void | Promise<void>;

/** A request as it came. */
export interface Received {
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
}

/** Archives on one port of the loopback address, told apart by the host that is asked for. */
export interface ArchiveServer {
  readonly origin: string;
  readonly received: Received[];
  /** Puts a file at an address (`https://host/path`); an etag of its content is made where none is given. */
  put(url: string, content: string | Uint8Array, etag?: string): void;
  /** The same with its `.CHECKSUM`, as Binance has it. */
  putChecked(url: string, content: Uint8Array): void;
  remove(url: string): void;
  /** Answers the next requests to an address wrongly, one after the other. */
  misbehave(url: string, ...faults: readonly Fault[]): void;
  /** Answers all requests to an address so. */
  always(url: string, fault: Fault): void;
  /** From each of these hosts to this server. */
  hosts(...hosts: readonly string[]): ReadonlyMap<string, string>;
  /** How often an address was asked for. */
  count(url: string): number;
  close(): Promise<void>;
}

export const LAST_MODIFIED = "Tue, 06 Aug 2024 07:00:00 GMT";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Sends a file as a good server does: whole, or the rest of it where the same version is asked to go on. */
export function serveWell(
  response: ServerResponse,
  file: ServedFile,
  request: IncomingMessage,
): void {
  const { bytes, etag } = file;
  const headers = { etag, "last-modified": LAST_MODIFIED, "accept-ranges": "bytes" };
  const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
  const same = request.headers["if-range"] === etag;
  if (from === undefined || !same) {
    response.writeHead(200, { ...headers, "content-length": bytes.length }).end(bytes);
    return;
  }
  const start = Number(from);
  if (start >= bytes.length) {
    response.writeHead(416, { ...headers, "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  response
    .writeHead(206, {
      ...headers,
      "content-length": bytes.length - start,
      "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
    })
    .end(bytes.subarray(start));
}

/** Answers with a status and nothing else. */
export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}, body = ""): Fault =>
  (response) => {
    response.writeHead(code, headers).end(body);
  };

/** Sends so many bytes of the whole file, then cuts the connection. */
export const cutAfter =
  (length: number): Fault =>
  async (response, { bytes, etag }) => {
    response.writeHead(200, {
      etag,
      "last-modified": LAST_MODIFIED,
      "content-length": bytes.length,
    });
    await new Promise<void>((sent) => {
      response.write(bytes.subarray(0, length), () => sent());
    });
    response.destroy();
  };

/** Starts a server without files. */
export async function archiveServer(): Promise<ArchiveServer> {
  const files = new Map<string, ServedFile>();
  const faults = new Map<string, Fault[]>();
  const standing = new Map<string, Fault>();
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const url = `https://${request.headers.host}${request.url}`;
    received.push({ url, headers: request.headers });
    const file = files.get(url);
    const fault = faults.get(url)?.shift() ?? standing.get(url);
    const nothing = { bytes: Buffer.alloc(0), etag: '"none"' };
    if (fault !== undefined) {
      void Promise.resolve(fault(response, file ?? nothing, request)).catch(() => undefined);
    } else if (file === undefined) {
      response.writeHead(404, { "content-type": "application/xml" }).end("<Error/>");
    } else serveWell(response, file, request);
  });
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const put = (url: string, content: string | Uint8Array, etag?: string): void => {
    const bytes = Buffer.from(content);
    files.set(url, { bytes, etag: etag ?? `"${sha256(bytes).slice(0, 32)}"` });
  };
  return {
    origin,
    received,
    put,
    putChecked: (url, content) => {
      put(url, content);
      put(`${url}.CHECKSUM`, `${sha256(content)}  ${url.slice(url.lastIndexOf("/") + 1)}\n`);
    },
    remove: (url) => {
      files.delete(url);
    },
    misbehave: (url, ...own) => {
      faults.set(url, [...(faults.get(url) ?? []), ...own]);
    },
    always: (url, fault) => {
      standing.set(url, fault);
    },
    hosts: (...hosts) => new Map(hosts.map((host) => [host, origin])),
    count: (url) => received.filter((one) => one.url === url).length,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
