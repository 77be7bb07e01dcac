import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { ConfigError, DataError, errorCode } from "@aftershock/schema";
import type { Identity } from "./identity.ts";
import { Interruption } from "./retries.ts";

/** How many redirects are followed for one file. */
const MOST_REDIRECTS = 5;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Errors of certificates: asking again does not help. */
const CERTIFICATE = /^(?:CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** A request that is to be made, and what belongs to it. */
export interface Asked {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly identity: Identity;
  readonly signal: AbortSignal;
}

function failed(url: URL, cause: unknown): DataError {
  const code = errorCode(cause) ?? "";
  const reason = cause instanceof Error && cause.message !== "" ? cause.message : code;
  if (CERTIFICATE.test(code)) {
    return new DataError(`${url.host}: its certificate is not trusted (${reason})`, {
      cause,
      hints: ["Check the network: something may stand between you and the archive."],
    });
  }
  return new Interruption(`${url.host}: ${reason}`, { cause });
}

/**
 * Asks for files over HTTP. Not `fetch`, which unpacks what a server sends with `Content-Encoding: gzip` and has no way to be told
 * not to: the bytes of the archive, their length and their ranges would be lost.
 */
export class HttpClient {
  private readonly hosts: ReadonlyMap<string, string>;
  private readonly userAgent: string;

  /** `hosts`: for tests, from a host to the loopback origin that stands for it. Throws ConfigError for another origin. */
  constructor(hosts: ReadonlyMap<string, string>, userAgent: string) {
    for (const [host, origin] of hosts) {
      const url = URL.parse(origin);
      if (url?.protocol === "http:" && LOOPBACK.has(url.hostname)) continue;
      throw new ConfigError(`"${origin}" cannot stand for ${host}`, {
        hints: ["Give an address of this machine, like http://127.0.0.1:8080."],
      });
    }
    this.hosts = hosts;
    this.userAgent = userAgent;
  }

  /** Only https; and http to this machine, where a test has put an archive there. */
  private checkTarget(url: URL, from: URL): void {
    if (url.protocol === "https:") return;
    if (url.protocol === "http:" && this.hosts.size > 0 && LOOPBACK.has(url.hostname)) return;
    throw new DataError(`${from.href}: is redirected to ${url.href}, and only https is followed`, {
      hints: ["Check the network: something may stand between you and the archive."],
    });
  }

  private ask({ url, headers, identity, signal }: Asked): Promise<IncomingMessage> {
    const origin = this.hosts.get(url.host);
    const address = origin === undefined ? url : new URL(url.pathname + url.search, origin);
    return identity.headers(url).then(
      (own) =>
        new Promise((resolve, reject) => {
          // Node's own agents keep connections open, and go through the proxy of NODE_USE_ENV_PROXY.
          const request = (address.protocol === "https:" ? httpsRequest : httpRequest)(
            address,
            {
              headers: {
                ...headers,
                ...own,
                host: url.host,
                "user-agent": this.userAgent,
                // What lies there, byte for byte.
                "accept-encoding": "identity",
              },
              signal,
            },
            resolve,
          );
          request.on("error", (cause) => reject(failed(url, cause)));
          request.end();
        }),
    );
  }

  /**
   * The response to a request, after redirects. `turn` is awaited before each request. Throws Interruption when there is no
   * connection, DataError for a redirect that must not be followed.
   */
  async open(asked: Asked, turn: (host: string) => Promise<void>): Promise<IncomingMessage> {
    let { url } = asked;
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      await turn(url.host);
      const response = await this.ask({ ...asked, url });
      const next = this.redirected(response, url, asked.identity);
      if (next === undefined) return response;
      response.destroy();
      this.checkTarget(next, url);
      url = next;
    }
    throw new DataError(`${asked.url.href}: is redirected more than ${MOST_REDIRECTS} times`, {
      hints: ["The archive is set up wrongly; try again later."],
    });
  }

  private redirected(response: IncomingMessage, url: URL, identity: Identity): URL | undefined {
    const region = identity.elsewhere(url, response.headers);
    if (region !== undefined && (response.statusCode ?? 0) >= 300) return region;
    if (!REDIRECTS.has(response.statusCode ?? 0)) return undefined;
    const next = URL.parse(response.headers.location ?? "", url.href);
    if (next !== null && response.headers.location !== undefined) return next;
    throw new DataError(`${url.href}: is redirected to nowhere`, {
      hints: ["The archive is set up wrongly; try again later."],
    });
  }
}

/** The body in chunks. Throws Interruption when the connection is cut; errors of who consumes it stay theirs. */
export async function* bodyOf(response: IncomingMessage, url: URL): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await chunks.next().catch((cause: unknown) => {
        throw failed(url, cause);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    response.destroy();
  }
}
