import { DataError } from "@aftershock/schema";
import { readReply } from "./reply.ts";

/** When the last trade of a page was, ms. */
function lastTime(rows: readonly unknown[]): number | undefined {
  const last = rows.at(-1);
  if (typeof last !== "object" || last === null || !("timestamp" in last)) return undefined;
  return Number.isSafeInteger(last.timestamp) ? Number(last.timestamp) : undefined;
}

/**
 * The address of the page after this one of Deribit's trades by time; undefined after the last. It starts at the millisecond of
 * the last trade: its other trades may be on the next page, and those that are on both are dropped by their ids. Throws
 * DataError where one millisecond has more trades than a page holds, as nothing would lead past it.
 */
export function nextTradesPage(url: string, text: string): string | undefined {
  const { rows, more } = readReply(text, "trades");
  if (!more) return undefined;
  const next = new URL(url);
  const start = Number(next.searchParams.get("start_timestamp"));
  const last = lastTime(rows);
  if (last === undefined || last < start) {
    throw new DataError(`${url}: there is more, but the last trade does not say from when`, {
      hints: ["The API has changed; nothing of this page is kept."],
    });
  }
  if (last === start) {
    throw new DataError(`${url}: more trades in one millisecond than the API gives at once`, {
      hints: ["This day cannot be fetched whole from this API; try --via tardis."],
    });
  }
  next.searchParams.set("start_timestamp", String(last));
  return next.href;
}
