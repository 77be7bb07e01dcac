import { wrongField } from "../read/jsonFields.ts";

const ADDRESS = /^0x[0-9a-f]{40}$/;
const HASH = /^0x[0-9a-f]{64}$/;

/** True for a 20-byte address in lower-case hex. */
export const isAddress = (text: string): boolean => ADDRESS.test(text);

/** An address of 20 bytes as lower-case hex; the mixed case of a checksum is not kept. Throws DataError for anything else. */
export function addressOf(value: unknown, name: string): string {
  const address = typeof value === "string" ? value.toLowerCase() : "";
  if (ADDRESS.test(address)) return address;
  throw wrongField(name, value, "an address, 0x and 40 hex digits");
}

/** A hash of 32 bytes as lower-case hex. Throws DataError for anything else. */
export function hashOf(value: unknown, name: string): string {
  const hash = typeof value === "string" ? value.toLowerCase() : "";
  if (HASH.test(hash)) return hash;
  throw wrongField(name, value, "a hash, 0x and 64 hex digits");
}

/** The first address in a file's name, lower case. Undefined where there is none. */
export const addressInName = (fileName: string): string | undefined =>
  /0x[0-9a-fA-F]{40}(?![0-9a-zA-Z])/.exec(fileName)?.[0].toLowerCase();

/** A whole number of zero or more that JSON-RPC writes as hex (`0x1a`; some as `0x` for zero) and tables as digits. */
export function quantityOf(value: unknown, name: string): number {
  const read = typeof value === "string" ? quantityText(value) : value;
  if (typeof read === "number" && Number.isSafeInteger(read) && read >= 0) return read;
  throw wrongField(name, value, "a whole number in hex or digits");
}

function quantityText(text: string): number | undefined {
  if (text === "0x") return 0;
  return /^(?:0x[0-9a-fA-F]{1,14}|\d{1,16})$/.test(text) ? Number(text) : undefined;
}

/** An integer of any size, sent as digits or as a JSON number that is exact, as decimal text. Throws DataError for anything else. */
export function integerText(value: unknown, name: string): string {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === "string" && /^-?\d{1,78}$/.test(text)) return String(BigInt(text));
  throw wrongField(name, value, "an integer");
}

const MARKET_NAME = /(?:^|-)([a-z0-9]+_[a-z0-9]+-0x[0-9a-fA-F]{40})(?![0-9a-zA-Z])/;

/**
 * One reserve's market as demeter-fetch names its files: `aave_v3-0x2791…` of `polygon-aave_v3-0x2791…-2024-01-06.raw.csv`.
 * Undefined where the name holds none.
 */
export const marketInName = (fileName: string): string | undefined =>
  MARKET_NAME.exec(fileName)?.[1];
