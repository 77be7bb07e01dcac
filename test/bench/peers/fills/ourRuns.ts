import {
  ConstantLatency,
  type FillModel,
  FILLS_BY_TRADES_AND_BOOK,
  NO_PARTIAL_FILLS,
  type OrderBook,
  type OrderRequest,
  type OrderUpdate,
  powerWeight,
  ProbabilityQueue,
  type QueueModel,
  relativeShare,
  replay,
  type ReplayHandlers,
  RISK_AVERSE_QUEUE,
  StudyVenue,
  type StudyVenueOptions,
  TieredFees,
  venueHandlers,
} from "@aftershock/replay";
import { type Batch, type EventStream, type Lots, lots } from "@aftershock/schema";
import { PeerRules, powerShares, staysAhead, type TapeTrade } from "./peerRules.ts";
import type { Recording } from "./recordings.ts";
import { addFill, type Fill, type SentOrder, type StudyRun } from "./studyRun.ts";

/** The exponent of the power that weighs a queue. */
export const POWER = 3;
/** Fees of Binance's USD-M futures without a discount, read 2026-11. */
export const FEES: TieredFees = new TieredFees({
  tiers: [{ fromVolume30d: 0, makerBps: 2, takerBps: 5 }],
});
/** How often a study decides, µs. */
export const EVERY_MICROS = 100_000;

/** What both programs are asked for. */
export interface Setting {
  readonly clock: "recv" | "event";
  readonly queue: "riskAverse" | "power";
  readonly partial: boolean;
  readonly orderMicros: number;
  readonly responseMicros: number;
}

/** Which of our rules give way to others, to find out what they make. By default none. */
export interface Instead {
  /** How a fall of a level is shared out: hftbacktest's formula. */
  readonly peerShares?: boolean;
  /** With partial fills, what prints or stands through an order fills it whole. */
  readonly wholeThrough?: boolean;
  /** Orders have the place that hftbacktest gives them, from when they join: with its formula. */
  readonly peerPlaces?: boolean;
  /** What has printed and the book does not show yet can be taken all the same. */
  readonly printsIgnored?: boolean;
  /** Trades come a µs earlier by the venue's clock, so that none has the time of a book. */
  readonly tradesEarlier?: boolean;
  /** What an order took can be taken again by the next ones. */
  readonly takenForgotten?: boolean;
  /** A taking order that gets anything gets all of its size, at the best price. */
  readonly takesWhole?: boolean;
}

/** So many orders later what an order took is remembered again. */
const FORGETFUL_VENUES = 16;

/** So long a lead of the book that it shows every trade. */
const ALL_DAY_MICROS = 86_400_000_000;

/** What was sent, by all desks of a run, and what became of it. */
export class RunLog implements StudyRun {
  readonly orders: SentOrder[] = [];
  readonly fills: Fill[][] = [];
  /** When the study heard that an order had ended, µs; NaN as long as it has not. */
  readonly endedAt: number[] = [];
  readonly #ids = new Map<string, number>();

  send({ id, side, price, size, timeInForce }: OrderRequest, sentAt: number): void {
    const index = this.orders.length;
    this.#ids.set(id, index);
    const isIoc = timeInForce === "ioc";
    this.orders.push({ sentAt, side, price: price ?? Number.NaN, size, isIoc });
    this.fills.push([]);
    this.endedAt.push(Number.NaN);
  }

  hear(update: OrderUpdate): void {
    const index = this.indexOf(update.orderId);
    if (update.kind === "filled") addFill(this.fills[index] ?? [], update);
    if (update.open === 0 && update.kind !== "refused") this.endedAt[index] = update.heardAt;
  }

  /** The place of an order among those that were sent; -1 where it was not. */
  indexOf(id: string): number {
    return this.#ids.get(id) ?? -1;
  }

  hasEnded(id: string): boolean {
    return !Number.isNaN(this.endedAt[this.indexOf(id)] ?? Number.NaN);
  }
}

interface DeskTerms {
  readonly setting: Setting;
  readonly instead: Instead;
  readonly log: RunLog;
  readonly hear?: (update: OrderUpdate) => void;
}

/** A venue of ours for one study, with the rules asked for. */
export class Desk {
  /** One; where it forgets what was taken several that take turns, so that each knows only of its own orders. */
  readonly venues: readonly StudyVenue[];
  readonly rules: PeerRules = new PeerRules();
  readonly log: RunLog;
  readonly #instead: Instead;
  readonly #venueOf = new Map<string, StudyVenue>();
  /** Sizes of taking orders that have not been filled, where they fill whole, lots. */
  readonly #wholes = new Map<string, Lots>();

  constructor({ instrument }: Recording, terms: DeskTerms) {
    const { setting, instead, log, hear } = terms;
    const { orderMicros, responseMicros } = setting;
    this.log = log;
    this.#instead = instead;
    const options: StudyVenueOptions = {
      instrument,
      latency: new ConstantLatency({ orderMicros, responseMicros }),
      fees: FEES,
      ...this.#models(setting, instead),
      bookLeadMicros: instead.printsIgnored === true ? ALL_DAY_MICROS : 0,
      onUpdate: (told) => {
        const update = this.#asTaken(told);
        if (update === undefined) return;
        log.hear(update);
        hear?.(update);
      },
    };
    const count = instead.takenForgotten === true ? FORGETFUL_VENUES : 1;
    this.venues = Array.from({ length: count }, () => new StudyVenue(options));
  }

  #models(
    { queue, partial }: Setting,
    { peerShares = false, peerPlaces = false, wholeThrough = false }: Instead,
  ): { readonly queue: QueueModel; readonly fills: FillModel } {
    const isCareful = queue === "riskAverse";
    const byTheirs = peerShares || peerPlaces;
    const ownQueue = isCareful
      ? RISK_AVERSE_QUEUE
      : new ProbabilityQueue(relativeShare(powerWeight(POWER)));
    const ownFills = partial ? FILLS_BY_TRADES_AND_BOOK : NO_PARTIAL_FILLS;
    return {
      queue: byTheirs ? this.rules.queue(isCareful ? staysAhead : powerShares(POWER)) : ownQueue,
      fills:
        byTheirs || wholeThrough
          ? this.rules.fills({ partial, wholeThrough, byPlace: peerPlaces })
          : ownFills,
    };
  }

  /** What is heard of an order that takes whole: its first fill, as one of all its size. */
  #asTaken(update: OrderUpdate): OrderUpdate | undefined {
    const { orderId } = update;
    const size = this.#wholes.get(orderId);
    if (size === undefined || update.kind === "accepted") return update;
    if (update.kind === "filled") {
      this.#wholes.set(orderId, lots(0));
      return size === 0 ? undefined : { ...update, size, filled: size, open: lots(0) };
    }
    return size === 0 ? undefined : update;
  }

  submit(order: OrderRequest, at: number): void {
    const { id, side, price, size, timeInForce } = order;
    const { takesWhole = false, takenForgotten = false } = this.#instead;
    const venue = this.venues[this.log.orders.length % this.venues.length];
    if (venue === undefined) throw new Error("a desk has no venue");
    this.log.send(order, at);
    this.#venueOf.set(id, venue);
    if (takesWhole && timeInForce === "ioc") this.#wholes.set(id, lots(size));
    if (price !== undefined) this.rules.sends(side, price);
    // A venue that knows only of some orders does not know what there is to reduce.
    venue.submit(takenForgotten ? { ...order, reduceOnly: false } : order, at);
  }

  cancel(id: string, at: number): void {
    this.#venueOf.get(id)?.cancel(id, at);
  }
}

const earlier = (stream: EventStream): EventStream => ({
  stream: stream.stream,
  instrument: stream.instrument,
  simulated: stream.simulated,
  async *batches() {
    for await (const batch of stream.batches()) {
      const tsEvent = batch.columns.tsEvent.map((at) => at - 1);
      yield { ...batch, columns: { ...batch.columns, tsEvent } };
    }
  },
});

function tradeAt({ columns }: Batch<"trades">, row: number): TapeTrade {
  const side = columns.side[row] === 1 ? 1 : -1;
  return { side, price: columns.price[row] ?? Number.NaN, size: columns.size[row] ?? 0 };
}

/** What a study does by itself. */
export interface Deciding {
  /** Last time at which it decides, µs. */
  readonly until: number;
  /** Called at each multiple of EVERY_MICROS, µs, with the book after everything before it. */
  readonly decide: (at: number, book: OrderBook) => void;
  readonly onLiquidations?: (batch: Batch<"liquidations">, row: number, at: number) => void;
}

/** Replays a recording past some desks; returns the last price in the middle of the market, ticks. */
export async function replayDesks(
  recording: Recording,
  desks: readonly Desk[],
  terms: { setting: Setting; instead: Instead; study: Deciding },
): Promise<number> {
  const { setting, instead, study } = terms;
  let middle = Number.NaN;
  const handlers = venueHandlers(
    desks.flatMap(({ venues }) => venues),
    {
      on: {
        book: (batch, from, to) => {
          for (let row = from; row < to; row++) {
            for (const { rules } of desks) rules.takeRow(batch, row);
          }
        },
        trades: (batch, row) => {
          const trade = tradeAt(batch, row);
          for (const { rules } of desks) rules.takeTrade(trade);
        },
        liquidations: (batch, row, _to, times) =>
          study.onLiquidations?.(batch, row, times[row] ?? Number.NaN),
      },
      onBook: (book) => {
        for (const { rules } of desks) rules.takeBook(book);
        const { bestPrice: bid } = book.bidSide;
        const { bestPrice: ask } = book.askSide;
        if (bid < ask) middle = (bid + ask) / 2;
      },
      interval: {
        every: EVERY_MICROS,
        onEnd: (start, [book]) => {
          const at = start + EVERY_MICROS;
          if (book !== undefined && at <= study.until) study.decide(at, book);
        },
      },
    },
  );
  const streams = recording.streams.map((stream) =>
    instead.tradesEarlier && stream.stream === "trades" ? earlier(stream) : stream,
  );
  const { to } = await replay(streams, {
    clock: setting.clock,
    handlers: expectingTrades(handlers, desks),
  });
  for (const venue of desks.flatMap(({ venues }) => venues)) venue.finish((to ?? 0) + 60_000_000);
  return middle;
}

/** Tells the rules of desks of a trade before their venues take it. */
function expectingTrades(handlers: ReplayHandlers, desks: readonly Desk[]): ReplayHandlers {
  const trades = handlers.on?.trades;
  if (trades === undefined) return handlers;
  return {
    ...handlers,
    on: {
      ...handlers.on,
      trades: (batch, from, to, times) => {
        for (let row = from; row < to; row++) {
          const trade = tradeAt(batch, row);
          for (const { rules } of desks) rules.expect(trade);
          trades(batch, row, row + 1, times);
        }
      },
    },
  };
}
