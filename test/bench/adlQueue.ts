/**
 * Auto-deleveraging after a gap: how many times less CPU an engine takes that keeps the venue's queue while marks stand than one that ranks all holders of the
 * other side at each close. Both close the same bankrupt longs against the same shorts, each on a ledger of its own, and must do the same: otherwise it prints FAIL and ends with 1. The making of
 * the population apart; rounds alternate.
 *
 *     node --conditions=@aftershock/source test/bench/adlQueue.ts [--shorts 2000] [--longs 500] [--moves 1] [--rounds 3]
 *
 * --moves: over how many moves of the mark the longs go bankrupt; with as many moves as longs each queue serves for one close.
 */
import { parseArgs } from "node:util";
import {
  ADL_SCORES,
  type AdlAllocator,
  Currency,
  Ledger,
  LiquidationEngine,
  type LiquidationEvent,
  type MarginSchedule,
  Marks,
  plainTerms,
  queueAllocator,
  RuleMargin,
} from "@aftershock/cascade";
import { decimal, type Instrument, micros } from "@aftershock/schema";
import { machine, printTable } from "./peers/printTable.ts";

const { values } = parseArgs({
  options: {
    shorts: { type: "string", default: "2000" },
    longs: { type: "string", default: "500" },
    moves: { type: "string", default: "1" },
    rounds: { type: "string", default: "3" },
  },
});
const [SHORTS, LONGS] = [Number(values.shorts), Number(values.longs)];
const [MOVES, ROUNDS] = [Number(values.moves), Number(values.rounds)];

const INSTRUMENT: Instrument = {
  id: "bench:BTCUSDT",
  venue: "bench",
  symbol: "BTCUSDT",
  kind: "perpetual",
  contract: "linear",
  multiplier: 1,
  base: "BTC",
  quote: "USDT",
  settle: "USDT",
  tick: decimal("0.1"),
  lot: decimal("0.001"),
  gridSource: "simulated",
};
const SCHEDULE: MarginSchedule = {
  kind: "linear",
  unit: "coin",
  initialRate: 0.02,
  maintenanceRate: 0.01,
  initialRatePerUnit: 1e-6,
  maintenanceRatePerUnit: 1e-6,
};

const CURRENCY = new Currency("USDT");
const QUEUE = queueAllocator(ADL_SCORES.profitTimesEffectiveLeverage, CURRENCY.unitsPerOne);
/** The same queue without its score: the engine has to ask it each time. */
const ASKED: AdlAllocator = (lots, candidates) => QUEUE(lots, candidates);

interface Run {
  readonly events: readonly LiquidationEvent[];
  /** CPU, seconds. */
  readonly seconds: number;
}

/** Shorts of 2x to 20x from around 10,000, and longs that go bankrupt between 9,900 and 9,000, one after the other. */
function run(allocate: AdlAllocator): Run {
  const ledger = new Ledger({ currency: CURRENCY, instruments: [INSTRUMENT] });
  const [rest, venue] = [ledger.open("rest of the world"), ledger.open("venue")];
  const open = (lots: number, price: number, amount: number): void => {
    const account = ledger.open();
    ledger.deposit(account, CURRENCY.units(amount));
    const [buyer, seller] = lots > 0 ? [account, rest] : [rest, account];
    const ticks = ledger.ticksOf(0, price);
    ledger.exchange({ buyer, seller, instrument: 0, lots: Math.abs(lots), price: ticks });
  };
  for (let i = 0; i < SHORTS; i += 1) {
    const size = 100 + ((i * 7_919) % 900);
    open(-size, 9_950 + ((i * 104_729) % 100), ((size / 1_000) * 10_000) / (2 + (i % 19)));
  }
  for (let i = 0; i < LONGS; i += 1) open(500, 10_000, 50 + (450 * i) / LONGS);
  const marks = new Marks(ledger);
  const model = new RuleMargin({ ledger, margins: [{ schedule: SCHEDULE }] });
  const events: LiquidationEvent[] = [];
  const engine = new LiquidationEngine({
    ledger,
    marks,
    model,
    isLiquidatable: (account, now) =>
      ledger.lots(account, 0) > 0 && model.equity(account, now) < model.maintenance(account, now),
    market: { take: () => [], cancelOrders: () => undefined },
    steps: [{ kind: "adl" }],
    terms: [
      {
        ...plainTerms(INSTRUMENT),
        schedule: SCHEDULE,
        adl: {
          triggers: [{ kind: "accountValueNegative" }],
          price: "bankruptcy",
          priceWhenFundExhausted: undefined,
          feeRate: 0,
          cancelsOrders: false,
          fundThresholdUnits: undefined,
          allocate,
        },
      },
    ],
    venue,
    exempt: [rest],
    onEvent: (event) => events.push(event),
  });
  const started = process.cpuUsage();
  for (let move = 0; move <= MOVES; move += 1) {
    marks.set(0, 10_000 - (1_000 * move) / MOVES);
    engine.onMarks([0], micros(move));
    engine.advance(micros(move));
  }
  const { user, system } = process.cpuUsage(started);
  return { events, seconds: (user + system) / 1e6 };
}

const rows: (readonly [string, ...string[]])[] = [];
let isGood = true;
for (let round = 1; round <= ROUNDS; round += 1) {
  const [kept, asked] =
    round % 2 === 0 ? [run(QUEUE), run(ASKED)] : [run(ASKED), run(QUEUE)].toReversed();
  if (kept === undefined || asked === undefined) break;
  const closes = kept.events.filter(({ kind }) => kind === "closed").length;
  isGood &&= JSON.stringify(kept.events) === JSON.stringify(asked.events) && closes === LONGS;
  rows.push([
    `${round}`,
    `${closes}`,
    (asked.seconds * 1e3).toFixed(0),
    (kept.seconds * 1e3).toFixed(1),
    (asked.seconds / kept.seconds).toFixed(1),
  ]);
}
console.log(`${machine()}; ${SHORTS} shorts, ${LONGS} longs closed over ${MOVES} moves`);
printTable(["round", "closed", "ranked at each close, ms", "queue kept, ms", "times"], rows);
if (!isGood) {
  console.log("FAIL: the two engines did not do the same");
  process.exitCode = 1;
}
