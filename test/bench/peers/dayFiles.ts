import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import { SyntheticMarket } from "../syntheticBook.ts";

/** What a made-up day holds. */
export interface DaySize {
  /** Updates of the book after its snapshot; four make a message. */
  readonly updates: number;
  readonly trades: number;
}

/** The files of a day as Tardis has them. */
export type DayFileKind = "incremental_book_L2" | "trades";

const HEADER: Readonly<Record<DayFileKind, string>> = {
  trades: "exchange,symbol,timestamp,local_timestamp,id,side,price,amount",
  incremental_book_L2: "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount",
};
/** 2024-08-05T00:00:00Z and a little less than a day, µs. */
const DAY_START = 1_722_816_000_000_000;
const DAY_MICROS = 86_390_000_000;
/** How long a message was on its way, µs. */
const LATENCY_MICROS = 2_500;
const UPDATES_A_MESSAGE = 4;
/** Characters of a chunk on its way to gzip. */
const CHUNK = 1 << 20;

const before = (at: number): string => `binance-futures,BTCUSDT,${at - LATENCY_MICROS},${at},`;

/**
 * Runs through the day: messages at even µs, a trade at an odd one after every so many messages, so that no two events have the same time.
 * Calls back for each row of the kind wanted.
 */
function* rowsOfDay(kind: DayFileKind, { updates, trades }: DaySize): Generator<string> {
  const market = new SyntheticMarket(1);
  const book = kind === "incremental_book_L2";
  const messages = Math.ceil(updates / UPDATES_A_MESSAGE);
  const step = DAY_MICROS / (messages + 1);
  const atMessage = (message: number): number => DAY_START + 2 * Math.floor((message * step) / 2);
  const level = (at: number, snapshot: boolean): string =>
    `${before(at)}${snapshot},${market.side === 1 ? "bid" : "ask"},${(market.price / 10).toFixed(1)},${(market.size / 1_000).toFixed(3)}\n`;
  const opening: string[] = [];
  market.open(() => opening.push(level(DAY_START, true)));
  if (book) yield* opening;
  let traded = 0;
  for (let update = 0; update < updates; update++) {
    const message = 1 + Math.floor(update / UPDATES_A_MESSAGE);
    market.next(Math.floor((update * 1_000) / updates));
    if (book) yield level(atMessage(message), false);
    else if (Math.floor((message * trades) / messages) > traded) {
      traded += 1;
      const buys = traded % 2 === 0;
      const price = ((buys ? market.bestAsk : market.bestBid) / 10).toFixed(1);
      yield `${before(atMessage(message) + 1)}${5_000_000_000 + traded},${buys ? "buy" : "sell"},${price},${(0.001 * (1 + (traded % 500))).toFixed(3)}\n`;
    }
  }
}

function* chunks(kind: DayFileKind, size: DaySize): Generator<string> {
  let text = `${HEADER[kind]}\n`;
  for (const row of rowsOfDay(kind, size)) {
    text += row;
    if (text.length < CHUNK) continue;
    yield text;
    text = "";
  }
  yield text;
}

/** Writes a file of a made-up BTC day in the layout of Tardis (gzip), the same bytes for the same arguments. */
export async function writeDayFile(path: string, kind: DayFileKind, size: DaySize): Promise<void> {
  await pipeline(
    Readable.from(chunks(kind, size)),
    createGzip({ level: constants.Z_BEST_SPEED }),
    createWriteStream(path),
  );
}
