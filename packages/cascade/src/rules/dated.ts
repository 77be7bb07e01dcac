import {
  type JsonPlace,
  MICROS_PER_DAY,
  type Micros,
  micros,
  parseUtcDay,
  parseUtcInstant,
} from "@aftershock/schema";

/** How far a value can be trusted: read at its source, only said or inferred, or said differently by different sources. */
export type RuleStatus = (typeof RULE_STATUSES)[number];

/** All of RuleStatus. */
export const RULE_STATUSES = ["verified", "unverified", "conflict"] as const;

/**
 * What the date of a value is. `effective`: the rule began then. `observed`: a record of that time shows the rule; it began at some
 * time before. `undated`: the source gives no date, and the value is only taken to hold from then.
 */
export type Dating = (typeof DATINGS)[number];

/** All of Dating. */
export const DATINGS = ["effective", "observed", "undated"] as const;

/** Where a value was read. */
export interface RuleSource {
  /** What it is: an announcement, a help page, a file of a repository. */
  readonly title: string;
  /** Where it lies; undefined only where nothing was found to show, which a verified value may not have. */
  readonly address: string | undefined;
}

/** What another source says where sources disagree. */
export interface OtherClaim {
  readonly says: string;
  readonly source: RuleSource;
}

/** A value of a rule, with the time from which it holds, up to the next of its timeline. */
export interface Dated<T> {
  /** ISO 8601 UTC: an instant, or a day where the time of day is not known. */
  readonly from: string;
  readonly dating: Dating;
  /** The last day or instant at which a source shows it; undefined where none looked again. */
  readonly seenTo: string | undefined;
  readonly value: T;
  readonly source: RuleSource;
  readonly status: RuleStatus;
  readonly note: string | undefined;
  /** What the other sources say: at least one where the status is `conflict`, else none. */
  readonly others: readonly OtherClaim[];
}

/** A stretch of a timeline of which no value is known, up to the next entry. */
export interface RuleGap {
  /** As of `Dated`. */
  readonly from: string;
  readonly dating: Dating;
  /** Why there is no value. */
  readonly absent: string;
}

/** What held when, in order of time. */
export type Timeline<T> = readonly (Dated<T> | RuleGap)[];

/** Whether an entry of a timeline is one without a value. */
export const isGap = (entry: Dated<unknown> | RuleGap): entry is RuleGap => "absent" in entry;

/** A day or an instant, UTC, as its first µs. Undefined for any other text. */
const firstMicro = (text: string): Micros | undefined => parseUtcInstant(text) ?? parseUtcDay(text);

/** Whether a text names a day without a time of day. */
export const isDayText = (text: string): boolean => parseUtcDay(text) !== undefined;

/**
 * The first µs at which an entry is given as what holds. Where a rule began on a day at a time that no source gives, the rule before
 * it is given to the end of that day, for a crash in it met the old rule at least at first; `rulesOf` says so.
 */
export function startsAt({ from, dating }: Pick<RuleGap, "from" | "dating">): Micros {
  const first = firstMicro(from) ?? Number.NaN;
  return micros(dating === "effective" && isDayText(from) ? first + MICROS_PER_DAY : first);
}

/** The first µs of the day or instant that an entry names. */
export const namedInstant = (text: string): Micros => firstMicro(text) ?? micros(Number.NaN);

/** The µs after the last of a day or instant. */
export const endOf = (text: string): Micros =>
  micros(namedInstant(text) + (isDayText(text) ? MICROS_PER_DAY : 1));

function timeText(place: JsonPlace): string {
  const text = place.text();
  if (firstMicro(text) !== undefined) return text;
  throw place.wrong("a UTC day or instant", "Write 2021-06-22, or 2021-06-22T03:30:00Z.");
}

function readSource(place: JsonPlace): RuleSource {
  const { title, address } = place.fields(["title"], ["address"]);
  return { title: title.text(), address: address?.text() };
}

function readDated<T>(place: JsonPlace, readValue: (value: JsonPlace) => T): Dated<T> {
  const fields = place.fields(
    ["from", "value", "source", "status"],
    ["dating", "seenTo", "note", "others"],
  );
  const status = fields.status.oneOf(RULE_STATUSES);
  const source = readSource(fields.source);
  if (status === "verified" && source.address === undefined) {
    throw fields.source.wrong(
      "the source of a verified value",
      "Give its address, or set the status to unverified.",
    );
  }
  const others = (fields.others?.list((item) => item) ?? []).map((item) => {
    const claim = item.fields(["says", "source"]);
    return { says: claim.says.text(), source: readSource(claim.source) };
  });
  if ((status === "conflict") !== others.length > 0) {
    throw fields.status.wrong(
      "what its others say",
      "A conflict says in `others` what the other sources say; nothing else has `others`.",
    );
  }
  return {
    from: timeText(fields.from),
    dating: fields.dating?.oneOf(DATINGS) ?? "effective",
    seenTo: fields.seenTo === undefined ? undefined : timeText(fields.seenTo),
    value: readValue(fields.value),
    source,
    status,
    note: fields.note?.text(),
    others,
  };
}

function readEntry<T>(place: JsonPlace, readValue: (value: JsonPlace) => T): Dated<T> | RuleGap {
  if (!place.entries().some(([name]) => name === "absent")) return readDated(place, readValue);
  const { from, dating, absent } = place.fields(["from", "absent"], ["dating"]);
  return {
    from: timeText(from),
    dating: dating?.oneOf(DATINGS) ?? "observed",
    absent: absent.text(),
  };
}

/** Refuses entries that are not in order of time, or of which one is seen after the next began. */
function checkOrder(place: JsonPlace, entries: Timeline<unknown>): void {
  entries.forEach((entry, i) => {
    const before = entries[i - 1];
    const here = place.at(i);
    if (before !== undefined && startsAt(entry) <= startsAt(before)) {
      throw here
        .at("from")
        .wrong(
          `after ${before.from}, where the entry before it begins`,
          "Put the entries in order of time, each with a date of its own.",
        );
    }
    const next = entries[i + 1];
    if (isGap(entry) || entry.seenTo === undefined) return;
    const seen = here.at("seenTo");
    if (namedInstant(entry.seenTo) < namedInstant(entry.from)) {
      throw seen.wrong(`at or after ${entry.from}, where the entry begins`);
    }
    if (next !== undefined && namedInstant(entry.seenTo) > startsAt(next)) {
      throw seen.wrong(`at or before ${next.from}, where the next entry begins`);
    }
  });
}

/** Reads a timeline of which `readValue` reads the values. Throws DataError naming file, place, what is there and what should be. */
export function readTimeline<T>(place: JsonPlace, readValue: (value: JsonPlace) => T): Timeline<T> {
  const entries = place.list((item) => readEntry(item, readValue));
  checkOrder(place, entries);
  return entries;
}
