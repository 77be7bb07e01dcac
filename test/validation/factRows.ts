import type { BandDepth, ReturnFacts, StylisedFacts } from "@aftershock/replay";
import type { MetaorderLaw } from "./metaorderLaw.ts";

/** One figure of the table. */
export interface FactRow {
  readonly name: string;
  /** `metaorders` are those of a simulated day: captures do not tell them. */
  readonly of: (facts: StylisedFacts, metaorders?: MetaorderLaw) => number | undefined;
  /** Whether it is shown and not compared: it tells the size of a venue, or how good a fit is, and not how a market behaves. */
  readonly isShownOnly?: boolean;
}

const over = (facts: StylisedFacts, seconds: number): ReturnFacts | undefined =>
  facts.returns.find(({ horizonSeconds }) => horizonSeconds === seconds);

const plain =
  (seconds: number, lag: number) =>
  (facts: StylisedFacts): number | undefined =>
    over(facts, seconds)?.correlations.find(({ lagSeconds }) => lagSeconds === lag)?.returns;

const absolute =
  (seconds: number, lag: number) =>
  (facts: StylisedFacts): number | undefined =>
    over(facts, seconds)?.correlations.find(({ lagSeconds }) => lagSeconds === lag)?.absolute;

const band = ({ depth }: StylisedFacts, bps: number): BandDepth | undefined =>
  depth.find(({ bandBps }) => bandBps === bps);

const sign =
  (lag: number) =>
  ({ signs }: StylisedFacts): number | undefined =>
    signs?.correlations.find((one) => one.lag === lag)?.correlation;

/** The mean of both sides' medians, quote currency. */
function medianDepth(facts: StylisedFacts, bps: number): number | undefined {
  const own = band(facts, bps);
  return own && (own.bids.quote.all.p50 + own.asks.quote.all.p50) / 2;
}

/** A figure in quote currency; undefined where the recording does not say what a contract is worth. */
const inMoney = ({ contract }: StylisedFacts, quote: number | undefined): number | undefined =>
  contract === "unknown" || contract === "quanto" ? undefined : quote;

/** A quotient of two figures; undefined where one is not there. */
const quotient = (above: number | undefined, below: number | undefined): number | undefined =>
  above === undefined || below === undefined ? undefined : above / below;

/** Lowest over median of the side that fell further. */
function collapse(facts: StylisedFacts, bps: number): number | undefined {
  const own = band(facts, bps);
  const sides = [own?.bids.collapse, own?.asks.collapse].filter((one) => one !== undefined);
  return sides.length === 0 ? undefined : Math.min(...sides);
}

/** The slower side's; undefined where one did not come back. */
function recovery(facts: StylisedFacts, bps: number): number | undefined {
  const own = band(facts, bps);
  const [bids, asks] = [own?.bids.recoverySeconds, own?.asks.recoverySeconds];
  return bids === undefined || asks === undefined ? undefined : Math.max(bids, asks);
}

/** The figures, in the order of the table. */
export const FACT_ROWS: readonly FactRow[] = [
  { name: "returns 1 s: deviation, bps", of: (facts) => over(facts, 1)?.deviationBps },
  { name: "returns 1 s: kurtosis", of: (facts) => over(facts, 1)?.kurtosis },
  { name: "returns 10 s: kurtosis", of: (facts) => over(facts, 10)?.kurtosis },
  { name: "returns 60 s: kurtosis", of: (facts) => over(facts, 60)?.kurtosis },
  { name: "returns 1 s: tail index, falls", of: (facts) => over(facts, 1)?.tails.falls?.index },
  { name: "returns 1 s: tail index, rises", of: (facts) => over(facts, 1)?.tails.rises?.index },
  {
    name: "returns 10 s: tail index, both sides",
    of: (facts) => over(facts, 10)?.tails.both?.index,
  },
  { name: "returns 1 s: autocorrelation, lag 1 s", of: plain(1, 1) },
  { name: "returns 10 s: autocorrelation, lag 10 s", of: plain(10, 10) },
  { name: "absolute returns 1 s: autocorrelation, lag 1 s", of: absolute(1, 1) },
  { name: "absolute returns 1 s: autocorrelation, lag 10 s", of: absolute(1, 10) },
  { name: "absolute returns 1 s: autocorrelation, lag 60 s", of: absolute(1, 60) },
  {
    name: "absolute returns 1 s: decay exponent",
    of: (facts) => over(facts, 1)?.absoluteDecay?.exponent,
  },
  { name: "spread: median, ticks", of: ({ spread }) => spread?.ticks.all.p50 },
  { name: "spread: 99 % quantile, ticks", of: ({ spread }) => spread?.ticks.all.p99 },
  { name: "spread: median, bps", of: ({ spread }) => spread?.bps?.all.p50 },
  { name: "spread: 99 % quantile, bps", of: ({ spread }) => spread?.bps?.all.p99 },
  {
    name: "spread: 75 % quantile in the worst 10 s over that in the calmest",
    of: ({ spread }) => quotient(spread?.bps?.worst?.p75, spread?.bps?.calmest?.p75),
  },
  {
    name: "depth within 10 bps a side: median, quote currency",
    of: (facts) => inMoney(facts, medianDepth(facts, 10)),
    isShownOnly: true,
  },
  {
    name: "depth within 10 bps a side: median over mean trade",
    of: (facts) => quotient(medianDepth(facts, 10), facts.activity.meanTradeQuote),
  },
  {
    name: "depth: within 50 bps over within 5 bps",
    of: (facts) => quotient(medianDepth(facts, 50), medianDepth(facts, 5)),
  },
  {
    name: "bids within 10 bps: 5 % quantile over median",
    of: (facts) =>
      quotient(band(facts, 10)?.bids.quote.all.p5, band(facts, 10)?.bids.quote.all.p50),
  },
  {
    name: "depth within 5 bps: lowest in the worst 10 s over median",
    of: (facts) => collapse(facts, 5),
  },
  {
    name: "depth within 10 bps: lowest in the worst 10 s over median",
    of: (facts) => collapse(facts, 10),
  },
  {
    name: "depth within 50 bps: lowest in the worst 10 s over median",
    of: (facts) => collapse(facts, 50),
  },
  {
    name: "depth within 10 bps: seconds to half of the median",
    of: (facts) => recovery(facts, 10),
  },
  { name: "order signs: autocorrelation, lag 1", of: sign(1) },
  { name: "order signs: autocorrelation, lag 10", of: sign(10) },
  { name: "order signs: autocorrelation, lag 100", of: sign(100) },
  { name: "order signs: decay exponent", of: ({ signs }) => signs?.decay?.exponent },
  { name: "impact of runs of one sign: exponent", of: ({ runImpact }) => runImpact?.law?.exponent },
  {
    name: "impact of runs of one sign: R²",
    of: ({ runImpact }) => runImpact?.law?.rSquared,
    isShownOnly: true,
  },
  {
    name: "impact of metaorders: exponent",
    of: (_, metaorders) => metaorders?.exponent?.mean,
    isShownOnly: true,
  },
  {
    name: "impact of metaorders: standard error of the exponent",
    of: (_, metaorders) => metaorders?.exponent?.error,
    isShownOnly: true,
  },
  { name: "cancellations a trade", of: ({ cancellations }) => cancellations?.perTrade },
  {
    name: "cancelled size over traded size",
    of: ({ cancellations }) => cancellations?.sizePerTraded,
  },
  { name: "forced share of taker notional", of: ({ forced }) => forced?.share },
  { name: "forced share: highest 10 s", of: ({ forced }) => forced?.highest?.share },
  {
    name: "book updates a message",
    of: ({ activity }) => activity.updatesPerMessage,
    isShownOnly: true,
  },
  {
    name: "book messages a second",
    of: ({ activity }) => activity.messagesPerSecond,
    isShownOnly: true,
  },
  { name: "trades a second", of: ({ activity }) => activity.tradesPerSecond, isShownOnly: true },
  {
    name: "trades an order",
    of: ({ activity }) => quotient(activity.trades, activity.orders),
  },
  {
    name: "trade: mean, quote currency",
    of: (facts) => inMoney(facts, facts.activity.meanTradeQuote),
    isShownOnly: true,
  },
  {
    name: "trade: mean over median",
    of: ({ activity }) => quotient(activity.meanTradeQuote, activity.medianTradeQuote),
  },
];
