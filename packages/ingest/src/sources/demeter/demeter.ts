import { ConfigError } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import { fileHead } from "../../files/fileHead.ts";
import type { ReadHints, RowSink, Source, SourceFile } from "../../source.ts";
import { addressInName, isAddress, marketInName } from "../onchain/addresses.ts";
import { chainInName, chainOf } from "../onchain/chains.ts";
import { isHeader, readCsvTable, type CsvHandler } from "../read/csvTable.ts";
import { demeterActions } from "./demeterActions.ts";
import { demeterGas } from "./demeterGas.ts";
import {
  AAVE_MINUTES,
  demeterMinutes,
  PRICES,
  SQUEETH_MINUTES,
  UNISWAP_MINUTES,
  type DemeterInstrument,
} from "./demeterMinutes.ts";
import { DEMETER_TABLES, type DemeterTable } from "./demeterTables.ts";
import { gmxTokens, readGmxPool } from "./gmxPool.ts";

/** The reserve or pool of a file: what the user says, else its name. Throws ConfigError when neither tells. */
function symbolOf(file: SourceFile, { symbol }: ReadHints): string {
  const named = symbol ?? marketInName(file.name) ?? addressInName(file.name);
  if (named !== undefined) return isAddress(named.toLowerCase()) ? named.toLowerCase() : named;
  throw new ConfigError(`${file.name}: neither the file nor its name says which pool it is of`, {
    hints: [
      "Name the pool with --symbol 0x…, or the reserve of a market as demeter-fetch does: --symbol aave_v3-0x…",
    ],
  });
}

const poolOf = (file: SourceFile, hints: ReadHints): DemeterInstrument => ({
  venue: chainOf(file.name, hints),
  symbol: symbolOf(file, hints),
});

/** There is one controller of Squeeth, on Ethereum. */
const SQUEETH: DemeterInstrument = { venue: "ethereum", symbol: "squeeth-controller" };

/** A price says of which chain's pool it is only where the file's name does. */
const priceOf = (file: SourceFile, { venue, symbol }: ReadHints): DemeterInstrument => ({
  venue: venue ?? chainInName(file.name) ?? "demeter",
  symbol: symbol ?? "WETH-USDC",
});

const HANDLERS: Readonly<
  Record<DemeterTable, (sink: RowSink, file: SourceFile, hints: ReadHints) => CsvHandler>
> = {
  "aave minutes": (sink, file, hints) => demeterMinutes(sink, poolOf(file, hints), AAVE_MINUTES),
  "aave actions": (sink, file, hints) => demeterActions(sink, poolOf(file, hints)),
  "uniswap minutes": (sink, file, hints) =>
    demeterMinutes(sink, poolOf(file, hints), UNISWAP_MINUTES),
  "squeeth minutes": (sink) => demeterMinutes(sink, SQUEETH, SQUEETH_MINUTES),
  prices: (sink, file, hints) => demeterMinutes(sink, priceOf(file, hints), PRICES),
  "gas prices": (sink, file, hints) => demeterGas(sink, chainOf(file.name, hints)),
};

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? "";

/** GMX v2 markets are on Arbitrum, unless the user says otherwise; their tables name the market only in the file's name. */
const gmxMarketOf = (file: SourceFile, hints: ReadHints): DemeterInstrument => ({
  venue: hints.venue ?? "arbitrum",
  symbol: symbolOf(file, hints),
});

async function readDemeter(file: SourceFile, sink: RowSink, hints: ReadHints): Promise<void> {
  const { text } = await fileHead(file);
  if (gmxTokens(firstLine(text)) !== undefined) {
    sink.dataset("gmx pool value");
    await readGmxPool(file, sink, gmxMarketOf(file, hints));
    return;
  }
  await readCsvTable(file, sink, DEMETER_TABLES, (table) => {
    sink.dataset(table);
    return HANDLERS[table](sink, file, hints);
  });
}

/**
 * Tables of demeter-fetch, and those that its simulator Demeter reads: a line a minute or an event, times UTC. The chain and the
 * pool or reserve are told by the file's name as demeter-fetch gives it (`polygon-0x45dd….minute.csv`,
 * `polygon-aave_v3-0x2791….tick.csv`), or by --venue and --symbol. Its raw logs are read by `evm-logs`.
 *
 * | table | stream | tsEvent |
 * |---|---|---|
 * | Aave minutes | `measures`: liquidityRate, stableBorrowRate, variableBorrowRate (fractions a year), liquidityIndex, variableBorrowIndex, as they stand at the minute's end | the minute's start |
 * | Uniswap v3 minutes | `measures`: netAmount0 …, ticks, currentLiquidity, in smallest units | the minute's start |
 * | Squeeth minutes | `measures` of `ethereum:squeeth-controller`: normFactor, wethPriceUsdc, osqthPriceWeth | the minute's start |
 * | prices (`,WETH,USDC`) | `measures`: wethPriceUsdc, that of the pool's last tick in the minute, cut to cents | the minute's start |
 * | gas prices | `gas` of the chain's `GAS`, gwei | the minute's start |
 * | Aave actions (`tick`) | `chain`: Supply, Withdraw, Borrow, Repay, LiquidationCall | the block's time |
 * | GMX v2 pool value | `chain` (PoolValue, exact) and `measures` in USD | the transaction's block |
 *
 * Aave minutes were checked against the raw logs of their day: each is the last ReserveDataUpdated up to the minute's end.
 * Source: github.com/zelos-alpha/demeter-fetch, README, read 2026-11.
 */
export const demeter: Source = {
  name: "demeter",
  version: 1,
  recognises: ({ text }) =>
    DEMETER_TABLES.some((table) => isHeader(text, table)) ||
    gmxTokens(firstLine(text)) !== undefined,
  createReader: (hints) => ({ read: (file, sink) => readDemeter(file, sink, hints) }),
  terms,
};
