import { BUY } from "@aftershock/schema";
import type { StopOrder } from "../agents/stopOrders.ts";
import type { HolderConfig } from "../config/marketConfig.ts";
import { CounterRandom } from "../counterRandom.ts";
import type { Exchange } from "./exchange.ts";

/** Draws holders of coin, brings their coin in, and gives their stop-loss orders. They do nothing but stop out. */
export function drawHolders(
  config: HolderConfig,
  market: { seed: number; exchange: Exchange; startUsd: number },
): readonly StopOrder[] {
  const { exchange, startUsd } = market;
  const { ledger, number, tickUsd, lotUsd } = exchange;
  const random = new CounterRandom(market.seed, "holders");
  return Array.from({ length: config.count }, (_, index) => {
    const account = ledger.open(`holder ${index}`);
    random.at(index);
    const lots = Math.max(
      1,
      Math.round(random.logNormal(0, config.medianUsd, config.sizeSigma) / lotUsd),
    );
    const below = random.between(2, config.stopFrom, config.stopTo);
    const value = Math.round(ledger.valueUnits(number, lots, startUsd / tickUsd));
    ledger.depositLots(account, number, lots, value);
    const stopPrice = Math.max(1, Math.floor((startUsd * (1 - below)) / tickUsd));
    return { account, position: BUY, stopPrice };
  });
}
