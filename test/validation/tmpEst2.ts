import { replay } from "@aftershock/replay";
import { simulate, PRESETS } from "@aftershock/simulator";
import { RecordedDay, RecordColumns, printedFlow, type ForcedPrint } from "@aftershock/cascade";
import { estimateForcedFlow } from "../../packages/cascade/src/record/estimateForcedFlow.ts";
const corr = (a: number[], b: number[]) => {
  const n = a.length;
  const ma = a.reduce((s, x) => s + x, 0) / n,
    mb = b.reduce((s, x) => s + x, 0) / n;
  let ab = 0,
    aa = 0,
    bb = 0;
  for (let i = 0; i < n; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
};
for (const [preset, seed, minutes] of [
  ["crash-hour", 1],
  ["crash-hour", 2],
  ["crash-hour", 3],
  ["crash-hour", 4],
  ["crash-hour", 5],
  ["short-squeeze", 1],
  ["short-squeeze", 2],
  ["short-squeeze", 3],
  ["depeg", 1],
  ["depeg", 2],
  ["slow-bleed", 1],
  ["calm-day", 1, 180],
] as const) {
  const day = simulate({ preset, seed, ...(minutes ? { minutes } : {}) });
  const perp = PRESETS[preset].traded.perpetual;
  const streams = day.streams.filter(
    (s) =>
      s.instrument.id === perp.id &&
      ["book", "trades", "tickers", "liquidations"].includes(s.stream),
  );
  const c = new RecordColumns();
  const prints: ForcedPrint[] = [];
  const rec = new RecordedDay(streams, {
    instrument: perp.id,
    onStep: (s, f) => c.take(s, f),
    onPrint: (p) => prints.push(p),
  });
  await replay(streams, { handlers: rec.handlers });
  const at = c.column("at");
  const taker =
    c.column("bought").reduce((s, x) => s + x, 0) + c.column("sold").reduce((s, x) => s + x, 0);
  const est = estimateForcedFlow({ instrument: perp, columns: c });
  const series = (ps: readonly ForcedPrint[], W: number) => {
    const n = Math.floor((at.at(-1)! - at[0]!) / (W * 1e6)) + 1;
    const F = new Array<number>(n).fill(0);
    for (const p of ps) {
      const k = Math.floor((p.at - at[0]!) / (W * 1e6));
      if (k >= 0 && k < n) F[k]! += p.side * p.notional;
    }
    return F;
  };
  const tot = (ps: readonly ForcedPrint[]) => ps.reduce((s, p) => s + p.notional, 0);
  const t = printedFlow(prints).prints;
  console.log(
    preset,
    seed,
    "true",
    (tot(t) / 1e6).toFixed(2),
    "est",
    (tot(est.prints) / 1e6).toFixed(2),
    "ratio",
    (tot(est.prints) / tot(t)).toFixed(3),
    "of taker",
    (tot(est.prints) / taker).toFixed(3),
    "corr 1s/10s/60s",
    [1, 10, 60].map((w) => corr(series(est.prints, w), series(t, w)).toFixed(3)).join(" "),
  );
}
