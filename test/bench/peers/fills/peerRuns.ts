import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decimalToNumber } from "@aftershock/schema";
import { FEES, EVERY_MICROS, POWER, type Setting } from "./ourRuns.ts";
import type { Probe } from "./probes.ts";
import type { Recording } from "./recordings.ts";
import { addFill, type Fill, type SentOrder, type StudyRun } from "./studyRun.ts";

const PEERS = join(import.meta.dirname, "..");
export const PYTHON: string = join(PEERS, ".venv/bin/python");

/** What hftbacktest is asked for. */
export interface PeerJob {
  readonly name: string;
  readonly recording: Recording;
  readonly setting: Setting;
  readonly study: PeerStudy;
}

/** One of the studies that hftbacktest_fills.py knows. */
export type PeerStudy =
  | { readonly kind: "probes"; readonly probes: readonly Probe[] }
  | { readonly kind: "maker"; readonly options: object; readonly until: number }
  | {
      readonly kind: "follower";
      readonly options: object;
      readonly until: number;
      readonly forced: object;
    };

/** A run of hftbacktest. */
export interface PeerRun extends StudyRun {
  /** How often the best prices were others than ours when a probe was sent. */
  readonly touchMismatches: number;
  /** What hftbacktest itself says in the end: money in the settle currency, position in the unit of size. */
  readonly state: {
    readonly position: number;
    readonly balance: number;
    readonly fee: number;
    readonly trades: number;
  };
  /** Of each order that was filled whole, the last of its fills, lots not quite whole. */
  readonly completed: readonly (readonly [order: number, price: number, size: number])[];
  /** The code with which it stopped before its end; 0 for none. */
  readonly failure: number;
  readonly version: string;
}

interface Answer extends Omit<PeerRun, "orders" | "fills"> {
  readonly fills: readonly (readonly [order: number, at: number, price: number, size: number])[];
  readonly sent: readonly (readonly [at: number, side: 1 | -1, price: number, size: number])[];
}

function requestsOf(probes: readonly Probe[]): object {
  const requests = probes
    .flatMap(({ sentAt, cancelAt }, order) => {
      const sent = { at: sentAt, kind: 0, order };
      return Number.isFinite(cancelAt) ? [sent, { at: cancelAt, kind: 1, order }] : [sent];
    })
    .toSorted((a, b) => a.at - b.at);
  return {
    at: requests.map(({ at }) => at),
    kind: requests.map(({ kind }) => kind),
    order: requests.map(({ order }) => order),
  };
}

function studyTerms(study: PeerStudy): object {
  if (study.kind !== "probes") return study;
  const { probes } = study;
  const columns = (["side", "price", "size", "bid", "ask"] as const).map(
    (name) => [name, probes.map((probe) => probe[name])] as const,
  );
  const isIoc = probes.map((probe) => Number(probe.isIoc));
  return { orders: { ...Object.fromEntries(columns), isIoc }, requests: requestsOf(probes) };
}

function termsOf({ name, recording, setting, study }: PeerJob): object {
  const { tick, lot, contract, multiplier } = recording.instrument;
  const { makerBps, takerBps } = FEES.tier;
  return {
    ...setting,
    ...studyTerms(study),
    name,
    study: study.kind,
    events: recording.events,
    everyMicros: EVERY_MICROS,
    power: POWER,
    makerBps,
    takerBps,
    tick: decimalToNumber(tick),
    lot: decimalToNumber(lot),
    contract,
    multiplier,
  };
}

function runOf({ fills, sent, ...rest }: Answer, { study }: PeerJob): PeerRun {
  const orders: readonly SentOrder[] =
    study.kind === "probes"
      ? study.probes
      : sent.map(([sentAt, side, price, size]) => {
          return { sentAt, side, price, size, isIoc: study.kind === "follower" };
        });
  const filled = orders.map((): Fill[] => []);
  for (const [order, at, price, size] of fills) addFill(filled[order] ?? [], { at, price, size });
  return { ...rest, orders, fills: filled };
}

/** Runs hftbacktest on some jobs, in one process. `folder` is for what is handed over. */
export function runPeer(jobs: readonly PeerJob[], folder: string): readonly PeerRun[] {
  const [asked, told] = [join(folder, "jobs.json"), join(folder, "runs.json")];
  writeFileSync(asked, JSON.stringify(jobs.map(termsOf)));
  execFileSync(PYTHON, [join(import.meta.dirname, "hftbacktest_fills.py"), asked, told], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const answers = JSON.parse(readFileSync(told, "utf8")) as readonly Answer[];
  return answers.map((answer, index) => {
    const job = jobs[index];
    if (job === undefined) throw new Error(`hftbacktest answers more than it was asked`);
    if (answer.failure !== 0)
      throw new Error(`${job.name}: hftbacktest ends with ${answer.failure}`);
    return runOf(answer, job);
  });
}
