import { DataError, isInstrumentName } from "@aftershock/schema";
import type { FileHead, ReadHints, RowSink, Source, SourceFile, SourceLine } from "../../source.ts";
import { emitRecord, type Emit } from "../read/emitRecords.ts";
import { firstCharacter, wholeDocument } from "../read/fileRecords.ts";
import { jsonElements } from "../read/jsonElements.ts";
import { isArray, isObject, parseJson, type JsonObject } from "../read/jsonFields.ts";
import { toldVenue } from "../read/toldVenue.ts";
import { CoinbaseLists } from "./coinbaseLists.ts";
import { coinbaseTerms, productOfFile, VENUE } from "./coinbaseMarket.ts";
import { readSnapshot } from "./coinbaseSnapshot.ts";

/** A snapshot is one record, a list one an element. */
async function* coinbaseRecords(file: SourceFile): AsyncGenerator<readonly SourceLine[]> {
  const first = await firstCharacter(file);
  if (first === "{") yield* wholeDocument(file);
  else if (first === "[") yield* jsonElements(file);
  else {
    throw new DataError(
      `${file.name}: is neither a snapshot of a book nor a list of trades or bars`,
      {
        hints: ["Check that the source named is the one this file comes from."],
      },
    );
  }
}

/** One document on its way into the sink. */
class CoinbaseDocument {
  private readonly sink: RowSink;
  private readonly product: () => string;
  private readonly lists: CoinbaseLists;

  constructor(file: SourceFile, sink: RowSink, hints: ReadHints) {
    this.sink = sink;
    this.product = () => productOfFile(file.name, hints);
    this.lists = new CoinbaseLists(sink, this.product);
  }

  read(record: SourceLine): Emit {
    const value = parseJson(record.text);
    if (isArray(value)) return this.lists.readBar(value, record);
    if (!isObject(value)) throw new DataError("the record is neither an object nor a bar");
    if (value["bids"] !== undefined) {
      return readSnapshot(this.sink, value, record, this.productOf(value));
    }
    return this.lists.readTrade(value, record);
  }

  private productOf(object: JsonObject): string {
    const { product } = object;
    if (product === undefined) return this.product();
    if (typeof product === "string" && isInstrumentName(VENUE, product)) return product;
    throw new DataError(`product is ${JSON.stringify(product).slice(0, 60)}, not a product's name`);
  }

  end(): void {
    this.lists.end();
  }
}

const SNAPSHOT_START =
  /^\s*\{\s*"product"\s*:\s*"[^"]+"\s*,\s*"level"\s*:\s*[23]\s*,\s*"captured_at"/;
const TRADE_FIELDS = ["price", "side", "size", "time", "trade_id"];

/** The first element of a list of trades has these five fields and no other. */
function startsWithTrade(text: string): boolean {
  const [, first = ""] = /^\s*\[\s*(\{[^{}[\]]*\})/.exec(text) ?? [];
  try {
    const value: unknown = JSON.parse(first);
    if (!isObject(value) || typeof value["trade_id"] !== "number") return false;
    return Object.keys(value).toSorted().join() === TRADE_FIELDS.join();
  } catch {
    return false;
  }
}

const recognises = ({ text }: FileHead): boolean =>
  SNAPSHOT_START.test(text) || startsWithTrade(text);

/**
 * Coinbase's exchange API, spot: replies, and snapshots of books as a recorder filed them.
 *
 * | file | rows | tsEvent |
 * |---|---|---|
 * | book, level 2 | `book`: one snapshot | `time`; `captured_at` is `tsRecv` |
 * | book, level 3 | `orders`: one snapshot | the same |
 * | trades | `trades` | `time` |
 * | candles | `candles` | when the bar opens |
 *
 * Trades and candles name no product: the file's name says it (`BTC-USD-trades.json`), or the user (`--symbol`). Lists of bars
 * could be anyone's and are not recognised by themselves.
 */
export const coinbase: Source = {
  name: "coinbase",
  version: 1,
  recognises,
  createReader: (hints) => ({
    read: async (file, sink) => {
      toldVenue(file.name, VENUE, hints);
      const document = new CoinbaseDocument(file, sink, hints);
      for await (const records of coinbaseRecords(file)) {
        for (const record of records) emitRecord(sink, record, document);
      }
      document.end();
    },
  }),
  records: coinbaseRecords,
  terms: coinbaseTerms,
};
