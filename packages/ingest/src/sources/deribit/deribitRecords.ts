import { DataError } from "@aftershock/schema";
import { fileHead } from "../../files/fileHead.ts";
import type { SourceFile, SourceLine } from "../../source.ts";
import { jsonDocument, jsonElements } from "../read/jsonElements.ts";
import { isArray, isObject, type JsonObject } from "../read/jsonFields.ts";

/** Where the records of a document lie. */
export type DeribitLayout =
  /** Elements of an array, which stands under these keys. */
  | { readonly kind: "elements"; readonly path: readonly string[] }
  /** One object a line. */
  | { readonly kind: "lines" }
  /** Columns of equal length, as get_tradingview_chart_data gives them. */
  | { readonly kind: "columns" };

/** The columns of a chart; `ticks` are the times. */
export const CHART_COLUMNS = ["ticks", "open", "high", "low", "close", "volume", "cost"] as const;

const LIST = /"(trades|data)"\s*:\s*\[/;
const CHART = new RegExp(`"(?:${CHART_COLUMNS.join("|")})"\\s*:\\s*\\[`);
const RESULT_LIST = /"result"\s*:\s*\[/;
const RESULT = /^\s*\{[^[]*?"result"\s*:\s*\{/;

/** Where a document has its records, by its beginning; undefined where it shows no shape that the API gives. */
export function deribitLayout(head: string): DeribitLayout | undefined {
  const text = head.trimStart();
  if (text.startsWith("[")) return { kind: "elements", path: [] };
  if (!text.startsWith("{")) return undefined;
  if (/^\{[^[\n]*\}\r?(?:\n|$)/.test(text) && !/^\{[^\n]*"result"/.test(text)) {
    return { kind: "lines" };
  }
  const outer = RESULT.test(text) ? ["result"] : [];
  const list = LIST.exec(text)?.[1];
  const isChart = CHART.test(text.slice(0, LIST.exec(text)?.index));
  if (list !== undefined && !isChart) return { kind: "elements", path: [...outer, list] };
  if (RESULT_LIST.test(text)) return { kind: "elements", path: ["result"] };
  return isChart ? { kind: "columns" } : undefined;
}

function column(result: JsonObject, name: string, file: SourceFile): readonly unknown[] {
  const values = result[name];
  if (isArray(values)) return values;
  throw new DataError(`${file.name}: the chart has no list "${name}"`, {
    hints: ["Fetch it again, or check that the source named is the one this file comes from."],
  });
}

/** The bars of a chart, each as a record `[tick, open, high, low, close, volume, cost]`. */
async function* chartRecords(file: SourceFile): AsyncGenerator<readonly SourceLine[]> {
  const document = await jsonDocument(file);
  const whole = isObject(document) ? document : {};
  const result = isObject(whole["result"]) ? whole["result"] : whole;
  const columns = CHART_COLUMNS.map((name) => column(result, name, file));
  const bars = columns[0]?.length ?? 0;
  if (columns.some(({ length }) => length !== bars)) {
    const lengths = columns.map(({ length }, i) => `${CHART_COLUMNS[i]} ${length}`);
    throw new DataError(
      `${file.name}: the lists of the chart differ in length: ${lengths.join(", ")}`,
      {
        hints: ["Fetch it again: it was changed or cut."],
      },
    );
  }
  yield Array.from({ length: bars }, (_, bar) => ({
    number: bar + 1,
    text: JSON.stringify(columns.map((values) => values[bar])),
  }));
}

/** The records of a document, numbered from 1. Throws DataError for one that the API does not give. */
export async function* deribitRecords(file: SourceFile): AsyncGenerator<readonly SourceLine[]> {
  const { text } = await fileHead(file);
  const layout = deribitLayout(text);
  switch (layout?.kind) {
    case "elements":
      yield* jsonElements(file, layout.path);
      return;
    case "lines":
      yield* file.lines();
      return;
    case "columns":
      yield* chartRecords(file);
      return;
    case undefined:
      throw new DataError(
        `${file.name}: begins with ${JSON.stringify(text.slice(0, 80))}, which is no reply of Deribit's API that is read here`,
        {
          hints: [
            "Read are trades, book summaries, funding history, volatility index data and tradingview chart data.",
          ],
        },
      );
    default:
      layout satisfies never;
  }
}
