import { DataError } from "@aftershock/schema";

/** A set of the archive. */
export type CryptohftSet = "orderbook" | "trades";

interface CryptohftTable {
  readonly set: CryptohftSet;
  /** Those that every file has. */
  readonly required: readonly string[];
  readonly columns: readonly string[];
}

const TABLES: readonly CryptohftTable[] = [
  {
    set: "orderbook",
    required: ["received_time", "symbol", "event_type", "side", "price", "quantity"],
    columns: [
      "received_time",
      "event_time",
      "transaction_time",
      "symbol",
      "event_type",
      "first_update_id",
      "final_update_id",
      "prev_final_update_id",
      "last_update_id",
      "side",
      "price",
      "quantity",
    ],
  },
  {
    set: "trades",
    required: ["received_time", "symbol", "trade_id", "price", "quantity", "is_buyer_maker"],
    columns: [
      "received_time",
      "event_time",
      "trade_time",
      "symbol",
      "trade_id",
      "price",
      "quantity",
      "is_buyer_maker",
      "order_type",
    ],
  },
];

/** The set that a file is of, by its columns, and which of them are read. Throws DataError for any other file. */
export function cryptohftTable(fileName: string, names: readonly string[]): CryptohftTable {
  const found = TABLES.find(({ required }) => required.every((name) => names.includes(name)));
  if (found !== undefined) return found;
  const expected = TABLES.map(({ set, required }) => `${set} (${required.join(", ")}, …)`);
  throw new DataError(
    `${fileName}: has the columns ${names.join(", ").slice(0, 300)}; expected those of ${expected.join(" or ")}`,
    { hints: ["Only order books and trades of this archive are read."] },
  );
}
