/** What the archive's names of files say: `BTCUSDT-aggTrades-2024-08-05.zip`, `LUNAUSDT-1m-2022-05.zip`. */
export interface VisionName {
  readonly symbol: string;
  /** `aggTrades`, `metrics`, …; for bars `klines`, or what else they are of where someone wrote it into the name. */
  readonly tag: string;
  /** Length of the bars, e.g. `1m`. */
  readonly interval: string | undefined;
  /** The UTC day or month of the file. */
  readonly date: string;
}

/** The length of each interval of bars, µs; a month has none. */
export const BAR_MICROS: Readonly<Record<string, number | undefined>> = {
  "1s": 1_000_000,
  "1m": 60_000_000,
  "3m": 180_000_000,
  "5m": 300_000_000,
  "15m": 900_000_000,
  "30m": 1_800_000_000,
  "1h": 3_600_000_000,
  "2h": 7_200_000_000,
  "4h": 14_400_000_000,
  "6h": 21_600_000_000,
  "8h": 28_800_000_000,
  "12h": 43_200_000_000,
  "1d": 86_400_000_000,
  "3d": 259_200_000_000,
  "1w": 604_800_000_000,
  "1mo": undefined,
};

const NAME = /^([^-]+)-([A-Za-z]+-)?([A-Za-z0-9]+)-(\d{4}-\d{2}(?:-\d{2})?)(?!\d)/;

/** Reads a file's name; undefined for one that the archive would not give. */
export function visionName(fileName: string): VisionName | undefined {
  const [, symbol, set, last = "", date = ""] = NAME.exec(fileName) ?? [];
  if (symbol === undefined) return undefined;
  const bars = Object.hasOwn(BAR_MICROS, last);
  if (set !== undefined && !bars) return undefined;
  const tag = bars ? (set?.slice(0, -1) ?? "klines") : last;
  return { symbol, tag, interval: bars ? last : undefined, date };
}
