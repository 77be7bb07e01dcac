import type { ExitBucket, ExitHeatMap } from "@aftershock/cascade";
import { decimalToNumber, type Instrument } from "@aftershock/schema";
import type { AccountPopulation, ShownAccount } from "./accountPopulation.ts";
import { grouped, tableText } from "./output.ts";

/** Buckets that are shown on each side of the mark, and how long the longest bar is. */
const SHOWN_BUCKETS = 20;
const BAR_LENGTH = 40;

/** As many digits of a number as are asked for, however small it is. */
const digits = (value: number, count: number): string =>
  Number(value.toPrecision(count)).toLocaleString("en-US", { maximumFractionDigits: 20 });
/** Whole from 1,000 on; of less four digits, for a coin is a lot of money. */
const money = (amount: number): string =>
  Math.abs(amount) < 1_000 ? digits(amount, 4) : grouped(Math.round(amount));
/** A price with as many digits as tell it apart. */
const price = (value: number): string => digits(value, 7);
/** Whether a price is within reach: a fifth to five times the mark. Beyond, schedules that grow with size liquidate what nobody would call at risk. */
const isNear = (at: number | undefined, mark: number): at is number =>
  at !== undefined && at > mark / 5 && at < mark * 5;
const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** What all accounts are worth and hold, in a few lines. */
function summary({
  accounts,
  currency,
  skipped,
  unpriced,
  ledger,
}: AccountPopulation): readonly string[] {
  const due = accounts.filter(({ isDue }) => isDue);
  const line = (name: string, some: readonly ShownAccount[]): readonly string[] => [
    name,
    grouped(some.length),
    money(sum(some.map(({ equity }) => equity))),
    money(sum(some.map(({ maintenance }) => maintenance))),
    money(
      sum(
        some.flatMap(({ positions }) =>
          positions.map(({ size, notional }) => (size > 0 ? notional : 0)),
        ),
      ),
    ),
    money(
      sum(
        some.flatMap(({ positions }) =>
          positions.map(({ size, notional }) => (size < 0 ? notional : 0)),
        ),
      ),
    ),
  ];
  const rows = [line("all", accounts), line("to be liquidated now", due)];
  return [
    tableText([`in ${currency}`, "accounts", "equity", "maintenance", "long", "short"], rows),
    ...leftOut({ skipped, unpriced, ledger }),
  ];
}

/** Some names, and how many more there are. */
export const someOf = (names: readonly string[], most = 6): string =>
  names.length <= most
    ? names.join(", ")
    : `${names.slice(0, most).join(", ")} and ${grouped(names.length - most)} more`;

/** Accounts that are left out, in a line for each reason. */
function leftOut({
  skipped,
  unpriced,
  ledger,
}: Pick<AccountPopulation, "skipped" | "unpriced" | "ledger">): readonly string[] {
  const unmarked = skipped.filter(({ why }) => why === "noMark");
  const worthless = skipped.length - unmarked.length;
  const symbols = new Set(
    unmarked.map(({ instrument = -1 }) => ledger.instruments[instrument]?.symbol ?? ""),
  );
  const unruled = unpriced.flatMap(({ symbol }) => symbol ?? []);
  const uncovered = Map.groupBy(
    unpriced.filter(({ symbol }) => symbol === undefined),
    ({ why }) => why,
  );
  return [
    ...(unmarked.length === 0
      ? []
      : [
          `Left out: ${grouped(unmarked.length)} without a mark of what they hold (${someOf([...symbols])}): give it with --mark.`,
        ]),
    ...(worthless === 0
      ? []
      : [`Left out: ${grouped(worthless)} of which neither worth nor leverage was recorded.`]),
    ...(unruled.length === 0
      ? []
      : [
          `Left out: ${grouped(unruled.length)} that hold what no margin is known of (${someOf([...new Set(unruled)])}).`,
        ]),
    ...[...uncovered]
      .slice(0, 5)
      .map(
        ([why, some]) =>
          `Left out: ${grouped(some.length)} because ${why.slice(0, 1).toLowerCase()}${why.slice(1)}.`,
      ),
    ...(uncovered.size > 5
      ? [
          `Left out: ${grouped(sum([...uncovered.values()].slice(5).map((some) => some.length)))} for other reasons (--json has them all).`,
        ]
      : []),
  ];
}

/** The accounts nearest to liquidation. */
function nearest({ accounts }: AccountPopulation, top: number): readonly string[] {
  const rows = accounts
    .slice(0, top)
    .flatMap(({ account, equity, maintenance, isDue, distance, positions }) =>
      positions.map((position, i) => [
        i === 0 ? account : "",
        position.instrument,
        String(position.size),
        price(position.entryPrice),
        i === 0 ? money(equity) : "",
        i === 0 ? money(maintenance) : "",
        [position.liquidationBelow, position.liquidationAbove]
          .flatMap((at) => (isDue || !isNear(at, position.mark) ? [] : [price(at)]))
          .join(" and "),
        i > 0 ? "" : isDue ? "now" : distance === undefined ? "none" : percent(distance),
      ]),
    );
  if (rows.length === 0) return [];
  return [
    tableText(
      [
        "account",
        "position",
        "size",
        "entry",
        "equity",
        "maintenance",
        "liquidated at",
        "distance",
      ],
      rows,
    ),
  ];
}

/** Forced exits of one instrument by price, the highest price first, with bars for their size. */
function heatMap({ id, tick }: Instrument, map: ExitHeatMap): readonly string[] {
  const quote = decimalToNumber(tick);
  const unitsOf = (bucket: ExitBucket): number => bucket.sellUnits + bucket.buyUnits;
  const above = map.above.slice(0, SHOWN_BUCKETS);
  const below = map.below.slice(0, SHOWN_BUCKETS);
  const most = Math.max(...[...above, ...below, map.due].map(unitsOf), 1);
  const row = (bucket: ExitBucket, range: string): readonly string[] => [
    range,
    grouped(bucket.accounts),
    money(bucket.sellUnits),
    money(bucket.buyUnits),
    "█".repeat(Math.round((unitsOf(bucket) / most) * BAR_LENGTH)),
  ];
  const range = ({ low, high }: ExitBucket): string =>
    `${price(low * quote)} … ${price(high * quote)}`;
  const lastUsed = (buckets: readonly ExitBucket[]): number =>
    buckets.findLastIndex(({ accounts }) => accounts > 0) + 1;
  const rows = [
    ...above
      .slice(0, lastUsed(above))
      .toReversed()
      .map((bucket) => row(bucket, range(bucket))),
    row(map.due, `${price(map.mark * quote)} now`),
    ...below.slice(0, lastUsed(below)).map((bucket) => row(bucket, range(bucket))),
  ];
  return [
    `Forced exits of ${id} by its mark (whole positions, at first touch)`,
    tableText(["mark", "accounts", "sold", "bought", ""], rows),
  ];
}

/** The accounts of one settle currency as text. */
export const accountsPage = (population: AccountPopulation, top: number): string =>
  [
    summary(population).join("\n"),
    ...nearest(population, top),
    ...population.ledger.instruments.flatMap((instrument) => {
      const map = population.heatMaps.get(instrument.id);
      const hasExits =
        map !== undefined &&
        [map.due, ...map.below, ...map.above].some(({ accounts }) => accounts > 0);
      return hasExits ? [heatMap(instrument, inMoney(map, population)).join("\n")] : [];
    }),
    ...population.assumed.map((text) => `Assumed: ${text}.`),
  ].join("\n\n");

/** A heat map with its values in the currency instead of its units. */
export function inMoney(map: ExitHeatMap, { ledger }: AccountPopulation): ExitHeatMap {
  const { unitsPerOne } = ledger.currency;
  const bucket = (each: ExitBucket): ExitBucket => ({
    ...each,
    sellUnits: each.sellUnits / unitsPerOne,
    buyUnits: each.buyUnits / unitsPerOne,
  });
  return {
    ...map,
    due: bucket(map.due),
    below: map.below.map(bucket),
    above: map.above.map(bucket),
  };
}
