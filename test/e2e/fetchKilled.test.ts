import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  archiveServer,
  type ArchiveServer,
  type Fault,
  LAST_MODIFIED,
} from "../../packages/ingest/test/fetch/archiveServer.ts";
import { json, start } from "./aftershock.ts";

/** How many fetches are killed; more of them in a longer run. */
const KILLS = Number(process.env["AFTERSHOCK_KILLS"] ?? 50);
/** Kills of one lake, one after the other, before a fetch is let alone. */
const KILLS_A_LAKE = 5;
/** Lakes at once. */
const LANES = 2;
const SEED = 20_251_010;

const DAY = 1_722_470_400_000_000; // 2024-08-01T00:00:00Z, µs
const HOST = "datasets.tardis.dev";
const urlOf = (type: string): string =>
  `https://${HOST}/v1/binance-futures/${type}/2024/08/01/BTCUSDT.csv.gz`;

/** Numbers from 0 to 1, the same each time. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const row = (at: number, rest: string): string => `binance-futures,BTCUSDT,${at},${at + 7},${rest}`;
const recordings: Readonly<Record<string, readonly string[]>> = {
  trades: [
    "exchange,symbol,timestamp,local_timestamp,id,side,price,amount",
    ...Array.from({ length: 4_000 }, (_, n) =>
      row(
        DAY + n * 1_000,
        `${n},${n % 3 === 0 ? "sell" : "buy"},${63_000 + (n % 500) / 10},0.00${(n % 9) + 1}`,
      ),
    ),
  ],
  derivative_ticker: [
    "exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price",
    ...Array.from({ length: 500 }, (_, n) =>
      row(DAY + n * 3_000, `,0.0001,,${90_000 + n},63000.5,63001.25,63001`),
    ),
  ],
};

/** Drops in which a file comes. */
const DROPS = 12;

/** A server that sends its files drop by drop, goes on where it is asked to, and counts the drops. */
interface TricklingServer extends ArchiveServer {
  drops: number;
}

async function tricklingServer(): Promise<TricklingServer> {
  const server = Object.assign(await archiveServer(), { drops: 0 });
  const trickle: Fault = async (response, { bytes, etag }, request) => {
    const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
    const rest = from !== undefined && request.headers["if-range"] === etag;
    const first = rest ? Number(from) : 0;
    if (first >= bytes.length) {
      response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
      return;
    }
    response.writeHead(rest ? 206 : 200, {
      etag,
      "last-modified": LAST_MODIFIED,
      "content-length": bytes.length - first,
      ...(rest ? { "content-range": `bytes ${first}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    const drop = Math.ceil(bytes.length / DROPS);
    for (let at = first; at < bytes.length && !response.destroyed; at += drop) {
      response.write(bytes.subarray(at, at + drop));
      server.drops += 1;
      await sleep(10);
    }
    response.end();
  };
  for (const [type, lines] of Object.entries(recordings)) {
    server.put(urlOf(type), gzipSync(`${lines.join("\n")}\n`));
    server.always(urlOf(type), trickle);
  }
  return server;
}

let folder: string;
/** One for each lane, so that drops are told apart. */
let servers: readonly TricklingServer[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-fetch-killed-"));
  // The same program is started many times: what it compiles is kept, as else most of the time would go there.
  vi.stubEnv("NODE_COMPILE_CACHE", join(folder, "compiled"));
  servers = await Promise.all(Array.from({ length: LANES }, tricklingServer));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.map((server) => server.close()));
  await rm(folder, { recursive: true, force: true });
});

const command = ({ origin }: ArchiveServer): readonly string[] => [
  "fetch",
  "binance-usdm",
  "BTCUSDT",
  "2024-08-01",
  "--via",
  "tardis",
  "--streams",
  Object.keys(recordings).join(","),
  "--origin",
  `${HOST}=${origin}`,
];

/** The bytes of all files of a lake but those of work in progress, by their paths. */
async function filesOf(lake: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(lake, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((one) => one.isFile() && !one.parentPath.includes("/.staging"))
    .map((one) => join(one.parentPath, one.name))
    .toSorted();
  const bytes = await Promise.all(paths.map((path) => readFile(path, "base64")));
  return new Map(paths.map((path, n) => [path.slice(lake.length), bytes[n] ?? ""]));
}

/** What a killed fetch left, as far as anybody may rely on it: whole downloads with their records, and partitions. */
function finished(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const isDownload = (path: string): boolean =>
    path.startsWith("/raw/") && path.endsWith(".csv.gz");
  return new Map(
    [...files].filter(
      ([path]) =>
        !path.startsWith("/raw/") ||
        isDownload(path) ||
        (path.endsWith(".csv.gz.json") && files.has(path.slice(0, -".json".length))),
    ),
  );
}

/** When a fetch is killed: after so many drops came, or so many ms after its start. */
type Moment = { readonly drops: number } | { readonly ms: number };

/** Kills a fetch at a moment; false when it had come to its end before. */
async function killAt(lake: string, server: TricklingServer, moment: Moment): Promise<boolean> {
  const before = server.drops;
  const child = start(lake, ...command(server));
  const ended = once(child, "exit");
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  if ("ms" in moment) await Promise.race([sleep(moment.ms), ended]);
  else while (server.drops < before + moment.drops && !hasEnded()) await sleep(1);
  child.kill("SIGKILL");
  await ended;
  return child.signalCode === "SIGKILL";
}

describe("a fetch that is killed", () => {
  it(`at ${KILLS} moments leaves nothing that a rerun does not finish to the same bytes`, async () => {
    const [anyServer] = servers;
    if (anyServer === undefined) throw new Error("no server");
    // What is compiled the first time is there the second, as it is for those that are killed.
    await json(join(folder, "first"), ...command(anyServer));
    const calm = join(folder, "calm");
    const began = performance.now();
    await json(calm, ...command(anyServer));
    const whole = performance.now() - began;
    const expected = await filesOf(calm);
    const names = [...expected.keys()];
    expect(names.filter((path) => path.startsWith("/raw/"))).toHaveLength(4);
    expect(names.filter((path) => path.endsWith("manifest.json"))).toHaveLength(2);

    let killed = 0;
    const draw = draws(SEED);
    const momentOf = (n: number): Moment =>
      // While it downloads, or at any time after the process has come to its work.
      n % KILLS_A_LAKE < 3
        ? { drops: 1 + Math.floor(draw() * 2 * DROPS) }
        : { ms: whole * (0.3 + 0.7 * draw()) };
    const lakes = Array.from({ length: Math.ceil(KILLS / KILLS_A_LAKE) }, (_, n) => ({
      lake: join(folder, `killed-${n}`),
      moments: Array.from({ length: KILLS_A_LAKE }, (__, kill) => momentOf(kill)),
    }));
    const disturb = async (server: TricklingServer): Promise<void> => {
      for (let next = lakes.shift(); next !== undefined; next = lakes.shift()) {
        const { lake, moments } = next;
        const told = `${lake}, killed at ${JSON.stringify(moments)}`;
        for (const moment of moments) {
          if (await killAt(lake, server, moment)) killed += 1;
          for (const [path, bytes] of finished(await filesOf(lake))) {
            const same = bytes === expected.get(path);
            expect({ path, told, same }).toEqual({ path, told, same: true });
          }
        }
        await json(lake, ...command(server));
        expect({ told, files: [...(await filesOf(lake))] }).toEqual({ told, files: [...expected] });
        expect({ told, left: await readdir(join(lake, ".staging")) }).toEqual({ told, left: [] });
        await rm(lake, { recursive: true });
      }
    };
    await Promise.all(servers.map(disturb));
    expect(killed).toBeGreaterThan(KILLS / 2);
    const requests = servers.flatMap(({ received }) => received);
    const resumed = requests.filter(({ headers }) => headers.range !== undefined);
    expect(resumed.length).toBeGreaterThan(KILLS / 10);
  }, 600_000);

  it("by Ctrl-C ends with 130, and leaves nothing but parts that are gone on with", async () => {
    const [server] = servers;
    if (server === undefined) throw new Error("no server");
    const lake = join(folder, "interrupted");
    const before = server.drops;
    const child = start(lake, ...command(server));
    while (server.drops < before + 3) await sleep(1);
    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(130);
    for (const path of (await filesOf(lake)).keys()) {
      expect(path).toMatch(/^\/raw\/.*\.csv\.gz(?:\.part|\.part\.json|\.json)?$/);
    }
    await json(lake, ...command(server));
    expect((await filesOf(lake)).size).toBe(4 + 2 * 2);
  }, 60_000);
});
