import {
  ASK,
  BID,
  MESSAGE_END,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
  type Decimal,
} from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { PlainTable } from "../read/plainTable.ts";
import { countCell, positive, timeCell } from "./gateCells.ts";

interface GateUpdate {
  readonly line: number;
  readonly at: number;
  readonly side: typeof BID | typeof ASK;
  readonly action: "set" | "make" | "take";
  readonly price: Decimal;
  /** Always above zero. */
  readonly size: Decimal;
  readonly firstId: number;
  readonly lastId: number;
}

const POWERS: readonly number[] = Array.from({ length: 16 }, (_, n) => 10 ** n);

/** The sum of two decimals, one of them turned where `sign` is −1; undefined where it does not fit 2^53. */
export function addDecimals(a: Decimal, b: Decimal, sign: 1 | -1): Decimal | undefined {
  const decimals = Math.max(a.decimals, b.decimals);
  const [left, right] = [a, b].map(
    (value) => value.mantissa * (POWERS[decimals - value.decimals] ?? Number.POSITIVE_INFINITY),
  );
  if (!Number.isSafeInteger(left) || !Number.isSafeInteger(right)) return undefined;
  let mantissa = (left ?? 0) + sign * (right ?? 0);
  if (!Number.isSafeInteger(mantissa)) return undefined;
  let rest = mantissa === 0 ? 0 : decimals;
  while (rest > 0 && mantissa % 10 === 0) {
    mantissa /= 10;
    rest -= 1;
  }
  return { mantissa, decimals: rest };
}

const SIDES = { "1": ASK, "2": BID } as const;
const ACTIONS = { set: "set", make: "make", take: "take" } as const;

function readSide(row: CsvRow, signed: boolean): GateUpdate["side"] {
  if (!signed) return row.oneOf("side", SIDES);
  return row.decimal("size").mantissa > 0 ? BID : ASK;
}

function readSize(row: CsvRow, signed: boolean): Decimal {
  const size = row.decimal("size");
  if (size.mantissa === 0 || (!signed && size.mantissa < 0)) {
    throw row.wrong("size", signed ? "other than zero" : "above zero");
  }
  return { mantissa: Math.abs(size.mantissa), decimals: size.decimals };
}

function readUpdate(row: CsvRow, signed: boolean): GateUpdate {
  const action = row.oneOf("action", ACTIONS);
  const firstId = countCell(row, "beginId");
  const merged = countCell(row, "merged");
  const lastId = action === "set" ? firstId : firstId + merged - 1;
  if (action !== "set" && (merged < 1 || !Number.isSafeInteger(lastId))) {
    throw row.wrong("merged", "the number of updates that the row sums up");
  }
  return {
    line: row.line.number,
    at: timeCell(row),
    side: readSide(row, signed),
    action,
    price: positive(row, "price"),
    size: readSize(row, signed),
    firstId,
    lastId,
  };
}

const keyOf = ({ side, price }: GateUpdate): string =>
  `${side} ${price.mantissa} ${price.decimals}`;

/** A row of the message that is coming. */
interface HeldRow {
  readonly update: GateUpdate;
  /** What rests at the level after it. */
  readonly size: Decimal;
  readonly flags: number;
}

/** Builds absolute sizes out of one file's changes, and cuts them into messages. */
class GateBookMessages {
  private readonly sink: RowSink;
  private readonly venue: string;
  private readonly symbol: string;
  private readonly levels = new Map<string, Decimal>();
  private held: HeldRow[] = [];
  /** The last id of the message before the one that is held. */
  private before: number | undefined;
  private last: number | undefined;
  private clock = 0;
  private isLost = false;
  /** The snapshot that the last rows were of, by its id. */
  private snapshot: number | undefined;

  constructor(sink: RowSink, venue: string, symbol: string) {
    this.sink = sink;
    this.venue = venue;
    this.symbol = symbol;
  }

  add(update: GateUpdate): void {
    if (update.action === "set") this.addLevel(update);
    else this.addChange(update);
  }

  lost(): void {
    this.isLost = true;
  }

  private addLevel(update: GateUpdate): void {
    const continues = this.snapshot === update.firstId;
    if (!continues) {
      this.flush();
      this.levels.clear();
    }
    this.clock = Math.max(this.clock, update.at);
    this.levels.set(keyOf(update), update.size);
    this.hold(update, update.size, SNAPSHOT | (continues ? 0 : SNAPSHOT_START));
    this.snapshot = update.firstId;
    this.last = update.lastId;
  }

  private addChange(update: GateUpdate): void {
    if (this.snapshot !== undefined || update.at > this.clock) this.flush();
    this.snapshot = undefined;
    if (update.at < this.clock) this.note("clockStepsBack");
    this.clock = Math.max(this.clock, update.at);
    const breaks = this.last !== undefined && update.firstId !== this.last + 1;
    if (breaks) this.note("sequenceGaps");
    const key = keyOf(update);
    const now = this.levels.get(key) ?? { mantissa: 0, decimals: 0 };
    const after = addDecimals(now, update.size, update.action === "make" ? 1 : -1);
    const isBroken = after === undefined || after.mantissa < 0;
    if (isBroken) this.note("moreTakenThanRested");
    const size = isBroken ? { mantissa: 0, decimals: 0 } : after;
    if (size.mantissa === 0) this.levels.delete(key);
    else this.levels.set(key, size);
    this.hold(update, size, breaks || isBroken ? ROWS_LOST : 0);
    this.last = update.lastId;
  }

  private hold(update: GateUpdate, size: Decimal, flags: number): void {
    this.held.push({ update, size, flags: flags | (this.isLost ? ROWS_LOST : 0) });
    this.isLost = false;
  }

  private note(what: string): void {
    this.sink.note("book", this.venue, this.symbol, what);
  }

  /** Writes the message that is held, with the ids of all of it on each row. */
  flush(): void {
    const isSnapshot = this.snapshot !== undefined;
    for (const [place, { update, size, flags }] of this.held.entries()) {
      const { line, side, price } = update;
      const end = place === this.held.length - 1 ? MESSAGE_END : 0;
      this.sink.row("book", this.venue, this.symbol, {
        line,
        tsEvent: this.clock,
        side,
        price,
        size,
        flags: flags | end,
        updateId: this.last,
        prevUpdateId: isSnapshot ? undefined : this.before,
      });
    }
    if (this.held.length > 0) this.before = this.last;
    this.held = [];
  }

  end(): void {
    const last = this.held.at(-1);
    // What was lost behind the last row can only be said on it.
    if (last !== undefined && this.isLost) {
      this.held[this.held.length - 1] = { ...last, flags: last.flags | ROWS_LOST };
    }
    this.flush();
  }
}

/**
 * An hour of a book: it begins with the whole book (`set`), then come changes: `make` adds to what rests at a price, `take` takes
 * away from it, by orders filled or cancelled. Sizes are turned into what rests afterwards. On spot `side` is 1 for asks and 2 for
 * bids; futures have contracts, positive for bids and negative for asks.
 *
 * `beginId` is the first update that a row sums up and `merged` how many it does, so each row begins where the last ended. Times
 * are cut to 100 ms: the changes of one time are one message. Where the clock steps back the rows stay in the order of their ids,
 * with the later time, and are counted as `clockStepsBack`. Where more is taken than rested, or rows are missing or bad, the book
 * is not known until the next hour's snapshot, and the row says so.
 */
export function gateBook(
  sink: RowSink,
  venue: string,
  symbol: string,
): Pick<PlainTable, "read" | "lost" | "end"> {
  const messages = new GateBookMessages(sink, venue, symbol);
  const signed = venue !== "gate";
  return {
    read: (row) => {
      const update = readUpdate(row, signed);
      return () => {
        messages.add(update);
      };
    },
    lost: () => {
      messages.lost();
    },
    end: () => {
      messages.end();
    },
  };
}
