import { type DuckConnections, type Lake, type Manifest, truthFile } from "@aftershock/ingest/lake";
import {
  type ForcedPrint,
  type KappaBand,
  pinnedPositions,
  printedFlow,
  type RecordColumns,
  type RuleSet,
  snapshotPositions,
} from "@aftershock/cascade";
import { DataError, isoMicros, type Micros, micros, MICROS_PER_SECOND } from "@aftershock/schema";
import { CounterRandom } from "@aftershock/simulator";
import type { ScenarioPositions } from "@aftershock/strategy";
import { recordedPositions } from "./recordedPositions.ts";
import type { ScenarioRecord } from "./scenarioRecord.ts";
import type { FoundTruth } from "./simulatedRules.ts";
import { stopClosings } from "./stopClosings.ts";

/** A snapshot is told of row by row: so long after its first row it is there as a whole, µs. */
const SNAPSHOT_MICROS: number = 10 * MICROS_PER_SECOND;

/** When the accounts that scenarios begin with were recorded: the last snapshot before the window, or the first within it. */
async function snapshotAt(lake: Lake, { instrument, from, to }: ScenarioRecord): Promise<Micros> {
  const days = (await lake.list()).filter(
    (day) => day.stream === "positions" && day.instrument.id === instrument.id,
  );
  const first = days
    .map(({ firstTime }) => firstTime)
    .filter((at) => at < to)
    .toSorted((a, b) => a - b)[0];
  if (first === undefined) {
    throw new DataError(`the lake holds no positions of ${instrument.id} up to ${isoMicros(to)}`, {
      hints: ['Record accounts, or pin positions to prints: positions: "prints".'],
    });
  }
  return micros(Math.max(from, first + SNAPSHOT_MICROS));
}

/** Accounts as recorded; of a simulated day besides who closed by a stop order. */
export async function accountPositions(
  duck: DuckConnections,
  lake: Lake,
  request: { readonly record: ScenarioRecord; readonly truth: FoundTruth | undefined },
): Promise<ScenarioPositions> {
  const { record, truth } = request;
  const { instrument, partitions } = record;
  const at = await snapshotAt(lake, record);
  const { positions, marks } = await recordedPositions(duck, lake, { venue: instrument.venue, at });
  const trades: readonly Manifest[] = partitions.filter(({ stream }) => stream === "trades");
  const closings =
    truth === undefined
      ? []
      : await stopClosings(duck, lake, {
          truth: truth.truth,
          path: truthFile(lake, truth.key),
          trades,
        });
  const mark = marks.get(instrument.id);
  const source = snapshotPositions({
    instrument,
    rows: positions.flatMap((row) =>
      row.instrument.id === instrument.id ? [{ ...row, instrument: 0 }] : [],
    ),
    ...(mark === undefined ? {} : { mark }),
    closings,
  });
  const { length: accounts } = source.accounts.accounts;
  if (accounts === 0) {
    throw new DataError(`no account of ${instrument.id} at ${isoMicros(at)} can be used`, {
      hints: [
        'Accounts need a worth or a leverage. Or pin positions to prints: positions: "prints".',
      ],
    });
  }
  return { source, accounts, says: `all accounts as recorded at ${isoMicros(at)}` };
}

/** What a first replay has found of a record whose positions are pinned from prints. */
export interface PrintedRecord {
  readonly record: ScenarioRecord;
  readonly rules: RuleSet;
  readonly columns: RecordColumns;
  readonly prints: readonly ForcedPrint[];
  readonly kappa: KappaBand;
}

/** Positions pinned from what was liquidated. */
export function printPositions(found: PrintedRecord): ScenarioPositions {
  const { record, rules, columns, prints, kappa } = found;
  const { instrument } = record;
  const random = new CounterRandom(0, `pins of ${instrument.id}`);
  const source = pinnedPositions({
    instrument,
    rules,
    columns,
    flow: printedFlow(prints, kappa),
    uniform: (draw, slot) => random.at(slot, draw).uniform(0),
  });
  return {
    source,
    accounts: source.counts.pins,
    says: "positions pinned from the prints of forced orders: who was not liquidated is not known",
  };
}
