import {
  ADL_SCORES,
  type AdlAllocation,
  type AdlCandidate,
  type AdlRequest,
  type AdlScore,
  allocateByQueue,
  allocateMinMax,
  allocateMirrorDescent,
  allocateProRata,
  byEquity,
  byProfit,
  openProfit,
} from "@aftershock/cascade";
import { chanceAbove, median, type Row, spearman, sum, tableOf } from "./adlRecord.ts";

/** Dollars to units: 10^-6, as the ledger keeps USDC. */
const UNITS = 1e6;

/**
 * The users of the record as candidates whose lots are cents of the profit that was realised for them: what can be taken from each. All as shorts, which
 * nearly all were. Equity is cash and that profit: other open profit is not in the table. Maintenance margin is not in it either.
 */
export function recordedUsers(): readonly AdlCandidate[] {
  return tableOf("hyperliquid-adl/adl_by_user_REALTIME.csv.gz").flatMap((row, account) => {
    const profit = row.number("closed_pnl");
    const cents = Math.floor(profit * 100);
    if (cents <= 0) return [];
    const markValue = -row.number("adl_notional") * UNITS;
    const wallet = row.number("account_value_realtime") * UNITS;
    const equity = wallet + profit * UNITS;
    return [
      {
        account,
        lots: -cents,
        entryValue: markValue - profit * UNITS,
        markValue,
        equity,
        wallet,
        maintenance: 0,
        bankruptValue: markValue - equity,
      },
    ];
  });
}

/** Hyperliquid's formula as its documentation has it, mark / entry for shorts too. */
export const literalScore: AdlScore = (candidate, unitsPerOne) => {
  const turned = ADL_SCORES.markOverEntryTimesLeverage(candidate, unitsPerOne);
  const ratio = candidate.markValue / candidate.entryValue;
  return candidate.markValue > 0 ? turned : turned * ratio * ratio;
};

const queue =
  (score: AdlScore) =>
  (request: AdlRequest): AdlAllocation =>
    allocateByQueue(request, { score, unitsPerOne: UNITS });

/** Who bears a budget, by policy. */
export const USER_POLICIES: Readonly<Record<string, (request: AdlRequest) => AdlAllocation>> = {
  "queue, Hyperliquid, direction-aware": queue(ADL_SCORES.markOverEntryTimesLeverage),
  "queue, Hyperliquid, as written": queue(literalScore),
  "queue, profit × leverage (OKX)": queue(ADL_SCORES.profitTimesAccountLeverage),
  "queue, profit (Chitra et al.)": queue(openProfit),
  "pro-rata by profit": (request) => allocateProRata(request, { weight: byProfit }),
  "pro-rata by equity": (request) => allocateProRata(request, { weight: byEquity }),
  "min-max": allocateMinMax,
  "mirror descent, one projection": allocateMirrorDescent,
};

/** How a budget falls on those who bear it. */
export interface Burden {
  readonly takenUsd: number;
  readonly payers: number;
  /** Payers who lose all of their profit. */
  readonly emptied: number;
  /** Largest share of a payer's profit, 0 … 1. */
  readonly largest: number;
  readonly largestUsd: number;
  /** Share of the budget that the hundred largest payers bear. */
  readonly topHundred: number;
}

/** How an allocation of cents falls on candidates. */
export function burdenOf(candidates: readonly AdlCandidate[], { shares }: AdlAllocation): Burden {
  const held = new Map(candidates.map(({ account, lots }) => [account, Math.abs(lots)]));
  const parts = shares.map(({ account, lots }) => lots / (held.get(account) ?? 0));
  const paid = shares.map(({ lots }) => lots).sort((a, b) => b - a);
  return {
    takenUsd: sum(paid) / 100,
    payers: shares.length,
    emptied: parts.filter((part) => part === 1).length,
    largest: parts.reduce((most, part) => Math.max(most, part), 0),
    largestUsd: (paid[0] ?? 0) / 100,
    topHundred: sum(paid.slice(0, 100)) / sum(paid),
  };
}

/** A fill of the record with its position. */
export interface DetailedFill {
  readonly row: Row;
  readonly candidate: AdlCandidate;
  /** Size closed, of a whole position of `size`. */
  readonly closed: number;
  readonly size: number;
}

/** Lots in one coin in which sizes of the record are whole: they have at most 8 decimal places. */
const LOTS = 1e8;

/** The fills of which everything is recorded: those of accounts with hardly any cash. */
export const detailedFills = (): readonly DetailedFill[] =>
  tableOf("hyperliquid-adl/high_leverage_outliers_analysis.csv.gz").map((row, account) => {
    const position = row.number("position_size");
    const value = (price: string): number => position * row.number(price) * UNITS;
    const markValue = value("adl_price");
    const equity = row.number("total_equity") * UNITS;
    return {
      row,
      closed: row.number("adl_size"),
      size: Math.abs(position),
      candidate: {
        account,
        lots: Math.round(position * LOTS),
        entryValue: value("entry_price"),
        markValue,
        equity,
        wallet: row.number("account_value_realtime") * UNITS,
        maintenance: 0,
        bankruptValue: markValue - equity,
      },
    };
  });

/** What the detailed fills say of ranks. */
export interface FillFigures {
  readonly fills: number;
  readonly wholes: number;
  /** Median leverage: notional over cash, as recorded, and over equity. */
  readonly cashLeverage: number;
  readonly equityLeverage: number;
  readonly negativeEquity: number;
  /** Correlations of ranks by the direction-aware score with … */
  readonly withLiteral: number;
  readonly withCash: number;
  /** Groups of the same coin, instant and liquidated account, with more than one fill; those of them with a fill that left some of a position. */
  readonly groups: number;
  readonly telling: number;
  /** Groups in which a policy gives every fill of the record to the lot: [direction-aware, as written, pro-rata]. */
  readonly reproduced: readonly [number, number, number];
  /** Share of lots that pro-rata by size gives to others than the record, in telling groups. */
  readonly proRataMoved: number;
}

function groupsOf(fills: readonly DetailedFill[]): readonly (readonly DetailedFill[])[] {
  const groups = new Map<string, DetailedFill[]>();
  for (const fill of fills) {
    const key = ["coin", "time", "liquidated_user"].map((name) => fill.row.text(name)).join(" ");
    groups.set(key, [...(groups.get(key) ?? []), fill]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Lots of a group that an allocation gives to others than the record does. */
function movedLots(
  group: readonly DetailedFill[],
  policy: (request: AdlRequest) => AdlAllocation,
): number {
  const recorded = group.map(({ closed }) => Math.round(closed * LOTS));
  const candidates = group.map(({ candidate }) => candidate);
  const given = new Map(
    policy({ candidates, lots: sum(recorded) }).shares.map(({ account, lots }) => [account, lots]),
  );
  const gaps = candidates.map(({ account }, i) => (given.get(account) ?? 0) - (recorded[i] ?? 0));
  return sum(gaps.map(Math.abs)) / 2;
}

/** Ranks the detailed fills and closes their groups anew. */
export function fillFigures(): FillFigures {
  const fills = detailedFills();
  const isWhole = ({ closed, size }: DetailedFill): boolean => Math.abs(closed - size) < 1e-9;
  const aware = ADL_SCORES.markOverEntryTimesLeverage;
  const scores = fills.map(({ candidate }) => aware(candidate, UNITS));
  const notional = ({ candidate }: DetailedFill): number => Math.abs(candidate.markValue);
  const groups = groupsOf(fills).filter(
    // A position that was closed in two steps at once is there twice.
    (group) => new Set(group.map(({ row }) => row.text("user"))).size === group.length,
  );
  const telling = groups.filter((group) => !group.every(isWhole));
  const policies = [queue(aware), queue(literalScore), allocateProRata] as const;
  const reproduced = policies.map(
    (policy) => telling.filter((group) => movedLots(group, policy) === 0).length,
  );
  return {
    fills: fills.length,
    wholes: fills.filter(isWhole).length,
    cashLeverage: median(fills.map(({ row }) => row.number("leverage_realtime"))),
    equityLeverage: median(
      fills
        .filter(({ candidate }) => candidate.equity > 0)
        .map((fill) => notional(fill) / fill.candidate.equity),
    ),
    negativeEquity: fills.filter(({ candidate }) => candidate.equity < 0).length,
    withLiteral: spearman(
      scores,
      fills.map(({ candidate }) => literalScore(candidate, UNITS)),
    ),
    withCash: spearman(
      scores,
      fills.map((fill) => aware({ ...fill.candidate, equity: fill.candidate.wallet }, UNITS)),
    ),
    groups: groups.length,
    telling: telling.length,
    reproduced: [reproduced[0] ?? 0, reproduced[1] ?? 0, reproduced[2] ?? 0],
    proRataMoved:
      sum(telling.map((group) => movedLots(group, allocateProRata))) /
      sum(telling.flatMap((group) => group.map(({ closed }) => closed * LOTS))),
  };
}

/** Correlations over users: of profit ratio, leverage and notional; equity over profit. */
export interface UserFigures {
  readonly profitWithNotional: number;
  readonly profitWithLeverage: number;
  readonly notionalWithLeverage: number;
  readonly equityOverProfit: number;
  readonly withoutCash: number;
  readonly losers: number;
}

/** What the table of users says of ranks. */
export function userFigures(): UserFigures {
  const rows = tableOf("hyperliquid-adl/adl_by_user_REALTIME.csv.gz");
  const column = (name: string): number[] => rows.map((row) => row.number(name));
  const [profit, leverage, notional] = [
    column("pnl_percent"),
    column("leverage_realtime"),
    column("adl_notional"),
  ];
  const candidates = recordedUsers();
  return {
    profitWithNotional: spearman(profit, notional),
    profitWithLeverage: spearman(profit, leverage),
    notionalWithLeverage: spearman(notional, leverage),
    equityOverProfit: median(candidates.map((each) => each.equity / openProfit(each))),
    withoutCash: column("account_value_realtime").filter((usd) => usd <= 0).length,
    losers: column("closed_pnl").filter((usd) => usd <= 0).length,
  };
}

/** How well the ratio of profit alone tells who of the shorts (or longs) in a coin was deleveraged. */
export interface ProfitRank {
  readonly asset: string;
  readonly side: string;
  readonly deleveraged: number;
  readonly spared: number;
  /** Of these, with a ratio of profit: [deleveraged, spared]. */
  readonly known: readonly [number, number];
  /** Chance that one who was deleveraged has the larger ratio: ½ says nothing. */
  readonly byRatio: number;
  /** Chance that one who was deleveraged has the larger profit in dollars. */
  readonly byDollars: number;
}

/** BTC and SOL: everyone who held a position, deleveraged or not. */
export function profitRanks(): readonly ProfitRank[] {
  const rows = tableOf("hyperliquid-adl/positions_FINAL_BTC_SOL.csv.gz");
  return ["BTC", "SOL"].flatMap((asset) =>
    ["SHORT", "LONG"].map((side) => {
      const held = rows.filter((row) => row.text("asset") === asset && row.text("side") === side);
      const of = (isDeleveraged: boolean): readonly Row[] =>
        held.filter((row) => row.flag("was_adl") === isDeleveraged);
      const known = (some: readonly Row[], name: string): number[] =>
        some.map((row) => row.number(name)).filter((value) => !Number.isNaN(value));
      const [yes, no] = [of(true), of(false)];
      const [yesRatios, noRatios] = [known(yes, "pnl_percent"), known(no, "pnl_percent")];
      return {
        asset,
        side,
        deleveraged: yes.length,
        spared: no.length,
        known: [yesRatios.length, noRatios.length],
        byRatio: chanceAbove(yesRatios, noRatios),
        byDollars: chanceAbove(known(yes, "absolute_pnl"), known(no, "absolute_pnl")),
      };
    }),
  );
}
