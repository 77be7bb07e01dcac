import { DataError } from "@aftershock/schema";
import type { RowSink, SourceLine } from "../../source.ts";
import { feedAt, answerOf } from "../onchain/chainlinkFeeds.ts";
import { canonicalJson } from "../onchain/canonicalJson.ts";
import { GAS } from "../onchain/gas.ts";
import { isArray, isObject, parseJson, type JsonObject } from "../read/jsonFields.ts";
import { parseJsonTexts } from "../read/jsonNumberTexts.ts";
import type { Emit, RecordReader } from "../read/emitRecords.ts";
import { blockOf, kindOf, transactionOf, transferOf } from "./chainRecord.ts";
import { LogDecoder, UNKNOWN_EVENT, type DecodedLog } from "./logDecoder.ts";
import { rawLogOf, type RawLog } from "./rawLog.ts";
import { SeenLogs } from "./seenLogs.ts";

/** Where the logs of a table come from that does not say so line by line. */
export interface OneContract {
  readonly symbol: string;
  /** Absent where the table is of many contracts (a market's). */
  readonly address: string | undefined;
}

/** What is known of a chain from the files before. */
export interface ChainState {
  readonly chain: string;
  /** When blocks were made, µs, by height. */
  readonly blockTimes: Map<number, number>;
}

/** What one log, block or transaction of a record comes to. */
interface Outcome {
  readonly symbol: string;
  /** Emits its rows, or says why there are none. */
  readonly emit: () => SkipReason | undefined;
}

/** Why a log gives no row, and what the manifest counts it as where others of its record do. */
const SKIPS = {
  "duplicate log": "duplicateLog",
  "log of a block that was removed": "removedLog",
  "ethereum-etl record that is not read": "otherRecord",
  "block without figures: its time is kept": "blockTime",
} as const;
type SkipReason = keyof typeof SKIPS;

/** One file of a chain on its way into the sink. */
export class ChainFile implements RecordReader {
  private readonly sink: RowSink;
  private readonly state: ChainState;
  /** Set for a table whose lines do not name the contract. */
  private readonly contract: OneContract | undefined;
  private readonly decoder = new LogDecoder();
  private readonly seen = new SeenLogs();
  private dataset = "";

  constructor(sink: RowSink, state: ChainState, contract: OneContract | undefined) {
    this.sink = sink;
    this.state = state;
    this.contract = contract;
  }

  /** Reads a record of JSON: a log, a block, a transaction, a transfer, or a node's answer with any of them. */
  read(record: SourceLine): Emit {
    const value = parseJson(record.text);
    return this.emitAll(record, this.outcomes(record, value));
  }

  /** Reads the named cells of a table's line. */
  readCells(record: SourceLine, cells: JsonObject): Emit {
    return this.emitAll(record, [this.log(record, cells)]);
  }

  private outcomes(record: SourceLine, value: unknown): readonly Outcome[] {
    if (isArray(value)) return value.map((own) => this.outcome(record, own));
    if (!isObject(value) || !Object.hasOwn(value, "jsonrpc")) return [this.outcome(record, value)];
    const { result, error } = value;
    if (error !== undefined) {
      throw new DataError(
        `the node answered with an error: ${JSON.stringify(error).slice(0, 100)}`,
      );
    }
    return isArray(result)
      ? result.map((own) => this.outcome(record, own))
      : [this.outcome(record, result)];
  }

  private outcome(record: SourceLine, value: unknown): Outcome {
    const [kind, found] = kindOf(value);
    switch (kind) {
      case "log":
        return this.log(record, found);
      case "block":
        return this.block(record, found);
      case "transaction":
        return this.transaction(record, found);
      case "transfer":
        return this.transfer(record);
      case "other":
        return { symbol: GAS, emit: () => "ethereum-etl record that is not read" };
      default:
        return kind satisfies never;
    }
  }

  /** Emits what a record holds; where nothing is left of it, it is skipped. */
  private emitAll(record: SourceLine, outcomes: readonly Outcome[]): Emit {
    return () => {
      const { sink, state } = this;
      const dropped: (readonly [string, SkipReason])[] = [];
      for (const { symbol, emit } of outcomes) {
        const reason = emit();
        if (reason !== undefined) dropped.push([symbol, reason]);
      }
      const [first] = dropped;
      if (dropped.length === outcomes.length) {
        sink.skip(record, first?.[1] ?? "answer without a log");
        return;
      }
      for (const [symbol, reason] of dropped) {
        sink.note("chain", state.chain, symbol, SKIPS[reason]);
      }
    };
  }

  /** Says once a file what its records are, so that its logs and its transactions do not replace each other. */
  private startDataset(name: string): void {
    if (this.dataset === "") this.sink.dataset(name);
    this.dataset = name;
  }

  private timeOf(blockNumber: number, own: number | undefined): number {
    const known = this.state.blockTimes.get(blockNumber);
    const at = own ?? known;
    if (at === undefined) {
      throw new DataError(
        `the log has no time, and block ${blockNumber} was in no file before this one`,
      );
    }
    if (known !== undefined && known !== at) {
      throw new DataError(
        `the log is of ${at} µs, but its block ${blockNumber} was made at ${known} µs`,
      );
    }
    return at;
  }

  private log(record: SourceLine, cells: JsonObject): Outcome {
    const raw = rawLogOf(cells);
    const contract = raw.address ?? this.contract?.symbol;
    if (contract === undefined) throw new DataError("the log does not say which contract it is of");
    if (raw.removed) {
      return { symbol: contract, emit: () => "log of a block that was removed" };
    }
    const decoded = this.decoder.decode(raw.topics, raw.data);
    if (decoded === undefined) throw new DataError("data is not hex");
    const tsEvent = this.timeOf(raw.blockNumber, raw.time);
    if (this.seen.look(raw.blockNumber, raw.logIndex, raw.txHash) === "other") {
      throw new DataError(
        `log ${raw.logIndex} of block ${raw.blockNumber} was read before with another transaction: the file holds two versions of the block`,
      );
    }
    return {
      symbol: contract,
      emit: () => this.emitLog(record, raw, decoded, contract, tsEvent),
    };
  }

  private emitLog(
    record: SourceLine,
    raw: RawLog,
    decoded: DecodedLog,
    symbol: string,
    tsEvent: number,
  ): SkipReason | undefined {
    const { sink, state, seen } = this;
    const { blockNumber, logIndex, txHash } = raw;
    if (seen.look(blockNumber, logIndex, txHash) !== "new") return "duplicate log";
    seen.add(blockNumber, logIndex, txHash);
    this.startDataset("logs");
    sink.row("chain", state.chain, symbol, {
      tsEvent,
      blockNumber,
      logIndex,
      txHash,
      address: raw.address ?? this.contract?.address,
      event: decoded.event,
      args: decoded.args,
      line: record.number,
    });
    if (decoded.misfit) sink.note("chain", state.chain, symbol, "argumentsDoNotFit");
    else if (decoded.event === UNKNOWN_EVENT) {
      sink.note("chain", state.chain, symbol, "unknownEvent");
    } else if (decoded.event === "AnswerUpdated") this.emitAnswer(record, decoded, symbol, tsEvent);
    return undefined;
  }

  /** An aggregator's new answer is a price where its decimals are known; the integer stands in `chain` in any case. */
  private emitAnswer(
    record: SourceLine,
    { args }: DecodedLog,
    symbol: string,
    tsEvent: number,
  ): void {
    const { sink, state } = this;
    const feed = feedAt(state.chain, symbol);
    if (feed === undefined) {
      sink.note("chain", state.chain, symbol, "feedDecimalsUnknown");
      return;
    }
    const [current, roundId] = answerArgs(args);
    sink.row("oracles", state.chain, symbol, {
      tsEvent,
      roundId,
      answer: answerOf(current, feed.decimals),
      line: record.number,
    });
  }

  private block(record: SourceLine, found: JsonObject): Outcome {
    const { number, time, figures } = blockOf(found);
    const emit = (): SkipReason | undefined => {
      const { sink, state } = this;
      state.blockTimes.set(number, time);
      if (figures.length === 0) return "block without figures: its time is kept";
      this.startDataset("blocks");
      for (const [measure, value] of figures) {
        const row = { tsEvent: time, measure, value, line: record.number };
        sink.row("measures", state.chain, GAS, row);
      }
      return undefined;
    };
    return { symbol: GAS, emit };
  }

  private transaction(record: SourceLine, found: JsonObject): Outcome {
    const { blockNumber, time, gwei } = transactionOf(found);
    const tsEvent = this.timeOf(blockNumber, time);
    const emit = (): undefined => {
      this.startDataset("transactions");
      const row = { tsEvent, blockNumber, gasPriceGwei: gwei, line: record.number };
      this.sink.row("gas", this.state.chain, GAS, row);
    };
    return { symbol: GAS, emit };
  }

  private transfer(record: SourceLine): Outcome {
    const [, exact] = kindOf(parseJsonTexts(record.text));
    const { token, from, to, value, blockNumber, logIndex, txHash, time } = transferOf(exact);
    const tsEvent = this.timeOf(blockNumber, time);
    const emit = (): undefined => {
      this.startDataset("token-transfers");
      this.sink.row("chain", this.state.chain, token, {
        tsEvent,
        blockNumber,
        logIndex,
        txHash,
        address: token,
        event: "TokenTransfer",
        args: canonicalJson({ from, to, value }),
        line: record.number,
      });
    };
    return { symbol: token, emit };
  }
}

/** The answer and the round of a decoded AnswerUpdated. */
function answerArgs(args: string): readonly [current: string, roundId: string] {
  const read = parseJson(args);
  const { current, roundId } = isObject(read) ? read : {};
  if (typeof current === "string" && typeof roundId === "string") return [current, roundId];
  throw new DataError(`Invariant: no answer in ${args}`);
}
