import { replay } from "@aftershock/replay";
import { simulate, PRESETS } from "@aftershock/simulator";
import { RecordedDay, RecordColumns, type ForcedPrint } from "@aftershock/cascade";
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
for (const [preset, seed] of [
  ["crash-hour", 1],
  ["crash-hour", 2],
  ["short-squeeze", 1],
  ["depeg", 1],
] as const) {
  const day = simulate({ preset, seed });
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
  const [at, mid, b, s, oi] = ["at", "mid", "bought", "sold", "openInterest"].map((n) =>
    c.column(n as "at"),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const tick = perp.tick.mantissa / 10 ** perp.tick.decimals;
  for (const W of [10, 60]) {
    const n = Math.floor((at.at(-1)! - at[0]!) / (W * 1e6)) + 1;
    const F = new Array<number>(n).fill(0),
      B = F.slice(),
      S = F.slice(),
      D = F.slice(),
      Dd = F.slice();
    for (const p of prints) {
      const k = Math.floor((p.at - at[0]!) / (W * 1e6));
      if (k >= 0 && k < n && p.method === "market") F[k]! += p.side * p.notional;
    }
    for (let i = 1; i < at.length; i++) {
      const k = Math.floor((at[i]! - at[0]!) / (W * 1e6));
      B[k]! += b[i]!;
      S[k]! += s[i]!;
      const d = (oi[i]! - oi[i - 1]!) * (perp.contract === "inverse" ? 1 : mid[i]! * tick);
      if (Number.isFinite(d)) {
        D[k]! += d;
        Dd[k]! += Math.max(0, -d);
      }
    }
    const est = (name: string, e: number[]) => {
      const tot = (x: number[]) => x.reduce((q, v) => q + Math.abs(v), 0);
      console.log(
        `  ${W}s ${name}`.padEnd(40),
        "est/true",
        (tot(e) / tot(F)).toFixed(3),
        "signed",
        (e.reduce((q, v) => q + v, 0) / F.reduce((q, v) => q + v, 0)).toFixed(3),
        "corr",
        corr(e, F).toFixed(3),
      );
    };
    console.log(preset, seed);
    const mk = c.column("mark");
    const lo = new Array<number>(n).fill(Infinity),
      hi = new Array<number>(n).fill(-Infinity);
    for (let i = 0; i < at.length; i++) {
      const k = Math.floor((at[i]! - at[0]!) / (W * 1e6));
      lo[k] = Math.min(lo[k]!, mk[i]!);
      hi[k] = Math.max(hi[k]!, mk[i]!);
    }
    const med = (x: number[]) => {
      const o = x.toSorted((p, q) => p - q);
      return o[o.length >> 1]!;
    };
    const m = med(B.map((x, k) => (x + S[k]!) / 2));
    for (const stay of [0, 60, 300])
      for (const near of [0, 0.002]) {
        let lastLow = -1e9,
          lastHigh = -1e9,
          L = Infinity,
          H = -Infinity;
        const side = B.map((_, k) => {
          if (lo[k]! <= L * (1 + near) && lo[k]! < lo[0]! * 0.99) lastLow = k;
          if (hi[k]! >= H * (1 - near) && hi[k]! > hi[0]! * 1.01) lastHigh = k;
          L = Math.min(L, lo[k]!);
          H = Math.max(H, hi[k]!);
          const a = (k - lastLow) * W <= stay,
            b = (k - lastHigh) * W <= stay;
          return a && (!b || lastLow > lastHigh) ? -1 : b ? 1 : 0;
        });
        const ex = side.map((q, k) => (q === 0 ? 0 : Math.max(0, (q > 0 ? B[k]! : S[k]!) - m)));
        est(
          `stay ${stay} near ${near} min(drop, excess)`,
          side.map((q, k) => q * Math.min(Math.max(0, -D[k]!), ex[k]!)),
        );
        est(
          `stay ${stay} near ${near} min(2drop, excess)`,
          side.map((q, k) => q * Math.min(Math.max(0, -2 * D[k]!), ex[k]!)),
        );
        est(
          `stay ${stay} near ${near} excess/2`,
          side.map((q, k) => (q * ex[k]!) / 2),
        );
      }
  }
}
