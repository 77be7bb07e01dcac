import { ConfigError, DataError } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type {
  InstrumentTerms,
  ReadHints,
  RowSink,
  Source,
  SourceFile,
  SourceLine,
  SourceReader,
} from "../../source.ts";
import { addressInName, isAddress, marketInName } from "../onchain/addresses.ts";
import { chainOf } from "../onchain/chains.ts";
import { feedAt } from "../onchain/chainlinkFeeds.ts";
import { emitRecord, type Emit } from "../read/emitRecords.ts";
import { quotedCells } from "../read/quotedCells.ts";
import { ChainFile, type ChainState, type OneContract } from "./chainFile.ts";
import {
  headerNames,
  isChainFile,
  isLogHeader,
  logForm,
  logRecords,
  noLogs,
} from "./logRecords.ts";

/** The contract of a table whose lines do not name it. Throws ConfigError when neither the user nor the file's name says. */
function contractOf(file: SourceFile, { symbol }: ReadHints): OneContract {
  const named = symbol ?? marketInName(file.name) ?? addressInName(file.name);
  if (named === undefined) {
    throw new ConfigError(
      `${file.name}: neither its columns nor its name say which contract it is of`,
      {
        hints: ["Name the contract with --symbol 0x…"],
      },
    );
  }
  const known = named.toLowerCase();
  return isAddress(known)
    ? { symbol: known, address: known }
    : { symbol: named, address: undefined };
}

/** Reads the lines of a table of logs. */
async function readTable(
  file: SourceFile,
  sink: RowSink,
  state: ChainState,
  hints: ReadHints,
): Promise<void> {
  let header: string | undefined;
  let names: readonly string[] = [];
  let chainFile: ChainFile | undefined;
  const reader = {
    read: (line: SourceLine): Emit => {
      const cells = quotedCells(line.text);
      if (cells.length !== names.length) {
        throw new DataError(`${cells.length} columns, not ${names.length}`);
      }
      const record = Object.fromEntries(names.map((name, place) => [name, cells[place] ?? ""]));
      return chainFile?.readCells(line, record) ?? ((): void => {});
    },
  };
  for await (const lines of file.lines()) {
    for (const line of lines) {
      if (header === undefined) {
        if (!isLogHeader(line.text)) throw noLogs(file, line.text);
        header = line.text;
        names = headerNames(line.text);
        const named = names.some((name) => ["address", "contract_address"].includes(name));
        chainFile = new ChainFile(sink, state, named ? undefined : contractOf(file, hints));
        sink.skip(line, "header");
      } else if (line.text === header) sink.skip(line, "repeated header");
      else if (line.text.trim() === "") sink.skip(line, "blank line");
      else emitRecord(sink, line, reader);
    }
  }
  if (header === undefined) throw noLogs(file, "");
}

class EvmLogsReader implements SourceReader {
  private readonly hints: ReadHints;
  private readonly states = new Map<string, ChainState>();

  constructor(hints: ReadHints) {
    this.hints = hints;
  }

  private stateOf(chain: string): ChainState {
    const state = this.states.get(chain) ?? { chain, blockTimes: new Map<number, number>() };
    this.states.set(chain, state);
    return state;
  }

  async read(file: SourceFile, sink: RowSink): Promise<void> {
    const state = this.stateOf(chainOf(file.name, this.hints));
    const form = await logForm(file);
    if (form === "table") {
      await readTable(file, sink, state, this.hints);
      return;
    }
    const chainFile = new ChainFile(sink, state, undefined);
    for await (const records of logRecords(file, form)) {
      for (const record of records) {
        if (record.text.trim() === "") sink.skip(record, "blank line");
        else emitRecord(sink, record, chainFile);
      }
    }
  }
}

/** A contract is no instrument of a kind of its own; a Chainlink feed that is known is an index. */
function contractTerms(venue: string, symbol: string, at: number): InstrumentTerms {
  const feed = feedAt(venue, symbol);
  const known = terms(venue, symbol, at);
  return feed === undefined
    ? known
    : { ...known, kind: "index", base: feed.base, quote: feed.quote, settle: feed.quote };
}

/**
 * Raw EVM logs and what stands around them: `eth_getLogs` and `eth_getBlockByNumber` of a node (an array, an answer with `result`,
 * or a JSON value a line), ethereum-etl's JSON lines (`log`, `token_transfer`, `transaction`, `block`), and tables with topics and
 * data (demeter-fetch, Dune, Etherscan, ethereum-etl). The venue is the chain (--venue, or a word of the file's name), the symbol
 * the contract's address in lower case; for a table that does not name it, from the file's name or --symbol.
 *
 * | record | stream | tsEvent |
 * |---|---|---|
 * | log | `chain`: the event and its arguments as canonical JSON (keys by UTF-16 code units, integers as decimal text, addresses and bytes in lower-case hex) | the block's time |
 * | log of no known event, or with other words than it should | `chain`: event `unknown`, args `data` and `topics` as recorded | the block's time |
 * | log of a call (Maker's LogNote) | `chain`: event and args of the call; `caller` where it is logged | the block's time |
 * | `AnswerUpdated` of a known Chainlink feed | also `oracles`: the answer at the feed's decimals; `roundId` is the aggregator's own | the block's time |
 * | token_transfer | `chain`: event `TokenTransfer`, which ethereum-etl derives from the log `Transfer` | the block's time |
 * | transaction | `gas` of `GAS`: what was paid, gwei | the block's time |
 * | block | `measures` of `GAS`: baseFeeGwei, gasUsed, gasLimit, transactions | the block's time |
 *
 * A log without a time takes that of its block from a file given before it. Logs of removed blocks and repeated logs are skipped
 * and counted. Source: Ethereum JSON-RPC (execution-apis), ethereum-etl's schema, read 2026-11.
 */
export const evmLogs: Source = {
  name: "evm-logs",
  version: 1,
  recognises: isChainFile,
  continues: true,
  createReader: (hints) => new EvmLogsReader(hints),
  records: (file) => logRecords(file),
  terms: contractTerms,
};
