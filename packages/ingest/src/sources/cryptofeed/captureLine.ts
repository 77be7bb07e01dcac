import { DataError } from "@aftershock/schema";
import type { SourceLine } from "../../source.ts";
import type { CapturedMessage } from "./venueCapture.ts";

/** What a line of a capture is. */
export type CaptureLine =
  /** The recorder's own settings. */
  | { readonly kind: "configuration" }
  | { readonly kind: "blank" }
  | { readonly kind: "connected"; readonly url: string; readonly tsRecv: number }
  /** A request of ours. */
  | { readonly kind: "sent"; readonly url: string; readonly message: CapturedMessage }
  /** A message of the stream, or the reply to a REST request. */
  | { readonly kind: "message"; readonly message: CapturedMessage };

/** 1973-03-03, µs: digits that are no seconds of a recording lie before it. */
const EARLIEST = 1e14;

const CONNECTED = /^((?:wss?|https?):\/\/\S+) <-> (\d{9,10}(?:\.\d{1,9})?)$/;
const ADDRESSED = /^((?:wss?|https?):\/\/\S+) (->|<-) (\d{9,10}(?:\.\d{1,9})?): /;
const PLAIN = /^(\d{9,10}(?:\.\d{1,9})?): /;

/** Seconds with any number of decimals (a printed double) in µs, to the nearest. Throws DataError beyond the year 2255. */
function microsOf(seconds: string): number {
  const [whole = "", fraction = ""] = seconds.split(".");
  const at = Number(whole) * 1_000_000 + Math.round(Number(`0.${fraction}`) * 1_000_000);
  if (at >= EARLIEST && Number.isSafeInteger(at)) return at;
  throw new DataError(`the receive time ${seconds} is not a time in seconds after 1973`);
}

/**
 * Reads one line: `<seconds>: <message>`, `<url> -> <seconds>: <reply>`, `<url> <- <seconds>: <request>`, `<url> <-> <seconds>`
 * `configuration: …`, or nothing. Throws DataError for any other.
 */
export function readCaptureLine(line: SourceLine): CaptureLine {
  const { text } = line;
  const plain = PLAIN.exec(text);
  if (plain !== null) {
    const [prefix, seconds = ""] = plain;
    const tsRecv = microsOf(seconds);
    return {
      kind: "message",
      message: { line, tsRecv, text: text.slice(prefix.length), url: undefined },
    };
  }
  const addressed = ADDRESSED.exec(text);
  if (addressed !== null) {
    const [prefix, url = "", arrow, seconds = ""] = addressed;
    const message = { line, tsRecv: microsOf(seconds), text: text.slice(prefix.length), url };
    return arrow === "->" ? { kind: "message", message } : { kind: "sent", url, message };
  }
  const [, url, seconds = ""] = CONNECTED.exec(text) ?? [];
  if (url !== undefined) return { kind: "connected", url, tsRecv: microsOf(seconds) };
  if (text.startsWith("configuration: ")) return { kind: "configuration" };
  if (text.trim() === "") return { kind: "blank" };
  throw new DataError("the line is no message with a receive time in front");
}
