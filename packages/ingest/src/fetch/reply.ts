import { DataError } from "@aftershock/schema";
import type { DataSet } from "./dataSet.ts";

/** The reply of an API, as far as fetching goes. */
export interface Reply {
  /** Its trades, bars or figures. */
  readonly rows: readonly unknown[];
  /** True when the API says that there is more. */
  readonly more: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const unlike = (what: string): DataError =>
  new DataError(`the reply is not what its API gives: ${what}`, {
    hints: ["Nothing of it was kept. Try again later; if it stays, the API has changed."],
  });

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DataError(
      `the reply is no JSON: it starts with ${JSON.stringify(text.slice(0, 40))}`,
      {
        cause,
        hints: ["Nothing of it was kept. Try again later."],
      },
    );
  }
}

function listOf(fields: unknown, name: string): readonly unknown[] {
  const list = isFields(fields) ? fields[name] : undefined;
  if (Array.isArray(list)) return list;
  throw unlike(`"${name}" is no list`);
}

/** Reads a reply. Throws DataError for an error that the API reports, and for a reply that is not whole. */
export function readReply(text: string, kind: NonNullable<DataSet["reply"]>): Reply {
  const reply = parse(text);
  if (!isFields(reply)) throw unlike("it is no object");
  if (reply["error"] !== undefined) {
    throw new DataError(`the API reports ${JSON.stringify(reply["error"]).slice(0, 200)}`, {
      hints: ["Check the name of the instrument and the day."],
    });
  }
  const { result } = reply;
  switch (kind) {
    case "trades": {
      const more = isFields(result) ? result["has_more"] : undefined;
      if (typeof more !== "boolean") throw unlike('"has_more" is neither true nor false');
      return { rows: listOf(result, "trades"), more };
    }
    case "bars":
      return { rows: listOf(result, "ticks"), more: false };
    case "wholeBars": {
      const rows = listOf(result, "data");
      const next = isFields(result) ? result["continuation"] : undefined;
      if (next === null || next === undefined) return { rows, more: false };
      throw unlike(`it is cut, and goes on at ${JSON.stringify(next)}`);
    }
    case "list":
      if (Array.isArray(result)) return { rows: result, more: false };
      throw unlike('"result" is no list');
    default:
      return kind satisfies never;
  }
}
