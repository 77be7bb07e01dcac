import { ASK, BID, DataError } from "@aftershock/schema";
import type { ReadHints, RowSink, SourceFile, SourceLine } from "../../source.ts";
import { writeBook, levelsOf, type BookMessage } from "../read/bookMessage.ts";
import type { Emit } from "../read/emitRecords.ts";
import {
  choiceField,
  countField,
  objectField,
  textField,
  timeField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { readJsonLines } from "../read/jsonLines.ts";
import { bookVenue, isSymbol } from "./bybitMarket.ts";

const TOPIC = /^orderbook\.(\d{1,4})\.(.+)$/;

interface BookTopic {
  readonly depth: number;
  readonly symbol: string;
}

function readTopic(object: JsonObject): BookTopic {
  const topic = textField(object, "topic");
  const [, depth, symbol = ""] = TOPIC.exec(topic) ?? [];
  if (depth === undefined || !isSymbol(symbol)) {
    throw new DataError(`topic is "${topic.slice(0, 60)}", not orderbook.<depth>.<symbol>`);
  }
  return { depth: Number(depth), symbol };
}

function readMessage(object: JsonObject, line: SourceLine, symbol: string): BookMessage {
  const data = objectField(object, "data");
  if (data["s"] !== symbol)
    throw new DataError(`s is ${JSON.stringify(data["s"])?.slice(0, 60)}, not ${symbol}`);
  const snapshot = choiceField(object, "type", [
    ["snapshot", true],
    ["delta", false],
  ]);
  const updateId = countField(data, "u");
  if (updateId === 0) throw new DataError("u is 0, not an update id");
  const sent = timeField(object, "ts", "millis");
  return {
    line: line.number,
    tsEvent: object["cts"] === undefined ? sent : timeField(object, "cts", "millis"),
    snapshot,
    levels: [...levelsOf(data["b"], "b", BID), ...levelsOf(data["a"], "a", ASK)],
    updateId,
    prevUpdateId: snapshot ? undefined : updateId - 1,
  };
}

/**
 * Reads a book file: the messages of the public stream as it sends them. A delta's `u` is one more than that of the message
 * before it; `u` 1 comes with a snapshot after a restart of the service. Sizes are absolute, 0 deletes. `tsEvent` is `cts`, when
 * the matching engine made the change; `ts`, when it was sent, stands in where early files have no `cts`. A message that a file
 * holds twice in a row is counted as a duplicate. A day holds its book once, at its beginning, and in newer files at its end.
 */
export async function readBybitBook(
  file: SourceFile,
  sink: RowSink,
  hints: ReadHints,
): Promise<void> {
  let before: string | undefined;
  await readJsonLines(file, sink, "messages of Bybit's order book stream", (object, line): Emit => {
    const { depth, symbol } = readTopic(object);
    const message = readMessage(object, line, symbol);
    const venue = bookVenue(file.name, symbol, depth, hints);
    return () => {
      if (line.text === before) {
        sink.skip(line, "duplicate message");
        return;
      }
      before = line.text;
      writeBook(sink, venue, symbol, message);
    };
  });
}
