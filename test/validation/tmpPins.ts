import { micros } from "@aftershock/schema";
import { replay } from "@aftershock/replay";
import { simulate, type SimulateOptions } from "@aftershock/simulator";
import {
  RecordedDay,
  RecordColumns,
  printedFlow,
  pinnedPositions,
  PrintGap,
  EVERY_PRINT,
  type ForcedPrint,
  type RecordedStep,
} from "@aftershock/cascade";
const preset = (process.argv[2] ?? "crash-hour") as "crash-hour";
const seed = Number(process.argv[3] ?? 1);
const throttled = process.argv[4] === "throttled";
const options: SimulateOptions = {
  preset,
  seed,
  throttlePrints: throttled,
  ...(process.argv[5] ? { minutes: Number(process.argv[5]) } : {}),
};
const { PRESETS } = await import("@aftershock/simulator");
const rules = PRESETS[preset].rules;
const day = simulate(options);
const perp = PRESETS[preset].traded.perpetual.id;
const streams = day.streams.filter(
  (s) =>
    s.instrument.id === perp && ["book", "trades", "tickers", "liquidations"].includes(s.stream),
);
const columns = new RecordColumns();
const prints: ForcedPrint[] = [];
const steps: RecordedStep[] = [];
const rec = new RecordedDay(streams, {
  instrument: perp,
  onStep: (s, f) => {
    columns.take(s, f);
    steps.push(s);
  },
  onPrint: (p) => prints.push(p),
});
console.time("replay");
await replay(streams, { handlers: rec.handlers });
console.timeEnd("replay");
const sum = rec.summary;
console.log(sum.steps, sum.gaps, sum.prints, sum.depth);
const truth = day.truth;
console.log(
  "truth sold",
  truth.forcedSoldUsd,
  "bought",
  truth.forcedBoughtUsd,
  "liquidated",
  truth.liquidatedLongs,
  truth.liquidatedShorts,
);
const total = truth.forcedSoldUsd + truth.forcedBoughtUsd;
const printedTotal = prints
  .filter((p) => p.method === "market")
  .reduce((s, p) => s + p.notional, 0);
const k = total / printedTotal;
console.log("kappa true", k);
const kappa = throttled ? { low: k, mid: k, high: k, everySeconds: 1, doubts: [] } : EVERY_PRINT;
const flow = printedFlow(prints, kappa);
const { CounterRandom } = await import("@aftershock/simulator");
const random = new CounterRandom(7, "pins");
for (const lag of throttled ? [1_000_000] : [1_000_000, 0]) {
  console.time("pins");
  const pinned = pinnedPositions({
    instrument: sum.instrument,
    rules,
    columns,
    flow,
    uniform: (d, s) => random.at(d, s).uniform(0),
    lagMicros: lag,
  });
  console.timeEnd("pins");
  console.log(lag, pinned.counts);
  for (const draw of [0, 1, 2]) {
    console.time("gap");
    const gap = new PrintGap({
      instrument: sum.instrument,
      rules,
      population: pinned.population(draw),
      flow,
      startPrice: ((steps[0]!.bid + steps[0]!.ask) / 2) * 0.5,
    });
    for (const s of steps) gap.step(s);
    const r = gap.result;
    console.timeEnd("gap");
    console.log(
      draw,
      "rel",
      r.relative.toFixed(4),
      "byMinute",
      r.byMinute.toFixed(4),
      "sold",
      r.engineSold.toFixed(0),
      r.printedSold.toFixed(0),
      "bought",
      r.engineBought.toFixed(0),
      r.printedBought.toFixed(0),
      "pending",
      r.figures.pending,
      r.figures.pendingNotional.toFixed(0),
      "liq",
      r.figures.liquidated,
      "adl",
      r.figures.deleveraged,
      r.figures.takenOver,
      "bad",
      r.figures.badDebt,
    );
  }
}
void micros;
