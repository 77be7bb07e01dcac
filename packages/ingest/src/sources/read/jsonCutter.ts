import { DataError } from "@aftershock/schema";
import type { SourceLine } from "../../source.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Space, tab, line feed, carriage return: what may stand between the parts of a JSON document. */
const isBlank = (code: number | undefined): boolean =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** May stand at the very start of a document. */
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];

/** No element of a recording is longer; a damaged file would otherwise fill the memory. Bytes. */
const MAX_ELEMENT_BYTES = 64 * 1024 * 1024;

/** What each place in a document expects next, for messages. */
const EXPECTED = {
  value: "a value",
  firstKey: 'a key or "}"',
  key: "a key",
  keyText: "the rest of a key",
  colon: '":"',
  skippedValue: 'the rest of a value, "," or "}"',
  afterValue: '"," or "}"',
  firstElement: 'an element or "]"',
  element: 'the rest of an element, "," or "]"',
  end: "nothing more",
} as const;

const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("utf8");

function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** What a key says, given with its quotes; undefined for one that is no JSON. */
function readKey(text: string): string | undefined {
  try {
    const key: unknown = JSON.parse(text);
    return typeof key === "string" ? key : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Cuts a JSON document, given in chunks at any borders, into the elements of the array that stands under a path of keys. Objects
 * on the path are read key by key; values beside it and elements are only passed: brackets and strings are minded, no more.
 */
export class JsonCutter {
  private readonly name: string;
  private readonly path: readonly string[];
  private place: keyof typeof EXPECTED = "value";
  /** Objects on the path that are open. */
  private level = 0;
  /** Whether the value that comes next stands on the path. */
  private isOnPath = true;
  private isFound = false;
  private number = 0;
  /** Of what is being passed: open brackets, whether it is within a string, and there after a backslash. */
  private depth = 0;
  private inString = false;
  private isEscaped = false;
  /** What came of a key or an element in the chunks before this one. */
  private pieces: Uint8Array[] = [];
  private piecesLength = 0;
  /** Where the key or element starts in this chunk. */
  private start = 0;
  /** Bytes of the chunks before this one. */
  private before = 0;
  private records: SourceLine[] = [];

  constructor(name: string, path: readonly string[]) {
    this.name = name;
    this.path = path;
  }

  /** The elements that a chunk completes. Throws DataError. */
  cut(chunk: Uint8Array): readonly SourceLine[] {
    this.records = [];
    this.start = 0;
    let at = 0;
    while (at < chunk.length) at = this.step(chunk, at);
    if (this.place === "element" || this.place === "keyText") this.keep(chunk, chunk.length);
    this.before += chunk.length;
    return this.records;
  }

  /** The document is over. Throws DataError when it is not, and when it lacks the array. */
  end(): void {
    // Only at the outermost level may the end of the document be that of a value.
    const isWhole = this.place === "skippedValue" && this.level + this.depth === 0;
    if (this.place !== "end" && (!isWhole || this.inString)) {
      const where = this.number === 0 ? "before its first element" : `after element ${this.number}`;
      throw this.wrong(`the JSON ends early ${where}`, "Fetch the file again: it was cut.");
    }
    if (!this.isFound) throw this.wrong(`the JSON has no array ${this.pathText()}`);
  }

  /** Takes the byte at a place, and those after it that need no other handling; returns where to go on. */
  private step(chunk: Uint8Array, at: number): number {
    if (this.place === "element") return this.passElement(chunk, at);
    if (this.place === "skippedValue") return this.passValue(chunk, at);
    if (this.place === "keyText") return this.passKey(chunk, at);
    const byte = chunk[at] ?? 0;
    if (isBlank(byte) || byte === BYTE_ORDER_MARK[this.before + at]) return at + 1;
    switch (this.place) {
      case "value":
        return this.openValue(byte, at);
      case "firstElement":
        this.place = byte === CLOSE_ARRAY ? this.placeAfterValue() : "element";
        this.start = at;
        return byte === CLOSE_ARRAY ? at + 1 : at;
      case "firstKey":
        return byte === CLOSE_OBJECT ? this.closeObject(at) : this.openKey(byte, at);
      case "key":
        return this.openKey(byte, at);
      case "colon":
        if (byte !== COLON) throw this.unexpected(byte, at);
        this.place = "value";
        return at + 1;
      case "afterValue":
        if (byte === CLOSE_OBJECT) return this.closeObject(at);
        if (byte !== COMMA) throw this.unexpected(byte, at);
        this.place = "key";
        return at + 1;
      case "end":
        break;
    }
    throw this.unexpected(byte, at);
  }

  private openValue(byte: number, at: number): number {
    const isLast = this.level === this.path.length;
    if (this.isOnPath && isLast && byte === OPEN_ARRAY) {
      if (this.isFound) throw this.wrong(`the JSON has two arrays ${this.pathText()}`);
      this.isFound = true;
      this.place = "firstElement";
      return at + 1;
    }
    if (this.isOnPath && !isLast && byte === OPEN_OBJECT) {
      this.level += 1;
      this.place = "firstKey";
      return at + 1;
    }
    if ([COMMA, COLON, CLOSE_ARRAY, CLOSE_OBJECT].includes(byte)) throw this.unexpected(byte, at);
    this.place = "skippedValue";
    return at;
  }

  private placeAfterValue(): "end" | "afterValue" {
    return this.level === 0 ? "end" : "afterValue";
  }

  private closeObject(at: number): number {
    this.level -= 1;
    this.place = this.placeAfterValue();
    return at + 1;
  }

  private openKey(byte: number, at: number): number {
    if (byte !== QUOTE) throw this.unexpected(byte, at);
    this.place = "keyText";
    this.start = at;
    return at;
  }

  private passKey(chunk: Uint8Array, from: number): number {
    let at = from;
    // The first byte of a key is its opening quote.
    if (!this.inString) {
      this.inString = true;
      at += 1;
    }
    for (; at < chunk.length; at += 1) {
      if (this.isEscaped) this.isEscaped = false;
      else if (chunk[at] === BACKSLASH) this.isEscaped = true;
      else if (chunk[at] === QUOTE) break;
    }
    if (at === chunk.length) return at;
    this.inString = false;
    const text = this.take(chunk, at + 1);
    const key = readKey(text);
    if (key === undefined) throw this.wrong(`the JSON has a broken key ${text.slice(0, 60)}`);
    const wanted = this.path[this.level - 1];
    this.isOnPath = wanted === "*" || wanted === key;
    this.place = "colon";
    return at + 1;
  }

  private passValue(chunk: Uint8Array, from: number): number {
    const at = this.pass(chunk, from);
    if (at === chunk.length) return at;
    if (this.level === 0 || chunk[at] === CLOSE_ARRAY) throw this.unexpected(chunk[at] ?? 0, at);
    this.place = "afterValue";
    return at;
  }

  private passElement(chunk: Uint8Array, from: number): number {
    const at = this.pass(chunk, from);
    if (at === chunk.length) return at;
    if (chunk[at] === CLOSE_OBJECT) throw this.unexpected(CLOSE_OBJECT, at);
    this.number += 1;
    this.records.push({ number: this.number, text: trimmed(this.take(chunk, at)) });
    this.start = at + 1;
    if (chunk[at] === CLOSE_ARRAY) this.place = this.placeAfterValue();
    return at + 1;
  }

  /** Passes a value: returns where the comma or bracket stands that ends it, or the chunk's length while it goes on. */
  private pass(chunk: Uint8Array, from: number): number {
    let { depth, inString, isEscaped } = this;
    let at = from;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) {
        inString = true;
      } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        depth += 1;
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        if (depth === 0) break;
        depth -= 1;
      } else if (byte === COMMA && depth === 0) {
        break;
      }
    }
    this.depth = depth;
    this.inString = inString;
    this.isEscaped = isEscaped;
    return at;
  }

  /** Keeps what a chunk holds of a key or element, up to `to`. */
  private keep(chunk: Uint8Array, to: number): void {
    this.pieces.push(chunk.subarray(this.start, to));
    this.piecesLength += to - this.start;
    if (this.piecesLength > MAX_ELEMENT_BYTES) {
      throw this.wrong(`element ${this.number + 1} of the JSON is longer than 64 MiB`);
    }
  }

  /** The text of the key or element that ends at `to`. */
  private take(chunk: Uint8Array, to: number): string {
    if (this.pieces.length === 0) return textOf(chunk.subarray(this.start, to));
    this.keep(chunk, to);
    const text = textOf(Buffer.concat(this.pieces));
    this.pieces = [];
    this.piecesLength = 0;
    return text;
  }

  private pathText(): string {
    return this.path.length === 0 ? "at its top" : `at ${this.path.join(".")}`;
  }

  private unexpected(byte: number, at: number): DataError {
    const found = JSON.stringify(String.fromCharCode(byte));
    const where = `byte ${this.before + at}`;
    return this.wrong(
      `the JSON has ${found} at ${where}, where ${EXPECTED[this.place]} is expected`,
    );
  }

  private wrong(
    what: string,
    hint = "Check that the source named is the one this file comes from.",
  ): DataError {
    return new DataError(`${this.name}: ${what}`, { hints: [hint] });
  }
}
