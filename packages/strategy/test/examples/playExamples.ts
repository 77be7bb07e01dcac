import {
  ConstantLatency,
  StudyVenue,
  TieredFees,
  replay,
  venueHandlers,
  type Latencies,
  type OrderUpdate,
  type ReplayHandlers,
  type StudyVenueOptions,
} from "@aftershock/replay";
import type { EventStream } from "@aftershock/schema";
import {
  LiquidationFollower,
  type ForcedOrder,
  type LiquidationFollowerOptions,
} from "../../src/examples/liquidationFollower.ts";
import { MarketMaker, type MarketMakerOptions } from "../../src/examples/marketMaker.ts";

/** Where an example plays. */
export interface Playground {
  readonly streams: readonly EventStream[];
  readonly latencies?: Latencies;
  readonly models?: Pick<StudyVenueOptions, "queue" | "fills">;
}

/** What became of an example. */
export interface Played {
  readonly venue: StudyVenue;
  /** Everything that was heard, in order. */
  readonly heard: readonly OrderUpdate[];
  /** Requests as `at submit id side size @ price` and `at cancel id`. */
  readonly requests: readonly string[];
  /** The last price in the middle of the market, ticks. */
  readonly middle: number;
}

/** 10 basis points of makers, 20 of takers: easy to reckon by hand. */
export const FEES = new TieredFees({ tiers: [{ fromVolume30d: 0, makerBps: 10, takerBps: 20 }] });

async function play(
  { streams, latencies = { orderMicros: 0, responseMicros: 0 }, models = {} }: Playground,
  study: {
    readonly handlers: (venue: StudyVenue, requests: string[]) => ReplayHandlers;
    readonly hear: (update: OrderUpdate) => void;
  },
): Promise<Played> {
  const instrument = streams[0]?.instrument;
  if (instrument === undefined) throw new Error("there is no stream");
  const heard: OrderUpdate[] = [];
  const requests: string[] = [];
  let middle = Number.NaN;
  const venue = new StudyVenue({
    instrument,
    latency: new ConstantLatency(latencies),
    fees: FEES,
    ...models,
    onUpdate: (update) => {
      heard.push(update);
      study.hear(update);
    },
  });
  const own = study.handlers(venue, requests);
  const handlers = venueHandlers([venue], {
    ...own,
    onBook: (book, at) => {
      own.onBook?.(book, at);
      const [bid, ask] = [book.bidSide.bestPrice, book.askSide.bestPrice];
      if (bid < ask) middle = (bid + ask) / 2;
    },
  });
  const { to = 0 } = await replay(streams, { handlers });
  venue.finish(to + 60_000_000);
  return { venue, heard, requests, middle };
}

/** Lets a market maker quote at every message of the book. */
export function playMaker(playground: Playground, options: MarketMakerOptions): Promise<Played> {
  const maker = new MarketMaker(options);
  return play(playground, {
    hear: (update) => maker.hear(update),
    handlers: (venue, requests) => ({
      onBook: ({ bidSide, askSide }, at) => {
        for (const request of maker.requote(bidSide.bestPrice, askSide.bestPrice)) {
          if (request.kind === "cancel") {
            requests.push(`${at} cancel ${request.id}`);
            venue.cancel(request.id, at);
          } else {
            const { id, side, size, price = Number.NaN } = request.order;
            requests.push(`${at} submit ${id} ${side > 0 ? "buy" : "sell"} ${size} @ ${price}`);
            venue.submit(request.order, at);
          }
        }
      },
    }),
  });
}

/** Lets a follower act at every message of the book. `standInLots`: trades of so many lots or more are told as liquidations. */
export function playFollower(
  playground: Playground,
  options: LiquidationFollowerOptions,
  standInLots: number = Number.POSITIVE_INFINITY,
): Promise<Played> {
  const follower = new LiquidationFollower(options);
  const see = (at: number, tsEvent: number | undefined, side: number, size: number): void => {
    const forced: ForcedOrder = {
      at,
      tsEvent: tsEvent ?? Number.NaN,
      side: side > 0 ? 1 : -1,
      size,
    };
    follower.see(forced);
  };
  return play(playground, {
    hear: (update) => follower.hear(update),
    handlers: (venue, requests) => ({
      on: {
        liquidations: ({ columns }, row, _to, times) =>
          see(times[row]!, columns.tsEvent[row], columns.side[row]!, columns.size[row]!),
        trades: ({ columns }, row, _to, times) => {
          const size = columns.size[row]!;
          if (size >= standInLots) see(times[row]!, columns.tsEvent[row], columns.side[row]!, size);
        },
      },
      onBook: ({ bidSide, askSide }, at) => {
        const order = follower.act(at, bidSide.bestPrice, askSide.bestPrice);
        if (order === undefined) return;
        const { id, side, size, price = Number.NaN } = order;
        requests.push(`${at} submit ${id} ${side > 0 ? "buy" : "sell"} ${size} @ ${price}`);
        venue.submit(order, at);
      },
    }),
  });
}

/** Fills as `at id size @ price`. */
export const fillTexts = ({ heard }: Played): readonly string[] =>
  heard.flatMap((update) =>
    update.kind === "filled"
      ? [`${update.at} ${update.orderId} ${update.size} @ ${update.price}`]
      : [],
  );
