import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { type ImpactTruth, PRESETS } from "@aftershock/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PRESET_NAMES } from "../../packages/cli/src/presetNames.ts";
import { aftershock, json, start } from "./aftershock.ts";
import { dayHash, type DayToSimulate } from "./simulateDay.ts";

let folder: string;
let lake: string;

interface Simulated {
  readonly partitions: readonly {
    stream: string;
    instrument: string;
    rows: number;
    sha256: string;
    status: string;
  }[];
  readonly truth: string;
  readonly figures: {
    readonly lowUsd: number;
    readonly accounts: number;
    readonly impact?: ImpactTruth["parameters"];
  };
}

const DAY = ["simulate", "crash-hour", "--seed", "7", "--minutes", "30", "--impact", "0"];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-simulate-"));
  lake = join(folder, "lake");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("aftershock simulate", () => {
  it("stores a day with its truth, marked as simulated, and nothing new the second time", async () => {
    const first = await json<Simulated>(lake, ...DAY);
    expect(new Set(first.partitions.map(({ status }) => status))).toEqual(new Set(["written"]));
    expect(first.partitions.map(({ stream, instrument }) => `${stream} ${instrument}`)).toEqual([
      "book sim-spot:BTC-USD",
      "book sim:BTC-PERPETUAL",
      "liquidations sim:BTC-PERPETUAL",
      "options sim:BTC-OPTIONS",
      "positions sim:BTC-PERPETUAL",
      "tickers sim:BTC-PERPETUAL",
      "trades sim-spot:BTC-USD",
      "trades sim:BTC-PERPETUAL",
    ]);
    const truth = JSON.parse(await readFile(first.truth, "utf8")) as {
      lowUsd: number;
      seed: number;
    };
    expect(truth.seed).toBe(7);
    expect(truth.lowUsd).toBe(first.figures.lowUsd);
    const { stdout } = await aftershock(lake, "lake");
    expect(stdout.match(/SIMULATED/gu)).toHaveLength(first.partitions.length);
    const second = await json<Simulated>(lake, ...DAY);
    expect(second.partitions.map(({ status }) => status)).toEqual(
      first.partitions.map(() => "unchanged"),
    );
    expect(second.partitions.map(({ sha256 }) => sha256)).toEqual(
      first.partitions.map(({ sha256 }) => sha256),
    );
  });

  it("measures impact for the truth", async () => {
    const own = join(folder, "impact");
    const day = ["simulate", "calm-day", "--seed", "7", "--minutes", "1"];
    const { truth, figures } = await json<Simulated>(own, ...day);
    const { impact } = JSON.parse(await readFile(truth, "utf8")) as { impact: ImpactTruth };
    expect(impact.draws).toBe(2);
    expect(impact.states.map(({ state }) => state)).toEqual(["calm"]);
    expect(impact.parameters).toEqual(figures.impact);
    expect(impact.parameters.slopePerUsd[0]?.value).toBeGreaterThan(0);
  }, 120_000);

  it("lays days of other seeds and presets beside each other, and measures no impact when told so", async () => {
    const own = join(folder, "beside");
    for (const [preset, seed] of [
      ["calm-day", "7"],
      ["calm-day", "8"],
      ["crash-hour", "8"],
    ] as const) {
      const day = ["simulate", preset, "--seed", seed, "--minutes", "1", "--impact", "0"];
      const { truth } = await json<Simulated>(own, ...day);
      expect(JSON.parse(await readFile(truth, "utf8"))).not.toHaveProperty("impact");
    }
    const held = await json<{ readonly partitions: readonly { date: string }[] }>(own, "lake");
    expect(new Set(held.partitions.map(({ date }) => date))).toEqual(
      new Set(["2001-01-08", "2005-01-07", "2005-01-08"]),
    );
  }, 120_000);

  it("gives a lake that replays without a gap", async () => {
    await json(lake, ...DAY);
    const replayed = await json<{ gaps: unknown[]; crossedMessages: number; trades: number }>(
      lake,
      "replay",
      "sim:BTC-PERPETUAL",
      "sim-spot:BTC-USD",
    );
    expect(replayed.gaps).toEqual([]);
    expect(replayed.crossedMessages).toBe(0);
    expect(replayed.trades).toBeGreaterThan(1_000);
  });

  it("shows the accounts of the simulated venue by its own rules", async () => {
    await json(lake, ...DAY);
    const { simulated, currencies } = await json<{
      simulated: boolean;
      currencies: { currency: string; count: number; toBeLiquidated: number; leftOut: unknown[] }[];
    }>(lake, "accounts", "sim", "--at", "2001-01-07T12:05:00Z");
    expect(simulated).toBe(true);
    expect(currencies).toHaveLength(1);
    expect(currencies[0]).toMatchObject({ currency: "BTC", toBeLiquidated: 0, leftOut: [] });
    expect(currencies[0]?.count).toBeGreaterThan(2_000);
  });

  it("prints tables that say SIMULATED on stdout, and the rest on stderr", async () => {
    const { stdout, stderr, code } = await aftershock(lake, ...DAY);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^SIMULATED/u);
    expect(stdout).toMatch(/liquidated longs/u);
    expect(stderr).toMatch(/Simulating an hour/u);
  });

  it.each([
    [["simulate", "crash"], 2],
    [["simulate", "crash-hour"], 2],
    [["simulate", "crash-hour", "--seed", "-1"], 2],
    [["simulate", "crash-hour", "--seed", "x"], 2],
    [["simulate", "crash-hour", "--seed", "1", "--impact", "1"], 2],
    [["simulate", "crash-hour", "--seed", "1", "--minutes", "20000"], 1],
  ])("ends %j with %i", async (args, expected) => {
    const { code, stdout } = await aftershock(lake, ...args);
    expect(code).toBe(expected);
    expect(stdout).toBe("");
  });

  it("knows the presets that the simulator has", () => {
    expect(PRESET_NAMES).toEqual(Object.keys(PRESETS));
  });

  it("leaves nothing in the lake when it is stopped", async () => {
    const other = join(folder, "stopped");
    const running = start(other, "simulate", "calm-day", "--seed", "1");
    const ended = new Promise<number | null>((done) => running.on("exit", done));
    for (let tries = 0; tries < 200; tries += 1) {
      const staging = await readdir(join(other, ".staging")).catch(() => []);
      if (staging.length > 0) break;
      await new Promise((done) => setTimeout(done, 50));
    }
    running.kill("SIGINT");
    expect(await ended).toBe(130);
    const names = await readdir(other);
    expect(names.filter((name) => name.startsWith("stream=") || name === "truth")).toEqual([]);
    expect(await readdir(join(other, ".staging"))).toEqual([]);
  });
});

describe("days simulated in worker threads", () => {
  it("have the same bytes with one thread and with two, and in none", async () => {
    const days: readonly DayToSimulate[] = [
      { preset: "crash-hour", seed: 1, minutes: 23 },
      { preset: "depeg", seed: 2, minutes: 2, impactDraws: 2 },
      { preset: "short-squeeze", seed: 3, minutes: 22 },
    ];
    const inWorkers = async (count: number): Promise<readonly string[]> => {
      const workers = Array.from(
        { length: count },
        () =>
          new Worker(new URL("simulateDay.ts", import.meta.url), {
            execArgv: ["--conditions=@aftershock/source"],
          }),
      );
      const hashes = await Promise.all(
        workers.map(async (worker, first) => {
          const own: [number, string][] = [];
          for (let i = first; i < days.length; i += count) {
            const answer = new Promise<string>((done, failed) => {
              worker.once("message", done);
              worker.once("error", failed);
            });
            // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window.
            worker.postMessage(days[i]);
            own.push([i, await answer]);
          }
          await worker.terminate();
          return own;
        }),
      );
      return hashes
        .flat()
        .toSorted(([a], [b]) => a - b)
        .map(([, hash]) => hash);
    };
    const here = days.map(dayHash);
    expect(await inWorkers(1)).toEqual(here);
    expect(await inWorkers(2)).toEqual(here);
  }, 120_000);
});
