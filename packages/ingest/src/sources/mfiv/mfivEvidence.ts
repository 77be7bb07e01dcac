import { DataError, isInstrumentName, MESSAGE_END } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { FileHead, RowSink, Source, SourceFile } from "../../source.ts";
import { emitRecord, type Emit, type RecordReader } from "../read/emitRecords.ts";
import { wholeDocument } from "../read/fileRecords.ts";
import {
  arrayField,
  isObject,
  objectField,
  parseJson,
  realOf,
  textField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { utcField } from "../read/utcTime.ts";
import { byChain, readEvidenceOption, type EvidenceOption } from "./mfivOptions.ts";

/** What a piece of evidence holds. */
interface Evidence {
  readonly venue: string;
  readonly coin: string;
  /** The index, e.g. `ETH-MFIV-14D`. */
  readonly index: string;
  /** When it was computed, µs. */
  readonly at: number;
  readonly options: readonly EvidenceOption[];
  readonly figures: readonly (readonly [measure: string, value: number])[];
}

function readOptions(params: JsonObject, at: number): readonly EvidenceOption[] {
  const options = arrayField(params, "options").map((option) => {
    if (!isObject(option)) throw new DataError("options holds one that is no object");
    return readEvidenceOption(option, at);
  });
  const symbols = new Set(options.map(({ optionSymbol }) => optionSymbol));
  if (options.length === 0) throw new DataError("options is empty");
  if (symbols.size < options.length) throw new DataError("options holds one of them twice");
  return options.toSorted(byChain);
}

function readEvidence(text: string): Evidence {
  const document = parseJson(text);
  if (!isObject(document)) throw new DataError("the document is no object");
  const context = objectField(document, "context");
  const params = objectField(document, "params");
  const result = objectField(document, "result");
  if (textField(context, "methodology").toUpperCase() !== "MFIV") {
    throw wrongField("methodology", context["methodology"], '"MFIV"');
  }
  const coin = textField(context, "currency");
  const index = `${coin}-MFIV-${textField(context, "windowInterval").toUpperCase()}`;
  const venue = textField(context, "exchange");
  if (!isInstrumentName(venue, index))
    throw new DataError(`${venue}:${index} cannot be the name of an instrument`);
  const at = utcField(params, "at");
  return {
    venue,
    coin,
    index,
    at,
    options: readOptions(params, at),
    figures: [
      ["mfivPercent", realOf(result["dVol"], "dVol")],
      ["inverseMfivPercent", realOf(result["invdVol"], "invdVol")],
      ["risklessRate", realOf(context["risklessRate"], "risklessRate")],
    ],
  };
}

function writeOptions(sink: RowSink, { venue, coin, options, at }: Evidence): void {
  const chain = `${coin}-OPTIONS`;
  for (const [place, option] of options.entries()) {
    const flags = place === options.length - 1 ? MESSAGE_END : 0;
    if (option.bidPrice === undefined) sink.note("options", venue, chain, "withoutBid");
    if (option.askPrice === undefined) sink.note("options", venue, chain, "withoutAsk");
    if ((option.tsEvent ?? at) > at) sink.note("options", venue, chain, "quoteAfterIndex");
    sink.row("options", venue, chain, { ...option, flags });
  }
}

const evidenceReader = (sink: RowSink): RecordReader => ({
  read: (record): Emit => {
    const evidence = readEvidence(record.text);
    const { venue, index, at, figures } = evidence;
    return () => {
      writeOptions(sink, evidence);
      for (const [measure, value] of figures) {
        sink.row("measures", venue, index, { line: record.number, tsEvent: at, measure, value });
      }
    };
  },
});

async function read(file: SourceFile, sink: RowSink): Promise<void> {
  sink.dataset("mfiv-evidence");
  const reader = evidenceReader(sink);
  for await (const records of wholeDocument(file)) {
    for (const record of records) emitRecord(sink, record, reader);
  }
}

function recognises({ text }: FileHead): boolean {
  return (
    text.trimStart().startsWith("{") &&
    /"methodology"\s*:\s*"mfiv"/i.test(text) &&
    /"params"\s*:\s*\{/.test(text) &&
    /"options"\s*:\s*\[/.test(text)
  );
}

/**
 * The evidence of one value of a model-free implied volatility index (volatility.com's MFIV): all options that went into it, and
 * what came out. One document is one message of the chain: `tsRecv` is when the index was computed, `tsEvent` each option's own
 * time. Premiums are in coin, as the venue quotes them; volatilities are in percent in the file and fractions here, the index stays in
 * percent (`mfivPercent`, with `inverseMfivPercent` and the riskless rate that it used, in `measures` of `deribit:ETH-MFIV-14D`).
 * What lies between input and result (forward prices, contributions, variances) is left in the file.
 */
export const mfivEvidence: Source = {
  name: "mfiv-evidence",
  version: 1,
  recognises,
  createReader: () => ({ read }),
  records: wholeDocument,
  terms,
};
