import { Arbitrageur } from "../agents/arbitrageur.ts";
import type { Agent } from "../agents/agent.ts";
import { DeltaHedger } from "../agents/deltaHedger.ts";
import { FrontRunner } from "../agents/frontRunner.ts";
import { Maker } from "../agents/maker.ts";
import { type FinishedMetaorder, MetaorderCrowd } from "../agents/metaorderCrowd.ts";
import { MomentumTrader } from "../agents/momentumTrader.ts";
import { NoiseCrowd } from "../agents/noiseCrowd.ts";
import { StopOrders } from "../agents/stopOrders.ts";
import { ValueTrader } from "../agents/valueTrader.ts";
import type { MakerConfig } from "../config/marketConfig.ts";
import { CounterRandom } from "../counterRandom.ts";
import type { Exchange } from "./exchange.ts";
import type { MarketParts } from "./marketParts.ts";
import { drawHolders } from "./holders.ts";

/** One for each number from 0 to `count`. */
const each = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

function makersOn(
  market: MarketParts,
  exchange: Exchange,
  config: MakerConfig,
  name: string,
): readonly Agent[] {
  const { seed, noiseSeed } = market;
  return each(config.count, (index) => {
    const own = `${name} ${index}`;
    return new Maker({
      venue: exchange,
      value: market.value,
      account: exchange.ledger.open(own),
      config,
      random: new CounterRandom(noiseSeed, own),
      traits: new CounterRandom(seed, `${own} traits`),
      committed: index < config.committed,
    });
  });
}

/** Those who quote. */
export const openMakers = (market: MarketParts): readonly Agent[] => [
  ...makersOn(market, market.perpetual, market.config.makers, "maker"),
  ...makersOn(market, market.spot, market.config.spotMakers, "spot maker"),
];

/** Opens an account for an agent, keyed by its name. */
function openFor(
  market: MarketParts,
  exchange: Exchange,
  name: string,
): {
  venue: Exchange;
  account: number;
  random: CounterRandom;
} {
  const random = new CounterRandom(market.seed, name);
  return { venue: exchange, account: exchange.ledger.open(name), random };
}

/** As openFor, for a crowd whose luck is noise. */
const crowdOn = (
  market: MarketParts,
  exchange: Exchange,
  name: string,
): ReturnType<typeof openFor> => ({
  ...openFor(market, exchange, name),
  random: new CounterRandom(market.noiseSeed, name),
});

type OnMetaorder = (order: FinishedMetaorder) => void;

function perpetualTakers(market: MarketParts, onMetaorder: OnMetaorder): readonly Agent[] {
  const { perpetual, value, config, seed, carriers } = market;
  const on = (name: string): ReturnType<typeof openFor> => openFor(market, perpetual, name);
  return [
    new NoiseCrowd({ ...crowdOn(market, perpetual, "noise"), config: config.noise }),
    new MetaorderCrowd({
      ...crowdOn(market, perpetual, "metaorders"),
      config: config.metaorders,
      onFinished: onMetaorder,
    }),
    ...each(config.valueTraders.count, (index) => {
      const name = `value trader ${index}`;
      const random = new CounterRandom(seed, name);
      const account = carriers[index] ?? 0;
      const own = { venue: perpetual, value, account, random };
      return new ValueTrader({ ...own, config: config.valueTraders });
    }),
    ...each(config.momentum.count, (index) => {
      return new MomentumTrader({ ...on(`momentum trader ${index}`), config: config.momentum });
    }),
    ...each(config.frontRunners.count, (index) => {
      const own = on(`front-runner ${index}`);
      return new FrontRunner({ ...own, levels: market.levels, config: config.frontRunners });
    }),
  ];
}

/** Dealers start hedged: the value traders took the other side. */
function hedgers(market: MarketParts): readonly Agent[] {
  const { perpetual, ledger, carriers } = market;
  const { hedgers: config, startUsd } = market.config;
  return each(config.count, (index) => {
    const own = openFor(market, perpetual, `delta hedger ${index}`);
    const hedger = new DeltaHedger({ ...own, config, startUsd });
    const lots = hedger.hedgeLots(startUsd, 0);
    const carrier = carriers[index % carriers.length] ?? 0;
    const [buyer, seller] = lots > 0 ? [own.account, carrier] : [carrier, own.account];
    const price = startUsd / perpetual.tickUsd;
    const terms = { buyer, seller, instrument: perpetual.number, lots: Math.abs(lots), price };
    if (lots !== 0) ledger.exchange(terms);
    return hedger;
  });
}

function spotTakers(market: MarketParts): readonly Agent[] {
  const { spot, value, config, seed } = market;
  const on = (name: string): ReturnType<typeof openFor> => openFor(market, spot, name);
  return [
    new NoiseCrowd({ ...crowdOn(market, spot, "spot noise"), config: config.spotNoise }),
    ...each(config.spotValueTraders.count, (index) => {
      const own = on(`spot value trader ${index}`);
      return new ValueTrader({ ...own, value, config: config.spotValueTraders });
    }),
    new StopOrders(
      spot,
      drawHolders(config.holders, { seed, exchange: spot, startUsd: config.startUsd }),
    ),
  ];
}

function arbitrageurs(market: MarketParts): readonly Agent[] {
  const { perpetual, spot } = market;
  const { arbitrage: config } = market.config;
  return each(config.count, (index) => {
    const name = `arbitrageur ${index}`;
    const { random, ...onPerpetual } = openFor(market, perpetual, name);
    const onSpot = openFor(market, spot, name);
    return new Arbitrageur({ perpetual: onPerpetual, spot: onSpot, config, random });
  });
}

/** Those who trade at the market, in the order in which they act. `onMetaorder` is called with each metaorder in the step of its last part. */
export const openTakers = (market: MarketParts, onMetaorder: OnMetaorder): readonly Agent[] => {
  // Before the value traders are made, to whom what they hold then is what they carry.
  const ofDealers = hedgers(market);
  return [
    ...spotTakers(market),
    ...perpetualTakers(market, onMetaorder),
    ...ofDealers,
    market.stops,
    ...arbitrageurs(market),
  ];
};
