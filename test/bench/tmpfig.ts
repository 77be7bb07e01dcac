import { simulateTruth, type PresetName } from "@aftershock/simulator";
const mean = (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length;
const pc = (x: number) => (100 * x).toFixed(1);
const sign: Record<string, number> = { "short-squeeze": 1 };
for (const preset of (process.argv[2] ?? "crash-hour").split(",") as PresetName[]) {
  const up = sign[preset] === 1;
  const ext = (o: object) => { const t = simulateTruth({ preset, ...o } as never); return { e: (up ? t.highUsd : t.lowUsd) / t.openUsd - 1, t }; };
  const n = Number(process.argv[3] ?? 12);
  const full: number[] = [], none: number[] = [], nobody: number[] = [], share: number[] = [], forced: number[] = [];
  for (let seed = 1; seed <= n; seed++) {
    const a = ext({ seed }); full.push(a.e); share.push(up ? a.t.crashForcedBoughtUsd / a.t.crashBoughtUsd : a.t.crashForcedSoldUsd / a.t.crashSoldUsd); forced.push((a.t.forcedSoldUsd+a.t.forcedBoughtUsd)/1e6);
    none.push(ext({ seed, liquidations: false }).e); nobody.push(ext({ seed, market: { accounts: { count: 0 } } }).e);
  }
  const row = (v: number[]) => `${pc(mean(v))} (${pc(Math.min(...v))} … ${pc(Math.max(...v))})`;
  console.log(preset, "| full", row(full), "| none", row(none), "| nobody", row(nobody), "| share", row(share), "| forced M", mean(forced).toFixed(0), "| smaller?", full.filter((f, i) => Math.abs(f) > Math.abs(none[i]!)).length, full.filter((f,i)=>Math.abs(f)>Math.abs(nobody[i]!)).length, "worst", full.map(pc).join(" "));
}
