/** A kind of file; none has a header. */
export type GateTable = "deals" | "trades" | "spotBook" | "futuresBook" | "candlesticks";

/** How the rows of a kind of file look. */
export interface GateLayout {
  readonly table: GateTable;
  readonly columns: readonly string[];
  readonly shape: readonly RegExp[];
}

const SECONDS = /^\d{10}(?:\.\d{1,9})?$/;
const WHOLE = /^\d+$/;
const NUMBER = /^\d+(?:\.\d+)?$/;
const SIGNED = /^-?\d+(?:\.\d+)?$/;
const SIDE = /^[12]$/;
const ACTION = /^(?:set|make|take)$/;

const layout = (table: GateTable, columns: string, shape: readonly RegExp[]): GateLayout => ({
  table,
  columns: columns.split(","),
  shape,
});

/** The columns of every kind of file. Source: Gate's page on its historical data; files of 2026-08 and -09 as public notes describe them. */
export const GATE_LAYOUTS: readonly GateLayout[] = [
  layout("deals", "timestamp,dealid,price,amount,side", [SECONDS, WHOLE, NUMBER, NUMBER, SIDE]),
  layout("trades", "timestamp,tradeid,price,size", [SECONDS, WHOLE, NUMBER, SIGNED]),
  layout("spotBook", "timestamp,side,action,price,size,beginId,merged", [
    SECONDS,
    SIDE,
    ACTION,
    NUMBER,
    NUMBER,
    WHOLE,
    WHOLE,
  ]),
  layout("futuresBook", "timestamp,action,price,size,beginId,merged", [
    SECONDS,
    ACTION,
    NUMBER,
    SIGNED,
    WHOLE,
    WHOLE,
  ]),
  layout("candlesticks", "timestamp,volume,close,high,low,open", [
    WHOLE,
    NUMBER,
    NUMBER,
    NUMBER,
    NUMBER,
    NUMBER,
  ]),
];

const looksLike = (line: string, { shape }: GateLayout): boolean => {
  const cells = line.split(",");
  return cells.length === shape.length && shape.every((cell, i) => cell.test(cells[i] ?? ""));
};

/** The kind of file that a row is of: the one whose every cell looks so. */
export const layoutOf = (line: string): GateLayout | undefined =>
  GATE_LAYOUTS.find((known) => looksLike(line, known));

/** `BTC_USDT-202608.csv.gz`, a month; `BTC_USDT-2026090100.csv.gz`, an hour. */
const NAME = /^([A-Z0-9]+_[A-Z0-9]+)-\d{6}(?:\d{2}(?:\d{2})?)?\.csv/;

/** The market that a file's name says; undefined for a name that Gate would not give. */
export const marketOfName = (fileName: string): string | undefined => NAME.exec(fileName)?.[1];
