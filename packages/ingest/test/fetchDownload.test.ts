import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { FetchedFile, FetchOptions } from "../src/fetch/fetchRaw.ts";
import { planFetch } from "../src/fetch/planFetch.ts";
import { Lake } from "../src/store/lake.ts";
import {
  archiveServer,
  cutAfter,
  type Fault,
  LAST_MODIFIED,
  serveWell,
  status,
} from "./fetch/archiveServer.ts";
import { fastClock } from "./fetch/fastClock.ts";
import { CONTENT, GZ, GZ_PATH, PACKED, useFetchCase, ZIP, ZIP_PATH } from "./fetch/fetchCase.ts";

const at = useFetchCase();

describe("a file that is downloaded", () => {
  it("lies under the archive's own path with a record of what it is, and nothing else does", async () => {
    at.server.putChecked(ZIP, CONTENT);
    const file = await at.fetchZip();
    expect(file).toMatchObject({ status: "fetched", path: ZIP_PATH, bytes: CONTENT.length });
    expect(await readFile(file.file)).toEqual(CONTENT);
    expect(await at.rawFiles()).toEqual([ZIP_PATH, `${ZIP_PATH}.json`]);
    expect(JSON.parse(await readFile(`${file.file}.json`, "utf8"))).toEqual({
      archive: "binance-vision",
      set: "trades",
      url: ZIP,
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      lastModified: LAST_MODIFIED,
      bytes: CONTENT.length,
      sha256: createHash("sha256").update(CONTENT).digest("hex"),
      verifiedBy: "checksum",
      empty: false,
    });
  });

  it("is not asked for again while it is what its record says", async () => {
    at.server.putChecked(ZIP, CONTENT);
    await at.fetchZip();
    const asked = at.server.received.length;
    expect(await at.fetchZip()).toMatchObject({ status: "present", bytes: CONTENT.length });
    expect(at.server.received).toHaveLength(asked);
  });

  it("is downloaded again when a byte of it was changed on disk", async () => {
    at.server.putChecked(ZIP, CONTENT);
    const { file } = await at.fetchZip();
    const spoilt = Buffer.from(CONTENT);
    spoilt[100] = 0x2a;
    await writeFile(file, spoilt);
    expect(await at.fetchZip()).toMatchObject({ status: "fetched" });
    expect(await readFile(file)).toEqual(CONTENT);
  });

  it("is downloaded again when its record is lost or torn", async () => {
    at.server.put(GZ, PACKED);
    const { file } = await at.fetchGz();
    const record = await readFile(`${file}.json`, "utf8");
    for (const torn of [record.slice(0, 30), "[]", '{"url": 1}']) {
      await writeFile(`${file}.json`, torn);
      expect(await at.fetchGz()).toMatchObject({ status: "fetched" });
      expect(await readFile(`${file}.json`, "utf8")).toBe(record);
    }
  });

  it("keeps the bytes of the archive where the server calls their packing an encoding", async () => {
    at.server.misbehave(GZ, (response, { bytes }) => {
      response.writeHead(200, { "content-encoding": "gzip", "content-length": bytes.length });
      response.end(bytes);
    });
    at.server.put(GZ, PACKED);
    const { file, status: outcome } = await at.fetchGz();
    expect(outcome).toBe("fetched");
    expect(await readFile(file)).toEqual(PACKED);
  });

  it("is known to be without data when nothing is in its gzip", async () => {
    at.server.put(GZ, gzipSync(""));
    expect(await at.fetchGz()).toMatchObject({ status: "fetched", empty: true });
    expect(await at.fetchGz()).toMatchObject({ status: "present", empty: true });
  });
});

describe("what is not in the archive", () => {
  it.each([404, 410, 403])(
    "is missing with status %i, and keeps nothing else from coming",
    async (code) => {
      at.server.always(GZ, status(code));
      at.server.putChecked(ZIP, CONTENT);
      expect(await at.fetchGz()).toMatchObject({ status: "missing", bytes: 0, sha256: "" });
      expect(await at.fetchZip()).toMatchObject({ status: "fetched" });
      expect(at.server.count(GZ)).toBe(1);
      expect(await at.rawFiles()).toEqual([ZIP_PATH, `${ZIP_PATH}.json`]);
    },
  );

  it("may lie at the second address", async () => {
    const place = (pro: string): string =>
      `https://static.okx.com/cdn/okx/match/orderbook/${pro}L2/400lv/daily/20240805/BTC-USDT-L2orderbook-400lv-2024-08-05.tar.gz`;
    at.server.put(place("pro/"), PACKED);
    const hosts = at.server.hosts("static.okx.com");
    const file = await at.fetchOne("okx", "books", { hosts });
    expect(file).toMatchObject({ status: "fetched", url: place("pro/"), path: place("").slice(8) });
    expect(at.server.received.map(({ url }) => url)).toEqual([place(""), place("pro/")]);
    expect(await at.fetchOne("okx", "books", { hosts })).toMatchObject({ status: "present" });
  });
});

describe("a server that is busy", () => {
  it("is asked again after pauses that double", async () => {
    at.server.misbehave(GZ, status(503), status(503), status(500));
    at.server.put(GZ, PACKED);
    expect(await at.fetchGz()).toMatchObject({ status: "fetched" });
    expect(at.pauses()).toEqual([1_000, 2_000, 4_000]);
  });

  it.each([408, 429])("is asked again after status %i", async (code) => {
    at.server.misbehave(GZ, status(code));
    at.server.put(GZ, PACKED);
    expect(await at.fetchGz()).toMatchObject({ status: "fetched" });
    expect(at.pauses()).toEqual([1_000]);
  });

  it("is given as long as it asks for, in seconds or until a date", async () => {
    const over = "Wed, 18 Nov 2026 12:00:00 GMT";
    at.server.misbehave(
      GZ,
      status(429, { "retry-after": "7" }),
      status(503, { "retry-after": over }),
    );
    at.server.put(GZ, PACKED);
    expect(await at.fetchGz()).toMatchObject({ status: "fetched" });
    expect(at.clock.waits).toContain(7_000);
    expect(at.clock.waits).toContain(0);
    expect(at.pauses()).toEqual([]);
  });

  it("that asks for hours is left alone, and the file has failed", async () => {
    at.server.always(GZ, status(429, { "retry-after": "7200" }));
    expect(await at.fetchGz()).toMatchObject({
      status: "failed",
      why: expect.stringMatching(/asks to wait 7200 s/),
    });
    expect(at.server.count(GZ)).toBe(1);
  });

  it("is given up after five tries more", async () => {
    at.server.always(GZ, status(503, {}, "try later"));
    expect(await at.fetchGz()).toMatchObject({
      status: "failed",
      why: expect.stringMatching(
        /given up after 6 tries \(public\.bybit\.com answers 503: try later\)/,
      ),
    });
    expect(at.pauses()).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(at.server.count(GZ)).toBe(6);
  });

  it("that says 403 when asked too fast is asked again, where the archive does so", async () => {
    const url =
      "https://static.okx.com/cdn/okx/match/orderbook/L2/400lv/daily/20240805/BTC-USDT-L2orderbook-400lv-2024-08-05.tar.gz";
    at.server.misbehave(url, status(403));
    at.server.put(url, PACKED);
    const hosts = at.server.hosts("static.okx.com");
    expect(await at.fetchOne("okx", "books", { hosts })).toMatchObject({
      status: "fetched",
      url,
    });
  });

  it("that refuses the request itself is not asked again", async () => {
    at.server.always(GZ, status(400, {}, "bad symbol\u001b[31m"));
    expect(await at.fetchGz()).toMatchObject({
      status: "failed",
      why: expect.stringMatching(/answers 400: bad symbol/),
    });
    expect(at.server.count(GZ)).toBe(1);
  });
});

describe("a connection", () => {
  it("that is cut is gone on with where it ended, as long as the file is the same", async () => {
    at.server.misbehave(ZIP, cutAfter(200_000));
    at.server.putChecked(ZIP, CONTENT);
    const { file, status: outcome } = await at.fetchZip();
    expect(outcome).toBe("fetched");
    expect(await readFile(file)).toEqual(CONTENT);
    const [, again] = at.server.received.filter(({ url }) => url === ZIP);
    expect(again?.headers).toMatchObject({
      range: expect.stringMatching(/^bytes=[1-9]\d*-$/),
      "if-range": expect.stringMatching(/^"/),
    });
  });

  it("that is cut before each mebibyte is given up, after a mebibyte it is not", async () => {
    const large = gzipSync(
      Buffer.alloc(9 << 20).map((_, n) => (n * n * 31) >> 3),
      { level: 0 },
    );
    const goOn =
      (length: number): Fault =>
      async (response, file, request) => {
        const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
        const { bytes, etag } = file;
        const partly = { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
        response.writeHead(start === 0 ? 200 : 206, {
          etag,
          "content-length": bytes.length - start,
          ...(start === 0 ? {} : partly),
        });
        await new Promise<void>((sent) => {
          response.write(bytes.subarray(start, start + length), () => sent());
        });
        response.destroy();
      };
    at.server.put(GZ, large);
    at.server.misbehave(GZ, ...Array.from({ length: 7 }, () => goOn(1_300_000)));
    expect(await at.fetchGz()).toMatchObject({ status: "fetched", bytes: large.length });
    await rm(at.lake.paths.root, { recursive: true });
    at.server.always(GZ, goOn(1_000));
    expect(await at.fetchGz()).toMatchObject({
      status: "failed",
      why: expect.stringMatching(/given up/),
    });
  }, 60_000);

  it("on which nothing comes any more is given up after a while, and gone on with", async () => {
    at.clock = fastClock(100);
    at.server.misbehave(GZ, (response, { bytes, etag }) => {
      response.writeHead(200, { etag, "content-length": bytes.length });
      response.write(bytes.subarray(0, 100_000));
    });
    at.server.put(GZ, PACKED);
    const { file, status: outcome } = await at.fetchGz({ idleMs: 60_000 });
    expect(outcome).toBe("fetched");
    expect(await readFile(file)).toEqual(PACKED);
    expect(at.pauses()).toEqual([1_000]);
  });

  it("that is never answered is given up after a while", async () => {
    at.clock = fastClock(100);
    at.server.always(GZ, () => undefined);
    expect(await at.fetchGz({ idleMs: 20_000 })).toMatchObject({
      status: "failed",
      why: expect.stringMatching(/given up after 6 tries \(nothing came for 20 s\)/),
    });
  });

  it("that nobody takes is tried again and then given up", async () => {
    const { origin } = at.server;
    await at.server.close();
    const failed = await at.fetchGz({ hosts: new Map([["public.bybit.com", origin]]) });
    expect(failed).toMatchObject({ status: "failed", why: expect.stringMatching(/ECONNREFUSED/) });
    expect(at.pauses()).toHaveLength(5);
    at.server = await archiveServer();
  });
});

describe("many downloads", () => {
  const days = Array.from({ length: 9 }, (_, n) => `2024-08-0${n + 1}`);
  const urlOf = (day: string): string =>
    `https://public.bybit.com/trading/BTCUSDT/BTCUSDT${day}.csv.gz`;

  const fetchDays = (options: Partial<FetchOptions> = {}): Promise<readonly FetchedFile[]> =>
    at.fetch("bybit", "trading", {
      plan: planFetch({ venue: "bybit", instrument: "BTCUSDT", days, streams: ["trading"] }),
      ...options,
    });

  it("come in the order of the plan, and never more at once than allowed", async () => {
    let [atOnce, most] = [0, 0];
    for (const day of days) {
      at.server.put(urlOf(day), gzipSync(day));
      at.server.always(urlOf(day), async (response, file, request) => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise((resume) => setTimeout(resume, 20));
        atOnce -= 1;
        serveWell(response, file, request);
      });
    }
    const files = await fetchDays({ jobs: 2 });
    expect(files.map(({ url }) => url)).toEqual(days.map(urlOf));
    expect(most).toBe(2);
  });

  it("go on when some of them fail", async () => {
    for (const day of days) at.server.put(urlOf(day), gzipSync(day));
    at.server.remove(urlOf("2024-08-02"));
    at.server.put(urlOf("2024-08-05"), "junk");
    const files = await fetchDays();
    expect(files.filter(({ status: outcome }) => outcome === "fetched")).toHaveLength(7);
    expect(files[1]).toMatchObject({ status: "missing" });
    expect(files[4]).toMatchObject({ status: "failed" });
  });

  it("all end when the disk gives an error, which concerns all", async () => {
    for (const day of days) at.server.put(urlOf(day), gzipSync(day));
    // Where the folder of the files should be, there is a file.
    await rm(at.lake.paths.root, { recursive: true, force: true });
    const blocked = new Lake(join(at.folder, "blocked"));
    await fetchDays({
      lake: blocked,
      plan: planFetch({ venue: "bybit", instrument: "BTCUSDT", days: [days[0] ?? ""] }),
    });
    await rm(join(blocked.paths.root, "raw"), { recursive: true, force: true });
    await writeFile(join(blocked.paths.root, "raw"), "no folder");
    await expect(fetchDays({ lake: blocked })).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTDIR|EEXIST/),
    });
  });

  it("of the same file by two runs at once: one of them has it, the other says so or finds it there", async () => {
    at.server.put(GZ, PACKED);
    at.server.always(GZ, async (response, file, request) => {
      await new Promise((resume) => setTimeout(resume, 50));
      serveWell(response, file, request);
    });
    const outcomes = await Promise.all([at.fetchGz(), at.fetchGz()]);
    expect(outcomes.map(({ status: outcome }) => outcome)).toContain("fetched");
    for (const { status: outcome, why } of outcomes) {
      if (outcome === "failed") expect(why).toMatch(/another fetch is downloading it/);
    }
    expect(await at.rawFiles()).toEqual([GZ_PATH, `${GZ_PATH}.json`]);
  });

  it("are not begun for a day that is not over", async () => {
    const plan = planFetch({
      venue: "bybit",
      instrument: "BTCUSDT",
      days: ["2026-11-20", "2026-11-21"],
    });
    await expect(at.fetch("bybit", "trading", { plan })).rejects.toThrow(
      /2026-11-21 is not over yet/,
    );
    expect(at.server.received).toEqual([]);
  });

  it("go to this machine only where a test may send them", async () => {
    for (const origin of ["http://10.0.0.1:80", "https://127.0.0.1:1", "file:///tmp", "nonsense"]) {
      const hosts = new Map([["public.bybit.com", origin]]);
      await expect(at.fetchGz({ hosts })).rejects.toThrow(/cannot stand for public\.bybit\.com/);
    }
  });
});
