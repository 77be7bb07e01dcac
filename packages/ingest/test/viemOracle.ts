import {
  decodeEventLog,
  decodeFunctionData,
  parseAbiItem,
  type AbiEvent,
  type AbiFunction,
  type Hex,
} from "viem";
import { canonicalJson, type ArgValue } from "../src/sources/onchain/canonicalJson.ts";

/** A value as viem decodes it, written as args are here: integers as decimal text, hex in lower case. */
function argValue(value: unknown): ArgValue {
  if (typeof value === "bigint" || typeof value === "number") return String(value);
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return value.toLowerCase();
  if (Array.isArray(value)) return value.map(argValue);
  const members = Object.entries(value as Readonly<Record<string, unknown>>);
  return Object.fromEntries(members.map(([name, own]) => [name, argValue(own)]));
}

/** The event of a declaration, by viem's own parser. */
export const viemEvent = (declaration: string): AbiEvent => parseAbiItem(declaration) as AbiEvent;

/** The function of a declaration, by viem's own parser. */
export const viemFunction = (declaration: string): AbiFunction =>
  parseAbiItem(declaration) as AbiFunction;

/** The args of a log as viem decodes them by one declaration, as canonical JSON. Throws as viem does. */
export function viemArgs(event: AbiEvent, topics: readonly string[], data: string): string {
  const log = { topics: topics as [Hex, ...Hex[]], data: data as Hex };
  const { args } = decodeEventLog({ abi: [event], ...log });
  return canonicalJson(argValue(args ?? {}));
}

/** The args of a call as viem decodes them, by name. */
export function viemCallArgs(call: AbiFunction, data: string): Record<string, ArgValue> {
  const { args } = decodeFunctionData({ abi: [call], data: data as Hex });
  const values: readonly unknown[] = args ?? [];
  return Object.fromEntries(
    call.inputs.map(({ name }, place) => [name ?? "", argValue(values[place])]),
  );
}
