import { COST_PARTS, CoinAccount, type CostPart } from "../hedges/coinAccount.ts";
import type { Hedge, HedgePosition, HedgeTrade, PositionValue } from "../hedges/hedge.ts";
import type { CoinMarket, MarketFrame } from "../market/marketFrame.ts";
import { metricsOf } from "../metrics/metrics.ts";
import type { Study } from "./study.ts";
import type { Attribution, Outcome, Point } from "./outcome.ts";

/** One coin of a hedged portfolio: its account and what protects it. */
interface Leg {
  readonly account: CoinAccount;
  readonly position: HedgePosition;
  /** Index at the first snapshot, USD. */
  firstIndex: number;
  /** Index at the latest snapshot, USD. */
  lastIndex: number;
  /** Its open contracts at the latest snapshot, coins. */
  openCoin: number;
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** One hedge as it runs through the frames of a study. */
export class HedgeRun {
  readonly #hedge: Hedge;
  readonly #legs: ReadonlyMap<string, Leg>;
  readonly #series: Point[] = [];
  readonly #trades: HedgeTrade[] = [];

  constructor(hedge: Hedge, study: Study) {
    this.#hedge = hedge;
    this.#legs = new Map(
      Object.entries(study.portfolio).map(([coin, coins]) => [
        coin,
        {
          account: new CoinAccount(coin, coins),
          position: hedge.open({ venue: study.venue, coin, coins, endsAt: study.to }),
          firstIndex: Number.NaN,
          lastIndex: Number.NaN,
          openCoin: 0,
        },
      ]),
    );
  }

  /** Lets the hedge act on a frame and values what it then holds. Frames come in order of time. */
  step(frame: MarketFrame): void {
    let [equityUsd, liquidationUsd] = [0, 0];
    const indexPrices: Record<string, number> = {};
    const balances: Record<string, number> = {};
    const positions: PositionValue[] = [];
    for (const [coin, market] of frame.coins) {
      const leg = this.#legOf(coin);
      this.#trades.push(...leg.position.step(market, leg.account));
      const open = leg.position.value(market);
      this.#remember(leg, market, open);
      const { balance } = leg.account;
      equityUsd += market.indexPrice * (balance + leg.openCoin);
      liquidationUsd += market.indexPrice * (balance + sum(open.map((p) => p.liquidationCoin)));
      indexPrices[coin] = market.indexPrice;
      balances[coin] = balance;
      positions.push(...open);
    }
    this.#series.push({
      at: frame.at,
      equityUsd,
      liquidationUsd,
      indexPrices,
      balances,
      positions,
    });
  }

  /** What the hedge came to after the last frame; there was one at least. */
  outcome(): Outcome {
    const legs = [...this.#legs.values()];
    const startUsd = sum(legs.map((leg) => leg.account.initial * leg.firstIndex));
    const several = legs.length > 1;
    return {
      name: this.#hedge.name,
      description: this.#hedge.description,
      series: this.#series,
      metrics: metricsOf(startUsd, this.#series),
      costs: costsOf(legs),
      partialCosts: partialCostsOf(legs),
      attribution: attributionOf(legs),
      trades: this.#trades,
      notes: legs.flatMap(({ position, account }) =>
        position.notes().map((note) => (several ? `${account.coin}: ${note}` : note)),
      ),
    };
  }

  #legOf(coin: string): Leg {
    const leg = this.#legs.get(coin);
    if (leg === undefined) throw new Error(`Invariant: a frame has ${coin}, which is not held`);
    return leg;
  }

  #remember(leg: Leg, { indexPrice }: CoinMarket, open: readonly PositionValue[]): void {
    if (this.#series.length === 0) leg.firstIndex = indexPrice;
    leg.lastIndex = indexPrice;
    leg.openCoin = sum(open.map((position) => position.valueCoin));
  }
}

const lacks = ({ position }: Leg, part: CostPart): boolean =>
  position.unrecordedCosts().includes(part);

/** Parts that the record holds for some coins only, or for some of the time. */
function partialCostsOf(legs: readonly Leg[]): readonly CostPart[] {
  return COST_PARTS.filter((part) => {
    const lacking = legs.filter((leg) => lacks(leg, part)).length;
    const partly = legs.some(({ position }) => position.partialCosts?.().includes(part));
    return lacking < legs.length && (lacking > 0 || partly);
  });
}

/** USD spent on one part by all coins, at the index when it was spent; null where no coin's record holds it. */
function costOf(part: CostPart, legs: readonly Leg[]): number | null {
  if (legs.every((leg) => lacks(leg, part))) return null;
  const flows = legs.flatMap(({ account }) => account.flows.filter((flow) => flow.part === part));
  // Not plain negation, which would make −0 of no flows.
  return 0 - sum(flows.map((flow) => flow.amount * flow.indexPrice));
}

function costsOf(legs: readonly Leg[]): Record<CostPart, number | null> {
  const [premium, spread, fees, funding, rebalancing] = COST_PARTS.map((part) =>
    costOf(part, legs),
  );
  return {
    premium: premium ?? null,
    spread: spread ?? null,
    fees: fees ?? null,
    funding: funding ?? null,
    rebalancing: rebalancing ?? null,
  };
}

function attributionOf(legs: readonly Leg[]): Attribution {
  let [coinsUsd, hedgeUsd, costsUsd, revaluationUsd] = [0, 0, 0, 0];
  for (const { account, firstIndex, lastIndex, openCoin } of legs) {
    coinsUsd += account.initial * (lastIndex - firstIndex);
    hedgeUsd += openCoin * lastIndex;
    for (const { part, amount, indexPrice } of account.flows) {
      if (part === "payoff") hedgeUsd += amount * indexPrice;
      else costsUsd -= amount * indexPrice;
      revaluationUsd += amount * (lastIndex - indexPrice);
    }
  }
  return { coinsUsd, hedgeUsd, costsUsd, revaluationUsd };
}
