import { ConfigError } from "@aftershock/schema";
import type { ReadHints } from "../../source.ts";

/**
 * Chains by the names that they have here as venues, with their ids and the other words that exports use.
 * Source of the ids: EIP-155 and chainid.network, read 2026-11.
 */
const CHAINS: readonly (readonly [name: string, id: number, words: readonly string[]])[] = [
  ["ethereum", 1, ["mainnet"]],
  ["optimism", 10, []],
  ["bnb", 56, ["bsc"]],
  ["gnosis", 100, []],
  ["polygon", 137, ["matic"]],
  ["fraxtal", 252, []],
  ["base", 8_453, []],
  ["arbitrum", 42_161, []],
  ["avalanche", 43_114, []],
  ["scroll", 534_352, []],
];

/** The chain that a word names, in any case: `ETHEREUM`, `bsc`. Undefined for other words. */
export function chainNamed(word: string): string | undefined {
  const wanted = word.toLowerCase();
  return CHAINS.find(([name, , words]) => name === wanted || words.includes(wanted))?.[0];
}

/** The chain with this EIP-155 id. Undefined for an id that is not known here. */
export const chainWithId = (id: number): string | undefined =>
  CHAINS.find(([, known]) => known === id)?.[0];

/** The chain that a file's name holds as a word of its own: `polygon-0x45dd….raw.csv`, `univ3_USDC_WETH_ethereum.csv`. */
export function chainInName(fileName: string): string | undefined {
  for (const word of fileName.split(/[^A-Za-z0-9]+/)) {
    const chain = chainNamed(word);
    if (chain !== undefined) return chain;
  }
  return undefined;
}

/** The chain of a file: what the user says, else its name. Throws ConfigError when neither tells. */
export function chainOf(fileName: string, { venue }: ReadHints): string {
  const chain = venue === undefined ? chainInName(fileName) : (chainNamed(venue) ?? venue);
  if (chain !== undefined) return chain;
  throw new ConfigError(`${fileName}: neither the file nor its name says which chain it is of`, {
    hints: [`Name the chain with --venue: ${CHAINS.map(([name]) => name).join(", ")}.`],
  });
}
