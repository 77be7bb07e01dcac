import { ADL_RANKINGS, type AdlAllocationRule, type AdlRanking } from "@aftershock/cascade";
import { ConfigError } from "@aftershock/schema";
import { checkSettings, type FieldNames, shown } from "../settings.ts";
import type { Mitigation } from "./mitigation.ts";

/** Who is deleveraged. */
export interface AdlRankingOptions {
  /** The formula by which winners are ranked. Default: the venue's. */
  readonly ranking?: AdlRanking;
  /** `queue`: the highest rank gives up all first; `proRata`: every winner gives up the same share. Default `queue`. */
  readonly allocation?: AdlAllocationRule;
  /** Default says which. */
  readonly name?: string;
}

const ALLOCATIONS: Readonly<Record<AdlAllocationRule, string>> = {
  queue: "from the top of the ranking down",
  proRata: "from all winners in proportion to their positions",
};

function checkNames(ranking: string | undefined, allocation: string): void {
  if (ranking !== undefined && !Object.hasOwn(ADL_RANKINGS, ranking)) {
    throw new ConfigError(`adlRanking: ranking is ${shown(ranking)}`, {
      hints: [`Give one of ${Object.keys(ADL_RANKINGS).join(", ")}.`],
    });
  }
  if (Object.hasOwn(ALLOCATIONS, allocation)) return;
  throw new ConfigError(`adlRanking: allocation is ${shown(allocation)}`, {
    hints: ["Give queue or proRata."],
  });
}

const OPTIONS: FieldNames<AdlRankingOptions> = { ranking: true, allocation: true, name: true };

/**
 * Winners are chosen otherwise when a bankrupt position is closed against them (auto-deleveraging).
 *
 * Sources: the formulas of Binance, BitMEX, OKX, Bybit and Hyperliquid, each cited at `ADL_RANKINGS`; pro rata and what queues cost winners beyond need on 10
 * October 2025: Chitra et al., arXiv 2512.01112 and 2602.15182.
 *
 * Assumes that ranks are those of the moment (Binance sets them anew every 30 minutes) and that nobody trades to move his own. A deleveraging has no order in the
 * book: it changes who pays and hardly the path, and the path only by who is
 * left to be liquidated later.
 *
 * Backfires: a queue closes a few entirely, who may have been hedged elsewhere and are so left with the other leg; pro rata closes a part of everybody's, hedges
 * included; rankings by leverage reward those who put up more
 * margin than they need.
 *
 * Throws ConfigError for names that are none, with neither option, and for rules without auto-deleveraging.
 */
export function adlRanking(options: AdlRankingOptions): Mitigation {
  checkSettings("adlRanking", options, OPTIONS);
  const { ranking, allocation = "queue" } = options;
  if (ranking === undefined && options.allocation === undefined) {
    throw new ConfigError("adlRanking: neither ranking nor allocation is given", {
      hints: ["Give one at least: adlRanking({ allocation: 'proRata' })."],
    });
  }
  checkNames(ranking, allocation);
  const by = ranking === undefined ? "" : ` by ${ranking}`;
  return {
    name:
      options.name ??
      `ADL ${allocation === "queue" ? "queue" : "pro rata"}${allocation === "queue" ? by : ""}`,
    kind: "adl",
    parameters: { ...(ranking === undefined ? {} : { ranking }), allocation },
    describe: () =>
      `What auto-deleveraging closes is taken ${ALLOCATIONS[allocation]}${allocation === "queue" ? by : ""}.`,
    apply: (rules) => {
      if (!rules.liquidation.steps.some(({ kind }) => kind === "adl")) {
        throw new ConfigError("adlRanking: the rules have no auto-deleveraging", {
          hints: ["Leave it out for a venue that deleverages nobody."],
        });
      }
      const adl = ranking === undefined ? rules.adl : { ...rules.adl, ranking };
      return { ...rules, adl, adlAllocation: allocation };
    },
  };
}
