/**
 * How many EVM logs a second one core decodes, and how many times that is of viem's rate on the same logs. Logs are made by viem
 * from made-up values, in the mix of a lending market and its pools. Run: node --conditions=@aftershock/source test/bench/evmLogs.ts
 */
import { decodeEventLog, encodeAbiParameters, encodeEventTopics, type AbiEvent } from "viem";
import { LogDecoder } from "../../packages/ingest/src/sources/evmLogs/logDecoder.ts";
import { EVENT_TABLE } from "../../packages/ingest/src/sources/evmLogs/eventTable.ts";
import { viemArgs, viemEvent } from "../../packages/ingest/test/viemOracle.ts";

interface MadeLog {
  readonly event: AbiEvent;
  readonly topics: readonly string[];
  readonly data: string;
}

/** xorshift32: the same logs in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const next = generator(20_251_010);

function valueOf(type: string): unknown {
  const high = BigInt(next());
  if (type === "address") return `0x${next().toString(16).padStart(40, "7")}`;
  if (type === "bool") return next() % 2 === 0;
  const bits = Number(/\d+/.exec(type)?.[0] ?? 256);
  if (bits <= 48) return next() % 2 ** Math.min(bits - 1, 18);
  // Amounts have 60 to 70 bits, prices of Uniswap v3 about 110.
  const value = bits === 160 ? (high << 78n) + high : high * BigInt(next());
  return type.startsWith("int") && next() % 2 === 0 ? -value : value;
}

function madeLog(declaration: string): MadeLog {
  const event = viemEvent(declaration);
  const args = event.inputs.map(({ type }) => valueOf(type));
  const named = Object.fromEntries(event.inputs.map(({ name }, place) => [name, args[place]]));
  const topics = encodeEventTopics({ abi: [event], args: named } as never) as string[];
  const plain = event.inputs.flatMap(({ indexed }, place) => (indexed === true ? [] : [place]));
  const inputs = plain.map((place) => event.inputs[place]);
  const data = encodeAbiParameters(inputs as never, plain.map((place) => args[place]) as never);
  return { event, topics, data };
}

const MIX: readonly (readonly [topic0: string, indexed: number, share: number])[] = [
  ["0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67", 2, 4],
  ["0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef", 2, 8],
  ["0x1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1", 0, 2],
  ["0x804c9b842b2748a22bb64b345453a3de7ca54a6ca45ce00d415894979e22897a", 1, 3],
  ["0xe413a321e8681d831f4dbccbca790d2952b56f977908e45be37335533e005286", 3, 1],
  ["0xb3d084820fb1a9decffb176436bd02558d15fac9b0ddfed8c465bc7359d7dce0", 3, 1],
];

const declarationOf = (topic0: string, indexed: number): string =>
  EVENT_TABLE.find(
    ([known, text]) => known === topic0 && text.split(" indexed ").length - 1 === indexed,
  )?.[1] ?? "";

const logs = MIX.flatMap(([topic0, indexed, share]) =>
  Array.from({ length: 500 * share }, () => madeLog(declarationOf(topic0, indexed))),
);

/** Logs a second: the best of several rounds, so that what else the machine does is left out. */
function rate(decode: (log: MadeLog) => number, rounds: number): number {
  let best = 0;
  let length = 0;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (const log of logs) length += decode(log);
    best = Math.max(best, (logs.length / (performance.now() - start)) * 1_000);
  }
  if (length === 0) throw new Error("nothing was decoded");
  return best;
}

const decoder = new LogDecoder();
const ours = rate(({ topics, data }) => decoder.decode(topics, data)?.args.length ?? 0, 60);
const theirs = rate(({ event, topics, data }) => viemArgs(event, topics, data).length, 8);
const values = rate(({ event, topics, data }) => {
  const decoded = decodeEventLog({ abi: [event], topics: topics as never, data: data as never });
  return decoded.eventName.length;
}, 8);
const print = (name: string, perSecond: number): void =>
  console.log(`${name.padEnd(30)} ${Math.round(perSecond).toLocaleString("en")} logs/s`);
print("logDecoder", ours);
print("viem, to values", values);
print("viem, to the same JSON", theirs);
console.log(`ratio ${(ours / values).toFixed(1)} and ${(ours / theirs).toFixed(1)}`);
