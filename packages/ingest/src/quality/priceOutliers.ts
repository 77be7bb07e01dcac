import type { StreamName } from "@aftershock/schema";
import { type Duck, sqlString } from "../duck.ts";

/** How the prices of a stream compare with those of the instrument's other streams. */
export interface PriceOutliers {
  readonly stream: StreamName;
  /** Prices that could be compared: another stream has one in the same minute. */
  readonly compared: number;
  /** Those further than `tolerance` from the median of the other streams in their minute. */
  readonly outliers: number;
  /** The largest distance, as a fraction of that median; 0 without any. */
  readonly worst: number;
  /** When that was, µs; null without any. */
  readonly worstAt: number | null;
}

/** SQL: what a price of a stream is, in its view. */
const PRICES: readonly (readonly [StreamName, string])[] = [
  ["trades", `"price"`],
  ["liquidations", `"price"`],
  ["quotes", `("bidPrice" + "askPrice") / 2`],
  ["candles", `"close"`],
  ["tickers", `coalesce("lastPrice", "markPrice")`],
  ["fills", `"price"`],
];

/**
 * Compares the prices that an instrument's streams have on a day, minute by minute. `duck` has the lake's views. Streams that share no
 * minute with another are left out.
 */
export async function priceOutliers(
  duck: Duck,
  instrument: string,
  date: string,
  tolerance: number,
): Promise<readonly PriceOutliers[]> {
  const selects = PRICES.map(
    ([stream, price]) =>
      `SELECT ${sqlString(stream)} AS stream, coalesce("tsEvent", "tsRecv") AS moment, (${price})::DOUBLE AS price
       FROM "${stream}" WHERE instrument = $1 AND date = $2::DATE`,
  );
  const rows = await duck.rows(
    `WITH prices AS (SELECT *, moment // 60000000 AS minute FROM (${selects.join(" UNION ALL ")}) WHERE price IS NOT NULL),
     middles AS (SELECT stream, minute, median(price) AS middle FROM prices GROUP BY ALL),
     others AS (SELECT a.stream, a.minute, median(b.middle) AS reference FROM (SELECT DISTINCT stream, minute FROM middles) a
       JOIN middles b ON b.minute = a.minute AND b.stream <> a.stream GROUP BY ALL),
     compared AS (SELECT p.stream, p.moment, abs(p.price / o.reference - 1) AS distance FROM prices p
       JOIN others o ON o.stream = p.stream AND o.minute = p.minute WHERE o.reference <> 0)
     SELECT stream, count(*) AS compared, count(*) FILTER (distance > $3) AS outliers, max(distance) AS worst,
       min_by(moment, (-distance, moment)) AS worst_at FROM compared GROUP BY 1 ORDER BY 1`,
    [instrument, date, tolerance],
  );
  const compared = (row: (typeof rows)[number]): readonly StreamName[] =>
    PRICES.map(([stream]) => stream).filter((stream) => stream === row["stream"]);
  return rows.flatMap((row) =>
    compared(row).map((stream) => ({
      stream,
      compared: Number(row["compared"]),
      outliers: Number(row["outliers"]),
      worst: Number(row["worst"]),
      worstAt: row["worst_at"] === null ? null : Number(row["worst_at"]),
    })),
  );
}
