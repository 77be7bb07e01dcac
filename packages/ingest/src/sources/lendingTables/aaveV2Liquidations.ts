import { DataError } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { RowSink, Source } from "../../source.ts";
import { addressOf } from "../onchain/addresses.ts";
import { canonicalJson } from "../onchain/canonicalJson.ts";
import { decimalOfText } from "../onchain/decimalText.ts";
import type { CsvRow } from "../read/csvRow.ts";
import {
  isHeader,
  readCells,
  readCsvTable,
  type CsvHandler,
  type CsvKind,
} from "../read/csvTable.ts";
import { timeOf } from "../read/jsonFields.ts";
import { RecentLines } from "../read/recentLines.ts";
import { aaveV2Decimals } from "./aaveV2Tokens.ts";

const VENUE = "aave-v2";

const TABLE: CsvKind = {
  name: "liquidations",
  columns: [
    "collateralAmount",
    "collateralReserve",
    "pool",
    "principalAmount",
    "principalReserve",
    "timestamp",
    "user",
    "type",
    "priceUSDTCollateral",
    "reservePriceETHPrincipal",
    "reservePriceUSDPrincipal",
    "reservePriceETHCollateral",
    "reservePriceUSDCollateral",
    "amountUSDPincipal",
    "amountUSDCollateral",
    "liquidator",
    "amountETHPincipal",
    "amountETHCollateral",
    "amountUSDPrincipal",
    "principalCollateralStability",
    "principalStability",
    "collateralStability",
  ],
};

/** 2021-07-28T00:00:00Z: from then on amounts are decimals. µs. */
const SCALED_FROM = 1_627_430_400_000_000;

/** Figures that only lines with decimal amounts have right, by the names of their args; two columns are misspelt. */
const SCALED_FIGURES: readonly (readonly [column: string, arg: string])[] = [
  ["amountETHCollateral", "amountEthCollateral"],
  ["amountETHPincipal", "amountEthPrincipal"],
  ["amountUSDCollateral", "amountUsdCollateral"],
  ["amountUSDPrincipal", "amountUsdPrincipal"],
  ["reservePriceETHCollateral", "reservePriceEthCollateral"],
  ["reservePriceETHPrincipal", "reservePriceEthPrincipal"],
  ["reservePriceUSDCollateral", "reservePriceUsdCollateral"],
  ["reservePriceUSDPrincipal", "reservePriceUsdPrincipal"],
];

interface ReadLiquidation {
  readonly pool: string;
  readonly at: number;
  readonly isRaw: boolean;
  readonly args: string;
}

/** Whether amounts are the tokens' smallest units: all three signs of it must agree. */
function isRaw(row: CsvRow, at: number): boolean {
  const signs = [
    at < SCALED_FROM,
    row.optionalText("liquidator") === undefined,
    /^\d+$/.test(row.text("collateralAmount")) && /^\d+$/.test(row.text("principalAmount")),
  ];
  if (signs.every(Boolean)) return true;
  if (!signs.some(Boolean)) return false;
  throw new DataError(
    "the unit of the amounts cannot be told: whole numbers without a liquidator end on 2021-07-27, decimals with one begin then",
  );
}

function amount(row: CsvRow, role: "collateral" | "principal", raw: boolean): string {
  const [column, reserve] = [`${role}Amount`, row.text(`${role}Reserve`)];
  if (!raw) return decimalOfText(row.text(column), column);
  const decimals = aaveV2Decimals(reserve);
  if (decimals === undefined)
    throw row.wrong(`${role}Reserve`, "a reserve whose decimals are known");
  return decimalOfText(row.text(column), column, decimals);
}

function symbolCell(row: CsvRow, column: string): string {
  const symbol = row.text(column);
  if (!/^[A-Za-z0-9]{1,40}$/.test(symbol)) throw row.wrong(column, "a token's symbol");
  return symbol;
}

function readLiquidation(row: CsvRow): ReadLiquidation {
  row.oneOf("type", { liquidation: true });
  const at = timeOf(row.text("timestamp"), "timestamp", "seconds");
  const raw = isRaw(row, at);
  const figures = raw
    ? []
    : SCALED_FIGURES.map(
        ([column, arg]) => [arg, decimalOfText(row.text(column), column)] as const,
      );
  const liquidator = raw ? {} : { liquidator: addressOf(row.text("liquidator"), "liquidator") };
  return {
    pool: addressOf(row.text("pool"), "pool"),
    at,
    isRaw: raw,
    args: canonicalJson({
      collateralAmount: amount(row, "collateral", raw),
      collateralReserve: symbolCell(row, "collateralReserve"),
      principalAmount: amount(row, "principal", raw),
      principalReserve: symbolCell(row, "principalReserve"),
      user: addressOf(row.text("user"), "user"),
      ...liquidator,
      ...Object.fromEntries(figures),
    }),
  };
}

function liquidations(sink: RowSink): CsvHandler {
  const lines = new RecentLines();
  return {
    row: (row) => {
      const read = readCells(sink, row, readLiquidation);
      if (read === undefined) return;
      const { pool, at, args } = read;
      sink.row("chain", VENUE, pool, {
        tsEvent: at,
        event: "LiquidationCall",
        args,
        line: row.line.number,
      });
      sink.note("chain", VENUE, pool, read.isRaw ? "rawUnitsScaled" : "amountsRounded");
      if (read.isRaw) sink.note("chain", VENUE, pool, "priceFieldsLeftOut");
      // Two equal liquidations in one second may be two: without a transaction nothing tells.
      if (lines.repeats(row.line.text)) sink.note("chain", VENUE, pool, "repeatedLine");
    },
  };
}

/**
 * Liquidations of Aave v2 on Ethereum, December 2020 to April 2022, as TheRensselaerIDEA tabled the protocol's subgraph: `chain`
 * rows, event LiquidationCall, tsEvent the block's time (s), the symbol the market's addresses provider (0xb53c… the main market,
 * 0xacc0… the AMM market). No transaction, no block; unsorted. `args`: amounts in whole tokens as decimal text, reserves by symbol
 * (principal: the debt repaid).
 *
 * Two regimes in one table. Up to 2021-07-27 amounts are whole numbers of the token's smallest unit (scaled here exactly by the
 * reserve's decimals; note `rawUnitsScaled`), there is no liquidator, and every price and USD figure was computed from unscaled
 * numbers: they are left out (`priceFieldsLeftOut`). From 2021-07-28 amounts are decimals rounded to doubles (`amountsRounded`),
 * with the liquidator and figures in ETH and USD. A line that is neither goes to quarantine. Equal lines all stay (`repeatedLine`).
 */
export const aaveV2Liquidations: Source = {
  name: "aave-v2-liquidations",
  version: 1,
  recognises: ({ text }) => isHeader(text, TABLE),
  createReader: () => ({
    read: (file, sink) => readCsvTable(file, sink, [TABLE], () => liquidations(sink)),
  }),
  terms,
};
