/** A tar is made of blocks of that many bytes. */
export const TAR_BLOCK = 512;

/** Fields of a header: where each starts and how long it is. Bytes. Source: POSIX.1-2017, pax, "ustar Interchange Format". */
const NAME = [0, 100] as const;
const SIZE = [124, 12] as const;
const CHECKSUM = [148, 8] as const;
const TYPE = [156, 1] as const;
const MAGIC = [257, 6] as const;
const PREFIX = [345, 155] as const;

/** What a header of a tar says of what follows it. */
export interface TarHeader {
  readonly name: string;
  /** Bytes, padding not counted. */
  readonly size: number;
  /** The type flag: `0` a file, `5` a folder, `x` more about the next header, … */
  readonly type: string;
}

function textAt(block: Buffer, [start, length]: readonly [number, number]): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end);
}

/** A number in octal digits, or in GNU's binary form where those do not suffice; undefined for neither. */
function numberAt(block: Buffer, [start, length]: readonly [number, number]): number | undefined {
  const field = block.subarray(start, start + length);
  if (field[0] === 0x80) {
    const value = Number(`0x${field.toString("hex", 1)}`);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = /^ *([0-7]+)[ \0]*$/.exec(field.toString("latin1"));
  return digits === null ? undefined : Number.parseInt(digits[1] ?? "", 8);
}

/** The bytes of a header added up, its checksum counted as spaces. */
function sumOf(block: Buffer): number {
  const [start, length] = CHECKSUM;
  let sum = length * 0x20;
  for (const byte of block) sum += byte;
  for (const byte of block.subarray(start, start + length)) sum -= byte;
  return sum;
}

/** Reads a header block; undefined for a block that is none. */
export function readTarHeader(block: Buffer): TarHeader | undefined {
  const size = numberAt(block, SIZE);
  if (
    block.length < TAR_BLOCK ||
    size === undefined ||
    numberAt(block, CHECKSUM) !== sumOf(block)
  ) {
    return undefined;
  }
  // GNU writes "ustar " and uses the place of the prefix for other things.
  const prefix = textAt(block, MAGIC) === "ustar" ? textAt(block, PREFIX) : "";
  const name = `${prefix === "" ? "" : `${prefix}/`}${textAt(block, NAME)}`;
  const flag = textAt(block, TYPE);
  const isFolder = (flag === "" || flag === "0") && name.endsWith("/");
  return { name, size, type: isFolder ? "5" : flag || "0" };
}

/** Whether a file's beginning is a name, the zeros after it, and octal digits: a header, even if it is cut or damaged. */
const looksLikeHeader = (head: Buffer): boolean =>
  /^[ -~]+\0+$/.test(head.toString("latin1", 0, NAME[1])) &&
  /^(?:[0-7]{1,7}[ \0]*)?$/.test(head.toString("latin1", NAME[1], NAME[1] + 8));

/** Whether a file's beginning is that of a tar: a header, whole or cut. */
export const isTar = (head: Buffer): boolean =>
  textAt(head, MAGIC).startsWith("ustar") ||
  looksLikeHeader(head) ||
  readTarHeader(head.subarray(0, TAR_BLOCK)) !== undefined;

/** Reads the records of a pax header, `length key=value`; undefined when they are damaged. */
export function readPax(bytes: Buffer): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>();
  for (let from = 0; from < bytes.length;) {
    const length = /^\d{1,9} /.exec(bytes.toString("latin1", from, from + 10))?.[0];
    const record = bytes.toString("utf8", from + (length?.length ?? 0), from + Number(length));
    const equals = record.indexOf("=");
    if (length === undefined || equals === -1 || !record.endsWith("\n")) return undefined;
    records.set(record.slice(0, equals), record.slice(equals + 1, -1));
    from += Number(length);
  }
  return records;
}
