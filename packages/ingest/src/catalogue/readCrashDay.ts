import { isInstrumentName, type JsonPlace, parseDecimal, STREAM_NAMES } from "@aftershock/schema";
import { DateTime } from "luxon";
import {
  ARCHIVE_STATUSES,
  type CrashDay,
  type CrashFact,
  type CrashWindow,
  type DayArchive,
  type DayPrices,
} from "./crashDay.ts";

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** True for a day that the calendar has. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: "utc" }).isValid;

function dayText(place: JsonPlace): string {
  const text = place.text();
  if (!isDay(text)) throw place.wrong("a day, YYYY-MM-DD");
  return text;
}

function instant(place: JsonPlace): string {
  const text = place.text(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
    "an instant, YYYY-MM-DDTHH:MM:SSZ",
  );
  if (!DateTime.fromISO(text, { zone: "utc" }).isValid) throw place.wrong("an instant");
  return text;
}

function price(place: JsonPlace): string {
  const text = place.text();
  const value = parseDecimal(text);
  if (value === undefined || value.mantissa <= 0) throw place.wrong("a price as decimal text");
  return text;
}

function dayPrices(place: JsonPlace): DayPrices {
  const { open, low, close } = place.fields(["open", "low", "close"]);
  const prices = { open: price(open), low: price(low), close: price(close) };
  if (Number(prices.low) > Math.min(Number(prices.open), Number(prices.close))) {
    throw low.wrong("the lowest price of the day");
  }
  return prices;
}

/** `date` is the day that the window must touch. */
function window(place: JsonPlace, date: string): CrashWindow {
  const { from, to, what, source, verified } = place.fields([
    "from",
    "to",
    "what",
    "source",
    "verified",
  ]);
  const read = {
    from: instant(from),
    to: instant(to),
    what: what.text(),
    source: source.text(),
    verified: verified.flag(),
  };
  if (!read.from.startsWith(date)) throw from.wrong(`an instant of ${date}`);
  if (read.to <= read.from) throw to.wrong("after its beginning");
  return read;
}

function fact(place: JsonPlace): CrashFact {
  const { text, value, unit, source, verified } = place.fields(
    ["text", "source", "verified"],
    ["value", "unit"],
  );
  const sentence = { text: text.text(), source: source.text(), verified: verified.flag() };
  if (value === undefined && unit === undefined) return sentence;
  if (value === undefined || unit === undefined) throw place.wrong("a fact with value and unit");
  return { ...sentence, value: value.number(), unit: unit.text() };
}

function instrument(place: JsonPlace): string {
  const id = place.text();
  const colon = id.indexOf(":");
  if (colon < 0 || !isInstrumentName(id.slice(0, colon), id.slice(colon + 1))) {
    throw place.wrong("an instrument, venue:SYMBOL");
  }
  return id;
}

/** `known` are the day's instruments. */
function archive(place: JsonPlace, known: readonly string[]): DayArchive {
  const fields = place.fields(
    ["archive", "sets", "status", "instruments", "streams", "source"],
    ["note"],
  );
  const { note } = fields;
  return {
    archive: fields.archive.text(NAME, "the name of an archive"),
    sets: fields.sets.list((set) => set.text()),
    status: fields.status.oneOf(ARCHIVE_STATUSES),
    instruments: fields.instruments.list((id) => id.oneOf(known), { mayBeEmpty: true }),
    streams: fields.streams.list((stream) => stream.oneOf(STREAM_NAMES), { mayBeEmpty: true }),
    ...(note === undefined ? {} : { note: note.text() }),
    source: fields.source.text(),
  };
}

function marketPrices(place: JsonPlace): CrashDay["prices"] {
  const { market, BTC, ETH, source, verified } = place.fields([
    "market",
    "BTC",
    "ETH",
    "source",
    "verified",
  ]);
  return {
    market: market.text(),
    BTC: dayPrices(BTC),
    ETH: dayPrices(ETH),
    source: source.text(),
    verified: verified.flag(),
  };
}

/** Refuses a list that names something twice. */
function unique(place: JsonPlace, names: readonly string[]): readonly string[] {
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw place.wrong(`a list that names ${repeated} once`);
  return names;
}

/** Reads one day of the catalogue, checking all of it. Throws DataError naming file, place and what is wrong. */
export function readCrashDay(place: JsonPlace): CrashDay {
  const fields = place.fields([
    "date",
    "title",
    "event",
    "windows",
    "prices",
    "facts",
    "instruments",
    "archives",
    "traps",
  ]);
  const date = dayText(fields.date);
  const instruments = unique(fields.instruments, fields.instruments.list(instrument));
  return {
    date,
    title: fields.title.text(),
    event: fields.event.text(NAME, "the name of an event"),
    windows: fields.windows.list((item) => window(item, date)),
    prices: marketPrices(fields.prices),
    facts: fields.facts.list(fact),
    instruments,
    archives: fields.archives.list((item) => archive(item, instruments)),
    traps: fields.traps.list((item) => {
      const { text, source } = item.fields(["text", "source"]);
      return { text: text.text(), source: source.text() };
    }),
  };
}
