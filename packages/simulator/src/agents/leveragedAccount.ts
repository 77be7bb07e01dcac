import { BUY, SELL } from "@aftershock/schema";
import { LOT_USD, TICK_USD } from "../instruments.ts";
import { coinValueSats } from "../market/ledger.ts";
import type { AccountConfig } from "../marketConfig.ts";
import type { Random } from "../random.ts";

/** A leveraged position as it stands before the recording. */
export interface LeveragedAccount {
  /** BUY for a long, SELL for a short. */
  readonly side: number;
  /** Lots. */
  readonly size: number;
  /** Entry price, ticks. */
  readonly entryPrice: number;
  readonly leverage: number;
  /** Margin put up, satoshi. */
  readonly depositSats: number;
  /** The mark, USD, at which equity meets maintenance margin: at or below it for a long, at or above it for a short. */
  readonly triggerUsd: number;
}

/** Attempts at drawing an account whose trigger is far enough away. */
const MOST_ATTEMPTS = 1_000;

/**
 * The mark at which an inverse position of one USD with margin 1/(entry·leverage) coin has equity equal to its maintenance
 * margin, which is the fraction `maintenance` of 1/mark. From deposit + side·(1/entry − 1/mark) = maintenance/mark:
 * mark = entry·(side + maintenance)/(side + 1/leverage), USD. A short at a leverage of 1 or less has no such mark: infinite.
 */
export function triggerPrice(terms: {
  side: number;
  entryUsd: number;
  leverage: number;
  maintenance: number;
}): number {
  const { side, entryUsd, leverage, maintenance } = terms;
  if (side === SELL && leverage <= 1) return Number.POSITIVE_INFINITY;
  return (entryUsd * (side + maintenance)) / (side + 1 / leverage);
}

function drawLeverage(config: AccountConfig, random: Random): number {
  const total = config.leverages.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.uniform() * total;
  for (const { leverage, weight } of config.leverages) {
    left -= weight;
    if (left < 0) return leverage;
  }
  return config.leverages.at(-1)?.leverage ?? 1;
}

function drawAccount(
  config: AccountConfig,
  random: Random,
  market: { wavesUsd: readonly number[]; startUsd: number; maintenance: number },
): LeveragedAccount | undefined {
  const side = random.uniform() < config.longShare ? BUY : SELL;
  const leverage = drawLeverage(config, random);
  const sizeUsd = Math.min(config.largestUsd, random.logNormal(config.medianUsd, config.sizeSigma));
  const wave = market.wavesUsd[random.integer(0, market.wavesUsd.length - 1)] ?? market.startUsd;
  const entryPrice = Math.round(random.logNormal(wave, config.entrySigma) / TICK_USD);
  const entryUsd = entryPrice * TICK_USD;
  const { maintenance } = market;
  const triggerUsd = triggerPrice({ side, entryUsd, leverage, maintenance });
  if (side * (1 - triggerUsd / market.startUsd) < config.leastDistance) return undefined;
  const size = Math.max(1, Math.round(sizeUsd / LOT_USD));
  const depositSats = Math.round(coinValueSats(size, entryPrice) / leverage);
  return { side, size, entryPrice, leverage, depositSats, triggerUsd };
}

/**
 * Draws the leveraged accounts: side, leverage, size and entry price (around one of a few waves) independently, and again where the account would be close to
 * liquidation before anything happens. They do nothing but get liquidated.
 * Assumes that nobody adds margin or cuts a position; real accounts do both, so real cascades are slower to start.
 */
export function drawLeveragedAccounts(
  config: AccountConfig,
  random: Random,
  market: { startUsd: number; maintenance: number },
): readonly LeveragedAccount[] {
  const wavesUsd = Array.from({ length: config.entryWaves }, () =>
    random.logNormal(market.startUsd, config.waveSigma),
  );
  const draw = (): LeveragedAccount => {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const account = drawAccount(config, random, { ...market, wavesUsd });
      if (account !== undefined) return account;
    }
    throw new Error("Invariant: some account is far enough from its trigger");
  };
  return Array.from({ length: config.count }, draw);
}
