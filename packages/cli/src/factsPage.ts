import { isoMicros } from "@aftershock/schema";
import type {
  ImpactFacts,
  InWindows,
  PowerLaw,
  Quantiles,
  ReturnFacts,
  StylisedFacts,
  TailIndex,
} from "@aftershock/replay";
import { grouped, tableText } from "./output.ts";

/** A figure with four significant digits; a dash where there is none. */
function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "-";
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) >= 10_000 ? grouped(Math.round(rounded)) : String(rounded);
}

const tail = (index: TailIndex | undefined): string => figure(index?.index);

const law = (fit: PowerLaw | undefined): string =>
  fit === undefined
    ? "-"
    : `${figure(fit.exponent)} (R² ${figure(fit.rSquared)}, ${fit.points} points)`;

function returnsText(returns: readonly ReturnFacts[]): string {
  return tableText(
    ["returns", "count", "deviation bps", "kurtosis", "tail falls", "tail rises", "|r| decay"],
    returns.map(({ horizonSeconds, count, deviationBps, kurtosis, tails, absoluteDecay }) => [
      `${horizonSeconds} s`,
      grouped(count),
      figure(deviationBps),
      figure(kurtosis),
      tail(tails.falls),
      tail(tails.rises),
      law(absoluteDecay),
    ]),
  );
}

function correlationsText(returns: readonly ReturnFacts[]): string {
  const rows = returns.flatMap(({ horizonSeconds, correlations }) =>
    correlations.map(({ lagSeconds, returns: plain, absolute }) => [
      `${horizonSeconds} s`,
      String(lagSeconds),
      figure(plain),
      figure(absolute),
    ]),
  );
  return rows.length === 0 ? "" : tableText(["returns", "lag s", "r", "|r|"], rows);
}

/** One row a window of a distribution. */
function windowRows(name: string, { all, calmest, worst }: InWindows<Quantiles>): string[][] {
  const row = (when: string, of: Quantiles | undefined): string[] =>
    of === undefined
      ? []
      : [name, when, ...[of.p5, of.p25, of.p50, of.p75, of.p95, of.p99].map(figure)];
  return [row("all", all), row("calmest", calmest), row("worst", worst)].filter(
    (cells) => cells.length > 0,
  );
}

function distributionsText({ spread, depth }: StylisedFacts): string {
  const rows = [
    ...(spread === undefined ? [] : windowRows("spread, ticks", spread.ticks)),
    ...(spread?.bps === undefined ? [] : windowRows("spread, bps", spread.bps)),
    ...depth.flatMap(({ bandBps, bids, asks }) => [
      ...windowRows(`bids within ${bandBps} bps`, bids.quote),
      ...windowRows(`asks within ${bandBps} bps`, asks.quote),
    ]),
  ];
  if (rows.length === 0) return "";
  return tableText(["distribution", "window", "5 %", "25 %", "50 %", "75 %", "95 %", "99 %"], rows);
}

function collapseText({ depth }: StylisedFacts): string {
  const rows = depth.flatMap(({ bandBps, bids, asks }) =>
    (
      [
        ["bids", bids],
        ["asks", asks],
      ] as const
    ).map(([side, { collapse, recoverySeconds }]) => [
      `${side} within ${bandBps} bps`,
      figure(collapse),
      figure(recoverySeconds),
    ]),
  );
  return rows.length === 0
    ? ""
    : tableText(["depth", "lowest / median", "seconds to half of the median"], rows);
}

const impact = (facts: ImpactFacts | undefined): string =>
  facts === undefined ? "-" : `${law(facts.law)} of ${grouped(facts.metaorders)}`;

function orderText(facts: StylisedFacts): string {
  const { signs, runImpact, forcedImpact, cancellations, forced, activity } = facts;
  return tableText(
    ["orders", ""],
    [
      ["order signs, decay exponent", law(signs?.decay)],
      ...(signs?.correlations ?? []).map(({ lag, correlation }) => [
        `order signs, lag ${lag}`,
        figure(correlation),
      ]),
      ["impact exponent, runs of one sign (a proxy)", impact(runImpact)],
      ["impact exponent, forced orders", impact(forcedImpact)],
      [
        `cancellations a trade, from ${cancellations?.from ?? "-"}`,
        figure(cancellations?.perTrade),
      ],
      ["cancelled size over traded", figure(cancellations?.sizePerTraded)],
      ["forced share of takers", figure(forced?.share)],
      ["forced share, worst window", figure(forced?.worstShare)],
      ["forced share, highest window", figure(forced?.highest?.share)],
      ["updates a message", figure(activity.updatesPerMessage)],
      ["messages a second", figure(activity.messagesPerSecond)],
      ["trades a second", figure(activity.tradesPerSecond)],
      ["mean trade, quote currency", figure(activity.meanTradeQuote)],
      ["median trade, quote currency", figure(activity.medianTradeQuote)],
    ],
  );
}

/** The stylised facts of an instrument as text. */
export function factsText(facts: StylisedFacts): string {
  const { instrument, simulated, from, to, seconds, windowSeconds, calmest, worst } = facts;
  const span =
    from === undefined || to === undefined ? "" : `${isoMicros(from)} … ${isoMicros(to)}`;
  const windows = [
    calmest && `calmest ${windowSeconds} s from ${isoMicros(calmest.from)}`,
    worst &&
      `worst from ${isoMicros(worst.from)}: the mid moved over ${figure(worst.rangeBps)} bps`,
  ].filter((part) => part !== undefined);
  return [
    `${instrument}${simulated ? "  SIMULATED" : ""}  ${span}  ${figure(seconds)} s, returns of the ${facts.priceOf ?? "-"}`,
    windows.join("; "),
    returnsText(facts.returns),
    correlationsText(facts.returns),
    distributionsText(facts),
    collapseText(facts),
    orderText(facts),
    facts.absent.map(({ fact, why }) => `not told: ${fact}: ${why}`).join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}
