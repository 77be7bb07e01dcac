import fc from "fast-check";
import {
  CHECKSUM_FAILED,
  CHECKSUM_MATCHED,
  MESSAGE_END,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import type { Row } from "./batchOf.ts";

/** Ticks of any distance from each other. */
export const price = fc.oneof(
  { arbitrary: fc.integer({ min: 600_000, max: 600_060 }), weight: 12 },
  { arbitrary: fc.integer({ min: 599_000, max: 601_000 }), weight: 4 },
  { arbitrary: fc.integer({ min: 1, max: 2_000_000_000 }), weight: 1 },
  { arbitrary: fc.integer({ min: 2 ** 40, max: 2 ** 53 - 1 }), weight: 1 },
  { arbitrary: fc.integer({ min: -600_000, max: 0 }), weight: 1 },
);
/** Lots, 0 often. */
export const size = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 9 }),
  fc.constant(2 ** 53 - 1),
);
const levelRow = fc.record({ side: fc.constantFrom(1, -1), price, size });
const anyRow = fc.oneof(
  { arbitrary: levelRow, weight: 20 },
  { arbitrary: fc.constant({ side: 0, price: 0, size: 0 }), weight: 1 },
);

const KINDS =
  "next next next next next next next noIds lost repeated snapshot snapshot rowsLost failed cut".split(
    " ",
  );

/** Messages of any kind, whole and cut, chained and not. */
export const recording = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      rows: fc.array(anyRow, { minLength: 1, maxLength: 6 }),
      step: fc.integer({ min: 1, max: 3 }),
      lead: fc.integer({ min: -4, max: 2 }),
      clock: fc.constantFrom("both", "recv", "event"),
      back: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((plan) => {
    let id = 50;
    return plan.flatMap(({ kind, rows, step, lead, clock, back }, nth): readonly Row<"book">[] => {
      const [recv, event] = [1_000 + nth * 2 - back, 900 + nth * 2 - 2 * back];
      const isSnapshot = kind === "snapshot";
      const ids = { updateId: id, prevUpdateId: id };
      if (kind === "noIds") Object.assign(ids, { updateId: NaN, prevUpdateId: NaN });
      else if (isSnapshot) Object.assign(ids, { updateId: id + lead, prevUpdateId: NaN });
      else if (kind === "repeated") ids.prevUpdateId = id - step;
      else {
        ids.prevUpdateId = kind === "lost" ? id + 1 : id;
        ids.updateId = id = ids.prevUpdateId + step;
      }
      return rows.map((row, i): Row<"book"> => {
        const last = i === rows.length - 1 && kind !== "cut";
        const flags =
          (isSnapshot ? SNAPSHOT : 0) |
          (isSnapshot && i === 0 ? SNAPSHOT_START : 0) |
          (kind === "rowsLost" && i === 0 ? ROWS_LOST : 0) |
          (last ? MESSAGE_END : 0) |
          (last && kind === "failed" ? CHECKSUM_FAILED : 0) |
          (last && step === 2 ? CHECKSUM_MATCHED : 0);
        return {
          ...row,
          ...ids,
          flags,
          ...(clock === "event" ? {} : { tsRecv: recv }),
          ...(clock === "recv" ? {} : { tsEvent: event }),
        };
      });
    });
  });
