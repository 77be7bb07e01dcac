import {
  type AccountId,
  Currency,
  exitHeatMap,
  type ExitHeatMap,
  instrumentMargins,
  isHeld,
  Ledger,
  type LiquidationPrices,
  liquidationPrices,
  liquidationTest,
  MarginSlack,
  Marks,
  openSnapshotAccounts,
  RuleMargin,
  type RulesAt,
  type SnapshotAccounts,
  type TriggerTerms,
} from "@aftershock/cascade";
import { ConfigError, type Instrument } from "@aftershock/schema";
import type { RecordedPositions } from "./recordedPositions.ts";

/** A position of an account, as it is shown. Money in the settle currency, prices in quote currency. */
export interface ShownPosition {
  readonly instrument: string;
  /** The venue's size unit; positive long. */
  readonly size: number;
  readonly entryPrice: number;
  readonly mark: number;
  /** What it is worth at the mark, without a sign; of inverse contracts coin. */
  readonly notional: number;
  /** The marks of this instrument at which the account is liquidated, all others as they are; undefined for none. */
  readonly liquidationBelow: number | undefined;
  readonly liquidationAbove: number | undefined;
}

/** An account, as it is shown. Money in the settle currency. */
export interface ShownAccount {
  readonly account: string;
  /** Where its worth at the snapshot comes from. */
  readonly worth: "stated" | "leverage";
  readonly equity: number;
  readonly maintenance: number;
  /** Whether it is to be liquidated at the marks. */
  readonly isDue: boolean;
  /** By how much the nearest price that liquidates it is away, a share of its mark; undefined where no price does. */
  readonly distance: number | undefined;
  readonly positions: readonly ShownPosition[];
}

/** An account that the rules do not cover: `symbol` where it holds something of which no margin is known. */
export interface UnpricedAccount {
  readonly name: string;
  readonly why: string;
  readonly symbol?: string;
}

/** The accounts of a venue in one settle currency. */
export interface AccountPopulation {
  readonly currency: string;
  /** Those nearest to liquidation first. */
  readonly accounts: readonly ShownAccount[];
  readonly skipped: SnapshotAccounts["skipped"];
  /** Accounts whose margin or liquidation price the rules of that day do not give, with the reason. */
  readonly unpriced: readonly UnpricedAccount[];
  /** By instrument id. */
  readonly heatMaps: ReadonlyMap<string, ExitHeatMap>;
  readonly ledger: Ledger;
  /** What is assumed where a rule is not known, one sentence each. */
  readonly assumed: readonly string[];
}

/** How accounts are looked at. */
export interface PopulationRequest {
  readonly recorded: RecordedPositions;
  readonly rules: RulesAt;
  /** In place of recorded marks, quote currency by symbol. */
  readonly marks: ReadonlyMap<string, number>;
  /** Width of the heat map's buckets, a share of the mark. */
  readonly width: number;
}

/** The latest mark of each instrument: as asked for, else of the tickers, else of the positions' own rows. */
function marksOf(
  { recorded, marks }: PopulationRequest,
  instruments: readonly Instrument[],
): readonly (number | undefined)[] {
  return instruments.map(({ id, symbol }) => {
    const own = recorded.positions.findLast(
      (row) => row.instrument.id === id && row.markPrice !== undefined,
    );
    return marks.get(symbol) ?? recorded.marks.get(id) ?? own?.markPrice;
  });
}

/** When a venue's rules do not say, accounts are taken to be liquidated below maintenance margin, and that is said. */
function triggerTerms(
  rules: RulesAt,
  instruments: readonly Instrument[],
): readonly [TriggerTerms, readonly string[]] {
  const ofSymbols = instruments.map(({ symbol }) => rules.symbols[symbol]);
  const known = ofSymbols.flatMap((rule) =>
    rule !== undefined && isHeld(rule.liquidation) ? [rule.liquidation.value.trigger] : [],
  );
  const takerRates = ofSymbols.map((rule) =>
    rule !== undefined && isHeld(rule.fees) ? rule.fees.value.tiers[0]?.takerRate : undefined,
  );
  const [trigger] = known;
  if (trigger !== undefined) return [{ trigger, takerRates }, []];
  return [
    { trigger: { kind: "belowMaintenance" } },
    ["when it liquidates is not known: taken to be when equity is below maintenance margin"],
  ];
}

interface Opened {
  readonly ledger: Ledger;
  readonly marks: Marks;
  readonly model: RuleMargin;
  readonly terms: TriggerTerms;
  readonly instruments: readonly Instrument[];
}

const NONE: LiquidationPrices = { below: undefined, above: undefined };

/** Liquidation prices by account and instrument, looked up once each; an account that cannot be priced is noted. */
function pricer({ marks, model, terms }: Opened, unpriced: Map<AccountId, string>) {
  const slack = new MarginSlack({ ...terms, margin: model });
  const known = new Map<string, LiquidationPrices>();
  return (account: AccountId, instrument: number): LiquidationPrices => {
    const key = `${account}/${instrument}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    let prices = NONE;
    try {
      prices = liquidationPrices({ slack, account, instrument, marks });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      unpriced.set(account, error.message);
    }
    known.set(key, prices);
    return prices;
  };
}

/**
 * The accounts of one settle currency at the marks: what they are worth and must hold by the rules, where they are liquidated, and how much is forced out at which price.
 * An account that the rules do not cover is told of and left out; see openSnapshotAccounts for what is assumed of the others.
 */
function populationIn(code: string, request: PopulationRequest): AccountPopulation {
  const { recorded, rules, width } = request;
  const instruments = recorded.instruments.filter(({ settle }) => settle === code);
  const ledger = new Ledger({ currency: new Currency(code), instruments });
  const world = ledger.open("rest of the world");
  const quotes = marksOf(request, instruments);
  const numbers = new Map(instruments.map(({ id }, number) => [id, number]));
  const rows = recorded.positions.flatMap((row) => {
    const instrument = numbers.get(row.instrument.id);
    return instrument === undefined ? [] : [{ ...row, instrument }];
  });
  const { accounts, skipped } = openSnapshotAccounts(ledger, rows, { world, marks: quotes });
  const marks = new Marks(ledger);
  quotes.forEach((quote, number) => {
    if (quote !== undefined) marks.set(number, quote);
  });
  const margins = instrumentMargins(rules, instruments);
  const model = new RuleMargin({ ledger, margins });
  const [terms, assumed] = triggerTerms(rules, instruments);
  const unpriced = new Map<AccountId, string>();
  const opened = { ledger, marks, model, terms, instruments };
  const pricesOf = pricer(opened, unpriced);
  const shown = accounts.flatMap((account) => showAccount(opened, account, { pricesOf, unpriced }));
  const heatMaps = new Map(
    instruments.flatMap(({ id }, instrument) => {
      if (!marks.has(instrument)) return [];
      const ofAccount = (account: AccountId): LiquidationPrices => pricesOf(account, instrument);
      // Of an account that cannot be priced nobody knows whether it is safe.
      const isExempt = (account: AccountId): boolean => account === world || unpriced.has(account);
      const map = exitHeatMap({ ledger, marks, instrument, width, pricesOf: ofAccount, isExempt });
      return [[id, map] as const];
    }),
  );
  const byDistance = (account: ShownAccount): number =>
    account.isDue ? -1 : (account.distance ?? Infinity);
  return {
    currency: code,
    accounts: shown.toSorted((a, b) => byDistance(a) - byDistance(b)),
    skipped,
    unpriced: [...unpriced].map(([account, why]) => {
      const held = ledger.positions(account).map(({ instrument }) => instrument);
      const unruled = held.find((number) => margins[number]?.absent !== undefined);
      const name = ledger.nameOf(account);
      return unruled === undefined
        ? { name, why }
        : { name, why, symbol: instruments[unruled]?.symbol ?? "" };
    }),
    heatMaps,
    ledger,
    assumed,
  };
}

/** One account; nothing where the rules do not cover it, which is noted. */
function showAccount(
  { ledger, marks, model, terms, instruments }: Opened,
  { id, name, worth }: SnapshotAccounts["accounts"][number],
  options: {
    readonly pricesOf: (account: AccountId, instrument: number) => LiquidationPrices;
    readonly unpriced: Map<AccountId, string>;
  },
): readonly ShownAccount[] {
  const { pricesOf, unpriced } = options;
  const { unitsPerOne } = ledger.currency;
  const quoteOf = (number: number, ticks: number): number => {
    const { mantissa, decimals } = instruments[number]?.tick ?? { mantissa: 1, decimals: 0 };
    return (ticks * mantissa) / 10 ** decimals;
  };
  try {
    const positions = ledger.positions(id).map(({ instrument, lots, entryValue }) => {
      const { below, above } = pricesOf(id, instrument);
      const { mantissa, decimals } = instruments[instrument]?.lot ?? { mantissa: 1, decimals: 0 };
      return {
        instrument: instruments[instrument]?.id ?? "",
        size: (lots * mantissa) / 10 ** decimals,
        entryPrice: quoteOf(instrument, ledger.priceOf(instrument, lots, entryValue)),
        mark: quoteOf(instrument, marks.ticks(instrument)),
        notional:
          Math.abs(ledger.valueUnits(instrument, lots, marks.ticks(instrument))) / unitsPerOne,
        liquidationBelow: below === undefined ? undefined : quoteOf(instrument, below),
        liquidationAbove: above === undefined ? undefined : quoteOf(instrument, above),
      };
    });
    if (unpriced.has(id)) return [];
    const distances = positions.flatMap(({ mark, liquidationBelow, liquidationAbove }) =>
      [liquidationBelow, liquidationAbove].flatMap((price) =>
        price === undefined ? [] : [Math.abs(price / mark - 1)],
      ),
    );
    return [
      {
        account: name,
        worth,
        equity: model.equity(id, marks) / unitsPerOne,
        maintenance: model.maintenance(id, marks) / unitsPerOne,
        isDue: liquidationTest({ ...terms, ledger, model })(id, marks),
        distance: distances.length === 0 ? undefined : Math.min(...distances),
        positions,
      },
    ];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    unpriced.set(id, error.message);
    return [];
  }
}

/** All accounts of a venue, by settle currency. */
export const accountPopulations = (request: PopulationRequest): readonly AccountPopulation[] =>
  [...new Set(request.recorded.instruments.map(({ settle }) => settle))].map((code) =>
    populationIn(code, request),
  );
