import { CliError, ConfigError, DataError } from "@aftershock/schema";
import {
  confineToLake,
  createViews,
  type Duck,
  type Lake,
  openDuck,
  type PlainValue,
} from "@aftershock/ingest";
import { printJson, printLine, printTable } from "../output.ts";

/**
 * SQL: what DuckDB's parser makes of a text. It takes SELECT only, of which DESCRIBE, SHOW, VALUES and FROM are forms, and names
 * the kind of error otherwise. Nothing is bound: to prepare an EXPORT makes its folder already.
 */
const PARSE = `SELECT parsed ->> 'error_type' AS problem, parsed ->> 'error_message' AS message,
  json_array_length(parsed -> 'statements') AS statements FROM (SELECT json_serialize_sql($1::VARCHAR) AS parsed)`;

/** The word EXPLAIN and its options, at the start of a query. */
const EXPLAIN = /^\s*EXPLAIN\b\s*(?:ANALYZE\b|\((?:ANALYZE|FORMAT)\b[^()]*\))?/i;

const cell = (value: PlainValue): string => (value === null ? "" : String(value));

/** What DuckDB says of a query, as an error of ours. */
const refused = (message: string, cause?: unknown): DataError =>
  new DataError(message.split("\n", 1)[0] ?? "", {
    cause,
    hints: [
      "Views are named as the streams (trades, book, tickers, …); `DESCRIBE trades` shows the columns of one.",
    ],
  });

/** How many SELECT statements a query is; undefined when it is, or holds, anything else. Throws DataError for no SQL. */
async function selectsIn(duck: Duck, query: string): Promise<number | undefined> {
  const [parsed] = await duck.rows(PARSE, [query]);
  if (parsed?.["problem"] === "parser") throw refused(String(parsed["message"]));
  const statements = parsed?.["statements"];
  return typeof statements === "number" ? statements : undefined;
}

/** Refuses all but one statement that reads; returns whether it explains. An EXPLAIN ANALYZE runs what it explains. */
async function checkReadOnly(duck: Duck, query: string): Promise<{ readonly explains: boolean }> {
  const explains = EXPLAIN.test(query);
  const selects = await selectsIn(duck, query.replace(EXPLAIN, ""));
  if (selects === 1) return { explains };
  if (selects === 0 && !explains) {
    throw new CliError("the query is empty", {
      hints: ["Write SQL in quotes: aftershock sql 'SELECT count(*) FROM trades'."],
    });
  }
  throw new ConfigError(
    "sql only reads the lake: it takes one SELECT, DESCRIBE, SHOW or EXPLAIN at a time",
    {
      hints: [
        "To keep a result, send the output to a file; a PIVOT names its values: ON side IN (1, -1).",
      ],
    },
  );
}

function printRows(rows: readonly Readonly<Record<string, PlainValue>>[]): void {
  const [first] = rows;
  if (first === undefined) return;
  printTable(
    Object.keys(first),
    rows.map((row) => Object.values(row).map(cell)),
  );
}

/** `aftershock sql "…"` */
export async function sqlCommand(
  lake: Lake,
  query: string,
  options: { readonly json: boolean },
): Promise<void> {
  const duck = await openDuck();
  try {
    const { explains } = await checkReadOnly(duck, query);
    await createViews(duck, lake);
    await confineToLake(duck, lake);
    const rows = await duck.rows(query).catch((cause: unknown) => {
      throw refused(cause instanceof Error ? cause.message : String(cause), cause);
    });
    if (options.json) printJson(rows);
    else if (explains) for (const row of rows) printLine(cell(row["explain_value"] ?? null));
    else printRows(rows);
  } finally {
    duck.close();
  }
}
