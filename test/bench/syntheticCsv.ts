import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";

/** 2024-08-05T00:00:00Z, µs. */
const DAY = 1_722_816_000_000_000;
/** Characters of a chunk on its way to gzip. */
const CHUNK = 1 << 20;

/** Mulberry32: a small seeded generator, 0 … 1. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const HEADER = {
  trades: "exchange,symbol,timestamp,local_timestamp,id,side,price,amount",
  incremental_book_L2: "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount",
} as const;

/** The kinds of file that can be made. */
export type SyntheticKind = keyof typeof HEADER;

function* lines(kind: SyntheticKind, rows: number): Generator<string> {
  const random = randomOf(7);
  const step = 86_000_000_000 / rows;
  let price = 600_000;
  let at = DAY;
  let text = `${HEADER[kind]}\n`;
  for (let row = 0; row < rows; row++) {
    // Four rows share a message on average; the price walks, and falls by a tenth in the day.
    if (row === 0 || random() < 0.25) at = DAY + Math.floor(row * step);
    price += Math.floor(random() * 21) - 10;
    const shown = (price / 10).toFixed(1);
    const size = (Math.floor(random() ** 3 * 5_000) / 1_000).toFixed(3);
    const event = at - 3_000 - Math.floor(random() * 2_000);
    if (kind === "trades") {
      text += `binance-futures,BTCUSDT,${event},${at},${5_000_000_000 + row},${random() < 0.5 ? "buy" : "sell"},${shown},${size}\n`;
    } else {
      const [side, away] = random() < 0.5 ? ["bid", -1] : ["ask", 1];
      const level = ((price + away * (1 + Math.floor(random() ** 4 * 2_000))) / 10).toFixed(1);
      text += `binance-futures,BTCUSDT,${event},${at},${row < 2_000},${side},${level},${random() < 0.26 ? "0" : size}\n`;
    }
    if (text.length < CHUNK) continue;
    yield text;
    text = "";
  }
  yield text;
}

/** Writes a Tardis file of a made-up day, the same bytes for the same arguments. */
export async function writeSyntheticCsv(
  path: string,
  kind: SyntheticKind,
  rows: number,
): Promise<void> {
  await pipeline(
    Readable.from(lines(kind, rows)),
    createGzip({ level: 4 }),
    createWriteStream(path),
  );
}
