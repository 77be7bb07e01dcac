import { replay, type OrderBook, type OrderUpdate } from "@aftershock/replay";
import {
  LiquidationFollower,
  type LiquidationFollowerOptions,
} from "../../../../packages/strategy/src/examples/liquidationFollower.ts";
import {
  MarketMaker,
  type MarketMakerOptions,
} from "../../../../packages/strategy/src/examples/marketMaker.ts";
import {
  Desk,
  type Deciding,
  EVERY_MICROS,
  type Instead,
  replayDesks,
  RunLog,
  type Setting,
} from "./ourRuns.ts";
import type { Probe } from "./probes.ts";
import type { Recording } from "./recordings.ts";
import type { StudyRun } from "./studyRun.ts";

/** Liquidations as the follower of the other program is given them. */
export interface ForcedColumns {
  /** When they were told, µs. */
  readonly at: readonly number[];
  /** When they happened, µs. */
  readonly happenedAt: readonly number[];
  /** Signed: negative for sales. */
  readonly lots: readonly number[];
}

/** An example with its options; decisions are made up to `until`, µs. */
export type Example =
  | {
      readonly kind: "maker";
      readonly name: string;
      readonly options: MarketMakerOptions;
      readonly until: number;
    }
  | {
      readonly kind: "follower";
      readonly name: string;
      readonly options: LiquidationFollowerOptions;
      readonly until: number;
      readonly forced: ForcedColumns;
    };

/** A run of an example. */
export interface ExampleRun extends StudyRun {
  /** The last price in the middle of the market, ticks. */
  readonly lastTicks: number;
  /** The same requests, as orders that are sent and cancelled at given times. */
  readonly probes: readonly Probe[];
}

/** A desk, and what an example asked of it. */
class ExampleDesk {
  readonly desk: Desk;
  readonly #log = new RunLog();
  readonly #touches: (readonly [bid: number, ask: number])[] = [];
  readonly #cancelledAt = new Map<number, number>();

  constructor(
    recording: Recording,
    terms: { setting: Setting; instead: Instead; hear: (update: OrderUpdate) => void },
  ) {
    this.desk = new Desk(recording, { ...terms, log: this.#log });
  }

  submit(order: Parameters<Desk["submit"]>[0], at: number, book: OrderBook): void {
    this.#touches.push([book.bidSide.bestPrice, book.askSide.bestPrice]);
    this.desk.submit(order, at);
  }

  cancel(id: string, at: number): void {
    this.#cancelledAt.set(this.#log.indexOf(id), at);
    this.desk.cancel(id, at);
  }

  result(lastTicks: number): ExampleRun {
    const { orders, fills } = this.#log;
    const probes = orders.map((order, index): Probe => {
      const [bid, ask] = this.#touches[index] ?? [Number.NaN, Number.NaN];
      return { ...order, cancelAt: this.#cancelOf(index, order.isIoc), bid, ask, lane: 0 };
    });
    return { orders, fills, lastTicks, probes };
  }

  /** When an order is cancelled at the latest, µs: at the first decision that knows of its end. */
  #cancelOf(index: number, isIoc: boolean): number {
    const endedAt = this.#log.endedAt[index] ?? Number.NaN;
    if (isIoc) return Number.POSITIVE_INFINITY;
    const known = (Math.floor(endedAt / EVERY_MICROS) + 1) * EVERY_MICROS;
    return this.#cancelledAt.get(index) ?? (Number.isNaN(known) ? Number.POSITIVE_INFINITY : known);
  }
}

type Play = (
  terms: { until: number; setting: Setting; instead: Instead },
  recording: Recording,
) => { readonly own: ExampleDesk; readonly study: Deciding };

function makerPlay(options: MarketMakerOptions): Play {
  return (terms, recording) => {
    const maker = new MarketMaker(options);
    const own = new ExampleDesk(recording, { ...terms, hear: (update) => maker.hear(update) });
    const decide: Deciding["decide"] = (at, book) => {
      for (const request of maker.requote(book.bidSide.bestPrice, book.askSide.bestPrice)) {
        if (request.kind === "submit") own.submit(request.order, at, book);
        else own.cancel(request.id, at);
      }
    };
    return { own, study: { until: terms.until, decide } };
  };
}

function followerPlay(options: LiquidationFollowerOptions): Play {
  return (terms, recording) => {
    const follower = new LiquidationFollower(options);
    const own = new ExampleDesk(recording, { ...terms, hear: (update) => follower.hear(update) });
    const study: Deciding = {
      until: terms.until,
      onLiquidations: ({ columns }, row, at) =>
        follower.see({
          at,
          tsEvent: columns.tsEvent[row] ?? Number.NaN,
          side: columns.side[row] === 1 ? 1 : -1,
          size: columns.size[row] ?? 0,
        }),
      decide: (at, book) => {
        const order = follower.act(at, book.bidSide.bestPrice, book.askSide.bestPrice);
        if (order !== undefined) own.submit(order, at, book);
      },
    };
    return { own, study };
  };
}

/** Lets an example trade with a venue of ours. */
export async function runExample(
  recording: Recording,
  example: Example,
  { setting, instead = {} }: { readonly setting: Setting; readonly instead?: Instead },
): Promise<ExampleRun> {
  const play =
    example.kind === "maker" ? makerPlay(example.options) : followerPlay(example.options);
  const { own, study } = play({ until: example.until, setting, instead }, recording);
  return own.result(await replayDesks(recording, [own.desk], { setting, instead, study }));
}

/** The liquidations of a recording. */
export async function forcedOf(
  recording: Recording,
  clock: Setting["clock"],
): Promise<ForcedColumns> {
  const [at, happenedAt, lots]: [number[], number[], number[]] = [[], [], []];
  await replay(recording.streams, {
    clock,
    handlers: {
      on: {
        liquidations: ({ columns }, from, to, times) => {
          for (let row = from; row < to; row++) {
            const told = times[row] ?? Number.NaN;
            const happened = columns.tsEvent[row] ?? Number.NaN;
            at.push(told);
            happenedAt.push(happened < told ? happened : told);
            lots.push((columns.side[row] ?? 0) * (columns.size[row] ?? 0));
          }
        },
      },
    },
  });
  return { at, happenedAt, lots };
}
