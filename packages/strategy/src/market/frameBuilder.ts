import { micros, type Batch, type Micros } from "@aftershock/schema";
import { ChainAssembler, coinOfChain } from "./chainAssembler.ts";
import type { CoinMarket, MarketFrame } from "./marketFrame.ts";
import type { OptionChain } from "./optionChain.ts";
import { tickerAfter, type TickerState } from "./tickerState.ts";

/**
 * Turns replayed chain quotes and tickers into valuation points. A frame is given out once time has moved on past a chain
 * snapshot, so that the snapshots of several coins at one instant make one frame, and nothing later than it is in it.
 */
export class FrameBuilder {
  /** Instants left out because a coin had no chain or no index then. */
  incompleteFrames = 0;
  readonly #coins: readonly string[];
  readonly #onFrame: (frame: MarketFrame) => void;
  readonly #assemblers = new Map<string, ChainAssembler>();
  readonly #chains = new Map<string, OptionChain>();
  readonly #tickers = new Map<string, TickerState>();
  #now = Number.NEGATIVE_INFINITY;
  #pendingAt: Micros | undefined;

  constructor(coins: readonly string[], onFrame: (frame: MarketFrame) => void) {
    this.#coins = coins;
    this.#onFrame = onFrame;
  }

  /** Takes rows [from, to) of an `options` batch; `times` are the replay's times of all its rows, µs. */
  takeOptions(batch: Batch<"options">, from: number, to: number, times: Float64Array): void {
    const coin = coinOfChain(batch.instrument.symbol);
    const assembler = this.#assemblers.get(coin) ?? new ChainAssembler();
    this.#assemblers.set(coin, assembler);
    for (let row = from; row < to; row += 1) {
      this.#advance(times[row] ?? this.#now);
      const chain = assembler.add(batch, row, this.#now);
      if (chain === undefined) continue;
      this.#chains.set(coin, chain);
      this.#pendingAt = chain.at;
    }
  }

  /** Takes rows [from, to) of a `tickers` batch; `times` are the replay's times of all its rows, µs. */
  takeTickers(batch: Batch<"tickers">, from: number, to: number, times: Float64Array): void {
    const { id } = batch.instrument;
    for (let row = from; row < to; row += 1) {
      this.#advance(times[row] ?? this.#now);
      this.#tickers.set(id, tickerAfter(this.#tickers.get(id), batch, { row, at: this.#now }));
    }
  }

  /** Gives out the last frame. Returns what was wrong with the recording, in sentences. */
  finish(): readonly string[] {
    this.#flush();
    const warnings: string[] = [];
    for (const [coin, assembler] of this.#assemblers) {
      if (assembler.open)
        warnings.push(`The last ${coin} chain snapshot has no end and was left out.`);
      if (assembler.unusableRows > 0) {
        warnings.push(
          `${assembler.unusableRows} ${coin} option rows name no strike, expiry or right and were left out.`,
        );
      }
    }
    if (this.incompleteFrames > 0) {
      warnings.push(
        `${this.incompleteFrames} snapshots were left out because a coin had no option chain of that instant, or no index price.`,
      );
    }
    return warnings;
  }

  #advance(at: number): void {
    if (at <= this.#now) return;
    this.#flush();
    this.#now = at;
  }

  #flush(): void {
    const at = this.#pendingAt;
    if (at === undefined) return;
    this.#pendingAt = undefined;
    const coins = new Map<string, CoinMarket>();
    for (const coin of this.#coins) {
      const market = this.#marketOf(coin, at);
      if (market !== undefined) coins.set(coin, market);
    }
    if (coins.size === this.#coins.length) this.#onFrame({ at: micros(at), coins });
    else this.incompleteFrames += 1;
  }

  #marketOf(coin: string, at: Micros): CoinMarket | undefined {
    const chain = this.#chains.get(coin);
    // An older chain beside newer prices would value the coins and what hedges them at different times.
    if (chain?.at !== at) return undefined;
    const indexPrice = chain.indexPrice ?? this.#tickerIndex(coin);
    if (indexPrice === undefined) return undefined;
    return { at, coin, indexPrice, chain, tickers: this.#tickers };
  }

  /** Some recordings keep no index beside the options (Tardis): then the perpetual's ticker has it. */
  #tickerIndex(coin: string): number | undefined {
    const perpetual = [...this.#tickers.values()].find(
      ({ instrument }) => instrument.symbol === `${coin}-PERPETUAL`,
    );
    return perpetual?.indexPrice;
  }
}
