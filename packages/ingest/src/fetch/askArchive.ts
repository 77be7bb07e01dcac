import type { IncomingMessage } from "node:http";
import { DataError } from "@aftershock/schema";
import type { DownloadContext } from "./downloadJob.ts";
import { limitsOf } from "./hosts.ts";
import { bodyOf } from "./httpClient.ts";
import type { Identity } from "./identity.ts";
import { Interruption, retryAfterMs } from "./retries.ts";

/** How much of an error's body is quoted. Bytes. */
const QUOTED_BYTES = 300;

const GIVEN: ReadonlySet<number> = new Set([200, 206, 416]);
const MISSING: ReadonlySet<number> = new Set([404, 410]);
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);
const DENIED: ReadonlySet<number> = new Set([401, 403]);

/** The first bytes of a body as text; the rest is not waited for. */
export async function firstText(
  response: IncomingMessage,
  url: URL,
  mostBytes: number,
): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bodyOf(response, url)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= mostBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString("utf8");
}

/** A request for a file, or for the rest of it. */
export interface ArchiveRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly identity: Identity;
  readonly signal: AbortSignal;
}

/**
 * Asks an archive for a file: the response is the file (200), its rest (206) or says that there is no such rest (416). Undefined:
 * it is not in the archive. Throws Interruption where it is worth asking again, DataError where it is not.
 */
export async function askArchive(
  { client, gates, clock }: DownloadContext,
  url: URL,
  asked: ArchiveRequest,
): Promise<IncomingMessage | undefined> {
  const response = await client.open({ ...asked, url }, (host) => gates.turn(host));
  const status = response.statusCode ?? 0;
  if (GIVEN.has(status)) return response;
  const { forbidden } = limitsOf(url.host);
  const said = await firstText(response, url, QUOTED_BYTES).catch(() => "");
  if (MISSING.has(status) || (status === 403 && forbidden === undefined)) return undefined;
  const quoted = said === "" ? "" : `: ${said.replaceAll(/\s+/g, " ")}`;
  const answer = `${url.host} answers ${status}${quoted}`;
  if (LATER.has(status) || status >= 500 || (status === 403 && forbidden === "tooFast")) {
    const pauseMs = retryAfterMs(response.headers["retry-after"], clock.now());
    throw new Interruption(answer, { pauseMs });
  }
  throw new DataError(`${url.href}: ${answer}`, {
    hints: [
      DENIED.has(status)
        ? "The key does not open this file: check it, and what it covers."
        : "Check the names of the instrument and of the data set.",
    ],
  });
}
