/** A value of a Thrift struct, with what the compact protocol needs to know of it. */
export type ThriftValue =
  | { readonly kind: "i32" | "i64"; readonly value: number }
  | { readonly kind: "binary"; readonly value: Uint8Array }
  | { readonly kind: "struct"; readonly fields: ThriftStruct }
  | { readonly kind: "list"; readonly items: readonly ThriftValue[] };

/** The fields of a struct: their ids, ascending, and values. */
export type ThriftStruct = readonly (readonly [id: number, value: ThriftValue])[];

// Type numbers: Apache Thrift, doc/specs/thrift-compact-protocol.md.
const TYPES = { i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

/** A whole number below 2^53 in groups of seven bits, the lowest first. */
function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let left = value;
  while (left >= 128) {
    bytes.push((left % 128) + 128);
    left = Math.floor(left / 128);
  }
  return [...bytes, left];
}

/** Small numbers of either sign get small codes. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

function encodeList(items: readonly ThriftValue[]): readonly number[] {
  const type = TYPES[items[0]?.kind ?? "i32"];
  const short = items.length < 15;
  const head = short ? [items.length * 16 + type] : [0xf0 + type, ...varint(items.length)];
  return [...head, ...items.flatMap(encodeValue)];
}

function encodeValue(value: ThriftValue): readonly number[] {
  if (value.kind === "binary") return [...varint(value.value.length), ...value.value];
  if (value.kind === "struct") return encodeStruct(value.fields);
  return value.kind === "list" ? encodeList(value.items) : varint(zigzag(value.value));
}

/** The bytes of a struct in Thrift's compact protocol. Ids may not lie more than 15 apart. */
export function encodeStruct(fields: ThriftStruct): readonly number[] {
  let last = 0;
  const bytes = fields.flatMap(([id, value]) => {
    const head = (id - last) * 16 + TYPES[value.kind];
    last = id;
    return [head, ...encodeValue(value)];
  });
  return [...bytes, 0];
}

export const i32 = (value: number): ThriftValue => ({ kind: "i32", value });
export const i64 = (value: number): ThriftValue => ({ kind: "i64", value });
export const binary = (text: string): ThriftValue => ({
  kind: "binary",
  value: new TextEncoder().encode(text),
});
export const struct = (fields: ThriftStruct): ThriftValue => ({ kind: "struct", fields });
export const list = (items: readonly ThriftValue[]): ThriftValue => ({ kind: "list", items });
