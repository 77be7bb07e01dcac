import { type ColumnType, columnsOf, type StreamName } from "@aftershock/schema";

/** A staged column: prices and sizes are a mantissa `name` and a `name_decimals`, all else is as it is stored. */
export interface StagedColumn {
  readonly name: string;
  /** What it holds; in DuckDB DOUBLE, DOUBLE, TINYINT, TINYINT, VARCHAR. Absent: NaN, or empty text. */
  readonly kind: "number" | "mantissa" | "decimals" | "code" | "text";
  /** The column of the row that it is read from. */
  readonly from: string;
}

/** How the rows of one stream are staged. */
export interface StagedLayout {
  readonly stream: StreamName;
  /** The line of the file first, then the stream's columns but `seq`. */
  readonly columns: readonly StagedColumn[];
  readonly tsEvent: number;
  readonly tsRecv: number;
  /** Place of the column whose text tells rows apart, -1 where there is none. */
  readonly id: number;
}

export const SQL_TYPE = {
  number: "DOUBLE",
  mantissa: "DOUBLE",
  decimals: "TINYINT",
  code: "TINYINT",
  text: "VARCHAR",
} as const;

/** The name of the column that holds a price's or size's number of decimals while it is staged. */
export const decimalsColumn = (name: string): string => `${name}_decimals`;

const isGrid = (type: ColumnType): boolean => type === "ticks" || type === "lots";

/** The column by which a row of the stream is the same as another of equal content, and not a second one like it. */
const ID_COLUMNS: Partial<Readonly<Record<StreamName, string>>> = {
  trades: "tradeId",
  fills: "tradeId",
  liquidations: "liquidationId",
};

function layoutOf(stream: StreamName): StagedLayout {
  const own = columnsOf(stream).filter(([name]) => name !== "seq");
  const columns = [
    { name: "line", kind: "number", from: "line" } as const,
    ...own.flatMap(([name, { type }]): StagedColumn[] => {
      if (isGrid(type)) {
        return [
          { name, kind: "mantissa", from: name },
          { name: decimalsColumn(name), kind: "decimals", from: name },
        ];
      }
      return [{ name, kind: type === "code" || type === "text" ? type : "number", from: name }];
    }),
  ];
  const place = (name: string | undefined): number =>
    columns.findIndex((column) => column.name === name);
  return {
    stream,
    columns,
    tsEvent: place("tsEvent"),
    tsRecv: place("tsRecv"),
    id: place(ID_COLUMNS[stream]),
  };
}

const layouts = new Map<StreamName, StagedLayout>();

/** The staged layout of a stream. */
export function stagedLayout(stream: StreamName): StagedLayout {
  const known = layouts.get(stream) ?? layoutOf(stream);
  layouts.set(stream, known);
  return known;
}
