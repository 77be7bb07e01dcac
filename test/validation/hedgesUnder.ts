/**
 * Hedges and a market maker under scenarios against the truth: crash hours are simulated under the recorded rules and, with the same luck, under others; a study of the former runs them under scenarios of those rules, a study of the latter on what
 * then happened. Told for each rule and hedge over all days: the true change of profit or loss and of the maximum drawdown against the record, the change that is told, and the mean errors of the two, where "record" is to tell no change.
 * `node --conditions=@aftershock/source test/validation/hedgesUnder.ts --days 8 --first 501`
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Lake } from "@aftershock/ingest";
import { micros, utcDate } from "@aftershock/schema";
import { presetOf } from "@aftershock/simulator";
import type { Mitigation, ScenarioHedges, StudyResult } from "@aftershock/strategy";
import { scaledMaintenance, trancheLiquidation, noLiquidations } from "@aftershock/strategy";
import { storeSimulatedDay } from "../../packages/cli/src/simulatedDay.ts";
import { json } from "../e2e/aftershock.ts";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "8" },
    first: { type: "string", default: "501" },
  },
});

/** The rules that are tried, as a study writes them and as they are. */
const RULES: readonly { readonly text: string; readonly mitigation: Mitigation }[] = [
  { text: "noLiquidations()", mitigation: noLiquidations() },
  {
    text: "trancheLiquidation({ share: 0.1, cooldownSeconds: 300 })",
    mitigation: trancheLiquidation({ share: 0.1, cooldownSeconds: 300 }),
  },
  { text: "scaledMaintenance({ factor: 2 })", mitigation: scaledMaintenance({ factor: 2 }) },
];

/** When hedges are opened after the start of the recording, µs: with a ticker of the contract there. */
const LATER = 30_000_000;

const studyText = (from: number, scenarios: readonly string[]): string => `
import { defineStudy, deltaNeutral, marketMaking, noChange, noLiquidations, protectivePut, scaledMaintenance, trancheLiquidation, unhedged } from "aftershock";
export default defineStudy({
  name: "under", day: "${utcDate(micros(from))}", from: ${from + LATER}, venue: "sim", portfolio: { BTC: 10 }, hedgesUnder: "scenarios",
  hedges: [unhedged(), protectivePut({ tenorDays: 30, moneyness: 0.95 }), deltaNeutral({ with: "perpetual", band: 0.05 })],
  strategies: [marketMaking({ quoteLots: 500, maxPositionLots: 5000, halfSpreadTicks: 20, skewTicks: 4, toleranceTicks: 4, cash: 10, name: "Maker" })],
  scenarios: [${scenarios.join(", ")}],
  counterfactual: { calibration: "shipped:sim-crash-hour", draws: 0 },
});
`;

/** Simulates a day under rules and runs the study on it; by scenario. */
async function played(
  seed: number,
  mitigation: Mitigation | undefined,
  scenarios: readonly string[],
): Promise<readonly ScenarioHedges[]> {
  const folder = await mkdtemp(join(tmpdir(), "aftershock-hedges-"));
  try {
    const path = join(folder, "lake");
    const { rules } = presetOf("crash-hour").preset;
    const changed = mitigation === undefined ? {} : { rules: mitigation.apply(rules) };
    const settings = { preset: "crash-hour", seed, ...changed };
    const { truth } = await storeSimulatedDay(new Lake(path), settings, { impactDraws: 0 });
    const study = join(folder, "study.ts");
    await writeFile(study, studyText(truth.from, scenarios));
    const result = await json<StudyResult>(path, "run", study, "--out", join(folder, "out"));
    return result.underScenarios?.scenarios ?? [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Profit or loss and maximum drawdown by hedge: USD, of the maker 1e-3 of the settle currency. */
const figuresOf = (one: ScenarioHedges | undefined): ReadonlyMap<string, number> =>
  new Map([
    ...(one?.hedges ?? []).flatMap(({ name, metrics }) => [
      [`${name} | P&L`, metrics.pnlUsd] as const,
      [`${name} | drawdown`, metrics.maxDrawdown.usd] as const,
    ]),
    ...(one?.strategies ?? []).flatMap(({ name, pnl, maxDrawdown }) => [
      [`${name} | P&L`, 1e3 * pnl] as const,
      [`${name} | drawdown`, 1e3 * maxDrawdown.amount] as const,
    ]),
  ]);

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
const rows = new Map<string, { readonly truth: number; readonly told: number }[]>();

/** Adds what a day gave. */
async function add(seed: number): Promise<void> {
  const told = await played(
    seed,
    undefined,
    RULES.map(({ text }) => text),
  );
  const record = figuresOf(told[0]);
  for (const [place, { mitigation }] of RULES.entries()) {
    const [truth] = await played(seed, mitigation, ["noChange()"]);
    const [real, said] = [figuresOf(truth), figuresOf(told[place + 1])];
    for (const [name, before] of record) {
      const key = `${mitigation.name} | ${name}`;
      const row = {
        truth: (real.get(name) ?? Number.NaN) - before,
        told: (said.get(name) ?? Number.NaN) - before,
      };
      rows.set(key, [...(rows.get(key) ?? []), row]);
    }
  }
}

const first = Number(values.first);
for (let days = 1; days <= Number(values.days); days += 1) {
  await add(first + days - 1);
  process.stdout.write(`\n${days} days\n`);
  process.stdout.write(
    "rule | hedge | figure | true change | told change | mean error of the told | of the record\n",
  );
  for (const [key, all] of rows) {
    const figures = [
      mean(all.map(({ truth }) => truth)),
      mean(all.map(({ told }) => told)),
      mean(all.map(({ truth, told }) => Math.abs(told - truth))),
      mean(all.map(({ truth }) => Math.abs(truth))),
    ];
    process.stdout.write(`${key} | ${figures.map((one) => one.toFixed(1)).join(" | ")}\n`);
  }
}
