import { replay } from "@aftershock/replay";
import { Desk, EVERY_MICROS, type Instead, replayDesks, RunLog, type Setting } from "./ourRuns.ts";
import type { Recording } from "./recordings.ts";
import type { SentOrder, StudyRun } from "./studyRun.ts";

/** An order that is sent and cancelled at given times, whatever becomes of it. */
export interface Probe extends SentOrder {
  /** When it is cancelled, µs; Infinity for one that ends by itself. */
  readonly cancelAt: number;
  /** The best prices when it is sent, ticks. */
  readonly bid: number;
  readonly ask: number;
  /** The venue that it is sent to: one that has no other order then, so that orders do not share a trade. */
  readonly lane: number;
}

/** The last probe is sent so long before the recording ends, µs. */
const TAIL_MICROS = 10_000_000;
/** A lane is free so long after its order ended, µs. */
const PAUSE_MICROS = 1_000_000;
/** How far behind the best price of its side an order may stand, ticks; negative: before it. The touch thrice as often. */
const OFFSETS = [0, 0, 0, 1, 5, -1];
const SIZES = [1, 20, 500];
const LIVES_MICROS = [1_000_000, 3_000_000, 10_000_000];
const SHARE_OF_TAKERS = 0.1;
/** A taker's limit is less than so many ticks past the best price. */
const TAKER_TICKS = 5;

/** Numbers from 0 to below 1 from a seeded generator (xorshift32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** The last time at which a study of a recording decides, µs. */
export async function lastDecision(recording: Recording, clock: "recv" | "event"): Promise<number> {
  const { to = 0 } = await replay(recording.streams, { clock });
  return Math.floor((to - TAIL_MICROS) / EVERY_MICROS) * EVERY_MICROS;
}

/** Draws probes: at every decision one on each side, near the best price of the moment. The same recording gives the same probes. */
export async function drawProbes(
  recording: Recording,
  clock: "recv" | "event",
): Promise<readonly Probe[]> {
  const next = seeded(20_240_808);
  const pick = (values: readonly number[]): number =>
    values[Math.floor(next() * values.length)] ?? 0;
  const until = await lastDecision(recording, clock);
  const probes: Probe[] = [];
  const freeAt: number[] = [];
  const draw = (side: 1 | -1, at: number, bid: number, ask: number): void => {
    const isIoc = next() < SHARE_OF_TAKERS;
    const [own, opposite] = side === 1 ? [bid, ask] : [ask, bid];
    const price = isIoc
      ? opposite + side * Math.floor(next() * TAKER_TICKS)
      : own - side * pick(OFFSETS);
    const size = pick(SIZES);
    const cancelAt = isIoc ? Number.POSITIVE_INFINITY : at + pick(LIVES_MICROS);
    const found = freeAt.findIndex((time) => time <= at);
    const lane = found < 0 ? freeAt.length : found;
    freeAt[lane] = (isIoc ? at : cancelAt) + PAUSE_MICROS;
    probes.push({ sentAt: at, side, price, size, isIoc, cancelAt, bid, ask, lane });
  };
  await replay(recording.streams, {
    clock,
    handlers: {
      interval: {
        every: EVERY_MICROS,
        onEnd: (start, [book]) => {
          const at = start + EVERY_MICROS;
          const [bid = Number.NaN, ask = Number.NaN] = [
            book?.bidSide.bestPrice,
            book?.askSide.bestPrice,
          ];
          if (at > until || !(bid < ask)) return;
          draw(1, at, bid, ask);
          draw(-1, at, bid, ask);
        },
      },
    },
  });
  return probes;
}

/** Sends probes to venues of ours. */
export async function runProbes(
  recording: Recording,
  probes: readonly Probe[],
  setting: Setting,
  instead: Instead = {},
): Promise<StudyRun & { readonly lastTicks: number }> {
  const log = new RunLog();
  const lanes = 1 + probes.reduce((most, { lane }) => Math.max(most, lane), 0);
  // Orders of several lanes share nothing: there is nothing that one could have taken from another.
  const takenForgotten = lanes === 1 && instead.takenForgotten === true;
  const terms = { setting, instead: { ...instead, takenForgotten }, log };
  const desks = Array.from({ length: lanes }, () => new Desk(recording, terms));
  const actions = new Map<number, (() => void)[]>();
  const plan = (at: number, action: () => void): void => {
    actions.set(at, [...(actions.get(at) ?? []), action]);
  };
  for (const [index, { sentAt, side, price, size, isIoc, cancelAt, lane }] of probes.entries()) {
    const id = `probe-${index}`;
    const desk = desks[lane];
    const kind = isIoc ? { timeInForce: "ioc" as const } : { postOnly: true };
    plan(sentAt, () => desk?.submit({ id, side, price, size, ...kind }, sentAt));
    if (isIoc) continue;
    plan(cancelAt, () => {
      if (!log.hasEnded(id)) desk?.cancel(id, cancelAt);
    });
  }
  const study = {
    until: Number.POSITIVE_INFINITY,
    decide: (at: number): void => actions.get(at)?.forEach((action) => action()),
  };
  const lastTicks = await replayDesks(recording, desks, { setting, instead, study });
  return { orders: log.orders, fills: log.fills, lastTicks };
}
