import { createRequire } from "node:module";

/** A level as tardis-dev has it. */
export interface TardisLevel {
  price: number;
  amount: number;
}

/** The order book of tardis-dev. It copies the levels that it keeps. */
export interface TardisBook {
  update(change: {
    readonly isSnapshot: boolean;
    readonly bids: TardisLevel[];
    readonly asks: TardisLevel[];
  }): void;
  bestBid(): TardisLevel | undefined;
  bestAsk(): TardisLevel | undefined;
}

/** The package as `install.sh` installs it, which the workspace does not know. Throws when it is not there. */
export function tardisDev(): {
  readonly OrderBook: new () => TardisBook;
  /** Merges iterators of messages by `localTimestamp`. */
  readonly combine: unknown;
  readonly version: string;
} {
  const require = createRequire(import.meta.url);
  const { OrderBook, combine } = require("tardis-dev") as {
    OrderBook: new () => TardisBook;
    combine: unknown;
  };
  const { version } = require("tardis-dev/package.json") as { version: string };
  return { OrderBook, combine, version };
}
