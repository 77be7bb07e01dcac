import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach } from "vitest";
import { type FetchedFile, fetchRaw, type FetchOptions } from "../../src/fetch/fetchRaw.ts";
import { planFetch } from "../../src/fetch/planFetch.ts";
import { Lake } from "../../src/store/lake.ts";
import { archiveServer, type ArchiveServer } from "./archiveServer.ts";
import { fastClock, type FastClock } from "./fastClock.ts";
import { zipOf } from "./zipOf.ts";

const VISION = "data.binance.vision";

/** A file with a checksum beside it, and one without. */
export const ZIP: string = `https://${VISION}/data/futures/um/daily/trades/BTCUSDT/BTCUSDT-trades-2024-08-05.zip`;
export const GZ: string = "https://public.bybit.com/trading/BTCUSDT/BTCUSDT2024-08-05.csv.gz";

/** Where they go, below `raw`. */
export const ZIP_PATH: string = ZIP.slice("https://".length);
export const GZ_PATH: string = GZ.slice("https://".length);

/** Of made-up rows; enough that a cut leaves much of them. */
const ROWS = Array.from(
  { length: 20_000 },
  (_, n) => `${n},${60_000 + (n % 97)}.5,0.${(n % 8) + 1},`,
);
const zipped = (rows: readonly string[]): Buffer =>
  zipOf({ name: "BTCUSDT-trades-2024-08-05.csv", content: rows.join("\n") });

/** What is in the zip, and what a revision of it has. */
export const CONTENT: Buffer = zipped(ROWS);
export const REVISED: Buffer = zipped(ROWS.toReversed());
/** What is in the gzip. */
export const PACKED: Buffer = gzipSync(
  ROWS.map((row) => createHash("md5").update(row).digest("hex")).join("\n"),
);

/** Pauses after failures, ms: these are ours, whatever else the clock was asked to wait for. */
const PAUSES: ReadonlySet<number> = new Set([1_000, 2_000, 4_000, 8_000, 16_000]);

/** A lake, a server of archives and a clock, new for each test. */
export class FetchCase {
  folder: string = "";
  lake: Lake = new Lake("");
  server!: ArchiveServer;
  clock: FastClock = fastClock();

  /** Fetches a data set of 2024-08-05. */
  fetch(
    venue: string,
    set: string,
    options: Partial<FetchOptions> = {},
  ): Promise<readonly FetchedFile[]> {
    const instrument = venue === "okx" ? "BTC-USDT" : "BTCUSDT";
    return fetchRaw({
      lake: this.lake,
      plan: planFetch({ venue, instrument, days: ["2024-08-05"], streams: [set] }),
      clock: this.clock,
      userAgent: "test",
      // The clock runs fast: a slow machine must not look like a connection that has stalled.
      idleMs: 1e9,
      hosts: this.server.hosts(VISION, "public.bybit.com"),
      ...options,
    });
  }

  async fetchOne(...args: Parameters<FetchCase["fetch"]>): Promise<FetchedFile> {
    const [file, another] = await this.fetch(...args);
    if (file === undefined || another !== undefined) throw new Error("not one file");
    return file;
  }

  fetchZip(options?: Partial<FetchOptions>): Promise<FetchedFile> {
    return this.fetchOne("binance-usdm", "trades", options);
  }

  fetchGz(options?: Partial<FetchOptions>): Promise<FetchedFile> {
    return this.fetchOne("bybit", "trading", options);
  }

  /** How long was waited after failures, ms. */
  pauses(): readonly number[] {
    return this.clock.waits.filter((ms) => PAUSES.has(ms));
  }

  /** The files of `raw`, below it. */
  async rawFiles(): Promise<readonly string[]> {
    const raw = join(this.lake.paths.root, "raw");
    const entries = await readdir(raw, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(raw.length + 1))
      .toSorted();
  }
}

/** Sets a case up before each test of a file, and takes it away after. */
export function useFetchCase(): FetchCase {
  const at = new FetchCase();
  beforeEach(async () => {
    at.folder = await mkdtemp(join(tmpdir(), "aftershock-fetch-"));
    at.lake = new Lake(join(at.folder, "lake"));
    at.server = await archiveServer();
    at.clock = fastClock();
  });
  afterEach(async () => {
    await at.server.close();
    await rm(at.folder, { recursive: true, force: true });
  });
  return at;
}
