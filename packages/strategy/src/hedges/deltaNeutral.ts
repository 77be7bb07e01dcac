import { ConfigError, instrumentId } from "@aftershock/schema";
import { checkOption } from "../checkOption.ts";
import { checkSettings, type FieldNames, shown } from "../settings.ts";
import { DeltaNeutralPosition } from "./deltaNeutralPosition.ts";
import type { Hedge, StreamRequest } from "./hedge.ts";
import { rounded } from "./wording.ts";

/** What is sold against the coins, and how closely it follows them. */
export interface DeltaNeutralOptions {
  /** An inverse contract of the study's venue. */
  readonly with: "perpetual" | "future";
  /** Net delta over the coins' delta beyond which the short is traded back to neutral, 0 or more; Infinity never. Default 0.05. */
  readonly band?: number;
  /** Fee of every trade, bp of its notional, 0 or more. Default 5: Deribit's taker fee of 0.05 %. */
  readonly takerFeeBps?: number;
  /** Days to expiry wanted of a future. Default: the first future that expires after the study. */
  readonly tenorDays?: number;
  /** Step of the contract's size, USD. Default: the recorded instrument's lot. */
  readonly lotUsd?: number;
  /** Default says instrument and band. */
  readonly name?: string;
}

/** What a config records where an option was left to its default, as JSON has no undefined. */
const DEFAULT = "default";

const OPTIONS: FieldNames<DeltaNeutralOptions> = {
  with: true,
  band: true,
  takerFeeBps: true,
  tenorDays: true,
  lotUsd: true,
  name: true,
};

/**
 * Sells an inverse perpetual or future short against the coins, so that their USD value no longer moves with the price. The
 * short is sized to the coin equity of the account, its own profit included, in whole lots, and traded back when the net delta leaves the band.
 * P&L of a short of N USD sold at p: N·(1/mark − 1/p) coins. Looked at once a chain snapshot.
 *
 * Assumes that it fills at the mark and that margin is never called: a short covered by its own coins cannot be liquidated by a price move,
 * as its USD equity is constant; in the venue's margin account haircuts and settlement could still intervene.
 * Throws ConfigError for options outside their range.
 */
export function deltaNeutral(options: DeltaNeutralOptions): Hedge {
  checkSettings("deltaNeutral", options, OPTIONS);
  const { band = 0.05, takerFeeBps = 5, tenorDays, lotUsd } = options;
  const { with: kind } = options;
  if (kind !== "perpetual" && kind !== "future") {
    throw new ConfigError(`deltaNeutral: with is ${shown(kind)}`, {
      hints: ['Choose "perpetual" or "future".'],
    });
  }
  checkOption("deltaNeutral: band", band, { orZero: true, orInfinite: true });
  checkOption("deltaNeutral: takerFeeBps", takerFeeBps, { orZero: true });
  if (tenorDays !== undefined) checkOption("deltaNeutral: tenorDays", tenorDays);
  if (lotUsd !== undefined) checkOption("deltaNeutral: lotUsd", lotUsd);
  const width = band === Infinity ? "never rebalanced" : `band ${rounded(band * 100, 4)} %`;
  const streams = (venue: string, coin: string): readonly StreamRequest[] => [
    {
      stream: "tickers",
      instrument: instrumentId(venue, kind === "perpetual" ? `${coin}-PERPETUAL` : `${coin}-*`),
      required: true,
    },
  ];
  return {
    name: options.name ?? `Short ${kind}, ${width}`,
    description: `The coins' USD delta is neutralised by a short inverse ${kind}, ${width}.`,
    config: {
      kind: "deltaNeutral",
      with: kind,
      band: band === Infinity ? "Infinity" : band,
      takerFeeBps,
      tenorDays: tenorDays ?? DEFAULT,
      lotUsd: lotUsd ?? DEFAULT,
    },
    assumptions: [
      `Trades of perpetuals and futures fill at the recorded mark (at the last traded price where no mark is recorded) and pay a taker fee of ${rounded(takerFeeBps, 4)} bp.`,
      "The coins are the collateral of the short, and no margin call interrupts it.",
      ...(kind === "perpetual"
        ? [
            "Funding accrues continuously at the last recorded rate per 8 h on the notional, paid in coin.",
          ]
        : [
            "A future is chosen that expires after the study ends: it is neither rolled nor settled.",
          ]),
    ],
    streams,
    open: (context) =>
      new DeltaNeutralPosition({ with: kind, band, takerFeeBps, tenorDays, lotUsd }, context),
  };
}
