import { replay } from "@aftershock/replay";
import { simulate, CounterRandom, PRESETS, type SimulateOptions } from "@aftershock/simulator";
import {
  RecordedDay,
  RecordColumns,
  printedFlow,
  pinnedPositions,
  PrintGap,
  EVERY_PRINT,
  type ForcedPrint,
  type RecordedStep,
  type RuleSet,
} from "@aftershock/cascade";
import { plantedDay, snapshotPopulation, tickOf } from "./counterfactual/plantedDay.ts";
const preset = (process.argv[2] ?? "crash-hour") as "crash-hour";
for (const seed of (process.argv[3] ?? "1").split(",").map(Number))
  for (const throttled of [false, true]) {
    const options: SimulateOptions = { preset, seed, throttlePrints: throttled };
    const rules = PRESETS[preset].rules;
    const day = simulate(options);
    const perp = PRESETS[preset].traded.perpetual.id;
    const streams = day.streams.filter(
      (s) =>
        s.instrument.id === perp &&
        ["book", "trades", "tickers", "liquidations"].includes(s.stream),
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
    await replay(streams, { handlers: rec.handlers });
    const sum = rec.summary;
    const planted = plantedDay(options);
    const truth = day.truth;
    const total = truth.forcedSoldUsd + truth.forcedBoughtUsd;
    const printedTotal = prints
      .filter((p) => p.method === "market")
      .reduce((s, p) => s + p.notional, 0);
    const k = total / printedTotal;
    const kappa = throttled
      ? { low: k, mid: k, high: k, everySeconds: 1, doubts: [] }
      : EVERY_PRINT;
    const flow = printedFlow(prints, kappa);
    const random = new CounterRandom(7, "pins");
    const pinned = pinnedPositions({
      instrument: sum.instrument,
      rules,
      columns,
      flow,
      uniform: (d, s) => random.at(d, s).uniform(0),
    });
    console.log(
      `## ${preset} seed ${seed} throttled ${throttled} kappa ${k.toFixed(2)}`,
      sum.steps,
      JSON.stringify(pinned.counts),
    );
    // trigger curves: by notional
    const side = truth.forcedSoldUsd > truth.forcedBoughtUsd ? "long" : "short";
    const trueT = truth.accounts
      .filter((a) => a.triggeredAt !== undefined && a.side === side && a.triggerUsd !== undefined)
      .map((a) => [Math.log(a.triggerUsd!), a.sizeUsd] as const);
    const planT = pinned
      .plan(0)
      .filter((p) => p.lots > 0 === (side === "long"))
      .map((p) => [Math.log(p.trigger * tickOf(planted)), Math.abs(p.lots) * 10] as const);
    const mean = (xs: readonly (readonly [number, number])[]) =>
      xs.reduce((s, [x, w]) => s + x * w, 0) / xs.reduce((s, [, w]) => s + w, 0);
    const q = (xs: readonly (readonly [number, number])[], p: number) => {
      const o = xs.toSorted((a, b) => a[0] - b[0]);
      const W = o.reduce((s, [, w]) => s + w, 0);
      let c = 0;
      for (const [x, w] of o) {
        c += w;
        if (c >= p * W) return x;
      }
      return NaN;
    };
    console.log(
      "trigger mean true",
      mean(trueT).toFixed(4),
      "pinned",
      mean(planT).toFixed(4),
      "diff",
      (mean(planT) - mean(trueT)).toFixed(4),
      "q10/50/90 diff",
      [0.1, 0.5, 0.9].map((p) => (q(planT, p) - q(trueT, p)).toFixed(4)).join(" "),
      "size true",
      trueT.reduce((s, [, w]) => s + w, 0),
      "pins",
      planT.reduce((s, [, w]) => s + w, 0),
    );
    const tries: [string, Partial<RuleSet>][] = [
      ["recorded", {}],
      ["mm-30%", { maintenanceFactor: 0.7 }],
      ["mm-60%", { maintenanceFactor: 0.4 }],
      ["twap30", { markTwapSeconds: 30 }],
      ["twap300", { markTwapSeconds: 300 }],
      ["throttle/2", { throttlePerSecond: 200_000 }],
      ["throttle x4", { throttlePerSecond: 1_600_000 }],
      ["mm+30%", { maintenanceFactor: 1.3 }],
    ];
    for (const [name, change] of tries) {
      const changed = { ...rules, ...change };
      const run = (population: ReturnType<typeof snapshotPopulation>) => {
        const gap = new PrintGap({
          instrument: sum.instrument,
          rules: changed,
          population,
          flow,
          startPrice: ((steps[0]!.bid + steps[0]!.ask) / 2) * 0.5,
        });
        for (const s of steps) gap.step(s);
        return gap.result;
      };
      const snap = run(snapshotPopulation(planted));
      const out: string[] = [];
      for (const draw of name === "recorded" ? [0] : [0, 1, 2]) {
        const pin = run(pinned.population(draw));
        const f = (r: typeof pin) => r.engineSold + r.engineBought;
        const m = new Map<number, [number, number]>();
        for (const { at, engine } of snap.minutes) m.set(at, [engine, 0]);
        for (const { at, engine } of pin.minutes) m.set(at, [m.get(at)?.[0] ?? 0, engine]);
        const l1 = [...m.values()].reduce((s, [a, b]) => s + Math.abs(a - b), 0);
        out.push(
          `${(f(pin) / 1e6).toFixed(2)}M (${((f(pin) / f(snap) - 1) * 100).toFixed(1)} %, L1 ${((l1 / f(snap)) * 100).toFixed(1)} %)`,
        );
      }
      console.log(
        name.padEnd(12),
        "snapshot",
        ((snap.engineSold + snap.engineBought) / 1e6).toFixed(2),
        "gap snap-prints",
        (snap.relative * 100).toFixed(2),
        (snap.byMinute * 100).toFixed(1),
        "pins",
        out.join(" | "),
      );
    }
  }
