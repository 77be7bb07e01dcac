import { ROWS_LOST, type Instrument, type Micros } from "@aftershock/schema";
import { L2Book } from "../../src/book/l2Book.ts";
import { ConstantLatency } from "../../src/venue/constantLatency.ts";
import { NO_FEES } from "../../src/venue/feeModel.ts";
import type { OrderRequest, Side } from "../../src/venue/order.ts";
import type { OrderFilled, OrderUpdate } from "../../src/venue/orderUpdate.ts";
import { StudyVenue, type StudyVenueOptions } from "../../src/venue/studyVenue.ts";
import { batchOf, testInstrument, type Row } from "../batchOf.ts";
import { snapshot, update, type MessageText } from "../bookRows.ts";

/** A linear perpetual with a tick of 1 and a lot of 1: money is ticks × lots. */
export const plainInstrument = (terms: Partial<Instrument> = {}): Instrument =>
  testInstrument({
    tick: { mantissa: 1, decimals: 0 },
    lot: { mantissa: 1, decimals: 0 },
    ...terms,
  });

export const NO_LATENCY = new ConstantLatency({ orderMicros: 0, responseMicros: 0 });

/** A venue with a recorded book, driven by hand: each call is one event at a time. */
export class TestDesk {
  readonly instrument: Instrument;
  readonly book: L2Book;
  readonly venue: StudyVenue;
  readonly heard: OrderUpdate[] = [];
  /** Called when the study hears something, after it was noted. */
  onHeard: (update: OrderUpdate) => void = () => {};

  constructor(options: Partial<StudyVenueOptions> = {}) {
    this.instrument = options.instrument ?? plainInstrument();
    this.book = new L2Book(this.instrument);
    this.venue = new StudyVenue({
      latency: NO_LATENCY,
      fees: NO_FEES,
      ...options,
      instrument: this.instrument,
      onUpdate: (heard) => {
        this.heard.push(heard);
        this.onHeard(heard);
      },
    });
  }

  #message(rows: readonly Row<"book">[], at: number): this {
    this.venue.advance(at);
    this.book.apply(batchOf("book", rows, this.instrument), 0, rows.length);
    this.venue.onBook(this.book, at);
    return this;
  }

  snapshot(at: number, text: MessageText): this {
    return this.#message(snapshot({ ...text, at }), at);
  }

  update(at: number, text: MessageText): this {
    return this.#message(update({ ...text, at }), at);
  }

  /** The recording loses rows: the book is not valid until the next snapshot. */
  gap(at: number): this {
    const rows = update({ at }).map((row) => ({ ...row, flags: (row.flags ?? 0) | ROWS_LOST }));
    return this.#message(rows, at);
  }

  trade(at: number, side: Side | 0, price: number, size: number): this {
    this.venue.onTrade({ at, side, price, size });
    return this;
  }

  mark(at: number, price: number): this {
    this.venue.onMark(price, at);
    return this;
  }

  /** Sends an order that arrives at once, and lets it. */
  order(at: number, order: OrderRequest): this {
    this.venue.submit(order, at);
    this.venue.finish(at);
    return this;
  }

  get fills(): readonly (OrderFilled & { readonly heardAt: Micros })[] {
    return this.heard.filter((heard) => heard.kind === "filled");
  }

  /** Fills as `id: size @ price`. */
  get fillTexts(): readonly string[] {
    return this.fills.map(({ orderId, size, price }) => `${orderId}: ${size} @ ${price}`);
  }

  /** Everything heard, as `id kind`, with the reason where there is one. */
  get story(): readonly string[] {
    return this.heard.map((heard) =>
      "reason" in heard
        ? `${heard.orderId} ${heard.kind}: ${heard.reason}`
        : `${heard.orderId} ${heard.kind}`,
    );
  }

  /** Lots ahead of an order; NaN when it does not rest. */
  ahead(id: string): number {
    return this.venue.order(id)?.ahead ?? Number.NaN;
  }
}
