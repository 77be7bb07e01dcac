import { simulateTruth } from "@aftershock/simulator";
const preset = (process.argv[2] ?? "crash-hour") as never;
const seeds = (process.argv[3] ?? "1,2,3,4").split(",").map(Number);
const variants = JSON.parse(process.argv[4] ?? '{"base":{}}') as Record<string, any>;
const pc = (x: number) => (100 * x).toFixed(1);
for (const [name, v] of Object.entries(variants)) {
  const { rules = {}, minutes, ...market } = v;
  const opts = { preset, ...(minutes ? { minutes } : {}), market, rules };
  let out = "";
  const cpu = process.cpuUsage();
  let runs = 0;
  for (const seed of seeds) {
    let a, b;
    try {
      a = simulateTruth({ seed, ...opts });
      runs++;
      b = simulateTruth({ seed, ...opts, liquidations: false });
      runs++;
    } catch (e) {
      out += ` [${seed}: ${(e as Error).message.slice(0, 50)}]`;
      continue;
    }
    const basis = Math.max(
      ...a.minutes.midUsd.map((m, i) => Math.abs(m / a.minutes.indexUsd[i]! - 1)),
    );
    const sig = Math.max(...a.minutes.sigmaBps);
    const d = [...a.minutes.bidDepthUsd].sort((x, y) => x - y);
    out += ` [${pc(a.lowUsd / a.openUsd - 1)}|${pc(b.lowUsd / b.openUsd - 1)} hi ${pc(a.highUsd / a.openUsd - 1)} end ${pc(a.closeUsd / a.openUsd - 1)}|${pc(b.closeUsd / b.openUsd - 1)} sh ${pc(a.crashForcedSoldUsd / a.crashSoldUsd)} b ${(basis * 1e4).toFixed(0)} σ ${sig.toFixed(0)} n ${a.liquidatedLongs}/${a.liquidatedShorts} dep ${(d[d.length >> 1]! / 1e6).toFixed(1)}→${(d[0]! / 1e6).toFixed(2)} fund ${a.insuranceFund.toFixed(0)}]`;
  }
  const u = process.cpuUsage(cpu);
  console.log(name, `${((u.user + u.system) / 1e3 / runs).toFixed(0)}ms`, out);
}
