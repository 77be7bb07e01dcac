import { mkdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { DataError } from "@aftershock/schema";
import { askArchive, firstText } from "./askArchive.ts";
import { checkContainer } from "./container.ts";
import type { DownloadContext, DownloadJob } from "./downloadJob.ts";
import { PartFile } from "./partFile.ts";
import { heldRecord, type RawRecord, sha256Of, writeRecord } from "./rawRecord.ts";
import { Interruption, LONGEST_PAUSE_MS, MOST_RETRIES, pauseMs } from "./retries.ts";
import { transfer } from "./transfer.ts";
import { whileAlive } from "./whileAlive.ts";

/** What became of a download. */
export type Downloaded =
  | { readonly status: "fetched" | "present"; readonly record: RawRecord }
  | { readonly status: "missing"; readonly why: string };

/** A try that failed counts as none when it brought so much. Bytes. */
const WORTH_BYTES = 1 << 20;

/** The longest `.CHECKSUM` that is read. Bytes. */
const CHECKSUM_BYTES = 4_096;

/** The error of what was tried often enough, or is to be tried only after hours. */
function givenUp(url: string, failures: number, pause: number, cause: Interruption): DataError {
  const why =
    pause > LONGEST_PAUSE_MS
      ? `it asks to wait ${Math.round(pause / 1_000)} s`
      : `given up after ${failures + 1} tries`;
  return new DataError(`${url}: ${why} (${cause.message})`, {
    cause,
    hints: ["Run the same command again later: it goes on where it stopped."],
  });
}

/** Tries again what was interrupted, with the pauses that the server asks for, else ours. */
async function persistently<T>(
  { clock, stopped, onRetry }: DownloadContext,
  url: string,
  attempt: () => Promise<T>,
  bytes: () => number = () => 0,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    const before = bytes();
    try {
      return await attempt();
    } catch (cause) {
      if (!(cause instanceof Interruption) || stopped.aborted) throw cause;
      if (bytes() - before >= WORTH_BYTES) failures = 0;
      const pause = cause.pauseMs ?? pauseMs(failures);
      if (failures >= MOST_RETRIES || pause > LONGEST_PAUSE_MS) {
        throw givenUp(url, failures, pause, cause);
      }
      const nth = failures + 1;
      onRetry({ url, why: cause.message, nth, most: MOST_RETRIES, pauseMs: pause });
      await clock.wait(pause, stopped);
    }
  }
}

/** The sha256 that the archive publishes of a file; undefined where it publishes none. */
async function publishedSha256(
  context: DownloadContext,
  { identity, dataSet }: DownloadJob,
  url: string,
): Promise<string | undefined> {
  if (dataSet.checksum === undefined) return undefined;
  const address = new URL(`${url}.CHECKSUM`);
  const text = await persistently(context, address.href, () =>
    whileAlive(context, async (signal) => {
      const response = await askArchive(context, address, { headers: {}, identity, signal });
      return response === undefined ? undefined : firstText(response, address, CHECKSUM_BYTES);
    }),
  );
  if (text === undefined) return undefined;
  const [, sha256, name] = /^([0-9a-f]{64})\s+\*?(\S+)\s*$/i.exec(text) ?? [];
  if (sha256 !== undefined && name === basename(new URL(url).pathname)) return sha256.toLowerCase();
  throw new DataError(
    `${address.href}: is no checksum of ${basename(url)}: "${text.slice(0, 200)}"`,
    { hints: ["Nothing was downloaded. Try again later: the archive may be writing it."] },
  );
}

/** Whether a whole container has nothing in it. Throws DataError when it is not whole. */
async function isEmpty(
  { dataSet, target }: DownloadJob,
  url: string,
  part: PartFile,
): Promise<boolean> {
  try {
    return (await checkContainer(part.path, basename(target), dataSet.reply)).empty;
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    throw new DataError(`${url}: ${cause.message}`, { cause, hints: cause.hints });
  }
}

/** Finds out whether a download is what it should be. Throws DataError when it is not. */
async function verify(
  job: DownloadJob,
  url: string,
  part: PartFile,
  published: string | undefined,
): Promise<RawRecord> {
  const { dataSet } = job;
  const sha256 = await sha256Of(part.path);
  if (published !== undefined && sha256 !== published) {
    throw new DataError(
      `${url}: the sha256 of what came is ${sha256}, and the archive says ${published}`,
      { hints: ["Nothing of it was kept. Try again later: the archive may be writing the file."] },
    );
  }
  return {
    archive: dataSet.archive,
    set: dataSet.set,
    url,
    etag: part.record?.etag ?? null,
    lastModified: part.record?.lastModified ?? null,
    bytes: part.bytes,
    sha256,
    ...(published === undefined
      ? { verifiedBy: "container", empty: await isEmpty(job, url, part) }
      : { verifiedBy: "checksum", empty: false }),
  };
}

/** Downloads a file from one address and puts it in its place. Undefined: it is not there. */
async function downloadFrom(
  context: DownloadContext,
  job: DownloadJob,
  url: string,
  part: PartFile,
): Promise<RawRecord | undefined> {
  const published = await publishedSha256(context, job, url);
  for (;;) {
    const found = await persistently(
      context,
      url,
      () => transfer(context, job, url, part),
      () => part.bytes,
    );
    if (!found) return undefined;
    try {
      const record = await verify(job, url, part, published);
      await writeRecord(`${job.target}.json`, record);
      await part.finish();
      return record;
    } catch (cause) {
      const { glued } = part;
      if (!(cause instanceof DataError)) throw cause;
      await part.discard();
      // Parts that do not make a whole may be of two versions: the file as one piece gets one more chance.
      if (!glued) throw cause;
    }
  }
}

/**
 * Makes sure that a file is there, whole and verified. What is there already is not asked for again; what an earlier try left is
 * gone on with, if it is still the same file. Killed at any moment, a second call ends with the same bytes. Throws DataError
 * when the file cannot be had whole.
 */
export async function download(context: DownloadContext, job: DownloadJob): Promise<Downloaded> {
  const { urls, target } = job;
  const held = await heldRecord(target, urls);
  const part = await PartFile.find(target);
  if (held !== undefined) {
    await part.discard();
    return { status: "present", record: held };
  }
  await mkdir(dirname(target), { recursive: true });
  // The address of which a part is there comes first.
  const inOrder = urls.toSorted(
    (a, b) => Number(b === part.record?.url) - Number(a === part.record?.url),
  );
  for (const url of inOrder) {
    const record = await downloadFrom(context, job, url, part);
    if (record !== undefined) return { status: "fetched", record };
  }
  return { status: "missing", why: "not in the archive" };
}
