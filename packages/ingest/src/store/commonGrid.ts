import { type Decimal, IntegrityError, type Instrument } from "@aftershock/schema";
import type { ColumnArrays } from "./columnReader.ts";
import { gridColumns } from "./gridSql.ts";
import type { StreamName } from "@aftershock/schema";

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

const mantissaAt = (step: Decimal, decimals: number): number =>
  step.mantissa * 10 ** (decimals - step.decimals);

/** The largest step of which every given step is a whole multiple: 0.5 and 0.1 have 0.1. */
export function commonStep(given: readonly Decimal[]): Decimal {
  const decimals = Math.max(...given.map((step) => step.decimals));
  const mantissa = given.map((step) => mantissaAt(step, decimals)).reduce(gcd);
  if (!Number.isSafeInteger(mantissa) || mantissa <= 0) {
    throw new IntegrityError("the price or size steps of the days have no common step below 2^53");
  }
  return { mantissa, decimals };
}

/** How many `fine` steps one `coarse` step is. */
const ratio = (coarse: Decimal, fine: Decimal): number =>
  mantissaAt(coarse, fine.decimals) / fine.mantissa;

/** One instrument for several days whose grids may differ: the first day's terms on the finest common grid. */
export function commonInstrument(days: readonly Instrument[]): Instrument {
  const [first] = days;
  if (first === undefined) throw new IntegrityError("Invariant: no day to replay");
  return {
    ...first,
    tick: commonStep(days.map(({ tick }) => tick)),
    lot: commonStep(days.map(({ lot }) => lot)),
  };
}

function multiplied(values: Float64Array, factor: number): Float64Array {
  return values.map((value) => value * factor);
}

/** Columns of one day, brought to the common grid; the very same columns where nothing changes. */
export function onCommonGrid(
  stream: StreamName,
  columns: ColumnArrays,
  day: Instrument,
  common: Instrument,
): ColumnArrays {
  const factors = [
    ["ticks", ratio(day.tick, common.tick)],
    ["lots", ratio(day.lot, common.lot)],
  ] as const;
  const changed = factors
    .filter(([, factor]) => factor !== 1)
    .flatMap(([type, factor]) =>
      gridColumns(stream, type).map((name) => [
        name,
        multiplied(columns[name] as Float64Array, factor),
      ]),
    );
  return changed.length === 0 ? columns : { ...columns, ...Object.fromEntries(changed) };
}
