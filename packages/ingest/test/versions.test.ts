import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decimal } from "@aftershock/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDuck } from "../src/duck.ts";
import { ingest, type IngestResult } from "../src/ingest.ts";
import { binanceVision } from "../src/sources/binance-vision/binanceVision.ts";
import { Lake } from "../src/store/lake.ts";
import type { Manifest } from "../src/store/manifest.ts";
import { createViews } from "../src/store/views.ts";
import { plainSource } from "./plainSource.ts";

const DAY = 1_760_054_400_000_000; // 2025-10-10T00:00:00Z, µs
const HOUR = 3_600_000_000; // µs
let folder: string;
let lake: Lake;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-versions-"));
  lake = new Lake(join(folder, "lake"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A file of trades, given as [time since midnight, id, price]. */
async function trades(
  name: string,
  ...rows: readonly (readonly [number, string, string])[]
): Promise<string> {
  const path = join(folder, name);
  const lines = rows.map(([at, id, price]) => `${DAY + at} ${id} ${price} 1\n`);
  await writeFile(path, lines.join(""));
  return path;
}

const run = (...paths: string[]): Promise<IngestResult> =>
  ingest({ lake, source: plainSource(), paths, maxQuarantine: 1 });

async function pricesInLake(): Promise<unknown[]> {
  const duck = await openDuck();
  await createViews(duck, lake);
  const rows = await duck.rows("SELECT price FROM trades ORDER BY date, seq");
  duck.close();
  return rows.map(({ price }) => price);
}

async function manifest(): Promise<Manifest> {
  const [found] = await lake.list();
  if (found === undefined) throw new Error("no partition");
  return found;
}

const hour = (n: number): [number, string, string] => [n * HOUR, `${n}`, `${n}.5`];

describe("files of one day that come one after the other", () => {
  it("all stay, also when one falls between two that are there", async () => {
    for (const n of [1, 3, 2]) await run(await trades(`h${n}.txt`, hour(n)));
    expect(await pricesInLake()).toEqual([1.5, 2.5, 3.5]);
  });

  it("all stay when a file that is there comes again with a new one", async () => {
    const [a, b, c] = await Promise.all([1, 2, 3].map((n) => trades(`h${n}.txt`, hour(n))));
    await run(a ?? "", b ?? "");
    const result = await run(b ?? "", c ?? "");
    expect(result.partitions).toMatchObject([{ status: "replaced", rows: 3, displaced: [] }]);
    expect(result.rows).toBe(2);
    expect(await pricesInLake()).toEqual([1.5, 2.5, 3.5]);
  });

  it("give the same bytes in whatever order they come, or all at once", async () => {
    const paths = await Promise.all([1, 2, 3].map((n) => trades(`h${n}.txt`, hour(n))));
    const manifests: Manifest[] = [];
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
      [1, 2, 0],
    ]) {
      for (const i of order) await run(paths[i] ?? "");
      manifests.push(await manifest());
      await rm(lake.paths.root, { recursive: true });
    }
    await run(...paths);
    manifests.push(await manifest());
    for (const one of manifests) expect(one).toEqual(manifests[0]);
  });

  it("may share the instant between them", async () => {
    await run(await trades("a.txt", [0, "1", "1.5"], [HOUR, "2", "2.5"]));
    const result = await run(await trades("b.txt", [HOUR, "3", "3.5"], [2 * HOUR, "4", "4.5"]));
    expect(result.partitions).toMatchObject([{ rows: 4, displaced: [] }]);
  });

  it("lose only the one that the new version covers", async () => {
    await run(await trades("h1.txt", hour(1)));
    await run(await trades("h2.txt", hour(2)));
    const result = await run(await trades("h2-corrected.txt", [2 * HOUR, "2", "9.5"]));
    expect(result.partitions).toMatchObject([{ status: "replaced", displaced: ["h2.txt"] }]);
    expect(await pricesInLake()).toEqual([1.5, 9.5]);
    expect((await manifest()).sources.map(({ name }) => name)).toEqual([
      "h1.txt",
      "h2-corrected.txt",
    ]);
  });

  it("keep the quarantine of those that stay, and of no other", async () => {
    const bad = async (name: string, n: number): Promise<string> => {
      const path = await trades(name, hour(n));
      await writeFile(path, `${await readFile(path, "utf8")}bad ${name}\n`);
      return path;
    };
    await run(await bad("h1.txt", 1));
    await run(await bad("h2.txt", 2));
    await run(await trades("h2-corrected.txt", [2 * HOUR, "2", "9.5"]));
    const found = await manifest();
    expect(found.quality.quarantined).toBe(1);
    const text = await readFile(join(lake.rowsFile(found), "../quarantine.jsonl"), "utf8");
    expect(text.match(/bad h\d/g)).toEqual(["bad h1"]);
  });

  it("are unchanged when they come again, also where all rows of one repeat another's", async () => {
    const a = await trades("a.txt", hour(1), hour(2));
    const b = await trades("b.txt", hour(2));
    await run(a, b);
    expect((await run(a, b)).partitions).toMatchObject([{ status: "unchanged", rows: 2 }]);
    expect(await run(b)).toMatchObject({ rows: 0, duplicates: 1 });
  });
});

describe("rows that repeat an id", () => {
  it("are dropped across files that come one after the other, and counted", async () => {
    await run(await trades("a.txt", [1, "1", "100.1"], [2, "2", "100"]));
    const result = await run(await trades("b.txt", [HOUR, "2", "100"], [HOUR + 1, "3", "100"]));
    expect(result).toMatchObject({ rows: 1, duplicates: 1 });
    expect(await pricesInLake()).toEqual([100.1, 100, 100]);
  });

  it("stay when their prices differ, however similar the digits", async () => {
    await run(await trades("a.txt", [1, "1", "1.5"], [1, "1", "15"]));
    expect(await pricesInLake()).toEqual([1.5, 15]);
  });
});

describe("rows off a known grid", () => {
  const strict = (path: string, maxQuarantine: number): Promise<IngestResult> =>
    ingest({
      lake,
      source: plainSource({ tick: decimal("0.5"), lot: decimal("1") }),
      paths: [path],
      maxQuarantine,
    });

  it("count against the limit also when no row of the day is left", async () => {
    const path = await trades("a.txt", [1, "1", "1.55"], [2, "2", "1.56"]);
    await expect(strict(path, 0.5)).rejects.toThrow(
      /2 of 2 rows are bad .* first: a\.txt:1: off the grid/,
    );
    await expect(strict(path, 1)).rejects.toThrow(/no row is left/);
  });

  it("are all kept with their text, however many they are", async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => [n, `${n}`, "1.55"] as const);
    const path = await trades("a.txt", ...rows, [20_000, "good", "1.5"]);
    expect(await strict(path, 1)).toMatchObject({ rows: 1, quarantined: 20_000 });
    const kept = await readFile(
      join(lake.rowsFile(await manifest()), "../quarantine.jsonl"),
      "utf8",
    );
    expect(kept.split("\n").filter((line) => line.includes(" 1.55 1"))).toHaveLength(20_000);
  }, 60_000);

  it("are bad before good ones without end: the ingest stops", async () => {
    const path = join(folder, "junk.txt");
    await writeFile(path, `${"junk\n".repeat(150_000)}${DAY} 1 1 1\n`);
    await expect(run(path)).rejects.toThrow(/junk\.txt:100001: this is bad line number 100001/);
  });
});

describe("two ingests of one partition at once", () => {
  it("leave both files' rows, or the one that came too late says so", async () => {
    const [a, b] = [await trades("a.txt", hour(1)), await trades("b.txt", hour(2))];
    const outcomes = await Promise.allSettled([run(a), run(b)]);
    const rows = (await manifest()).rows;
    const lost = outcomes.filter(({ status }) => status === "rejected");
    expect(rows + lost.length).toBe(2);
    for (const outcome of lost) {
      expect(String((outcome as PromiseRejectedResult).reason)).toMatch(/another (process|ingest)/);
    }
    await run(a);
    await run(b);
    expect(await pricesInLake()).toEqual([1.5, 2.5]);
  });
});

describe("two forms of one data set", () => {
  const head =
    "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker";
  const single = "id,price,qty,quote_qty,time,is_buyer_maker";
  const aggregates = `${head}\n1,58160.1,0.5,11,12,1722816000123,true\n`;
  const singles = `${single}\n11,58160.1,0.2,1,1722816000123,true\n12,58160.1,0.3,1,1722816000123,true\n`;

  async function files(): Promise<readonly [string, string]> {
    const paths = [
      join(folder, "BTCUSDT-aggTrades-2024-08-05.csv"),
      join(folder, "BTCUSDT-trades-2024-08-05.csv"),
    ] as const;
    await writeFile(paths[0], aggregates);
    await writeFile(paths[1], singles);
    return paths;
  }
  const vision = (paths: readonly string[]): Promise<IngestResult> =>
    ingest({ lake, source: binanceVision, paths, hints: { venue: "binance-usdm" } });

  it("are refused in one ingest: their rows are the same trades", async () => {
    await expect(vision(await files())).rejects.toThrow(
      /BTCUSDT-aggTrades.*\(trades:aggregated\) and BTCUSDT-trades.*\(trades:single\) tell of the same trades of binance-usdm:BTCUSDT on 2024-08-05/,
    );
    expect(await lake.list()).toEqual([]);
  });

  it("replace each other one after the other", async () => {
    const [first, second] = await files();
    await vision([first]);
    expect((await vision([second])).partitions).toMatchObject([
      { rows: 2, status: "replaced", displaced: ["BTCUSDT-aggTrades-2024-08-05.csv"] },
    ]);
  });
});

describe("a file that others have given way to", () => {
  it("is not displaced without them: the rows that repeated it would be missing", async () => {
    const a = await trades("a.txt", [5, "4", "1.5"], [10, "5", "1.5"]);
    const b = await trades("b.txt", [10, "5", "1.5"], [20, "6", "1.5"]);
    await run(a);
    await run(b);
    const corrected = await trades("a2.txt", [5, "4", "1.6"], [8, "7", "1.5"]);
    await expect(run(corrected)).rejects.toThrow(
      /a\.txt would leave trades of test:BTC on 2025-10-10, and rows of b\.txt that repeated it are not there/,
    );
    expect((await run(corrected, b)).rows).toBe(4);
  });
});

describe("a grid that was finer because of rows that are gone", () => {
  it("is as coarse again as if they had never been there", async () => {
    const a = await trades("a.txt", [10, "1", "1.5"]);
    const fine = await trades("b.txt", [HOUR, "2", "1.50001"], [HOUR + 1, "3", "1.5"]);
    const coarse = await trades("b2.txt", [HOUR, "2", "1.6"], [HOUR + 1, "3", "1.5"]);
    await run(a);
    await run(fine);
    await run(coarse);
    const [merged] = await lake.list();
    expect(merged?.instrument.tick).toEqual(decimal("0.1"));
    const scratch = new Lake(join(folder, "scratch"));
    await ingest({ lake: scratch, source: plainSource(), paths: [a, coarse], maxQuarantine: 1 });
    expect(merged).toEqual((await scratch.list())[0]);
  });
});

describe("a file of which no line can be stored", () => {
  it("is refused beside others, whatever may go to quarantine", async () => {
    const good = await trades("good.txt", [10, "1", "1.5"]);
    const bad = join(folder, "bad.txt");
    await writeFile(bad, "what\nis this\n");
    await expect(run(good, bad)).rejects.toThrow(
      /bad\.txt: none of its 2 lines can be stored; first: bad\.txt:1: no price or size/,
    );
    expect(await lake.list()).toEqual([]);
  });
});
