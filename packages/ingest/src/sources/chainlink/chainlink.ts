import { ConfigError } from "@aftershock/schema";
import type {
  InstrumentTerms,
  RawRow,
  ReadHints,
  RowSink,
  Source,
  SourceFile,
} from "../../source.ts";
import { terms } from "../../catalogue/instruments.ts";
import { addressInName, integerText } from "../onchain/addresses.ts";
import {
  answerOf,
  CHAINLINK_FEEDS,
  feedNamed,
  feedWith,
  type ChainlinkFeed,
} from "../onchain/chainlinkFeeds.ts";
import type { CsvRow } from "../read/csvRow.ts";
import {
  isHeader,
  readCells,
  readCsvTable,
  type CsvHandler,
  type CsvKind,
} from "../read/csvTable.ts";
import { timeOf } from "../read/jsonFields.ts";

/** A dump of rounds with named columns, and one whose columns are the places of getRoundData's results. */
type RoundTable = "rounds" | "numbered rounds";

const ROUNDS: CsvKind<RoundTable> = {
  name: "rounds",
  columns: ["", "round", "answer", "start", "update", "answeredInRound"],
};
const NUMBERED_ROUNDS: CsvKind<RoundTable> = {
  name: "numbered rounds",
  columns: ["", "0", "1", "2", "3", "4"],
};

/** A line of a numbered table that can only be a round: its id carries the phase in the bits above 2^64. */
const NUMBERED_START = /^,0,1,2,3,4\r?\n\d+,\d{20,24},-?\d+,\d{9,10},\d{9,10},\d{20,24}\r?\n/;

/** The words of a file's name, and each two that follow each other: `ETH_USD` is a pair in two words. */
function nameWords(fileName: string): readonly string[] {
  const words = fileName.split(/[^A-Za-z0-9]+/);
  return [...words, ...words.map((word, place) => word + (words[place + 1] ?? ""))];
}

/** The feed that a file is of: what the user says, else the address or the pair in its name. Throws ConfigError when none is known. */
function feedOf(file: SourceFile, { symbol }: ReadHints): ChainlinkFeed {
  const address = symbol?.toLowerCase() ?? addressInName(file.name);
  const byAddress = address === undefined ? undefined : feedWith(address);
  const names = symbol === undefined ? nameWords(file.name) : [symbol];
  const found = byAddress ?? names.map(feedNamed).find((known) => known !== undefined);
  if (found !== undefined) return found;
  const known = CHAINLINK_FEEDS.map(({ base, quote }) => `${base}-${quote}`);
  throw new ConfigError(
    `${file.name}: the rounds are of no feed that is known, so that the decimals of their answers are not`,
    { hints: [`Name the feed with --symbol: one of ${known.join(", ")}, or its address.`] },
  );
}

/** Each round's result and the place of its column. */
interface RoundColumns {
  readonly round: string;
  readonly answer: string;
  readonly start: string;
  readonly update: string;
  readonly answeredIn: string;
}

const COLUMNS: Readonly<Record<RoundTable, RoundColumns>> = {
  rounds: {
    round: "round",
    answer: "answer",
    start: "start",
    update: "update",
    answeredIn: "answeredInRound",
  },
  "numbered rounds": { round: "0", answer: "1", start: "2", update: "3", answeredIn: "4" },
};

/** A round that was never answered: its time is 0. */
const EMPTY = "empty round";

interface ReadRound {
  readonly row: RawRow<"oracles"> & { readonly roundId: string };
  readonly isLate: boolean;
}

function readRound(row: CsvRow, names: RoundColumns, decimals: number): ReadRound | typeof EMPTY {
  const roundId = integerText(row.text(names.round), names.round);
  const answer = integerText(row.text(names.answer), names.answer);
  const [start, update] = [row.text(names.start), row.text(names.update)];
  if (answer === "0" && start === "0" && update === "0") return EMPTY;
  return {
    row: {
      tsEvent: timeOf(update, names.update, "seconds"),
      roundId,
      answer: answerOf(answer, decimals),
      startedAt: timeOf(start, names.start, "seconds"),
      line: row.line.number,
    },
    isLate: integerText(row.text(names.answeredIn), names.answeredIn) !== roundId,
  };
}

const venueOf = ({ chain }: ChainlinkFeed): string => `chainlink-${chain}`;
const symbolOf = ({ base, quote }: ChainlinkFeed): string => `${base}-${quote}`;

/** The rounds of a file, held until it is over: dumps begin with the newest. */
function chainlinkRounds(sink: RowSink, feed: ChainlinkFeed, names: RoundColumns): CsvHandler {
  const [venue, symbol] = [venueOf(feed), symbolOf(feed)];
  const held = new Map<string, RawRow<"oracles">>();
  const take = (line: CsvRow["line"], { row, isLate }: ReadRound): void => {
    const first = held.get(row.roundId);
    if (first === undefined) {
      held.set(row.roundId, row);
      if (isLate) sink.note("oracles", venue, symbol, "answeredInEarlierRound");
    } else if (first.answer === row.answer && first.tsEvent === row.tsEvent) {
      sink.skip(line, "duplicate round");
    } else {
      sink.quarantine(
        line,
        `round ${row.roundId} is already in line ${first.line} with other values`,
      );
    }
  };
  return {
    row: (line) => {
      const read = readCells(sink, line, (row) => readRound(row, names, feed.decimals));
      if (read === EMPTY) sink.skip(line.line, EMPTY);
      else if (read !== undefined) take(line.line, read);
    },
    end: () => {
      const rows = [...held.values()];
      const isNewestFirst = (rows[0]?.tsEvent ?? 0) > (rows.at(-1)?.tsEvent ?? 0);
      for (const row of isNewestFirst ? rows.toReversed() : rows) {
        sink.row("oracles", venue, symbol, row);
      }
    },
  };
}

function feedTerms(venue: string, symbol: string, at: number): InstrumentTerms {
  const feed = CHAINLINK_FEEDS.find((own) => venueOf(own) === venue && symbolOf(own) === symbol);
  const known = terms(venue, symbol, at);
  return feed === undefined
    ? known
    : { ...known, kind: "index", base: feed.base, quote: feed.quote, settle: feed.quote };
}

/**
 * Dumps of a Chainlink feed's rounds, as getRoundData returns them: `round,answer,start,update,answeredInRound`, or numbered
 * columns. Instrument `chainlink-ethereum:ETH-USD`, known by the file's name (the pair or the proxy's address) or --symbol: it
 * says how many decimals an answer has.
 *
 * | column | in `oracles` |
 * |---|---|
 * | round | roundId, with the phase of the proxy in the bits above 2^64 |
 * | answer | answer, in the quote currency |
 * | start | startedAt |
 * | update | tsEvent: when the answer was computed, the block's time, s |
 *
 * A round never answered is all zeros, and is skipped. Dumps begin with the newest round; rows go out the oldest first.
 * Source: Chainlink, "API reference", AggregatorV3Interface, read 2026-11.
 */
export const chainlink: Source = {
  name: "chainlink",
  version: 1,
  recognises: ({ text }) => isHeader(text, ROUNDS) || NUMBERED_START.test(text),
  createReader: (hints) => ({
    read: (file, sink) => {
      const feed = feedOf(file, hints);
      return readCsvTable(file, sink, [ROUNDS, NUMBERED_ROUNDS], (table) =>
        chainlinkRounds(sink, feed, COLUMNS[table]),
      );
    },
  }),
  terms: feedTerms,
};
