import { metricsOf, type HedgeTrade, type Outcome, type Point } from "@aftershock/strategy";

import type { DataPartition, ReportInput, ReportMarket } from "../src/index.ts";

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;

/** What an example is like. */
export interface ExampleOptions {
  /** A simulated hour of minutes with a market, or recorded days of six-hourly snapshots without one. */
  readonly simulated?: boolean;
  readonly snapshots?: number;
  /** Liquidation prints of the market. */
  readonly prints?: number;
}

/** Numbers from −0.5 to 0.5, the same everywhere. Source: Numerical Recipes, the quick generator ranqd1. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

const bell = (x: number): number => Math.exp(-x * x);
const slope = (x: number): number => 1 / (1 + Math.exp(-x));

/** 64 hexadecimal digits that differ by `n`. */
const hash = (n: number): string =>
  Array.from({ length: 64 }, (_, i) => ((i * 7 + n * 5 + ((i * n) % 11)) % 16).toString(16)).join(
    "",
  );

/** The instants and prices of an invented fall of BTC from 88,000 to about 64,000 USD. */
class Fall {
  readonly instants: readonly number[];
  readonly index: readonly number[];
  /** How far along the fall each snapshot is: 0 at its steepest. */
  readonly phase: readonly number[];
  readonly every: number;
  readonly random: () => number = noise(7);

  constructor({ simulated = false, snapshots = simulated ? 60 : 39 }: ExampleOptions) {
    const start = simulated ? Date.UTC(2001, 0, 1, 12) : Date.UTC(2026, 0, 29, 4, 22, 27);
    this.every = simulated ? MINUTE : 6 * HOUR;
    const steps = Array.from({ length: snapshots }, (_, n) => n);
    this.instants = steps.map((n) => start * 1_000 + n * this.every);
    this.phase = steps.map((n) => (n - snapshots * 0.7) / (snapshots / 14));
    this.index = this.phase.map((x) => 88_000 - 24_000 * slope(x) + 900 * this.random());
  }
}

function putPositions(index: number, n: number): Point["positions"] {
  const value = (Math.max(0, 79_000 - index) + 2_500 * bell((index - 79_000) / 9_000)) / index;
  const bid = n % 13 === 5 ? null : value * 0.94;
  return [
    {
      instrument: "BTC-27FEB26-79000-P",
      coin: "BTC",
      size: 10,
      sizeUnit: "coin",
      price: value,
      priceKind: "mark",
      stale: n === 8,
      valueCoin: 10 * value,
      liquidationCoin: 10 * (bid ?? 0),
      bid,
      modelPrice: value,
    },
  ];
}

function series(
  fall: Fall,
  coins: (index: number, n: number) => number,
  positions: (index: number, n: number) => Point["positions"] = () => [],
): readonly Point[] {
  return fall.index.map((index, n) => {
    const held = positions(index, n);
    const atMarks = held.reduce((sum, { valueCoin }) => sum + valueCoin, 0);
    const atBids = held.reduce((sum, { liquidationCoin }) => sum + liquidationCoin, 0);
    return {
      at: fall.instants[n] ?? 0,
      equityUsd: index * (coins(index, n) + atMarks),
      liquidationUsd: index * (coins(index, n) + atBids),
      indexPrices: { BTC: index },
      balances: { BTC: coins(index, n) },
      positions: held,
    };
  });
}

type Told = Pick<Outcome, "name" | "description" | "costs" | "trades" | "notes">;

function outcome(told: Told, points: readonly Point[], firstIndex: number): Outcome {
  const lastIndex = points.at(-1)?.indexPrices["BTC"] ?? 0;
  const metrics = metricsOf(10 * firstIndex, points);
  const coinsUsd = 10 * (lastIndex - firstIndex);
  const costsUsd = Object.values(told.costs).reduce<number>((sum, cost) => sum + (cost ?? 0), 0);
  const hedgeUsd = metrics.pnlUsd - coinsUsd + costsUsd;
  const attribution = { coinsUsd, hedgeUsd, costsUsd, revaluationUsd: 0 };
  return { ...told, partialCosts: [], series: points, metrics, attribution };
}

function trade(at: number, indexPrice: number, option: boolean): HedgeTrade {
  return {
    at,
    coin: "BTC",
    instrument: option ? "BTC-27FEB26-79000-P" : "deribit:BTC-PERPETUAL",
    side: option ? "buy" : "sell",
    reason: "open",
    size: option ? 10 : 881_240,
    sizeUnit: option ? "coin" : "usd",
    price: option ? 0.0215 : 88_124.5,
    priceKind: option ? "ask" : "mark",
    amountCoin: option ? -0.215 : 0,
    feeCoin: option ? 0.003 : 0.005,
    indexPrice,
  };
}

function outcomes(fall: Fall): readonly Outcome[] {
  const first = fall.index[0] ?? 0;
  const at = fall.instants[0] ?? 0;
  const nothing = { premium: 0, spread: 0, fees: 0, funding: 0, rebalancing: 0 };
  const [unhedged, put, short] = [
    series(fall, () => 10),
    series(fall, () => 10 - 0.218, putPositions),
    series(fall, (index) => (10 * first - 500) / index),
  ];
  const told: readonly Told[] = [
    {
      name: "Unhedged",
      description: "The coins are held and nothing is done.",
      costs: nothing,
      trades: [],
      notes: [],
    },
    {
      name: "Put 30 d at 0.9",
      description: "Puts of about 30 days at 90 % of the index are bought at the recorded ask.",
      costs: { ...nothing, premium: 18_240.51, spread: 412.13, fees: 263.2 },
      trades: [trade(at, first, true)],
      notes: ["In 3 of 39 snapshots nobody bid for the put: its liquidation value is 0 there."],
    },
    {
      name: "Short perpetual, 5 % band",
      description: "The perpetual is sold short against the coins.",
      costs: { ...nothing, spread: null, fees: 440.1, funding: -812.4, rebalancing: 61.5 },
      trades: [trade(at, first, false)],
      notes: [],
    },
  ];
  return told.map((words, n) => outcome(words, [unhedged, put, short][n] ?? [], first));
}

function market(fall: Fall, prints: number): ReportMarket {
  const { random, every, instants, index, phase } = fall;
  const hole = Math.floor(index.length / 2);
  return {
    instrument: "sim:BTC-PERPETUAL",
    bandBps: 10,
    bars: index.map((close, n) => {
      const x = (phase[n] ?? 0) / 2;
      const at = instants[n] ?? 0;
      if (n === hole) {
        const none = undefined;
        return { at, close: none, bidDepth: none, askDepth: none, spreadBps: none, valid: false };
      }
      return {
        at,
        close,
        bidDepth: 180 / (1 + 9 * bell(x)) + 20 * random(),
        askDepth: 160 / (1 + 3 * bell(x)) + 20 * random(),
        spreadBps: 0.1 + 4 * bell(x) + 0.1 * random(),
        valid: true,
      };
    }),
    prints: Array.from({ length: prints }, () => {
      const near = Math.round(index.length * (0.7 + 0.4 * random()));
      const n = Math.min(index.length - 1, Math.max(0, near));
      return {
        at: (instants[n] ?? 0) + Math.round(every * (random() + 0.5)),
        side: random() > 0.3 ? 1 : -1,
        price: (index[n] ?? 0) * (1 + 0.004 * random()),
        sizeUsd: Math.round(10 ** (3.5 + 5 * Math.abs(random()))),
      };
    }).toSorted((a, b) => a.at - b.at),
  };
}

function partition(n: number, simulated: boolean): DataPartition {
  const venue = simulated ? "sim" : "deribit";
  const options = n % 2 === 1;
  const day = String(n + 1).padStart(2, "0");
  return {
    stream: options ? "options" : "tickers",
    instrument: options ? `${venue}:BTC-OPTIONS` : `${venue}:BTC-PERPETUAL`,
    date: simulated ? "2001-01-01" : `2026-02-${day}`,
    rows: 3_280 + n * 17,
    sha256: hash(n),
    sources: [{ name: `chain_202602${day}T042227Z.csv.gz`, sha256: hash(n + 20) }],
    simulated,
    quality: {
      duplicates: n % 3,
      outOfOrder: 0,
      longestSilenceMicros: 6 * HOUR,
      sequenceGaps: n === 4 ? 1 : 0,
    },
    quarantined: n === 5 ? 2 : 0,
  };
}

/** An invented study with every part that a report can show: nothing in it was recorded anywhere. */
export function exampleInput(options: ExampleOptions = {}): ReportInput {
  const { simulated = false, prints = 240 } = options;
  const fall = new Fall(options);
  return {
    title: simulated ? "The simulated crash hour" : "BTC around 2026-02-05",
    study: {
      name: "example",
      day: simulated ? "2001-01-01" : "2026-02-05",
      from: simulated ? "2001-01-01T12:00:00.000000Z" : "2026-01-29T00:00:00.000000Z",
      to: simulated ? "2001-01-01T13:00:00.000000Z" : "2026-02-08T00:00:00.000000Z",
      venue: simulated ? "sim" : "deribit",
      portfolio: { BTC: 10 },
      simulated,
      seed: simulated ? 42 : null,
      config: { portfolio: { BTC: 10 } },
      configHash: hash(3).slice(0, 16),
      stateHash: hash(4).slice(0, 16),
      outcomes: outcomes(fall),
      chain: fall.index.map((index, n) => ({
        at: fall.instants[n] ?? 0,
        coin: "BTC",
        index,
        options: 820 + (n % 7),
        withoutBid: Math.round(60 + 200 * slope(fall.phase[n] ?? 0)),
        withoutAsk: 3,
        atmIv: 0.38 + 0.45 * bell((fall.phase[n] ?? 0) / 2.5),
        atmExpiry: Date.UTC(2026, 1, 27, 8) * 1_000,
        medianMarkError: 3.1e-5,
        priced: 815,
      })),
      warnings: ["BTC: 7,412 option quotes have no bid; selling those would bring nothing."],
      assumptions: ["Trades fill whole at the recorded quote, whatever its size."],
    },
    ...(simulated ? { market: market(fall, prints) } : {}),
    data: Array.from({ length: 9 }, (_, n) => partition(n, simulated)),
    generator: { version: "0.1.0", command: "aftershock run studies/example.ts" },
  };
}
