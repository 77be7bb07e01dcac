/** Mulberry32: a small seeded generator, 0 … 1. */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What numbers and names turn into. */
const WORDS = [
  "",
  "0",
  "-0",
  "-1",
  "1e400",
  "-1e-400",
  "NaN",
  "nan",
  "null",
  "Infinity",
  "true",
  "false",
  "9007199254740993",
  "99999999999999999999",
  "0x1f",
  "1e15",
  "0.0000000000000000000001",
  "{}",
  "[]",
  '"',
  "'",
  ",",
  "\\",
  "\u0000",
  "é",
  "\u{1F600}",
  "__proto__",
  "constructor",
  "1970-01-01T00:00:00Z",
  "..",
  "/",
  "2147483648",
  "-9223372036854775808",
].map((word) => Buffer.from(word));

type Mutation = (bytes: Buffer, random: () => number) => Buffer;

const upTo = (random: () => number, most: number): number => Math.floor(random() * (most + 1));

/** The bytes with a piece replaced. */
const spliced = (bytes: Buffer, from: number, to: number, by: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)]);

/** The bounds of a line. */
function lineAt(bytes: Buffer, at: number): readonly [number, number] {
  const from = at === 0 ? 0 : bytes.lastIndexOf(10, at - 1) + 1;
  const end = bytes.indexOf(10, at);
  return [from, end < 0 ? bytes.length : end + 1];
}

/** The bounds of the number, word or cell about a byte. */
function tokenAt(bytes: Buffer, at: number): readonly [number, number] {
  const inside = (i: number): boolean =>
    i >= 0 && i < bytes.length && /[\w.+-]/.test(String.fromCharCode(bytes[i] ?? 0));
  let [from, to] = [at, at];
  while (inside(from - 1)) from -= 1;
  while (inside(to)) to += 1;
  return [from, to];
}

const MUTATIONS: readonly Mutation[] = [
  // A bit or a byte.
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    const at = upTo(random, bytes.length - 1);
    copy[at] = (copy[at] ?? 0) ^ (1 << upTo(random, 7));
    return copy;
  },
  (bytes, random) => {
    const at = upTo(random, bytes.length - 1);
    return spliced(bytes, at, at + 1, Buffer.from([upTo(random, 255)]));
  },
  // A number or a word.
  (bytes, random) => {
    const [from, to] = tokenAt(bytes, upTo(random, bytes.length - 1));
    return spliced(bytes, from, to, WORDS[upTo(random, WORDS.length - 1)] ?? Buffer.alloc(0));
  },
  (bytes, random) => {
    const at = upTo(random, bytes.length);
    return spliced(bytes, at, at, WORDS[upTo(random, WORDS.length - 1)] ?? Buffer.alloc(0));
  },
  // A piece lost, a piece twice, the end lost.
  (bytes, random) => {
    const from = upTo(random, bytes.length);
    return spliced(bytes, from, Math.min(bytes.length, from + upTo(random, 40)), Buffer.alloc(0));
  },
  (bytes, random) => {
    const from = upTo(random, bytes.length);
    const piece = bytes.subarray(from, from + upTo(random, 60));
    const at = upTo(random, bytes.length);
    return spliced(bytes, at, at, piece);
  },
  (bytes, random) => bytes.subarray(0, upTo(random, bytes.length)),
  // A line lost, twice, or somewhere else.
  (bytes, random) => {
    const [from, to] = lineAt(bytes, upTo(random, bytes.length - 1));
    return spliced(bytes, from, to, Buffer.alloc(0));
  },
  (bytes, random) => {
    const [from, to] = lineAt(bytes, upTo(random, bytes.length - 1));
    return spliced(bytes, to, to, bytes.subarray(from, to));
  },
  (bytes, random) => {
    const [from, to] = lineAt(bytes, upTo(random, bytes.length - 1));
    const line = Buffer.from(bytes.subarray(from, to));
    const without = spliced(bytes, from, to, Buffer.alloc(0));
    const [at] = lineAt(without, upTo(random, Math.max(0, without.length - 1)));
    return spliced(without, at, at, line);
  },
];

/** The content with one to four things wrong in it, or now and then none. The same seed gives the same bytes. */
export function mutated(content: string | Uint8Array, seed: number): Buffer {
  const random = randomOf(seed);
  let bytes: Buffer = Buffer.from(content);
  for (let left = upTo(random, 4); left > 0 && bytes.length > 0; left--) {
    const mutate = MUTATIONS[upTo(random, MUTATIONS.length - 1)];
    if (mutate !== undefined) bytes = mutate(bytes, random);
  }
  return bytes;
}
