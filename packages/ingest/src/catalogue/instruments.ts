import { decimal, micros } from "@aftershock/schema";
import { DateTime } from "luxon";
import type { InstrumentTerms } from "../source.ts";
import { INSTRUMENT_TABLE, type GridRow, type InstrumentRow } from "./instrumentTable.ts";

const instantOf = (text: string): number =>
  DateTime.fromISO(text, { zone: "utc" }).toMillis() * 1_000;

/** Kinds that a venue's own naming leaves no doubt of, for instruments that the table does not have. */
const KIND_BY_NAME: readonly (readonly [
  venue: RegExp,
  symbol: RegExp,
  kind: InstrumentTerms["kind"],
])[] = [
  [/./, /-OPTIONS$/, "optionChain"],
  [/^binance$/, /./, "spot"],
  [/^binance-(usdm|coinm)$/, /_\d{6}$/, "future"],
  [/^binance-coinm$/, /_PERP$/, "perpetual"],
  [/^deribit$/, /-PERPETUAL$/, "perpetual"],
  [/^deribit$/, /-\d{1,2}[A-Z]{3}\d{2}$/, "future"],
  [/^deribit$/, /-\d{1,2}[A-Z]{3}\d{2}-[\dd]+-[CP]$/, "option"],
];

function unknownTerms(venue: string, symbol: string): InstrumentTerms {
  const named = KIND_BY_NAME.find((known) => known[0].test(venue) && known[1].test(symbol));
  return {
    kind: named?.[2] ?? "unknown",
    contract: "unknown",
    multiplier: 1,
    base: "",
    quote: "",
    settle: "",
  };
}

const covers = ({ from, to }: GridRow, at: number): boolean =>
  instantOf(from) <= at && (to === undefined || at < instantOf(to));

function gridTerms(grid: GridRow): Pick<InstrumentTerms, "tick" | "lot" | "validFrom" | "validTo"> {
  return {
    ...(grid.tick === undefined ? {} : { tick: decimal(grid.tick) }),
    ...(grid.lot === undefined ? {} : { lot: decimal(grid.lot) }),
    validFrom: micros(instantOf(grid.from)),
    ...(grid.to === undefined ? {} : { validTo: micros(instantOf(grid.to)) }),
  };
}

const matches = (row: InstrumentRow, venue: string, symbol: string): boolean =>
  row.venue === venue &&
  (typeof row.symbol === "string" ? row.symbol === symbol : row.symbol.test(symbol));

/**
 * What is known of an instrument at an instant (µs since the epoch): its contract from the table, tick and lot only where a
 * source attests them for that instant (absent: to be inferred from the recording). Of an instrument that the table does not
 * have, no more than its kind is said, and only where the venue's naming leaves no doubt; its contract is `unknown` and its
 * multiplier then without meaning.
 */
export function terms(venue: string, symbol: string, at: number): InstrumentTerms {
  const row = INSTRUMENT_TABLE.find((known) => matches(known, venue, symbol));
  if (row === undefined) return unknownTerms(venue, symbol);
  const { kind, contract, multiplier, base, quote, settle } = row;
  const grid = row.grids.find((known) => covers(known, at));
  return {
    kind,
    contract,
    multiplier,
    base,
    quote,
    settle,
    ...(grid === undefined ? {} : gridTerms(grid)),
  };
}
