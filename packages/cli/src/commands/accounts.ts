import {
  type ExitBucket,
  type PartName,
  type RulesAt,
  rulesOf,
  unverifiedOf,
} from "@aftershock/cascade";
import { duckOnDemand, type Lake } from "@aftershock/ingest/lake";
import { decimalToNumber, isoMicros, type Micros, parseInstrumentId } from "@aftershock/schema";
import { type AccountPopulation, accountPopulations } from "../accountPopulation.ts";
import { accountsPage, inMoney, someOf } from "../accountsPage.ts";
import { printJson, printLine } from "../output.ts";
import { recordedPositions } from "../recordedPositions.ts";
import { loadVenueRules } from "../shippedRules.ts";
import { simulatedRules } from "../simulatedRules.ts";

/** The parts of the rules that are used. */
const PARTS: readonly PartName[] = ["margin", "liquidation"];

/** Options of `aftershock accounts`. */
export interface AccountsOptions {
  readonly at: Micros;
  /** Marks in place of the recorded ones, quote currency by symbol. */
  readonly marks: ReadonlyMap<string, number>;
  /** How many accounts are listed, those nearest to liquidation first. */
  readonly top: number;
  /** Width of a bucket of the heat map, a share of the mark. */
  readonly width: number;
  readonly json: boolean;
}

/** A population as JSON: prices in quote currency, money in the settle currency. */
function populationJson(population: AccountPopulation, top: number): unknown {
  const { currency, accounts, skipped, unpriced, assumed, heatMaps, ledger } = population;
  const exits = ledger.instruments.flatMap(({ id, tick, lot }) => {
    const found = heatMaps.get(id);
    if (found === undefined) return [];
    const map = inMoney(found, population);
    const [quote, size] = [decimalToNumber(tick), decimalToNumber(lot)];
    const bucket = ({
      low,
      high,
      accounts: count,
      sellLots,
      buyLots,
      sellUnits,
      buyUnits,
    }: ExitBucket): unknown => ({
      low: low * quote,
      high: high * quote,
      accounts: count,
      sold: { size: sellLots * size, value: sellUnits },
      bought: { size: buyLots * size, value: buyUnits },
    });
    return [
      {
        instrument: id,
        mark: map.mark * quote,
        now: bucket(map.due),
        below: map.below.map(bucket),
        above: map.above.map(bucket),
      },
    ];
  });
  return {
    currency,
    count: accounts.length,
    toBeLiquidated: accounts.filter(({ isDue }) => isDue).length,
    accounts: accounts.slice(0, top),
    leftOut: [...skipped, ...unpriced],
    assumed,
    exits,
  };
}

/** What is not sure of the rules of what accounts hold: a line for each thing to be said, with the symbols that it is said of. */
function doubtLines(rules: RulesAt, populations: readonly AccountPopulation[]): readonly string[] {
  const held = new Set(
    populations.flatMap(({ accounts }) =>
      accounts.flatMap(({ positions }) =>
        positions.map(({ instrument }) => parseInstrumentId(instrument).symbol),
      ),
    ),
  );
  const doubts = unverifiedOf(rules, PARTS).filter(({ symbol }) => held.has(symbol));
  const alike = Map.groupBy(doubts, ({ part, says }) => `${part} of SYMBOLS: ${says.join("; ")}`);
  return [...alike].map(
    ([text, some]) => `! ${text.replace("SYMBOLS", someOf(some.map(({ symbol }) => symbol)))}`,
  );
}

/** `aftershock accounts VENUE --at TIME` */
export async function accountsCommand(
  lake: Lake,
  venue: string,
  options: AccountsOptions,
): Promise<void> {
  const { at, marks, top, width, json } = options;
  const duck = duckOnDemand();
  try {
    const recorded = await recordedPositions(duck, lake, { venue, at });
    const rules = rulesOf(
      recorded.simulated
        ? await simulatedRules(lake, recorded.instruments, at)
        : await loadVenueRules(venue),
      at,
      recorded.instruments.map(({ symbol }) => symbol),
    );
    const populations = accountPopulations({ recorded, rules, marks, width });
    if (json) {
      const shown = populations.map((population) => populationJson(population, top));
      const { simulated } = recorded;
      printJson({
        venue,
        at,
        simulated,
        unverified: unverifiedOf(rules, PARTS),
        currencies: shown,
      });
      return;
    }
    const label = recorded.simulated ? "  SIMULATED" : "";
    printLine(`Accounts at ${venue}, ${isoMicros(at)}${label}\n`);
    printLine(populations.map((population) => accountsPage(population, top)).join("\n\n"));
    const doubts = doubtLines(rules, populations);
    if (doubts.length > 0) printLine(`\n${doubts.join("\n")}`);
  } finally {
    await duck.close();
  }
}
