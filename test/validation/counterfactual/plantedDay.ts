import {
  Currency,
  Ledger,
  type LiquidationEvent,
  type Population,
  type PopulationSource,
  type RecordedStep,
  type RuleSet,
} from "@aftershock/cascade";
import { decimalToNumber, type Instrument, micros } from "@aftershock/schema";
import {
  type ObservedStep,
  type MarketTruth,
  presetOf,
  recordingStart,
  simulateTruth,
  type SimulateOptions,
  type StartingAccount,
} from "@aftershock/simulator";

/** Length of a step of the simulator, µs. */
export const STEP_MICROS = 100_000;

/** A fill of a forced order. */
export interface PlantedPrint {
  /** µs. */
  readonly at: number;
  /** −1 where a long was closed. */
  readonly side: 1 | -1;
  readonly lots: number;
  /** Ticks. */
  readonly price: number;
}

/** A simulated day as columns, a value a step, and what the engine did. */
export interface PlantedDay {
  readonly options: SimulateOptions;
  readonly instrument: Instrument;
  readonly rules: RuleSet;
  readonly steps: number;
  readonly from: number;
  /** Ticks. */
  readonly bid: Float64Array;
  readonly ask: Float64Array;
  /** Quote currency. */
  readonly mark: Float64Array;
  readonly index: Float64Array;
  readonly bidDepth: Float64Array;
  readonly askDepth: Float64Array;
  readonly forced: Float64Array;
  readonly others: Float64Array;
  readonly accounts: readonly StartingAccount[];
  /** Accounts whose stop order was met and not after they were triggered for the last time, by name, and when, µs; in order of time. What the engine had cancelled before, a run leaves out by itself. */
  readonly stopped: readonly { readonly name: string; readonly at: number }[];
  /** Fills of forced orders in the market, in order of time: what a venue prints. */
  readonly prints: readonly PlantedPrint[];
  /** Accounts that were triggered, and bad debt and what the fund paid in the settle currency. */
  readonly liquidated: number;
  readonly badDebt: number;
  readonly insurancePaid: number;
}

/** Runs a simulated day and keeps its steps. `onLiquidation` is told of what the engine did, in order. */
export function plantedDay(
  options: SimulateOptions,
  onLiquidation: (event: LiquidationEvent) => void = () => undefined,
): PlantedDay {
  const { preset } = presetOf(options.preset ?? "crash-hour");
  const instrument = preset.traded.perpetual;
  const rules = { ...preset.rules, ...options.rules };
  const { minutes = preset.minutes, from = recordingStart(preset, options.seed) } = options;
  const steps = minutes * 600;
  const column = (): Float64Array => new Float64Array(steps);
  const columns = {
    bid: column(),
    ask: column(),
    mark: column(),
    index: column(),
    bidDepth: column(),
    askDepth: column(),
    forced: column(),
    others: column(),
  };
  let accounts: readonly StartingAccount[] = [];
  let step = 0;
  const triggered = new Set<number>();
  const sums = { badDebt: 0, insurancePaid: 0 };
  const last = column();
  const prints: PlantedPrint[] = [];
  const truth = simulateTruth(options, {
    start: (found) => void (accounts = found),
    liquidation: (event: LiquidationEvent) => {
      onLiquidation(event);
      if (event.kind === "triggered") triggered.add(event.account);
      else if (event.kind === "fill") {
        const { at, lots, price } = event;
        prints.push({ at, side: lots > 0 ? -1 : 1, lots: Math.abs(lots), price });
      } else if (event.kind === "badDebt") sums.badDebt += event.units;
      else if (event.kind === "insurancePaid") sums.insurancePaid += event.units;
    },
    step: (state: ObservedStep) => {
      columns.bid[step] = state.bid;
      columns.ask[step] = state.ask;
      columns.mark[step] = state.mark;
      columns.index[step] = state.index;
      columns.bidDepth[step] = state.depthBid;
      columns.askDepth[step] = state.depthAsk;
      last[step] = state.last;
      columns.forced[step] = state.forcedSigned;
      columns.others[step] = state.othersSigned;
      step += 1;
    },
  });
  const { unitsPerOne } = new Currency(instrument.settle);
  return {
    options,
    instrument,
    rules,
    steps,
    from,
    ...columns,
    accounts,
    stopped: stopsOf(truth, last, from),
    prints,
    liquidated: triggered.size,
    badDebt: sums.badDebt / unitsPerOne,
    insurancePaid: sums.insurancePaid / unitsPerOne,
  };
}

/** When stop orders were set off: at the first trade at or beyond them. */
function stopsOf(
  { accounts }: MarketTruth,
  last: Float64Array,
  from: number,
): PlantedDay["stopped"] {
  const found = accounts.flatMap(({ account: name, side, stopUsd, triggeredAt = Infinity }) => {
    if (stopUsd === undefined) return [];
    const step = last.findIndex((price) => (side === "long" ? price <= stopUsd : price >= stopUsd));
    const at = from + (step + 1) * STEP_MICROS;
    return step < 0 || at > triggeredAt ? [] : [{ name, at }];
  });
  return found.toSorted((a, b) => a.at - b.at);
}

/** The steps of a day as a counterfactual takes them; those with an empty side are left out. */
export function* recordedSteps(day: PlantedDay): Generator<RecordedStep> {
  for (let step = 0; step < day.steps; step += 1) {
    const bid = day.bid[step] ?? Number.NaN;
    const ask = day.ask[step] ?? Number.NaN;
    if (!(ask > bid)) continue;
    yield {
      at: micros(day.from + (step + 1) * STEP_MICROS),
      bid,
      ask,
      mark: day.mark[step] ?? Number.NaN,
      index: day.index[step] ?? Number.NaN,
      bidDepth: day.bidDepth[step] ?? 0,
      askDepth: day.askDepth[step] ?? 0,
    };
  }
}

/** The accounts of a day's beginning, as a venue knows them, against the rest of the world. */
export const snapshotPopulation =
  ({
    instrument,
    accounts,
    stopped,
  }: Pick<PlantedDay, "instrument" | "accounts" | "stopped">): PopulationSource =>
  (rules): Population => {
    const ledger = new Ledger({
      currency: new Currency(instrument.settle),
      instruments: [instrument],
    });
    const [world, fund, venue, vault] = [
      ledger.open("world"),
      ledger.open("fund"),
      ledger.open("venue"),
      ledger.open("vault"),
    ];
    ledger.deposit(fund, ledger.currency.units(rules.insuranceFund));
    for (const { name, lots, entryValue, cash } of accounts) {
      const id = ledger.open(name);
      if (lots !== 0) {
        const [buyer, seller] = lots > 0 ? [id, world] : [world, id];
        const price = ledger.priceOf(0, lots, entryValue);
        ledger.exchange({ buyer, seller, instrument: 0, lots: Math.abs(lots), price });
      }
      ledger.deposit(id, cash - ledger.cash(id));
    }
    const ids = new Map(
      Array.from({ length: ledger.accountCount }, (_, id) => [ledger.nameOf(id), id]),
    );
    const closings = stopped.flatMap(({ name, at }) => {
      const account = ids.get(name);
      return account === undefined ? [] : [{ at, account }];
    });
    return { ledger, instrument: 0, fund, venue, vault, world, closings };
  };

/** Quote currency of a tick. */
export const tickOf = ({ instrument }: Pick<PlantedDay, "instrument">): number =>
  decimalToNumber(instrument.tick);
