import { ConstantLatency, TieredFees } from "@aftershock/replay";
import { checkOption } from "../checkOption.ts";
import {
  MarketMaker,
  type MarketMakerOptions,
  type QuoteRequest,
} from "../examples/marketMaker.ts";
import type { Strategy } from "./strategy.ts";

/** How a market maker quotes, and on what terms. */
export interface MarketMakingOptions extends MarketMakerOptions {
  /** Settle currency that it starts with, above 0. */
  readonly cash: number;
  /** From its request to the venue and back, ms, 0 or more. Default 5. */
  readonly latencyMillis?: number;
  /** Share of notional, 1e-4; negative: a rebate. Default 0. */
  readonly makerBps?: number;
  /** Default says size and spread. */
  readonly name?: string;
}

/** What the quotes of a maker that crosses would pay, 1e-4: they are post-only, so that none does. */
const TAKER_BPS = 5;

/**
 * Quotes both sides of the contract's book by the example `MarketMaker`. Its orders wait in the recorded queue behind all that was there, and nobody answers them. Throws ConfigError for options outside their range.
 */
export function marketMaking(options: MarketMakingOptions): Strategy {
  const { cash, latencyMillis = 5, makerBps = 0, name, ...quoting } = options;
  checkOption("marketMaking: cash", cash);
  checkOption("marketMaking: latencyMillis", latencyMillis, { orZero: true });
  const {
    quoteLots,
    maxPositionLots,
    halfSpreadTicks,
    skewTicks = 0,
    toleranceTicks = 0,
  } = quoting;
  // Refuses what cannot be quoted before anything is run.
  void new MarketMaker(quoting);
  const micros = Math.round(latencyMillis * 1_000);
  return {
    name: name ?? `Market maker, ${quoteLots} lots ${halfSpreadTicks} ticks from the middle`,
    description: `Quotes ${quoteLots} lots ${halfSpreadTicks} ticks on either side of the middle, shifted by ${skewTicks} ticks a quote held, with at most ${maxPositionLots} lots.`,
    config: {
      kind: "marketMaking",
      quoteLots,
      maxPositionLots,
      halfSpreadTicks,
      skewTicks,
      toleranceTicks,
      cash,
      latencyMillis,
      makerBps,
    },
    assumptions: [
      `A market maker's requests take ${latencyMillis} ms to the venue, and answers as long, also in the crash; makers pay ${makerBps} bp.`,
      "A quote joins the queue behind all that rests at its price, and what is cancelled was behind it where it can have been. There is always margin enough, and funding is not counted.",
    ],
    venue: () => ({
      latency: new ConstantLatency({ orderMicros: micros, responseMicros: micros }),
      fees: new TieredFees({ tiers: [{ fromVolume30d: 0, makerBps, takerBps: TAKER_BPS }] }),
      account: { cash },
    }),
    start: (venue) => {
      const maker = new MarketMaker(quoting);
      const send = (request: QuoteRequest, at: number): void => {
        if (request.kind === "submit") venue.submit(request.order, at);
        else venue.cancel(request.id, at);
      };
      return {
        handlers: {
          onBook: ({ instrument, bidSide, askSide }, at) => {
            if (instrument.id !== venue.instrument.id) return;
            for (const request of maker.requote(bidSide.bestPrice, askSide.bestPrice)) {
              send(request, at);
            }
          },
        },
        hear: (update) => maker.hear(update),
      };
    },
  };
}
