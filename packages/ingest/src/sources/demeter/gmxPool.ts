import { DataError } from "@aftershock/schema";
import type { RowSink, SourceFile, SourceLine } from "../../source.ts";
import { hashOf, integerText, quantityOf } from "../onchain/addresses.ts";
import { canonicalJson } from "../onchain/canonicalJson.ts";
import { tokenAt } from "../onchain/tokens.ts";
import { emitRecord, type Emit } from "../read/emitRecords.ts";
import { timeOf } from "../read/jsonFields.ts";
import { quotedCells } from "../read/quotedCells.ts";
import type { DemeterInstrument } from "./demeterMinutes.ts";

const CHAIN = "arbitrum";

/** The columns after the tokens', each with its measure and the power of ten that it is divided by; none: only in `chain`. */
const FIGURES: readonly (readonly [column: string, measure?: string, decimals?: number])[] = [
  ["market_tokens_price", "marketTokenPriceUsd", 30],
  ["poolValue", "poolValueUsd", 30],
  ["longPnl", "longPnlUsd", 30],
  ["shortPnl", "shortPnlUsd", 30],
  ["netPnl", "netPnlUsd", 30],
  ["longTokenAmount"],
  ["shortTokenAmount"],
  ["longTokenUsd", "longTokenUsd", 30],
  ["shortTokenUsd", "shortTokenUsd", 30],
  ["totalBorrowingFees", "borrowingFeesUsd", 30],
  ["borrowingFeePoolFactor"],
  ["impactPoolAmount"],
];

const HEADER = new RegExp(
  `^timestamp,height,((?:0x[0-9a-f]{40},){2,3})${FIGURES.map(([name]) => name).join(",")},tx_hash$`,
);

/** The tokens that the header of a pool's table names: index, long and short, in whatever order. Undefined for another header. */
export const gmxTokens = (header: string): readonly string[] | undefined =>
  HEADER.exec(header)?.[1]?.split(",").slice(0, -1);

/** `{'min': 1, 'max': 2}` as Python prints a price, two integers. */
const PRICE = /^\{'min': (\d{1,78}), 'max': (\d{1,78})\}$/;

/** A whole number of 10^-decimals as the nearest double. */
const scaled = (integer: string, decimals: number): number => Number(`${integer}e-${decimals}`);

interface ReadValue {
  readonly at: number;
  readonly height: number;
  readonly txHash: string;
  readonly args: string;
  readonly measures: readonly (readonly [measure: string, value: number])[];
}

function readPrice(cell: string, token: string): readonly [min: string, max: string] {
  const [, min, max] = PRICE.exec(cell) ?? [];
  if (min !== undefined && max !== undefined) return [min, max];
  throw new DataError(`column ${token}: "${cell.slice(0, 60)}" is not {'min': …, 'max': …}`);
}

/** A price has 30 decimals less those of its token. Source: gmx-synthetics, Price.sol, read 2026-11. */
function priceMeasures(
  token: string,
  [min, max]: readonly [string, string],
): readonly (readonly [string, number])[] {
  const known = tokenAt(CHAIN, token);
  if (known === undefined) return [];
  const name = known.symbol.toLowerCase();
  return [
    [`${name}PriceMinUsd`, scaled(min, 30 - known.decimals)],
    [`${name}PriceMaxUsd`, scaled(max, 30 - known.decimals)],
  ];
}

function readValue(cells: readonly string[], tokens: readonly string[]): ReadValue {
  const expected = tokens.length + FIGURES.length + 3;
  if (cells.length !== expected) {
    throw new DataError(`${cells.length} columns, not ${expected}`);
  }
  const cell = (place: number): string => cells[place] ?? "";
  const prices = tokens.map((token, place) => [token, readPrice(cell(2 + place), token)] as const);
  const figures = FIGURES.map(
    ([column], place) => [column, integerText(cell(2 + tokens.length + place), column)] as const,
  );
  const args = {
    ...Object.fromEntries(prices.map(([token, [min, max]]) => [token, { max, min }])),
    ...Object.fromEntries(figures),
  };
  return {
    at: timeOf(cell(0), "timestamp", "seconds"),
    height: quantityOf(cell(1), "height"),
    txHash: hashOf(cell(expected - 1), "tx_hash"),
    args: canonicalJson(args),
    measures: [
      ...prices.flatMap(([token, price]) => priceMeasures(token, price)),
      ...figures.flatMap(([column, value]) => {
        const [, measure, decimals] = FIGURES.find(([name]) => name === column) ?? [];
        return measure === undefined || decimals === undefined
          ? []
          : [[measure, scaled(value, decimals)] as const];
      }),
    ],
  };
}

/**
 * The value of a GMX v2 market's pool after each transaction: one `chain` row, event `PoolValue`, with every integer as it is
 * (USD have 30 decimals, prices 30 less the token's), and `measures` in USD; prices only of tokens whose decimals are known.
 */
export async function readGmxPool(
  file: SourceFile,
  sink: RowSink,
  { venue, symbol }: DemeterInstrument,
): Promise<void> {
  let header: string | undefined;
  let tokens: readonly string[] = [];
  const emit = (line: SourceLine, read: ReadValue): void => {
    sink.row("chain", venue, symbol, {
      tsEvent: read.at,
      blockNumber: read.height,
      txHash: read.txHash,
      event: "PoolValue",
      args: read.args,
      line: line.number,
    });
    for (const [measure, value] of read.measures) {
      const row = { tsEvent: read.at, measure, value, line: line.number };
      sink.row("measures", venue, symbol, row);
    }
  };
  const reader = {
    read: (line: SourceLine): Emit => {
      const read = readValue(quotedCells(line.text), tokens);
      return () => emit(line, read);
    },
  };
  for await (const lines of file.lines()) {
    for (const line of lines) {
      if (header === undefined) {
        header = line.text;
        tokens = gmxTokens(header) ?? [];
        sink.skip(line, "header");
      } else if (line.text === header) sink.skip(line, "repeated header");
      else if (line.text.trim() === "") sink.skip(line, "blank line");
      else emitRecord(sink, line, reader);
    }
  }
}
