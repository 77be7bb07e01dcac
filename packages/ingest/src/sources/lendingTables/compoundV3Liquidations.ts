import { DataError, utcDate } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { RawRow, RowSink, Source } from "../../source.ts";
import { addressOf, hashOf } from "../onchain/addresses.ts";
import { canonicalJson } from "../onchain/canonicalJson.ts";
import { chainNamed } from "../onchain/chains.ts";
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

const VENUE = "compound-v3";

const TABLE: CsvKind = {
  name: "liquidations",
  columns: [
    "chain",
    "comet",
    "date",
    "timestamp",
    "tx_hash",
    "borrower",
    "value_liquidated_usd",
    "available_incentive_usd",
    "svr_routed",
    "gross_recaptured_eth",
    "dao_55_eth",
    "chainlink_45_eth",
  ],
};

/** What of the value extracted came back, known only of transactions that went through SVR. */
const RECAPTURED: readonly (readonly [column: string, arg: string])[] = [
  ["gross_recaptured_eth", "grossRecapturedEth"],
  ["dao_55_eth", "daoEth"],
  ["chainlink_45_eth", "chainlinkEth"],
];

function marketOf(row: CsvRow): string {
  const chain = chainNamed(row.text("chain"));
  if (chain === undefined) throw row.wrong("chain", "a known chain");
  const comet = row.text("comet");
  if (!/^c[A-Za-z0-9]{1,20}v3$/.test(comet)) throw row.wrong("comet", "a market of Compound v3");
  return `${chain}-${comet}`;
}

function readLiquidation(row: CsvRow): readonly [market: string, row: RawRow<"chain">] {
  const tsEvent = timeOf(row.text("timestamp"), "timestamp", "seconds");
  if (utcDate(tsEvent) !== row.text("date")) {
    throw new DataError(`date ${row.text("date")} is not that of timestamp, ${utcDate(tsEvent)}`);
  }
  const recaptured = RECAPTURED.flatMap(([column, arg]) =>
    row.optionalText(column) === undefined
      ? []
      : [[arg, decimalOfText(row.text(column), column)] as const],
  );
  const args = {
    borrower: addressOf(row.text("borrower"), "borrower"),
    valueLiquidatedUsd: decimalOfText(row.text("value_liquidated_usd"), "value_liquidated_usd"),
    availableIncentiveUsd: decimalOfText(
      row.text("available_incentive_usd"),
      "available_incentive_usd",
    ),
    svrRouted: row.oneOf("svr_routed", { true: "true", false: "false", unknown: "unknown" }),
    ...Object.fromEntries(recaptured),
  };
  return [
    marketOf(row),
    {
      tsEvent,
      txHash: hashOf(row.text("tx_hash"), "tx_hash"),
      event: "AbsorbDebt",
      args: canonicalJson(args),
      line: row.line.number,
    },
  ];
}

function liquidations(sink: RowSink): CsvHandler {
  return {
    row: (row) => {
      const read = readCells(sink, row, readLiquidation);
      if (read === undefined) return;
      const [market, found] = read;
      sink.row("chain", VENUE, market, found);
    },
  };
}

/**
 * Liquidations of Compound v3 as umersin61/compound-svr-tracker tables them: `chain` rows of `compound-v3:ethereum-cUSDCv3`, event
 * AbsorbDebt (one a borrower and transaction), tsEvent the block's time (s). `args`, decimal text: borrower, valueLiquidatedUsd,
 * availableIncentiveUsd, svrRouted (`true`, `false`, `unknown`: whether the oracle's update was sold through Chainlink SVR), and
 * where it was, what of the value came back in ETH. Newest first; USD rounded to cents.
 */
export const compoundV3Liquidations: Source = {
  name: "compound-v3-liquidations",
  version: 1,
  recognises: ({ text }) => isHeader(text, TABLE),
  createReader: () => ({
    read: (file, sink) => readCsvTable(file, sink, [TABLE], () => liquidations(sink)),
  }),
  terms,
};
