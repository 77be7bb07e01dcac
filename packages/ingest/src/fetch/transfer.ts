import type { FileHandle } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { DataError } from "@aftershock/schema";
import { askArchive } from "./askArchive.ts";
import type { DownloadContext, DownloadJob } from "./downloadJob.ts";
import { bodyOf } from "./httpClient.ts";
import type { PartFile } from "./partFile.ts";
import { Interruption } from "./retries.ts";
import { whileAlive } from "./whileAlive.ts";

/** A whole number of bytes that a header says. */
const lengthOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** What `bytes 100-199/200` says. */
function rangeOf(header: string | undefined): {
  readonly start: number | undefined;
  readonly total: number | undefined;
} {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header ?? "") ?? [];
  return { start: lengthOf(start), total: lengthOf(total) };
}

/** True when a response goes on where a part ends, with the same version of the file. */
function fits({ record, bytes }: PartFile, { headers }: IncomingMessage): boolean {
  const { start, total } = rangeOf(headers["content-range"]);
  return (
    start === bytes &&
    (headers.etag === undefined || headers.etag === record?.etag) &&
    (total === undefined || record?.total === null || total === record?.total)
  );
}

function checkSize(url: string, bytes: number, { maxBytes }: DownloadContext): void {
  if (bytes <= maxBytes) return;
  throw new DataError(`${url}: is larger than ${maxBytes} bytes`, {
    hints: ["No file of this archive should be; check what lies there."],
  });
}

/** Opens the part for what a response brings: all of the file, or its rest. */
async function openPart(
  url: string,
  part: PartFile,
  { statusCode, headers }: IncomingMessage,
): Promise<FileHandle> {
  if (statusCode === 206) return part.resume();
  return part.begin({
    url,
    etag: headers.etag ?? null,
    lastModified: headers["last-modified"] ?? null,
    total: lengthOf(headers["content-length"]) ?? null,
  });
}

/** Writes the body of a response into the part. */
async function receive(
  context: DownloadContext,
  { onBytes }: DownloadJob,
  url: string,
  part: PartFile,
  { response, alive }: { readonly response: IncomingMessage; readonly alive: () => void },
): Promise<void> {
  const handle = await openPart(url, part, response);
  const total = part.record?.total ?? undefined;
  try {
    checkSize(url, total ?? part.bytes, context);
    for await (const chunk of bodyOf(response, new URL(url))) {
      alive();
      checkSize(url, part.bytes + chunk.length, context);
      await part.append(handle, chunk);
      onBytes(part.bytes, total);
    }
    await handle.sync();
  } finally {
    response.destroy();
    await handle.close();
  }
  if (total === undefined || part.bytes === total) return;
  throw new Interruption(`${url}: ends after ${part.bytes} of ${total} bytes`);
}

/**
 * Makes one request for what is missing of a file; what comes stays in the part, whatever happens. False: the file is not in the
 * archive. Throws Interruption when it did not come to the end.
 */
export async function transfer(
  context: DownloadContext,
  job: DownloadJob,
  url: string,
  part: PartFile,
): Promise<boolean> {
  if (part.isWhole(url)) return true;
  return whileAlive(context, async (signal, alive) => {
    const response = await askArchive(context, new URL(url), {
      headers: part.resumeWith(url),
      identity: job.identity,
      signal,
    });
    alive();
    if (response === undefined) return false;
    const { statusCode } = response;
    if (statusCode === 416 || (statusCode === 206 && !fits(part, response))) {
      response.destroy();
      await part.discard();
      throw new Interruption(`${url}: the file is another one than when its download began`, {
        pauseMs: 0,
      });
    }
    await receive(context, job, url, part, { response, alive });
    return true;
  });
}
