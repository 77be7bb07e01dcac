import { Market, maintenanceOf } from "../../packages/simulator/src/market/market.ts";
import { PRESETS } from "../../packages/simulator/src/config/presets.ts";
import { marketWith } from "../../packages/simulator/src/config/marketConfig.ts";
const preset = PRESETS[(process.argv[2] ?? "crash-hour") as keyof typeof PRESETS];
const seeds = (process.argv[3] ?? "1,2").split(",").map(Number);
const change = JSON.parse(process.argv[4] ?? "{}");
const rules = JSON.parse(process.argv[5] ?? "{}");
for (const seed of seeds) {
  const line: string[] = [];
  for (const mode of ["with", "without", "noacc"]) {
    const config = marketWith(
      mode === "noacc" ? { ...change, accounts: { ...change.accounts, count: 0 } } : change,
      preset.market,
    );
    const t = performance.now();
    const market = new Market({
      seed,
      config,
      rules: { ...preset.rules, ...rules },
      populationMaintenance: maintenanceOf(preset.rules),
      traded: preset.traded,
      from: preset.from - config.warmUpSeconds * 1e6,
      liquidations: mode === "with",
      watchLevels: false,
      agents: [],
    });
    const steps = preset.minutes * 600 + config.warmUpSeconds * 10;
    let low = 0,
      high = 0,
      lowAt = 0,
      forced = 0,
      sold = 0,
      crash = 0,
      maxSigma = 0,
      fills = 0,
      maxBasis = 0;
    const start = Math.log(config.startUsd);
    for (let s = 0; s < steps; s++) {
      market.advance();
      const m = market.perpetual.logMid - start;
      if (m < low) {
        low = m;
        lowAt = s;
      }
      if (m > high) high = m;
      maxSigma = Math.max(maxSigma, market.perpetual.sigmaBps);
      maxBasis = Math.max(maxBasis, Math.abs(market.perpetual.logMid - market.spot.logMid));
      const f = market.perpetual.fills;
      fills += f.length;
      for (let i = 0; i < f.length; i++)
        if (f.side[i] === -1) {
          if (f.forced[i]) forced += f.lots[i]!;
          if (s > 12000 && s < 12000 + 11 * 600) {
            sold += f.lots[i]!;
            if (f.forced[i]) crash += f.lots[i]!;
          }
        }
    }
    market.ledger.check();
    market.spotLedger.check();
    const last = market.perpetual.logMid - start;
    line.push(
      `${mode}: low ${(100 * (Math.exp(low) - 1)).toFixed(2)}% @${(lowAt / 600).toFixed(1)} high ${(100 * high).toFixed(2)} end ${(100 * (Math.exp(last) - 1)).toFixed(2)}% forced ${((forced * market.perpetual.lotUsd) / 1e6).toFixed(1)}M share ${((100 * crash) / sold).toFixed(0)}% sig ${maxSigma.toFixed(0)} basis ${(1e4 * maxBasis).toFixed(0)}bp liq ${market.selling.liquidated.size} fills ${fills} ${(performance.now() - t).toFixed(0)}ms`,
    );
  }
  console.log(seed, line.join("\n   "));
}
