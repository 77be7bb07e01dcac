import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aftershock, json } from "./aftershock.ts";

/** 2026-02-05T00:00:00Z, µs. */
const DAY = 1_770_249_600_000_000;

const BOOK = [
  "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount",
  ...[
    [100, "true", "bid", "63000.5", "2"],
    [100, "true", "bid", "63000", "1"],
    [100, "true", "ask", "63001", "3"],
    [200, "false", "bid", "63000.5", "0"],
    [200, "false", "ask", "63000.8", "0.25"],
    [300, "false", "bid", "62000", "0"],
  ].map(([at, snapshot, side, price, size]) =>
    [
      "binance-futures",
      "BTCUSDT",
      DAY + Number(at) - 50,
      DAY + Number(at),
      snapshot,
      side,
      price,
      size,
    ].join(","),
  ),
  "",
].join("\n");

let folder: string;
let lake: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-cli-"));
  lake = join(folder, "lake");
  await writeFile(join(folder, "book.csv"), BOOK);
  await json(lake, "ingest", "--source", "tardis", join(folder, "book.csv"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const ID = "binance-usdm:BTCUSDT";

describe("aftershock ingest", () => {
  it("prints what became of each partition, and unchanged the second time", async () => {
    const { ingests } = await json<{
      ingests: { partitions: { status: string; sha256: string }[] }[];
    }>(lake, "ingest", join(folder, "book.csv"));
    expect(ingests).toHaveLength(1);
    expect(ingests[0]).toMatchObject({
      source: "tardis",
      files: 1,
      rows: 6,
      quarantined: 0,
      duplicates: 0,
      outOfOrder: 0,
      partitions: [
        { stream: "book", instrument: ID, date: "2026-02-05", rows: 6, status: "unchanged" },
      ],
    });
    expect(ingests[0]?.partitions[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("aftershock ingest of another recording of the same time", () => {
  it("warns on stderr of the files whose rows are gone", async () => {
    const other = join(folder, "displaced");
    await json(other, "ingest", "--source", "tardis", join(folder, "book.csv"));
    const recording = await write("again.csv", BOOK.replaceAll("63001", "63002"));
    const { stdout, stderr } = await aftershock(other, "ingest", "--source", "tardis", recording);
    expect(stderr).toBe(`warning: replaced in book of ${ID} on 2026-02-05: the rows of book.csv\n`);
    expect(stdout).not.toMatch(/book\.csv/);
  });
});

describe("aftershock book", () => {
  const at = (micros: number, ...rest: string[]): Promise<unknown> =>
    json(lake, "book", ID, "--at", String(DAY + micros), ...rest);

  it("shows exact decimal text as it was at the time", async () => {
    expect(await at(150)).toEqual({
      instrument: ID,
      at: DAY + 150,
      valid: true,
      bids: [
        ["63000.5", "2"],
        ["63000", "1"],
      ],
      asks: [["63001", "3"]],
      quarantined: 0,
    });
    expect(await at(200, "--depth", "1")).toMatchObject({
      bids: [["63000", "1"]],
      asks: [["63000.8", "0.25"]],
    });
  });

  it("runs by the venue's clock on demand", async () => {
    expect(await at(160, "--clock", "event")).toMatchObject({ bids: [["63000", "1"]] });
  });

  it("takes ISO times", async () => {
    expect(await json(lake, "book", ID, "--at", "2026-02-05T00:00:00.00015Z")).toMatchObject({
      at: DAY + 150,
    });
  });
});

describe("aftershock replay", () => {
  it("counts, hashes and says how long it took", async () => {
    const result = await json<Record<string, unknown>>(lake, "replay", ID);
    expect(result).toMatchObject({
      events: 6,
      bookUpdates: 6,
      trades: 0,
      gaps: [],
      crossedMessages: 0,
      lockedMessages: 0,
      unknownDeletes: 1,
    });
    expect(result["stateHash"]).toMatch(/^[0-9a-f]{16}$/);
    expect(result["seconds"]).toBeGreaterThan(0);
    expect(result["peakRssMiB"]).toBeGreaterThan(10);
    const again = await json<Record<string, unknown>>(lake, "replay", ID, "--read-ahead");
    expect(again["stateHash"]).toBe(result["stateHash"]);
  });
});

describe("lines in quarantine", () => {
  it("are told with the book and the replay that are without them", async () => {
    const other = join(folder, "quarantine");
    const recording = await write(
      "bad.csv",
      `${BOOK}binance-futures,BTCUSDT,no,time,true,bid,1,1\n`,
    );
    await json(other, "ingest", "--source", "tardis", recording, "--max-quarantine", "1");
    const at = ["--at", String(DAY + 150)];
    expect(await json(other, "book", ID, ...at)).toMatchObject({ quarantined: 1 });
    expect(await json(other, "replay", ID)).toMatchObject({ events: 6, quarantined: 1 });
    expect((await aftershock(other, "book", ID, ...at)).stdout).toMatch(/1 bad line.*quarantine/);
    expect((await aftershock(other, "replay", ID)).stdout).toMatch(/quarantine.*1 bad line/);
  });
});

describe("aftershock sql and lake", () => {
  it("answers over the streams as views", async () => {
    expect(
      await json(lake, "sql", "SELECT max(price) AS p, sum(size) AS s FROM book WHERE side < 0"),
    ).toEqual([{ p: 63001, s: 3.25 }]);
  });

  it("lists partitions with their quality", async () => {
    expect(await json(lake, "lake")).toMatchObject({
      partitions: [{ stream: "book", rows: 6, quality: { snapshots: 1, messages: 3 } }],
    });
  });

  it("reads in every form that SQL has for it", async () => {
    for (const query of [
      "FROM book",
      "DESCRIBE book",
      "SHOW TABLES",
      "SUMMARIZE book",
      "PIVOT book ON side IN (1, -1) USING sum(size)",
      "VALUES (1)",
      "WITH b AS (FROM book) SELECT * FROM b;",
      "EXPLAIN SELECT 1",
      "EXPLAIN ANALYZE SELECT 1",
    ]) {
      expect(await json(lake, "sql", query)).not.toEqual([]);
    }
    expect((await aftershock(lake, "sql", "EXPLAIN SELECT 1")).stdout).toMatch(/^┌─+┐\n│/);
  });

  it("writes nothing into the lake", async () => {
    const path = (name: string): string => `'${join(lake, name)}'`;
    const before = await readdir(lake, { recursive: true });
    for (const query of [
      `COPY book TO ${path("copy.csv")}`,
      `EXPLAIN ANALYZE COPY book TO ${path("copy.csv")}`,
      `EXPLAIN (ANALYZE) COPY book TO ${path("copy.csv")}`,
      `EXPORT DATABASE ${path("export")}`,
      `ATTACH ${path("new.db")}`,
      "CREATE TABLE t (a INTEGER)",
      "SET threads = 1",
      "UPDATE book SET price = 1",
      "EXPLAIN",
      "SELECT 1; SELECT 2",
      `SELECT 1; COPY book TO ${path("copy.csv")}`,
    ]) {
      const { code, stdout, stderr } = await aftershock(lake, "sql", query);
      expect(`${query}: ${stderr}`).toMatch(/: error: sql only reads the lake.*\nhint: .+\n$/);
      expect([code, stdout]).toEqual([1, ""]);
    }
    expect(await readdir(lake, { recursive: true })).toEqual(before);
  });

  it("reads no file outside the lake", async () => {
    const { code, stderr } = await aftershock(lake, "sql", "SELECT * FROM read_csv('/etc/passwd')");
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: .*(disabled|permission|not allowed)/i);
  });
});

describe("bad input", () => {
  const cases: [string, () => Promise<string[]>, number, RegExp][] = [
    [
      "a missing file",
      async () => ["ingest", "--source", "tardis", "/nowhere/x.csv.gz"],
      1,
      /x\.csv\.gz: no such file/,
    ],
    [
      "an empty file",
      async () => ["ingest", "--source", "tardis", await write("empty.csv", "")],
      1,
      /empty\.csv: the file is empty/,
    ],
    [
      "an unknown header",
      async () => ["ingest", "--source", "tardis", await write("odd.csv", "time,price\n1,2\n")],
      1,
      /odd\.csv.*time,price/,
    ],
    [
      "the wrong source for a file",
      async () => ["ingest", "--source", "binance-raw", join(folder, "book.csv")],
      1,
      /book\.csv.*binance-raw/,
    ],
    [
      "an unknown source",
      async () => ["ingest", "--source", "nyse", join(folder, "book.csv")],
      2,
      /there is no source "nyse"/,
    ],
    [
      "an unknown instrument",
      async () => ["replay", "binance:DOGEUSDT"],
      1,
      /nothing of binance:DOGEUSDT/,
    ],
    [
      "what is no instrument",
      async () => ["replay", "../etc"],
      2,
      /"\.\.\/etc" is not an instrument id/,
    ],
    [
      "a time before the data",
      async () => ["book", ID, "--at", "2026-02-04T00:00:00Z"],
      1,
      /2026-02-04T00:00:00/,
    ],
    [
      "a time after the data",
      async () => ["book", ID, "--at", "2026-02-06T00:00:00Z"],
      1,
      /2026-02-06T00:00:00/,
    ],
    ["a time that is none", async () => ["book", ID, "--at", "yesterday"], 2, /yesterday/],
    ["an unknown flag", async () => ["lake", "--nonsense"], 2, /unknown option/],
    ["an unknown command", async () => ["fly"], 2, /unknown command/],
    ["an empty query", async () => ["sql", " ; /* nothing */ "], 2, /the query is empty/],
    [
      "a window after the data",
      async () => ["replay", ID, "--from", "2026-02-07"],
      1,
      /nothing of binance-usdm:BTCUSDT.*recorded 2026-02-05T00:00:00\.000100Z … 2026-02-05T00:00:00\.000300Z/,
    ],
    [
      "a lake that is a file",
      async () => ["lake", "--lake", join(folder, "book.csv")],
      1,
      /book\.csv: is not a folder/,
    ],
    [
      "a header of control characters",
      async () => [
        "ingest",
        "--source",
        "tardis",
        await write("control.csv", "\u001B[31mtime\u0007,b\n1,2\n"),
      ],
      1,
      /\\u001b\[31mtime\\u0007/,
    ],
    ["broken SQL", async () => ["sql", "SELEC 1"], 1, /syntax error/],
    [
      "a study that is not there",
      async () => ["run", join(folder, "none.ts")],
      1,
      /none\.ts: no such study/,
    ],
    [
      "a study that throws",
      async () => ["run", await write("bad.mjs", "throw new RangeError('too far');")],
      1,
      /bad\.mjs: the study threw RangeError: too far/,
    ],
    [
      "a module without a study",
      async () => ["run", await write("no.mjs", "export default 7;")],
      1,
      /default export is not a study/,
    ],
  ];

  it.each(cases)("says what is wrong with %s and what to do", async (_, args, code, message) => {
    const result = await aftershock(lake, ...(await args()));
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
    expect(result.stdout).toBe("");
    expect(result.stderr).not.toMatch(/^\s+at |[^\P{Cc}\n]/mu);
    if (code === 1) expect(result.stderr).toMatch(/^error: .+\nhint: .+\n$/);
  });
});
