import { type EventStream, MESSAGE_END, type Micros } from "@aftershock/schema";
import { SIMULATED_OPTIONS } from "../instruments.ts";
import type { Market } from "../market/market.ts";
import { type ListedOption, listOptions } from "../options/optionListing.ts";
import { OptionQuoter } from "../options/optionQuotes.ts";
import { VolatilitySurface } from "../options/volatilitySurface.ts";
import type { Random } from "../random.ts";
import type { Connection } from "./connection.ts";
import { StreamRecorder } from "./streamRecorder.ts";

/** Writes snapshots of the option chain: one row an option, all with the same clocks. */
export class OptionRecorder {
  readonly #connection: Connection;
  readonly #options: readonly ListedOption[];
  readonly #quoter: OptionQuoter;
  readonly #recorder = new StreamRecorder("options", SIMULATED_OPTIONS);

  constructor(options: { from: Micros; startUsd: number; random: Random; connection: Connection }) {
    this.#connection = options.connection;
    this.#options = listOptions(options.from, options.startUsd);
    this.#quoter = new OptionQuoter(this.#options, options.random);
  }

  record(market: Market, tsEvent: number): void {
    const tsRecv = this.#connection.receive(tsEvent);
    const indexPrice = market.markPrice.index;
    const surface = new VolatilitySurface(market.slowVolatility.annual);
    const last = this.#options.length - 1;
    for (const [position, option] of this.#options.entries()) {
      const quote = this.#quoter.quote(option, { at: tsEvent, index: indexPrice, surface });
      const flags = position === last ? MESSAGE_END : 0;
      this.#recorder.add({ tsEvent, tsRecv, ...option, ...quote, indexPrice, flags });
    }
  }

  finish(): EventStream<"options"> {
    return this.#recorder.finish();
  }
}
