import { simulate, simulateTruth } from "@aftershock/simulator";
const preset = (process.argv[2] ?? "crash-hour") as never;
const extra = JSON.parse(process.argv[3] ?? "{}");
let t = performance.now();
const day = simulate({ seed: 1, preset, ...extra });
const rows: Record<string, number> = {};
for (const b of day.batches())
  rows[`${b.stream} ${b.instrument.id}`] = (rows[`${b.stream} ${b.instrument.id}`] ?? 0) + b.length;
console.log(rows, performance.now() - t, "ms", process.memoryUsage().rss / 1e6, "MB");
t = performance.now();
const truth = simulateTruth({ seed: 1, preset, ...extra });
console.log(
  "truth",
  performance.now() - t,
  truth.lowUsd / truth.openUsd - 1,
  JSON.stringify(truth) === JSON.stringify(day.truth),
  JSON.stringify(truth).length,
  truth.ledgers,
);
