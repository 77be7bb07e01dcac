/**
 * One side of a book, plain and as a ladder, and the check of a whole book against the book itself, on the same seeded updates.
 *
 *     node --conditions=@aftershock/source test/bench/book.ts
 */
import { performance } from "node:perf_hooks";
import { BookSide } from "../../packages/replay/src/book/bookSide.ts";
import { LadderSide } from "../../packages/replay/src/book/ladderSide.fast.ts";

const UPDATES = 2_000_000;

/** Prices about a falling touch, most of them near it, a quarter of them deletes. */
function updates(): readonly [Float64Array, Float64Array] {
  const [prices, sizes] = [new Float64Array(UPDATES), new Float64Array(UPDATES)];
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 4_294_967_296;
  };
  for (let i = 0; i < UPDATES; i++) {
    const touch = 600_000 - Math.floor((i / UPDATES) * 100_000);
    prices[i] = touch - Math.floor(random() ** 4 * 2_000);
    sizes[i] = random() < 0.26 ? 0 : 1 + Math.floor(random() * 5_000);
  }
  return [prices, sizes];
}

const [prices, sizes] = updates();

function rate(side: { set(price: number, size: number): boolean }): number {
  const start = performance.now();
  for (let i = 0; i < UPDATES; i++) side.set(prices[i] ?? 0, sizes[i] ?? 0);
  return UPDATES / ((performance.now() - start) / 1_000);
}

rate(new LadderSide(1));
const plain = rate(new BookSide(1));
const ladder = rate(new LadderSide(1));
process.stdout.write(
  `BookSide ${(plain / 1e6).toFixed(1)} M updates/s, LadderSide ${(ladder / 1e6).toFixed(1)} M: ratio ${(ladder / plain).toFixed(1)}\n`,
);
