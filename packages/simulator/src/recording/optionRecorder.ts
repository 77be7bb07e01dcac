import { type Batch, type Instrument, MESSAGE_END, type Micros } from "@aftershock/schema";
import type { CounterRandom } from "../counterRandom.ts";
import type { Market } from "../market/market.ts";
import { type ListedOption, listOptions } from "../options/optionListing.ts";
import { OptionQuoter } from "../options/optionQuotes.ts";
import { VolatilitySurface } from "../options/volatilitySurface.ts";
import type { Connection } from "./connection.ts";
import { StreamRecorder } from "./streamRecorder.ts";

/** Writes snapshots of the option chain: one row an option, all with the same clocks. */
export class OptionRecorder {
  readonly #market: Market;
  readonly #connection: Connection;
  readonly #options: readonly ListedOption[];
  readonly #quoter: OptionQuoter;
  readonly #recorder: StreamRecorder<"options">;

  constructor(options: {
    market: Market;
    chain: Instrument;
    from: Micros;
    random: CounterRandom;
    connection: Connection;
    emit: (batch: Batch) => void;
  }) {
    const { market, from } = options;
    this.#market = market;
    this.#connection = options.connection;
    this.#options = listOptions(from, market.options.config.startUsd);
    this.#quoter = new OptionQuoter(this.#options, options.random);
    this.#recorder = new StreamRecorder("options", options.chain, options.emit);
  }

  record(tsEvent: number, step: number): void {
    const tsRecv = this.#connection.receive(tsEvent, step);
    const indexPrice = this.#market.oracle.index;
    const surface = new VolatilitySurface(this.#market.perpetual.slowVolatility.annual);
    const last = this.#options.length - 1;
    for (const [position, option] of this.#options.entries()) {
      const market = { at: tsEvent, index: indexPrice, surface, step, position };
      const quote = this.#quoter.quote(option, market);
      const flags = position === last ? MESSAGE_END : 0;
      this.#recorder.add({ tsEvent, tsRecv, ...option, ...quote, indexPrice, flags });
    }
  }

  finish(): void {
    this.#recorder.finish();
  }
}
