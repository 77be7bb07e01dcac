import { DataError } from "@aftershock/schema";
import type { SourceLine } from "../../source.ts";
import { parseSeconds } from "../read/venueTimes.ts";
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

const CONNECTED = /^((?:wss?|https?):\/\/\S+) <-> (\d{9,10}(?:\.\d{1,9})?)$/;
const ADDRESSED = /^((?:wss?|https?):\/\/\S+) (->|<-) (\d{9,10}(?:\.\d{1,9})?): /;
const PLAIN = /^\d{9,10}(?:\.\d{1,9})?: /;

/** Characters of the longest receive time, `1645920000.123456789`. */
const LONGEST_TIME = 20;

/** Seconds with any number of decimals (a printed double) in µs, to the nearest. Throws DataError for one before 1973. */
function microsOf(seconds: string): number {
  const at = parseSeconds(seconds);
  if (at !== undefined) return at;
  throw new DataError(`the receive time ${seconds} is not a time in seconds after 1973`);
}

/** Where the receive time ends that a line begins with; undefined for another line. */
function endOfTime(text: string): number | undefined {
  const colon = text.indexOf(": ");
  return colon >= 9 && colon <= LONGEST_TIME && PLAIN.test(text) ? colon : undefined;
}

/**
 * Reads one line: `<seconds>: <message>`, `<url> -> <seconds>: <reply>`, `<url> <- <seconds>: <request>`, `<url> <-> <seconds>`
 * `configuration: …`, or nothing. Throws DataError for any other.
 */
export function readCaptureLine(line: SourceLine): CaptureLine {
  const { text } = line;
  const end = endOfTime(text);
  if (end !== undefined) {
    const tsRecv = microsOf(text.slice(0, end));
    const message = { line, tsRecv, text: text.slice(end + 2), url: undefined };
    return { kind: "message", message };
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
