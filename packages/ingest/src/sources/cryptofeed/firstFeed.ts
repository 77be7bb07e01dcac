import type { StreamName } from "@aftershock/schema";

/**
 * Keeps a venue's feeds that tell the same story apart: a capture with books of ten and of a thousand levels of an instrument, or
 * best prices from two channels, holds one story twice, and only the feed that came first is stored.
 */
export class FirstFeed {
  readonly #feeds = new Map<string, string>();

  /** The feed that is stored; undefined before the first message. */
  first(stream: StreamName, symbol: string): string | undefined {
    return this.#feeds.get(`${stream} ${symbol}`);
  }

  /** Why a message of a feed is not to be stored, if so. */
  refuse(stream: StreamName, symbol: string, feed: string): string | undefined {
    const key = `${stream} ${symbol}`;
    const first = this.#feeds.get(key);
    if (first === undefined) this.#feeds.set(key, feed);
    if (first === undefined || first === feed) return undefined;
    return `${feed} of an instrument whose ${first} is stored`;
  }
}
