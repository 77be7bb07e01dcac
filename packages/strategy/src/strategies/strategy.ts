import type {
  OrderUpdate,
  ReplayHandlers,
  StudyVenue,
  StudyVenueOptions,
} from "@aftershock/replay";

/** What a strategy's orders meet at the venue, beside the book and the trades: latency, fees, queue, fills, cash. */
export type VenueTerms = Omit<StudyVenueOptions, "instrument" | "onUpdate">;

/** A strategy while it trades. */
export interface TradingStrategy {
  /** What it listens with: rows and ends of messages, as its replay has them. Its venue is told of them first. */
  readonly handlers: Pick<ReplayHandlers, "on" | "onBook">;
  /** Hears of one of its orders. */
  hear(update: OrderUpdate): void;
}

/** A way to trade in the book of the contract that scenarios are run on: what a study lists under `strategies`. */
export interface Strategy {
  /** Short and unique among the hedges and strategies of a study. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Everything its outcome depends on, for the config hash. */
  readonly config: Readonly<Record<string, string | number | boolean>>;
  /** What it takes for granted, in sentences. */
  readonly assumptions: readonly string[];
  /** Terms of a venue of its own, made anew for each scenario. */
  venue(): VenueTerms;
  /** Starts it at a venue, to which it sends its requests. Called once a scenario: runs share nothing. */
  start(venue: StudyVenue): TradingStrategy;
}
