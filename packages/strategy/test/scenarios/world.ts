import {
  Currency,
  ExponentialKernel,
  Ledger,
  type PopulationSource,
  type PositionSource,
  type RecordedStep,
  type ResponseModel,
  type RuleSet,
} from "@aftershock/cascade";
import { micros, MICROS_PER_SECOND } from "@aftershock/schema";
import { PRESETS, SIMULATED_PERPETUAL } from "@aftershock/simulator";

/** 2001-01-01T00:00:00Z, µs. */
export const START = 978_307_200_000_000;
export const STEP: number = MICROS_PER_SECOND / 10;
export const INSTRUMENT = SIMULATED_PERPETUAL;
export const RULES: RuleSet = { ...PRESETS["crash-hour"].rules, throttlePerSecond: 200_000 };

/** Steps of 100 ms along prices in dollars. */
export const stepsOf = (prices: readonly number[]): readonly RecordedStep[] =>
  prices.map((price, i) => ({
    at: micros(START + (i + 1) * STEP),
    bid: Math.round(price * 2) - 1,
    ask: Math.round(price * 2) + 1,
    mark: price,
    index: price,
    bidDepth: 2e6,
    askDepth: 2e6,
  }));

/** A fall of 12 % in 60 s, half of it back in another, and 80 s at rest. */
export const CRASH: readonly number[] = Array.from({ length: 2_000 }, (_, i) => {
  if (i < 100) return 64_000;
  if (i < 700) return 64_000 * (1 - (0.12 * (i - 100)) / 600);
  return 64_000 * (0.88 + 0.06 * Math.min(1, (i - 700) / 600));
});

/** Longs from 5 to 30 times leveraged, each of so many lots of 10 USD. */
export const crowdOf =
  (lots: number): PopulationSource =>
  (rules) => {
    const ledger = new Ledger({
      currency: new Currency(INSTRUMENT.settle),
      instruments: [INSTRUMENT],
    });
    const [world, fund, venue] = [ledger.open("world"), ledger.open("fund"), ledger.open("venue")];
    ledger.deposit(fund, ledger.currency.units(rules.insuranceFund));
    for (let i = 0; i < 40; i += 1) {
      const account = ledger.open(`long ${i}`);
      const price = ledger.ticksOf(0, 64_000);
      const value = ledger.exchange({ buyer: account, seller: world, instrument: 0, lots, price });
      ledger.deposit(account, Math.round(Math.abs(value) / (5 + (25 * i) / 39)));
    }
    return { ledger, instrument: 0, fund, venue, world };
  };

/** Each of 300,000 USD. */
export const crowd: PopulationSource = crowdOf(30_000);

/** The crowd, as a snapshot of all accounts. */
export const POSITIONS: PositionSource = {
  kind: "snapshot",
  evidence: "snapshot",
  origin: "a snapshot",
  population: () => crowd,
  identify: () => ({ identified: "estimate" }),
  assumptions: ["Accounts only wait."],
};

/** An exponential answer with so many bp a million of flow. */
export const response = (bps: number, name = `${bps} bp`): ResponseModel => {
  const kernel = (): ExponentialKernel =>
    new ExponentialKernel({ tauSeconds: 60, permanentShare: 0 });
  const slope = (): number => (bps * 1e-4) / 1e6;
  return {
    name,
    price: kernel,
    index: kernel,
    priceSlope: slope,
    indexSlope: slope,
    removesSpikes: false,
  };
};
