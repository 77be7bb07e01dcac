import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RowHash } from "../src/rowHash.fast.ts";
import { StateHash } from "../src/stateHash.ts";
import { asciiOf, batchOf } from "./batchOf.ts";

const hexOf = (hash: RowHash): string => {
  const all = new StateHash();
  hash.mixInto(all);
  return all.hex;
};

const ascii = fc.string({ unit: "binary-ascii", maxLength: 20 });

test("the hash of texts is that of their bytes, where these are given and all are ASCII", () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(ascii, { nil: undefined }), { minLength: 1, maxLength: 40 }),
      fc.nat(40),
      (ids, cut) => {
        const rows = ids.map((tradeId, tsRecv) => ({
          tradeId,
          tsRecv,
          side: 1,
          price: 1,
          size: 1,
        }));
        const batch = batchOf("trades", rows);
        const middle = cut % (rows.length + 1);
        const hashes = [batch, { ...batch, asciiTexts: { tradeId: asciiOf(ids) } }].map((own) => {
          const hash = new RowHash("trades");
          hash.take(own, 0, middle, own.columns.tsRecv);
          hash.take(own, middle, rows.length, own.columns.tsRecv);
          return hexOf(hash);
        });
        expect(hashes[1]).toBe(hashes[0]);
      },
    ),
    { numRuns: 300 },
  );
});
