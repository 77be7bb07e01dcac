/**
 * The simulated market: crash-hour with busy books (5.4 M rows, of both venues), its memory over one hour and over four, the truth alone, and the
 * book in flat arrays beside the plain one. Run it with the workspace's Node: `node --conditions=@aftershock/source test/bench/simulate.ts`.
 */
import { spawnSync } from "node:child_process";
import { FastLimitOrderBook, LimitOrderBook, type ParticipantBook } from "@aftershock/replay";
import { ASK, BID } from "@aftershock/schema";
import { CounterRandom, simulate, SIMULATED_FROM, simulateTruth } from "@aftershock/simulator";
import { BUSY_BOOKS } from "./busyBooks.ts";

interface Recorded {
  readonly bookRows: number;
  readonly rows: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  /** What is alive after a collection in the last minutes. */
  readonly liveMiB: number;
  readonly low: number;
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Records so many minutes, reading every batch and keeping none. */
function record(minutes: number): Recorded {
  const start = cpuSeconds();
  const day = simulate({ seed: 1, minutes, market: BUSY_BOOKS });
  let [bookRows, rows, liveMiB] = [0, 0, 0];
  for (const { stream, length, columns } of day.batches()) {
    rows += length;
    if (stream === "book") bookRows += length;
    const minute = ((columns.tsRecv[0] ?? 0) - SIMULATED_FROM) / 60e6;
    if (minute < minutes - 2 || liveMiB > 0) continue;
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    liveMiB = (heapUsed + arrayBuffers) / 2 ** 20;
  }
  const seconds = cpuSeconds() - start;
  const { lowUsd, openUsd } = day.truth;
  const peakMiB = process.resourceUsage().maxRSS / 1_024;
  return { bookRows, rows, cpuSeconds: seconds, peakMiB, liveMiB, low: lowUsd / openUsd - 1 };
}

/** As `record`, in a process of its own, whose memory nothing else has touched. */
function recordApart(minutes: number): Recorded {
  const flags = [
    "--expose-gc",
    "--conditions=@aftershock/source",
    import.meta.filename,
    String(minutes),
  ];
  const { stdout, status, stderr } = spawnSync(process.execPath, flags, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Recorded;
}

/** CPU seconds of so many orders: placed around a price that wanders, cancelled, taken. */
function playBook(book: ParticipantBook, orders: number): number {
  const random = new CounterRandom(1, "book bench");
  const start = cpuSeconds();
  const ids: number[] = [];
  for (let order = 0; order < orders; order += 1) {
    random.at(order);
    const middle = 128_000 + Math.round(500 * Math.sin(order / 1e5));
    const side = random.uniform(0) < 0.5 ? BID : ASK;
    const what = random.uniform(1);
    if (what < 0.55) {
      const price = middle - side * random.integer(2, 1, 200);
      const opposite = book.best(-side);
      if (opposite === undefined || (opposite - price) * side > 0) {
        ids.push(book.place(order % 50, side, price, random.integer(3, 1, 1_000)));
      }
    } else if (what < 0.97) {
      const id = ids[random.integer(2, 0, ids.length - 1)];
      if (id !== undefined) book.cancel(id);
    } else book.take(60, side, random.integer(3, 1, 3_000), undefined, () => undefined);
    if (ids.length > 4_000) ids.splice(0, 2_000);
  }
  return cpuSeconds() - start;
}

const [minutesArgument] = process.argv.slice(2);
if (minutesArgument === undefined) {
  const hour = recordApart(60);
  const four = recordApart(240);
  const start = cpuSeconds();
  simulateTruth({ seed: 2, minutes: 90 });
  const cold = cpuSeconds() - start;
  const warmStart = cpuSeconds();
  for (const seed of [3, 4, 5]) simulateTruth({ seed, minutes: 90 });
  const warm = (cpuSeconds() - warmStart) / 3;
  const orders = 200_000;
  playBook(new FastLimitOrderBook(), orders);
  const fast = playBook(new FastLimitOrderBook(), orders);
  const plain = playBook(new LimitOrderBook(), orders);
  const lines = [
    `crash-hour, busy: ${(hour.bookRows / 1e6).toFixed(2)} M book rows, ${(hour.rows / 1e6).toFixed(2)} M rows in ${hour.cpuSeconds.toFixed(1)} s of CPU (low ${(100 * hour.low).toFixed(1)} %)`,
    `memory: alive ${hour.liveMiB.toFixed(0)} MiB after 1 h and ${four.liveMiB.toFixed(0)} MiB after 4 h, resident at most ${hour.peakMiB.toFixed(0)} and ${four.peakMiB.toFixed(0)} MiB (${(four.bookRows / 1e6).toFixed(1)} M book rows in ${four.cpuSeconds.toFixed(1)} s)`,
    `truth alone, 90 minutes: ${cold.toFixed(2)} s of CPU the first time, ${warm.toFixed(2)} s then`,
    `book of participants: plain / flat arrays = ${(plain / fast).toFixed(1)} (${(orders / fast / 1e6).toFixed(1)} M orders a second)`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
} else process.stdout.write(JSON.stringify(record(Number(minutesArgument))));
