import { terms } from "../../catalogue/instruments.ts";
import type { RowSink, Source } from "../../source.ts";
import { isHeader, readCsvTable, type CsvHandler } from "../read/csvTable.ts";
import { deribitPerpetualPrices, deribitTermFutures } from "./deribitChainFutures.ts";
import { deribitChainOptions } from "./deribitChainOptions.ts";
import { DERIBIT_CHAIN_TYPES, type DeribitChainType } from "./deribitChainTypes.ts";

const HANDLERS: Readonly<Record<DeribitChainType, (sink: RowSink) => CsvHandler>> = {
  "options snapshot": deribitChainOptions,
  "perpetual prices": deribitPerpetualPrices,
  "term futures marks": deribitTermFutures,
};

/**
 * Recorded snapshots of Deribit's BTC and ETH option chains, four a day, with the prices of perpetuals and dated futures at the
 * same times. The chains are the instruments `deribit:BTC-OPTIONS` and `deribit:ETH-OPTIONS`, stream `options`; the futures are
 * in `tickers`.
 */
export const deribitChain: Source = {
  name: "deribit-chain",
  version: 1,
  recognises: ({ text }) => DERIBIT_CHAIN_TYPES.some((type) => isHeader(text, type)),
  createReader: () => ({
    read: (file, sink) =>
      readCsvTable(file, sink, DERIBIT_CHAIN_TYPES, (type) => HANDLERS[type](sink)),
  }),
  terms,
};
