import { addressOf, hashOf, quantityOf } from "../onchain/addresses.ts";
import { blockTimeOf } from "../onchain/blockTime.ts";
import { isArray, wrongField, type JsonObject } from "../read/jsonFields.ts";

/** A log as it was recorded, its fields checked but not decoded. */
export interface RawLog {
  /** Absent where the export is of one contract and does not repeat it. */
  readonly address: string | undefined;
  readonly topics: readonly string[];
  /** `0x` and hex digits, not checked. */
  readonly data: string;
  readonly blockNumber: number;
  readonly logIndex: number;
  readonly txHash: string;
  /** µs; absent where only the block says when it was made. */
  readonly time: number | undefined;
  /** A reorganisation took the block out of the chain. */
  readonly removed: boolean;
}

/** The names that nodes (camelCase), ethereum-etl and demeter-fetch, Dune and Etherscan give to one field. */
const NAMES = {
  address: ["address", "contract_address", "contractAddress"],
  blockNumber: ["blockNumber", "block_number"],
  logIndex: ["logIndex", "log_index", "index"],
  txHash: ["transactionHash", "transaction_hash", "tx_hash"],
  time: ["blockTimestamp", "block_timestamp", "block_time", "timeStamp", "timestamp"],
} as const;

const TOPIC = /^0x[0-9a-f]{64}$/;
const TOPIC_COLUMNS = ["topic0", "topic1", "topic2", "topic3"] as const;

/** True where a record or the columns of a table have all that a log needs. */
export function hasLogFields(has: (name: string) => boolean): boolean {
  const one = (names: readonly string[]): boolean => names.some(has);
  return (
    has("data") &&
    (has("topics") || has("topic0")) &&
    one(NAMES.blockNumber) &&
    one(NAMES.logIndex) &&
    one(NAMES.txHash)
  );
}

/** The field under the first of its names that the record has: the name and the value, undefined where it is empty. */
function field(record: JsonObject, names: readonly string[]): readonly [string, unknown] {
  const name = names.find((known) => Object.hasOwn(record, known)) ?? names[0] ?? "";
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  return [name, value === null || value === "" ? undefined : value];
}

function optional<T>(
  record: JsonObject,
  names: readonly string[],
  read: (value: unknown, name: string) => T,
): T | undefined {
  const [name, value] = field(record, names);
  return value === undefined ? undefined : read(value, name);
}

/** Topics as a list, as text of a list (JSON, or as Python prints it), or in a column each. */
function topicsOf(record: JsonObject): readonly string[] {
  const { topics } = record;
  const list = isArray(topics)
    ? topics
    : typeof topics === "string"
      ? topics.split(/[\s,;'"[\]]+/).filter((part) => part !== "")
      : TOPIC_COLUMNS.map((name) => record[name]).filter(
          (topic) => topic !== undefined && topic !== null && topic !== "",
        );
  return list.map((topic) => {
    const text = typeof topic === "string" ? topic.toLowerCase() : "";
    if (TOPIC.test(text)) return text;
    throw wrongField("topics", topic, "0x and 64 hex digits");
  });
}

function dataOf({ data }: JsonObject): string {
  if (data === undefined || data === null || data === "") return "0x";
  if (typeof data === "string" && data.startsWith("0x") && data.length % 2 === 0) return data;
  throw wrongField("data", data, "0x and whole bytes in hex");
}

/** No chain is higher, and no block has more logs: their product stays exact. */
const MAX_BLOCK = 2 ** 33;
const MAX_LOG_INDEX = 2 ** 20;

function quantityBelow(record: JsonObject, names: readonly string[], limit: number): number {
  const [name, value] = field(record, names);
  const quantity = quantityOf(value, name);
  if (quantity < limit) return quantity;
  throw wrongField(name, value, `below ${limit}`);
}

/** Reads a log from a JSON object or the named cells of a table. Throws DataError naming the field that is wrong. */
export function rawLogOf(record: JsonObject): RawLog {
  const topics = topicsOf(record);
  if (topics.length > 4) throw wrongField("topics", topics.length, "at most 4");
  const [txName, txHash] = field(record, NAMES.txHash);
  return {
    address: optional(record, NAMES.address, addressOf),
    topics,
    data: dataOf(record),
    blockNumber: quantityBelow(record, NAMES.blockNumber, MAX_BLOCK),
    logIndex: quantityBelow(record, NAMES.logIndex, MAX_LOG_INDEX),
    txHash: hashOf(txHash, txName),
    time: optional(record, NAMES.time, blockTimeOf),
    removed: record["removed"] === true,
  };
}
