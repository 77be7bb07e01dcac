import { Counterfactual, PathFigures } from "@aftershock/cascade";
import {
  plantedDay,
  recordedSteps,
  snapshotPopulation,
  STEP_MICROS,
  tickOf,
} from "../../validation/counterfactual/plantedDay.ts";
import { FAMILIES, PLANTED_RULES } from "../../validation/counterfactual/plantedRules.ts";
import { calibrateDays, responsesOf } from "../../validation/counterfactual/calibratedResponses.ts";
const fam = process.argv[2] ?? "crash";
const n = Number(process.argv[3] ?? 6);
const f = FAMILIES.find((x) => x.name === fam)!;
const opts = (seed: number) => ({
  seed,
  preset: f.preset,
  ...(f.market ? { market: f.market } : {}),
});
const cal = Array.from({ length: 12 }, (_, i) => plantedDay(opts(5000 + i)));
let t0 = performance.now();
const calibrated = calibrateDays(cal, 0);
console.log(
  "calibrated",
  ((performance.now() - t0) / 1e3).toFixed(1),
  calibrated.referenceDepth,
  JSON.stringify(calibrated.price[0]),
  JSON.stringify(calibrated.index[0]),
);
const acc: Record<
  string,
  {
    bias: number[];
    nc: number[];
    path: number[];
    pathnc: number[];
    notional: number[];
    nnc: number[];
  }
> = {};
for (let seed = 100; seed < 100 + n; seed++) {
  const day = plantedDay(opts(seed));
  const resp = responsesOf(calibrated, day);
  const tick = tickOf(day);
  const population = snapshotPopulation(day);
  const names = Object.keys(resp);
  const c = new Counterfactual({
    recorded: day.rules,
    scenarios: Object.entries(PLANTED_RULES).map(([name, change]) => ({
      name,
      rules: change(day.rules),
    })),
    draws: names.map((k) => ({ population, response: resp[k]![0]! })),
    mark: { of: "sim", bandRate: 0.5 },
    stepMicros: STEP_MICROS,
    tick,
  });
  for (const s of recordedSteps(day)) c.step(s);
  const r = c.finish();
  const dir = f.preset === "short-squeeze" ? 1 : -1;
  for (const [i, [name, change]] of Object.entries(PLANTED_RULES).entries()) {
    const truth = plantedDay({ ...opts(seed), rules: change(day.rules) });
    const p = new PathFigures(STEP_MICROS);
    for (const s of recordedSteps(truth)) p.take(s.at, Math.log((s.bid + s.ask) / 2));
    const t = p.result;
    const ext = (x: typeof t) => (dir < 0 ? x.low30 : x.high30);
    const tn = truth.forced.reduce((a, b) => a + Math.abs(b), 0);
    const rn = r.record.engines[0]!.forcedSold + r.record.engines[0]!.forcedBought;
    for (const [d, k] of names.entries()) {
      const run = r.scenarios[i]!.runs[d]!;
      const key = `${name} | ${k}`;
      const a = (acc[key] ??= { bias: [], nc: [], path: [], pathnc: [], notional: [], nnc: [] });
      a.bias.push(100 * (ext(run.path) - ext(t)));
      a.nc.push(100 * (ext(r.record.path) - ext(t)));
      const m = t.minutes
        .map((x, j) => [run.path.minutes[j]! - x, r.record.path.minutes[j]! - x] as const)
        .slice(18);
      a.path.push(100 * Math.sqrt(m.reduce((q, x) => q + x[0] ** 2, 0) / m.length));
      a.pathnc.push(100 * Math.sqrt(m.reduce((q, x) => q + x[1] ** 2, 0) / m.length));
      a.notional.push((run.figures.forcedSold + run.figures.forcedBought - tn) / 1e6);
      a.nnc.push((rn - tn) / 1e6);
    }
  }
}
const mean = (x: number[]) => x.reduce((a, b) => a + b, 0) / x.length,
  rms = (x: number[]) => Math.sqrt(mean(x.map((y) => y * y)));
for (const [k, a] of Object.entries(acc))
  console.log(
    k.padEnd(34),
    "low30 bias",
    mean(a.bias).toFixed(2).padStart(6),
    "rmse",
    rms(a.bias).toFixed(2),
    "NC",
    rms(a.nc).toFixed(2),
    "| path",
    rms(a.path).toFixed(2),
    "NC",
    rms(a.pathnc).toFixed(2),
    "| notional bias",
    mean(a.notional).toFixed(1),
    "rmse",
    rms(a.notional).toFixed(1),
    "NC",
    rms(a.nnc).toFixed(1),
  );
