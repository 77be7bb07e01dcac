/**
 * Re-margining as marks move: how many times sooner the sorted thresholds of TriggerIndex find the accounts that become liquidatable than a scan of all
 * accounts. Both run on the same made-up population along the same path, each on a ledger of its own, and must report the same accounts at
 * every move that both see: otherwise it prints FAIL and ends with 1. CPU time, the making of the population apart.
 *
 *     node --conditions=@aftershock/source test/bench/remargin.ts [--accounts 100000] [--moves 10000] [--scanned 1000] [--trades 0]
 *
 * --scanned: how many of the moves the scan makes, from the first; its time is per move. --trades: how many accounts trade between two moves.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  Currency,
  FullScan,
  type InstrumentMargin,
  instrumentMargins,
  Ledger,
  liquidationTest,
  type LiquidationWatch,
  MarginSlack,
  Marks,
  parseVenueRules,
  RuleBands,
  RuleMargin,
  rulesOf,
  TriggerIndex,
} from "@aftershock/cascade";
import { decimal, type Instrument, parseUtcDay } from "@aftershock/schema";
import { machine, printTable } from "./peers/printTable.ts";

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "100000" },
    moves: { type: "string", default: "10000" },
    scanned: { type: "string", default: "1000" },
    trades: { type: "string", default: "0" },
  },
});
const ACCOUNTS = Number(values.accounts);
const MOVES = Number(values.moves);
const SCANNED = Math.min(MOVES, Number(values.scanned));
const TRADES = Number(values.trades);

const SYMBOLS = [
  "BTCUSDT",
  "ETHUSDT",
  "SOLUSDT",
  "XRPUSDT",
  "BNBUSDT",
  "DOGEUSDT",
  "ADAUSDT",
  "AVAXUSDT",
];
const LEVERAGES = [2, 3, 5, 10, 20, 25, 50];

/** xorshift32: the same population and path in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const instruments = SYMBOLS.map((symbol): Instrument => ({
  id: `binance-usdm:${symbol}`,
  venue: "binance-usdm",
  symbol,
  kind: "perpetual",
  contract: "linear",
  multiplier: 1,
  base: symbol.slice(0, -4),
  quote: "USDT",
  settle: "USDT",
  tick: decimal("0.01"),
  lot: decimal("0.001"),
  gridSource: "simulated",
}));

/** Binance's own tiers of 2024-08-05 where they are known, those of ETHUSDT elsewhere. */
function marginsOf(): readonly InstrumentMargin[] {
  const file = join(import.meta.dirname, "../../data/rules/binance-usdm.json");
  const rules = parseVenueRules(file, readFileSync(file, "utf8"));
  const margins = instrumentMargins(rulesOf(rules, parseUtcDay("2024-08-05")!), instruments);
  return margins.map((margin) => (margin.schedule === undefined ? margins[1]! : margin));
}

interface World {
  readonly ledger: Ledger;
  readonly marks: Marks;
  readonly prices: number[];
  readonly watch: LiquidationWatch;
  readonly rest: number;
}

/** Seven tenths of the accounts hold one contract, the others two to four. */
function population(isIndexed: boolean): World {
  const draw = generator(20_251_010);
  const ledger = new Ledger({ currency: new Currency("USDT"), instruments });
  const marks = new Marks(ledger);
  const prices = instruments.map((_, number) => 60_000 / 3 ** number);
  prices.forEach((price, number) => marks.set(number, price));
  const rest = ledger.open("rest of the world");
  for (let opened = 0; opened < ACCOUNTS; opened += 1) {
    const account = ledger.open();
    const held = draw() < 0.7 ? 1 : 2 + Math.floor(draw() * 3);
    const first = Math.floor(draw() * SYMBOLS.length);
    const leverage = LEVERAGES[Math.floor(draw() * LEVERAGES.length)]!;
    let notional = 0;
    for (let i = 0; i < held; i += 1) {
      const instrument = (first + i) % SYMBOLS.length;
      const lots = Math.ceil((100 * 10 ** (4 * draw()) * 1_000) / prices[instrument]!);
      const isLong = draw() < 0.6;
      const [buyer, seller] = isLong ? [account, rest] : [rest, account];
      notional += ledger.exchange({
        buyer,
        seller,
        instrument,
        lots,
        price: marks.ticks(instrument),
      });
    }
    ledger.deposit(account, Math.ceil((notional / leverage) * (1 + draw())));
  }
  const model = new RuleMargin({ ledger, margins: marginsOf() });
  const trigger = { kind: "belowMaintenance" } as const;
  const test = liquidationTest({ ledger, model, trigger });
  const options = {
    ledger,
    marks,
    isLiquidatable: (account: number, at: Marks) => account !== rest && test(account, at),
  };
  const bands = new RuleBands(new MarginSlack({ margin: model, trigger }));
  const watch = isIndexed ? new TriggerIndex({ ...options, bands }) : new FullScan(options);
  return { ledger, marks, prices, watch, rest };
}

interface Outcome {
  readonly reports: readonly (readonly number[])[];
  readonly firstMillis: number;
  readonly microsPerMove: number;
}

/** All marks move at every instant: 2 bp each and together, down by a fifth over the path. */
function along({ ledger, marks, prices, watch, rest }: World, moves: number): Outcome {
  const draw = generator(31_415_926);
  const numbers = SYMBOLS.map((_, number) => number);
  const reports: (readonly number[])[] = [];
  const start = process.cpuUsage();
  reports.push(watch.moved(numbers));
  const built = process.cpuUsage(start);
  const from = process.cpuUsage();
  for (let move = 0; move < moves; move += 1) {
    for (let trade = 0; trade < TRADES; trade += 1) {
      const buyer = 1 + Math.floor(draw() * ACCOUNTS);
      const instrument = Math.floor(draw() * SYMBOLS.length);
      const lots = Math.ceil(100_000 / prices[instrument]!);
      ledger.exchange({ buyer, seller: rest, instrument, lots, price: marks.ticks(instrument) });
      watch.changed(buyer);
    }
    const together = (draw() - 0.5) * 0.0007 - 0.2 / MOVES;
    for (const number of numbers) {
      prices[number]! *= 1 + together + (draw() - 0.5) * 0.0007;
      marks.set(number, prices[number]!);
    }
    reports.push(watch.moved(numbers));
  }
  const spent = process.cpuUsage(from);
  return {
    reports,
    firstMillis: (built.user + built.system) / 1_000,
    microsPerMove: (spent.user + spent.system) / moves,
  };
}

const indexed = along(population(true), MOVES);
const scanned = along(population(false), SCANNED);
const count = ({ reports }: Outcome): number =>
  reports.reduce((sum, { length }) => sum + length, 0);
const row = (name: string, moves: number, outcome: Outcome): readonly string[] => [
  name,
  String(moves),
  outcome.firstMillis.toFixed(0),
  outcome.microsPerMove.toFixed(1),
  ((outcome.microsPerMove * MOVES) / 1e6).toFixed(2),
  String(count(outcome)),
];
process.stdout.write(
  `${machine()}\n${ACCOUNTS} accounts, ${SYMBOLS.length} contracts, ${TRADES} trades a move\n\n`,
);
printTable(
  ["watch", "moves", "first look, ms", "µs a move", `s for ${MOVES}`, "liquidatable"],
  [row("full scan", SCANNED, scanned), row("sorted thresholds", MOVES, indexed)],
);
const ratio = scanned.microsPerMove / indexed.microsPerMove;
process.stdout.write(`ratio ${ratio.toFixed(0)}\n`);
const wrong = scanned.reports.findIndex((found, i) => String(found) !== String(indexed.reports[i]));
if (wrong >= 0) {
  process.stdout.write(`FAIL: move ${wrong} differs\n`);
  process.exitCode = 1;
}
