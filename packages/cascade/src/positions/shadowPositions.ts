import { ConfigError, decimalToNumber, type Instrument } from "@aftershock/schema";
import { Marks } from "../account/marks.ts";
import { liquidationPrices } from "../margin/liquidationPrice.ts";
import type { RecordColumns } from "../record/recordColumns.ts";
import type { RuleSet } from "../rules/ruleSet.ts";
import { liquidationMarks } from "./liquidationMarks.ts";
import { ledgerOf, type PlannedPosition, slackBy } from "./plannedPosition.ts";

/** Entries that are tried for each leverage. */
const ENTRIES = 25;
/** About so many positions at most: where open interest makes more of the stated size, they are larger. With so many a simulated crash hour took no longer (6 to 8 s for four scenarios with 12 paths each) and 60 to 90 MB more. */
const MOST_POSITIONS = 10_000;

/** What is believed of those who were never liquidated. Nothing of it is in a record: it has to be stated. */
export interface ShadowPrior {
  /** Open interest when the record began, quote currency: longs and shorts are each as much. Above 0. */
  readonly openInterest: number;
  /** The part of longs and of shorts that is leveraged, 0 … 1: the rest are hedgers and makers with capital elsewhere. */
  readonly leveragedLongs: number;
  readonly leveragedShorts: number;
  /** Leverages with their weights by notional. */
  readonly leverages: readonly { readonly leverage: number; readonly weight: number }[];
  /** Standard deviation of the logarithm of entry prices around the first mark, above 0. */
  readonly entrySpread: number;
  /** Size of a position at the first mark, quote currency, above 0: it matters for rules by size (margin tiers, tranches). Default: one position for each leverage and entry, which may be millions. */
  readonly accountNotional?: number;
  /** Where it comes from, with its date: it is printed with the results. */
  readonly source: string;
}

/** What a prior is held against. */
export interface ShadowRecord {
  readonly instrument: Instrument;
  readonly rules: RuleSet;
  readonly columns: RecordColumns;
  /** Positions that are known: their notional is taken from the open interest. */
  readonly pins: readonly { readonly group: { readonly lots: number } }[];
  /** Whether these are all that were liquidated, as printed. If not, those whom the prior has liquidated in the record are left out besides. */
  readonly isPrinted: boolean;
}

function checkPrior({ openInterest, entrySpread, leverages, ...prior }: ShadowPrior): void {
  const isShare = (value: number): boolean => value >= 0 && value <= 1;
  const { accountNotional = Infinity } = prior;
  const isGood =
    accountNotional > 0 &&
    openInterest > 0 &&
    openInterest < Infinity &&
    entrySpread > 0 &&
    entrySpread < 1 &&
    isShare(prior.leveragedLongs) &&
    isShare(prior.leveragedShorts) &&
    leverages.length > 0 &&
    leverages.every(({ leverage, weight }) => leverage >= 1 && weight > 0);
  if (isGood) return;
  throw new ConfigError("A prior of leverage lacks something, or says what cannot be", {
    hints: [
      "It has an open interest and leverages of 1 and more with weights above 0, shares from 0 to 1, a spread of entries above 0 and below 1, and positions of a size above 0.",
    ],
  });
}

/** Quantiles of a standard normal in the middle of n parts of equal probability, by a rational approximation (Abramowitz and Stegun 26.2.23, error below 4.5e-4). */
function normalQuantiles(n: number): readonly number[] {
  return Array.from({ length: n }, (_, i) => {
    const p = (i + 0.5) / n;
    const t = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
    const z =
      t -
      (2.515517 + t * (0.802853 + t * 0.010328)) /
        (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    return p < 0.5 ? -z : z;
  });
}

/** What a prior says of one side. */
interface SidePrior {
  /** Triggers that the record has not reached, with entries, ticks. */
  readonly triggers: readonly {
    readonly trigger: number;
    readonly entry: number;
    readonly weight: number;
  }[];
  /** The weight of these, and of all who were not liquidatable at the first mark. */
  readonly beyond: number;
  readonly open: number;
}

/** Triggers of one side with their weights. Marks and entries in ticks. */
function triggersOf(
  prior: ShadowPrior,
  { instrument, rules }: ShadowRecord,
  terms: { side: 1 | -1; start: number; lowest: number; highest: number },
): SidePrior {
  const { side, start, lowest, highest } = terms;
  const ledger = ledgerOf(instrument);
  const world = ledger.open("world");
  const slack = slackBy(rules, ledger, 0);
  const marks = new Marks(ledger);
  marks.set(0, start * decimalToNumber(instrument.tick));
  let open = 0;
  const triggers = prior.leverages.flatMap(({ leverage, weight }) =>
    normalQuantiles(ENTRIES).flatMap((z) => {
      const entry = start * Math.exp(prior.entrySpread * z);
      const account = ledger.open();
      const [buyer, seller] = side > 0 ? [account, world] : [world, account];
      // Large enough for whole units, small enough for the lowest tier.
      const lots = 1_000;
      const value = ledger.exchange({ buyer, seller, instrument: 0, lots, price: entry });
      ledger.deposit(account, Math.round(Math.abs(value) / leverage));
      const { below, above } = liquidationPrices({ slack, account, instrument: 0, marks });
      const trigger = side > 0 ? below : above;
      const isOpen = trigger === undefined || side * trigger < side * start;
      if (isOpen) open += weight;
      if (trigger === undefined) return [];
      const isBeyond = side > 0 ? trigger < lowest : trigger > highest;
      return isBeyond ? [{ trigger, entry, weight }] : [];
    }),
  );
  return { triggers, beyond: triggers.reduce((sum, { weight }) => sum + weight, 0), open };
}

/**
 * Positions that were never liquidated, from open interest and a prior of leverages: entries spread around the first mark, triggers by the rules of the day, and of them those that the recorded marks have not reached; the others would have been liquidated,
 * and are in the prints, or without prints are left out. What of the open interest is not pinned is shared out over them by weight, in positions of the stated size. Undefined: none.
 *
 * Assumes that leverage and entry are independent, that nobody adds margin, and that all are of one size. Whatever is liquidated of them is the prior's word: a result that needs them is a bound, and never an estimate.
 * Throws ConfigError for a prior that is none.
 */
export function shadowPositions(
  prior: ShadowPrior | undefined,
  record: ShadowRecord,
): readonly PlannedPosition[] {
  if (prior === undefined) return [];
  checkPrior(prior);
  const { instrument, rules, columns, pins } = record;
  const [at, mark] = [columns.column("at"), columns.column("mark")];
  const { logMark } = liquidationMarks(rules, { at, mark });
  const tick = decimalToNumber(instrument.tick);
  const ledger = ledgerOf(instrument);
  const start = (mark[0] ?? Number.NaN) / tick;
  let [low, high] = [Infinity, -Infinity];
  for (const log of logMark) {
    if (log < low) low = log;
    if (log > high) high = log;
  }
  const lowest = Math.exp(low) / tick;
  const highest = Math.exp(high) / tick;
  const perLot = Math.abs(ledger.valueUnits(0, 1, start)) / ledger.currency.unitsPerOne;
  const quotePerLot = instrument.contract === "inverse" ? perLot * start * tick : perLot;
  const sides = ([1, -1] as const).map((side) => {
    const found = triggersOf(prior, record, { side, start, lowest, highest });
    const share = side > 0 ? prior.leveragedLongs : prior.leveragedShorts;
    const leveraged = (prior.openInterest * share) / quotePerLot;
    const pinned = pins.reduce((sum, { group }) => sum + Math.max(0, side * group.lots), 0);
    const shareLeft = found.beyond === 0 ? 0 : found.beyond / found.open;
    const survived = record.isPrinted ? leveraged : leveraged * shareLeft;
    return { side, ...found, left: Math.max(0, Math.min(leveraged - pinned, survived)) };
  });
  const { accountNotional = Infinity } = prior;
  const all = sides.reduce((sum, { left }) => sum + left, 0);
  const size = Math.max(accountNotional / quotePerLot, all / MOST_POSITIONS);
  return sides.flatMap(({ side, triggers, beyond, left }) => {
    let before = 0;
    return triggers.flatMap(({ trigger, entry, weight }, i): readonly PlannedPosition[] => {
      const from = Math.round((left * before) / beyond);
      before += weight;
      const lots = side * (Math.round((left * before) / beyond) - from);
      const name = `shadow ${side > 0 ? "long" : "short"} ${i}`;
      return inParts(lots, size).map((part, place) => ({
        name: place === 0 ? name : `${name}, ${place + 1}`,
        lots: part,
        trigger,
        entry,
        opensAt: undefined,
      }));
    });
  });
}

/** Signed lots in whole parts of about a size, none of them 0. */
function inParts(lots: number, size: number): readonly number[] {
  const parts = Math.max(1, Math.round(Math.abs(lots) / size));
  return Array.from(
    { length: parts },
    (_, i) => Math.round((lots * (i + 1)) / parts) - Math.round((lots * i) / parts),
  ).filter((part) => part !== 0);
}
