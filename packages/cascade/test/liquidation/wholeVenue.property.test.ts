import { micros } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ADL_SCORES,
  type AdlAllocator,
  allocateByQueue,
  Currency,
  FullScan,
  instrumentMargins,
  Ledger,
  LiquidationEngine,
  type LiquidationEvent,
  liquidationTest,
  type LiquidationWatch,
  type LiquidationWatchOptions,
  MarginSlack,
  Marks,
  RuleBands,
  RuleMargin,
  rulesOf,
  type SafeBands,
  type StatedLiquidation,
  TriggerIndex,
  venueLiquidation,
} from "../../src/index.ts";
import { at, venueOf } from "../shipped.ts";
import { ETHER, LadderMarket, LINEAR } from "./world.ts";

const STATED: StatedLiquidation = {
  takesSurplus: false,
  tradingCharge: "added",
  takerRate: 0.0005,
  adlCancelsOrders: true,
  adlFeeRate: 0,
};
/** Venues and days with margins of both contracts, and what they call these. */
const VENUES = [
  ["binance-usdm", "2024-08-05", "BTCUSDT", "ETHUSDT"],
  ["hyperliquid", "2025-10-10", "BTC", "ETH"],
] as const;

interface Drawn {
  readonly venue: (typeof VENUES)[number];
  readonly seed: number;
  readonly accounts: number;
  readonly moves: readonly number[];
}

/** Runs a venue by its shipped rules: margin, triggers, steps, funds and ranks are all the package's own. */
function run(
  { venue: [name, day, btc, eth], seed, accounts, moves }: Drawn,
  watch: (options: LiquidationWatchOptions & { bands: SafeBands }) => LiquidationWatch,
): readonly LiquidationEvent[] {
  const instruments = [
    { ...LINEAR, symbol: btc },
    { ...ETHER, symbol: eth },
  ];
  const ledger = new Ledger({ currency: new Currency("USDT"), instruments });
  const [rest, fund, venue, vault] = ["rest", "fund", "venue", "vault"].map((one) =>
    ledger.open(one),
  );
  ledger.deposit(fund!, 20_000e6);
  ledger.deposit(vault!, 20_000e6);
  const rules = rulesOf(venueOf(name), at(day), [btc, eth]);
  const model = new RuleMargin({ ledger, margins: instrumentMargins(rules, instruments) });
  const marks = new Marks(ledger);
  const { liquidation } = rules.symbols[btc]!;
  const { trigger } = liquidation.value!;
  const test = liquidationTest({ ledger, model, trigger });
  const isLiquidatable = (account: number, now: Marks): boolean =>
    account > vault! && test(account, now);
  const bands = new RuleBands(new MarginSlack({ margin: model, trigger }));
  const triggers = watch({ ledger, marks, isLiquidatable, bands });
  const allocatorOf =
    (ranking: keyof typeof ADL_SCORES): AdlAllocator =>
    (lots, candidates) =>
      allocateByQueue(
        { lots, candidates },
        { score: ADL_SCORES[ranking], unitsPerOne: ledger.currency.unitsPerOne },
      ).shares;
  const { steps, terms } = venueLiquidation({
    rules,
    instruments,
    fundAccount: () => fund!,
    allocatorOf,
    stated: STATED,
  });
  const market = new LadderMarket(rest!);
  const events: LiquidationEvent[] = [];
  const engine = new LiquidationEngine({
    ledger,
    marks,
    model,
    isLiquidatable,
    triggers,
    market,
    steps,
    terms,
    venue: venue!,
    vault: vault!,
    exempt: [rest!],
    onEvent: (event) => {
      ledger.check();
      expect(ledger.walletUnits(fund!)).toBeGreaterThanOrEqual(0);
      events.push(event);
    },
  });
  let draw = seed + 1;
  const next = (): number => {
    draw = (draw * 48_271) % 2_147_483_647;
    return draw / 2_147_483_647;
  };
  const prices = [10_000, 500];
  prices.forEach((price, instrument) => marks.set(instrument, price));
  let now = 1_000_000;
  engine.onMarks([0, 1], micros(now));
  for (let opened = 0; opened < accounts; opened += 1) {
    const account = ledger.open();
    const notional = 1_000 * 100 ** next();
    ledger.deposit(account, Math.round(notional * (0.01 + 0.2 * next() ** 2) * 1e6));
    for (const instrument of next() < 0.7 ? [next() < 0.5 ? 0 : 1] : [0, 1]) {
      const lots = Math.max(1, Math.round(notional / (instrument === 0 ? 10 : 5)));
      const [buyer, seller] = next() < 0.6 ? [account, rest!] : [rest!, account];
      const price = ledger.ticksOf(instrument, prices[instrument]!);
      ledger.exchange({ buyer, seller, instrument, lots, price });
    }
    triggers.changed(account);
  }
  for (const move of moves) {
    now += 1_000_000;
    prices.forEach((price, instrument) => {
      prices[instrument] = price * (1 + (move * (instrument + 1)) / 150);
      marks.set(instrument, prices[instrument]);
      const mark = ledger.ticksOf(instrument, prices[instrument]);
      market.offer(instrument, "bids", [
        [Math.round(mark * 0.999), 500],
        [Math.round(mark * 0.99), 500],
      ]);
      market.offer(instrument, "asks", [
        [Math.round(mark * 1.001), 500],
        [Math.round(mark * 1.01), 500],
      ]);
    });
    engine.onMarks([0, 1], micros(now));
    engine.advance(micros(now));
  }
  return events;
}

describe("a venue by its shipped rules, margin to ADL", () => {
  it("liquidates the same by the index of triggers and by a full scan, with the books balanced at every event", () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(
        fc.record({
          venue: fc.constantFrom(...VENUES),
          seed: fc.nat(1e6),
          accounts: fc.integer({ min: 1, max: 60 }),
          moves: fc.array(fc.double({ min: -6, max: 6, noNaN: true }), {
            minLength: 1,
            maxLength: 8,
          }),
        }),
        (drawn) => {
          const scanned = run(drawn, (options) => new FullScan(options));
          expect(run(drawn, (options) => new TriggerIndex(options))).toEqual(scanned);
          for (const { kind } of scanned) kinds.add(kind);
        },
      ),
      // One seed, so that what must have come up below always does.
      { numRuns: 60, seed: 20_251_010 },
    );
    expect([...kinds]).toEqual(
      expect.arrayContaining(["triggered", "fill", "takenOver", "adl", "closed", "released"]),
    );
  });
});
