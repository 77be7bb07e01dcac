/** What stands for a price and a time that there is none of. */
export const NO_PRICE: bigint = 2n ** 63n - 1n;
export const NO_TIME: bigint = 2n ** 64n - 1n;

/** 2024-03-05T14:30:00Z, ns. */
export const START: bigint = 1_709_649_000_000_000_000n;

/** A record of market by order. */
export interface Mbo {
  readonly action: string;
  readonly side?: string;
  readonly id?: bigint;
  /** Units of 1e-9. */
  readonly price?: bigint;
  readonly size?: number;
  readonly flags?: number;
  readonly instrument?: number;
  /** ns. */
  readonly tsEvent?: bigint;
  readonly tsRecv?: bigint;
  readonly sequence?: number;
}

/** A price and how much rests there; the price `NO_PRICE` for none. */
export type DbnLevel = readonly [price: bigint, size: number];

const EMPTY: DbnLevel = [NO_PRICE, 0];

/** A record of market by price: as many levels a side as there are. */
export interface Mbp extends Omit<Mbo, "id"> {
  readonly bids?: readonly DbnLevel[];
  readonly asks?: readonly DbnLevel[];
}

function headed(rtype: number, length: number, { instrument = 11, tsEvent = START }: Mbo): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt8(length / 4, 0);
  bytes.writeUInt8(rtype, 1);
  bytes.writeUInt16LE(1, 2);
  bytes.writeUInt32LE(instrument, 4);
  bytes.writeBigUInt64LE(tsEvent, 8);
  return bytes;
}

/** The bytes of a record of market by order. */
export function mboBytes(record: Mbo): Buffer {
  const bytes = headed(0xa0, 56, record);
  bytes.writeBigUInt64LE(record.id ?? 0n, 16);
  bytes.writeBigInt64LE(record.price ?? NO_PRICE, 24);
  bytes.writeUInt32LE(record.size ?? 0, 32);
  bytes.writeUInt8(record.flags ?? 0, 36);
  bytes.write(`${record.action}${record.side ?? "N"}`, 38, "latin1");
  bytes.writeBigUInt64LE(record.tsRecv ?? START + 1_500n, 40);
  bytes.writeUInt32LE(record.sequence ?? 0, 52);
  return bytes;
}

/** The bytes of a record of market by price with 0, 1 or 10 levels, empty ones added. */
export function mbpBytes(record: Mbp, levels: 0 | 1 | 10): Buffer {
  const bytes = headed(levels, 48 + 32 * levels, record);
  bytes.writeBigInt64LE(record.price ?? NO_PRICE, 16);
  bytes.writeUInt32LE(record.size ?? 0, 24);
  bytes.write(`${record.action}${record.side ?? "N"}`, 28, "latin1");
  bytes.writeUInt8(record.flags ?? 0, 30);
  bytes.writeBigUInt64LE(record.tsRecv ?? START + 1_500n, 32);
  bytes.writeUInt32LE(record.sequence ?? 0, 44);
  for (let i = 0; i < levels; i += 1) {
    const at = 48 + 32 * i;
    const [bid, ask] = [record.bids?.[i] ?? EMPTY, record.asks?.[i] ?? EMPTY];
    bytes.writeBigInt64LE(bid[0], at);
    bytes.writeBigInt64LE(ask[0], at + 8);
    bytes.writeUInt32LE(bid[1], at + 16);
    bytes.writeUInt32LE(ask[1], at + 20);
  }
  return bytes;
}

/** The bytes of a record of any other type. */
export const otherBytes = (rtype: number, length = 16): Buffer =>
  headed(rtype, length, { action: "" });

/** The bytes of a symbol mapping record. */
export function mappingBytes(version: number, instrument: number, symbol: string): Buffer {
  const bytes = headed(0x16, version === 1 ? 80 : 176, { action: "", instrument });
  bytes.write(symbol, version === 1 ? 38 : 89);
  return bytes;
}

/** A symbol that stands for an instrument id on days (YYYYMMDD), the last not included. */
export type DbnMapping = readonly [input: string, output: string, from: number, to: number];

/** What the metadata shall say. */
export interface DbnHead {
  readonly version?: number;
  readonly dataset?: string;
  readonly schema?: number;
  readonly stypeIn?: number;
  readonly stypeOut?: number;
  readonly hasSendTime?: boolean;
  readonly mappings?: readonly DbnMapping[];
}

function count(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Prelude and metadata of a DBN file. */
export function dbnHead(head: DbnHead = {}): Buffer {
  const { version = 1, mappings = [["ESH4", "11", 20_240_305, 20_240_306]] } = head;
  const fixed = Buffer.alloc(100);
  fixed.write(head.dataset ?? "GLBX.MDP3", "latin1");
  fixed.writeUInt16LE(head.schema ?? 0, 16);
  const after = version === 1 ? 50 : 42;
  fixed.writeUInt8(head.stypeIn ?? 1, after);
  fixed.writeUInt8(head.stypeOut ?? 0, after + 1);
  fixed.writeUInt8(head.hasSendTime === true ? 1 : 0, after + 2);
  if (version > 1) fixed.writeUInt16LE(71, after + 3);
  const symbol = (text: string): Buffer => {
    const bytes = Buffer.alloc(version === 1 ? 22 : 71);
    bytes.write(text);
    return bytes;
  };
  const metadata = Buffer.concat([
    fixed,
    count(0),
    count(1),
    symbol("ESH4"),
    count(0),
    count(0),
    count(mappings.length),
    ...mappings.flatMap(([input, output, from, to]) => [
      symbol(input),
      count(1),
      count(from),
      count(to),
      symbol(output),
    ]),
  ]);
  const prelude = Buffer.from([0x44, 0x42, 0x4e, version, 0, 0, 0, 0]);
  prelude.writeUInt32LE(metadata.length, 4);
  return Buffer.concat([prelude, metadata]);
}

/** A DBN file. */
export const dbnFile = (head: DbnHead, records: readonly Buffer[]): Buffer =>
  Buffer.concat([dbnHead(head), ...records]);
