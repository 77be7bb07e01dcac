import { DataError } from "@aftershock/schema";
import { addressOf, hashOf, integerText, quantityOf } from "../onchain/addresses.ts";
import { blockTimeOf } from "../onchain/blockTime.ts";
import { isObject, realOf, wrongField, type JsonObject } from "../read/jsonFields.ts";
import { hasLogFields } from "./rawLog.ts";

/** Figures of a block, beside its number and time. */
export interface BlockFigures {
  readonly number: number;
  readonly time: number;
  readonly figures: readonly (readonly [measure: string, value: number])[];
}

/** What a transaction paid for gas. */
export interface TransactionGas {
  readonly blockNumber: number;
  readonly time: number | undefined;
  readonly gwei: number;
}

/** A token transfer as ethereum-etl derives it from a log. */
export interface TokenTransfer {
  readonly token: string;
  readonly from: string;
  readonly to: string;
  readonly value: string;
  readonly blockNumber: number;
  readonly logIndex: number;
  readonly txHash: string;
  readonly time: number | undefined;
}

/** What a JSON record of a chain is. */
export type ChainRecordKind = "log" | "block" | "transaction" | "transfer" | "other";

const ETL_KINDS: Readonly<Record<string, ChainRecordKind>> = {
  log: "log",
  block: "block",
  transaction: "transaction",
  token_transfer: "transfer",
  trace: "other",
  contract: "other",
  token: "other",
};

/** What a JSON value of a chain is. Throws DataError for one that is nothing known. */
export function kindOf(value: unknown): readonly [ChainRecordKind, JsonObject] {
  if (!isObject(value)) throw new DataError("the record is no JSON object");
  const { type } = value;
  if (typeof type === "string" && Object.hasOwn(ETL_KINDS, type)) {
    return [ETL_KINDS[type] ?? "other", value];
  }
  const has = (name: string): boolean => Object.hasOwn(value, name);
  if (hasLogFields(has)) return ["log", value];
  if (has("number") && has("timestamp") && has("hash")) return ["block", value];
  throw new DataError("the record is no log, block, transaction or token transfer");
}

const GWEI = 1e9;

/** The first of some fields that holds something, with its name. */
function present(record: JsonObject, ...names: readonly string[]): readonly [string, unknown] {
  const name = names.find((known) => (record[known] ?? "") !== "") ?? names[0] ?? "";
  return [name, record[name]];
}

/** A number in hex, digits or as JSON has it. */
function numberOf(value: unknown, name: string): number {
  return typeof value === "string" && value.startsWith("0x")
    ? quantityOf(value, name)
    : realOf(value, name);
}

/** Reads a block of a node (`eth_getBlockByNumber`) or of ethereum-etl. Throws DataError naming the field that is wrong. */
export function blockOf(record: JsonObject): BlockFigures {
  const figure = (
    measure: string,
    scale: number,
    ...names: readonly string[]
  ): readonly (readonly [string, number])[] => {
    const [name, value] = present(record, ...names);
    return (value ?? "") === "" ? [] : [[measure, numberOf(value, name) / scale]];
  };
  return {
    number: quantityOf(record["number"], "number"),
    time: blockTimeOf(record["timestamp"], "timestamp"),
    figures: [
      ...figure("baseFeeGwei", GWEI, "base_fee_per_gas", "baseFeePerGas"),
      ...figure("gasUsed", 1, "gas_used", "gasUsed"),
      ...figure("gasLimit", 1, "gas_limit", "gasLimit"),
      ...figure("transactions", 1, "transaction_count"),
    ],
  };
}

const optionalTime = (record: JsonObject): number | undefined =>
  record["block_timestamp"] === undefined || record["block_timestamp"] === null
    ? undefined
    : blockTimeOf(record["block_timestamp"], "block_timestamp");

/** Reads a transaction of ethereum-etl: what it paid a unit of gas, as its receipt says or else as it offered. */
export function transactionOf(record: JsonObject): TransactionGas {
  const [name, wei] = present(record, "receipt_effective_gas_price", "gas_price");
  const gwei = numberOf(wei, name) / GWEI;
  if (gwei < 0) throw wrongField(name, wei, "zero or more");
  return {
    blockNumber: quantityOf(record["block_number"], "block_number"),
    time: optionalTime(record),
    gwei,
  };
}

/** Reads a token transfer of ethereum-etl whose numbers are text. */
export function transferOf(record: JsonObject): TokenTransfer {
  return {
    token: addressOf(record["token_address"], "token_address"),
    from: addressOf(record["from_address"], "from_address"),
    to: addressOf(record["to_address"], "to_address"),
    value: integerText(record["value"], "value"),
    blockNumber: quantityOf(record["block_number"], "block_number"),
    logIndex: quantityOf(record["log_index"], "log_index"),
    txHash: hashOf(record["transaction_hash"], "transaction_hash"),
    time: optionalTime(record),
  };
}
