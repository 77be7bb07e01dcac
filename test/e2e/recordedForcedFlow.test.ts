import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  estimateForcedFlow,
  EVERY_PRINT,
  type ForcedPrint,
  type KappaBand,
  type PopulationSource,
  printedFlow,
  RecordColumns,
  RecordedDay,
  type RecordedStep,
  type RuleSet,
} from "@aftershock/cascade";
import { detectSource, ingest, Lake, lakeStream, openDuck } from "@aftershock/ingest";
import { replay } from "@aftershock/replay";
import type { EventStream } from "@aftershock/schema";
import { PRESETS, type PresetName } from "@aftershock/simulator";
import { beforeAll, describe, expect, it } from "vitest";
import {
  flowCorrelation,
  notionalOf,
  onePrintASecond,
  pinRecord,
  runOnRecord,
} from "../validation/counterfactual/pinnedFigures.ts";
import {
  plantedDay,
  type PlantedDay,
  snapshotPopulation,
} from "../validation/counterfactual/plantedDay.ts";
import {
  recordedStreams,
  simulatedRecord,
  type SimulatedRecord,
} from "../validation/counterfactual/simulatedRecord.ts";

describe.each([
  { preset: "crash-hour", seed: 3, mainSide: -1 },
  { preset: "short-squeeze", seed: 2, mainSide: 1 },
] as const)("a simulated $preset, as a vendor would sell it", ({ preset, seed, mainSide }) => {
  const { rules } = PRESETS[preset satisfies PresetName];
  let recorded: readonly EventStream[];
  let record: SimulatedRecord;
  let planted: PlantedDay;

  beforeAll(async () => {
    recorded = recordedStreams({ preset, seed });
    record = await simulatedRecord(recorded);
    planted = plantedDay({ preset, seed });
  });

  it("is recorded step by step as the market was", () => {
    const { steps, summary } = record;
    expect(summary).toMatchObject({
      prices: "book",
      depth: "band",
      standIns: { mark: 0, index: 0 },
    });
    // The recorder loses 1.5 s of the book; it is as it was before, and not known to be wrong.
    const apart = steps.filter(({ at, bid, ask }) => {
      const place = Math.round((at - planted.from) / 100_000) - 1;
      return bid !== planted.bid[place] || ask !== planted.ask[place];
    });
    expect(apart.length).toBeLessThan(40);
    expect(summary.gaps.reduce((sum, gap) => sum + gap.steps, 0)).toBeLessThan(10);
    const { market, backstop, adl } = summary.prints ?? {};
    const forced = planted.forced.reduce((sum, flow) => sum + Math.abs(flow), 0);
    expect((market?.sold ?? 0) + (market?.bought ?? 0)).toBe(forced);
    expect([backstop?.prints, adl?.prints]).toEqual([0, 0]);
    const taken = record.columns
      .column("bought")
      .reduce((sum, one, i) => sum + one - (record.columns.column("sold")[i] ?? 0), 0);
    const truly = planted.forced.reduce((sum, one, i) => sum + one + (planted.others[i] ?? 0), 0);
    expect(taken).toBeCloseTo(truly, 0);
  });

  it("has, without its book, a proxy of depth that is right to a factor of ten, and says that it is one", async () => {
    const { steps, summary } = await simulatedRecord(
      recorded.filter(({ stream }) => stream !== "book"),
    );
    expect(summary).toMatchObject({ prices: "trades", depth: "proxy" });
    const depths = new Map(steps.map(({ at, bidDepth }) => [at, bidDepth]));
    const ratios = record.steps
      .slice(3_000)
      .flatMap(({ at, bidDepth }) =>
        (depths.get(at) ?? 0) > 0 ? [(depths.get(at) ?? 0) / bidDepth] : [],
      )
      .toSorted((a, b) => a - b);
    const middle = ratios[ratios.length >> 1] ?? 0;
    expect(middle).toBeGreaterThan(0.1);
    expect(middle).toBeLessThan(1);
  });

  it("gives positions with which the engine sells what was printed, to half a percent, and minute by minute to 4 %", () => {
    const flow = printedFlow(record.prints);
    const pins = pinRecord(record, rules, flow);
    expect(pins.counts.unexplained / pins.counts.pins).toBeLessThan(0.01);
    for (const draw of [0, 1]) {
      const gap = runOnRecord(record, { rules, population: pins.population(draw), flow });
      expect(Math.abs(gap.relative)).toBeLessThan(0.005);
      expect(gap.byMinute).toBeLessThan(0.04);
    }
  });

  it("gives, with one print a second and κ, as much within 2 %, of which the minutes are known to 40 %", () => {
    const printed = onePrintASecond(printedFlow(record.prints).prints);
    const k = notionalOf(printedFlow(record.prints).prints) / notionalOf(printed);
    expect(k).toBeGreaterThan(5);
    const kappa: KappaBand = { low: k, mid: k, high: k, everySeconds: 1, doubts: [] };
    const sampled = printedFlow(printed, kappa);
    const { population } = pinRecord(record, rules, sampled);
    const flow = printedFlow(record.prints);
    const gap = runOnRecord(record, { rules, population: population(0), flow });
    expect(Math.abs(gap.relative)).toBeLessThan(0.02);
    expect(gap.byMinute).toBeLessThan(0.4);
  });

  it.each([
    { name: "30 % less maintenance margin", change: { maintenanceFactor: 0.7 }, most: 0.1 },
    { name: "a mark of 30 s", change: { markTwapSeconds: 30 }, most: 0.03 },
  ] as const)(
    "sells on the same path what all accounts would under $name, but for a share of $most",
    ({ change, most }) => {
      const flow = printedFlow(record.prints);
      const changed = { ...rules, ...change };
      const run = (population: PopulationSource): number => {
        const { engineSold, engineBought } = runOnRecord(record, {
          rules: changed,
          population,
          flow,
        });
        return engineSold + engineBought;
      };
      const all = run(snapshotPopulation(planted));
      expect(Math.abs(run(pinRecord(record, rules, flow).population(0)) / all - 1)).toBeLessThan(
        most,
      );
    },
  );

  it("has forced flow that can be told from open interest and bursts: when, and how much at least", () => {
    const estimate = estimateForcedFlow({
      instrument: record.summary.instrument,
      columns: record.columns,
    });
    const truth = printedFlow(record.prints).prints;
    const ratio = notionalOf(estimate.prints) / notionalOf(truth);
    expect(ratio).toBeGreaterThan(0.05);
    expect(ratio).toBeLessThan(1.1);
    expect(flowCorrelation(estimate.prints, truth, record, 10)).toBeGreaterThan(0.8);
    const main = estimate.prints.filter(({ side }) => side === mainSide);
    expect(notionalOf(main) / notionalOf(estimate.prints)).toBeGreaterThan(0.75);
    const gap = runOnRecord(record, {
      rules,
      population: pinRecord(record, rules, estimate).population(0),
      flow: estimate,
    });
    expect(Math.abs(gap.relative)).toBeLessThan(0.1);
  });
});

const capture = "orderbook/lighter_BTC_20251210_l2_trades_liqs.json.gz";
const path = join(import.meta.dirname, "../../../shared/data", capture);

describe.skipIf(!existsSync(path))(
  `${capture}, the one capture at hand with liquidation prints`,
  () => {
    it("is reproduced by an engine with the accounts of its prints, to the lot", async () => {
      const folder = await mkdtemp(join(tmpdir(), "aftershock-prints-"));
      const duck = await openDuck();
      try {
        const lake = new Lake(folder);
        await ingest({ lake, source: await detectSource(path), paths: [path], hints: {} });
        const days = (await lake.list()).filter(
          ({ stream }) => stream === "trades" || stream === "liquidations",
        );
        const streams = days.map((day) => lakeStream(duck, lake, day.stream, [day]));
        const steps: RecordedStep[] = [];
        const prints: ForcedPrint[] = [];
        const columns = new RecordColumns();
        // The prints are a backlog of ten minutes before the book: prices are those of the trades.
        const day = new RecordedDay(streams, {
          instrument: "lighter:BTC",
          standIns: { mark: "mid", index: "mark" },
          onStep: (step, flow) => {
            steps.push(step);
            columns.take(step, flow);
          },
          onPrint: (print) => prints.push(print),
        });
        await replay(streams, { clock: "event", handlers: day.handlers });
        const { prices, depth } = day.summary;
        expect([prices, depth]).toEqual(["trades", "proxy"]);
        expect(prints).toHaveLength(50);
        expect(new Set(prints.map(({ account }) => account)).size).toBe(11);
        // No rule of this venue is dated: margin decides about nothing here but how far a pinned account is from bankruptcy.
        const rules: RuleSet = { ...PRESETS.depeg.rules, throttlePerSecond: undefined };
        const flow = printedFlow(prints, EVERY_PRINT);
        const record = { steps, columns, summary: day.summary };
        const pins = pinRecord(record, rules, flow);
        const gap = runOnRecord(record, { rules, population: pins.population(0), flow });
        expect(pins.counts).toMatchObject({ pins: 11, leftOut: 0 });
        const closed = pins.plan(0).reduce((sum, { lots }) => sum + Math.abs(lots), 0);
        expect(closed).toBe(prints.reduce((sum, { lots }) => sum + lots, 0));
        // Fills are compared at the mid, and were up to a few basis points away from it.
        expect(Math.abs(gap.relative)).toBeLessThan(0.001);
        expect(gap.byMinute).toBeLessThan(0.002);
        expect(gap.figures.pending).toBe(0);
      } finally {
        duck.close();
        await rm(folder, { recursive: true });
      }
    });
  },
);
