import fc from "fast-check";
import { expect, it } from "vitest";
import { Currency } from "../../src/account/currency.ts";
import { type Exchange, Ledger } from "../../src/account/ledger.ts";
import { MARKET_SIDES, SideBooks } from "../../src/index.ts";
import { INVERSE, LINEAR } from "../liquidation/world.ts";

const [WORLD, FUND, VENUE, ACCOUNTS] = [0, 1, 2, 8];
const account = fc.integer({ min: 0, max: ACCOUNTS - 1 });
const trade = fc
  .record({
    buyer: account,
    seller: account,
    instrument: fc.constant(0),
    lots: fc.integer({ min: 1, max: 1_000 }),
    price: fc.integer({ min: 50_000, max: 150_000 }),
  })
  .filter(({ buyer, seller }) => buyer !== seller);

it("are of a copied ledger, of which few accounts are looked at, what they are of one that is looked at whole", () => {
  const trades = fc.array(trade, { maxLength: 20 });
  fc.assert(
    fc.property(trades, trades, fc.constantFrom(LINEAR, INVERSE), (before, after, instrument) => {
      const open = (): Ledger => {
        const currency = new Currency(instrument.settle);
        const ledger = new Ledger({ currency, instruments: [instrument] });
        for (let id = 0; id < ACCOUNTS; id += 1) ledger.deposit(ledger.open(), 1_000_000);
        for (const each of before) ledger.exchange(each);
        return ledger;
      };
      const gains = (ledger: Ledger, like?: SideBooks) => {
        const roles = { instrument: 0, world: WORLD, fund: FUND, venue: VENUE };
        const books = new SideBooks({ ...roles, ledger }, 100_000, like);
        for (const each of after as readonly Exchange[]) ledger.exchange(each);
        return { books, gains: books.gains(90_000) };
      };
      const whole = gains(open());
      const empty = open();
      const copied = gains(empty.copy());
      expect(copied.gains).toEqual(whole.gains);
      expect(gains(empty.copy(), copied.books).gains).toEqual(whole.gains);
      const sum = MARKET_SIDES.reduce((total, side) => total + whole.gains[side], 0);
      expect(Math.abs(sum)).toBeLessThan(1e-6);
    }),
  );
});
