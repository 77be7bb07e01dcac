import { replay } from "@aftershock/replay";
import type { Setting } from "./ourRuns.ts";
import type { Recording } from "./recordings.ts";
import type { SentOrder } from "./studyRun.ts";

/** What a recording tells, in order of time. */
interface Tape {
  /** Ends of messages of the book, µs. */
  readonly books: readonly number[];
  readonly trades: readonly {
    readonly at: number;
    readonly side: number;
    readonly price: number;
  }[];
}

async function tapeOf(recording: Recording, clock: Setting["clock"]): Promise<Tape> {
  const tape = {
    books: [] as number[],
    trades: [] as { at: number; side: number; price: number }[],
  };
  await replay(recording.streams, {
    clock,
    handlers: {
      onBook: (_book, at) => tape.books.push(at),
      on: {
        trades: ({ columns: { side, price } }, from, to, times) => {
          for (let row = from; row < to; row++) {
            tape.trades.push({ at: times[row]!, side: side[row]!, price: price[row]! });
          }
        },
      },
    },
  });
  return tape;
}

/** Tells of orders whether, when they came to the venue, something had printed at their price or through it that no book had shown yet. */
export async function unseenPrints(
  recording: Recording,
  { clock, orderMicros }: Setting,
): Promise<(order: SentOrder) => boolean> {
  const { books, trades } = await tapeOf(recording, clock);
  return ({ sentAt, side, price }) => {
    const arrival = sentAt + orderMicros;
    const bookAt = books.findLast((at) => at <= arrival) ?? Number.NEGATIVE_INFINITY;
    return trades.some(
      (trade) =>
        trade.at > bookAt &&
        trade.at <= arrival &&
        trade.side === -side &&
        (price - trade.price) * side >= 0,
    );
  };
}
