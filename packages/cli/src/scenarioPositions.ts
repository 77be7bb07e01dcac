import { type DuckConnections, type Lake, type Manifest, truthFile } from "@aftershock/ingest/lake";
import {
  AttributedMove,
  type EstimatedFlow,
  estimateForcedFlow,
  firstOpenInterest,
  type ForcedFlow,
  pinnedPositions,
  type RecordColumns,
  type RuleSet,
  snapshotPositions,
} from "@aftershock/cascade";
import {
  DataError,
  type Instrument,
  isoMicros,
  type Micros,
  micros,
  MICROS_PER_SECOND,
} from "@aftershock/schema";
import { CounterRandom } from "@aftershock/simulator";
import type { LeveragePrior, ScenarioPositions } from "@aftershock/strategy";
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
      hints: [
        'Record accounts, or pin positions to prints (positions: "prints"), or take a prior of leverage on open interest (positions: "shadow").',
      ],
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

/** What a first replay has found of a record whose positions are pinned. */
export interface LookedThrough {
  readonly record: ScenarioRecord;
  readonly rules: RuleSet;
  readonly columns: RecordColumns;
  readonly flow: ForcedFlow;
  /** Of those who were never liquidated; undefined: they are left out. */
  readonly leveragePrior: LeveragePrior | undefined;
}

/** Open interest when a record begins, quote currency, above 0. Throws DataError where tickers do not tell it. */
function openInterestOf(columns: RecordColumns, instrument: Instrument): number {
  const open = firstOpenInterest(columns, instrument) ?? 0;
  if (open > 0) return open;
  throw new DataError(`the lake tells no open interest of ${instrument.id} in that window`, {
    hints: [
      'Ingest tickers that have it. Or take what was liquidated from its prints: positions: "prints".',
    ],
  });
}

/** The forced flow of a record without prints, as far as falls of open interest and bursts of takers tell of it. Throws DataError without open interest. */
export function estimatedFlow(columns: RecordColumns, instrument: Instrument): EstimatedFlow {
  openInterestOf(columns, instrument);
  return estimateForcedFlow({ instrument, columns });
}

/** What `basis.population` says of the parts. */
const FLOW_SAYS: Readonly<Record<ForcedFlow["kind"], string>> = {
  prints: "positions pinned from the prints of forced orders",
  estimate: "positions pinned from an estimate of forced flow, which was not printed",
  unknown: "who was liquidated is not known, and nobody is taken to have been",
};

/** Positions pinned from what was liquidated, and by a prior of leverage those who were not. Throws DataError where that comes to nobody, or the prior needs open interest that was not recorded. */
export function pinnedScenarioPositions(found: LookedThrough): ScenarioPositions {
  const { record, rules, columns, flow, leveragePrior } = found;
  const { instrument } = record;
  const random = new CounterRandom(0, `pins of ${instrument.id}`);
  const source = pinnedPositions({
    instrument,
    rules,
    columns,
    flow,
    uniform: (draw, slot) => random.at(slot, draw).uniform(0),
    ...(leveragePrior && {
      shadow: { ...leveragePrior, openInterest: openInterestOf(columns, instrument) },
    }),
  });
  const { pins, shadows } = source.counts;
  if (flow.kind !== "prints" && pins + shadows === 0) {
    throw new DataError(
      flow.kind === "estimate"
        ? `no forced flow of ${instrument.id} can be told from its open interest and takers`
        : `the prior of leverage leaves nobody of ${instrument.id} whom the record has not liquidated`,
      {
        hints: [
          flow.kind === "estimate"
            ? "Open interest has to fall where the mark comes to a new extreme. Or ingest liquidations, or accounts."
            : "State lower leverages, or a wider entrySpread.",
        ],
      },
    );
  }
  const others =
    leveragePrior === undefined
      ? "who was not liquidated is not known"
      : "who was not liquidated is a prior of leverage on the recorded open interest";
  return { source, accounts: pins + shadows, says: `${FLOW_SAYS[flow.kind]}: ${others}` };
}

/** How far forced flow moved the price at most, by an estimate of it: AttributedMove, over the steps of a record. */
export function estimatedMove(columns: RecordColumns, { prints }: EstimatedFlow): AttributedMove {
  const move = new AttributedMove();
  const signed = new Map<number, number>();
  for (const { at, side, notional } of prints) {
    signed.set(at, (signed.get(at) ?? 0) + side * notional);
  }
  const mid = columns.column("mid");
  for (const [step, at] of columns.column("at").entries()) {
    const price = mid[step] ?? Number.NaN;
    move.take({ bid: price, ask: price }, { printed: signed.get(at) ?? 0 });
  }
  return move;
}
