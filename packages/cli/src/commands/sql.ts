import { DataError } from "@aftershock/schema";
import {
  confineToLake,
  createViews,
  type Lake,
  openDuck,
  type PlainValue,
} from "@aftershock/ingest";
import { printJson, printTable } from "../output.ts";

const cell = (value: PlainValue): string => (value === null ? "" : String(value));

/** `aftershock sql "…"` */
export async function sqlCommand(
  lake: Lake,
  query: string,
  options: { readonly json: boolean },
): Promise<void> {
  const duck = await openDuck();
  try {
    await createViews(duck, lake);
    await confineToLake(duck, lake);
    const rows = await duck.rows(query).catch((cause: unknown) => {
      const message = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
      throw new DataError(message, {
        cause,
        hints: [
          "Views are named as the streams (trades, book, tickers, …); `DESCRIBE trades` shows the columns of one.",
        ],
      });
    });
    if (options.json) printJson(rows);
    else if (rows[0] !== undefined) {
      printTable(
        Object.keys(rows[0]),
        rows.map((row) => Object.values(row).map(cell)),
      );
    }
  } finally {
    duck.close();
  }
}
