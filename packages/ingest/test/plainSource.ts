import { parseDecimal } from "@aftershock/schema";
import type { InstrumentTerms, RowSink, Source, SourceFile } from "../src/source.ts";

const TERMS: InstrumentTerms = {
  kind: "spot",
  contract: "linear",
  multiplier: 1,
  base: "BTC",
  quote: "USD",
  settle: "USD",
};

/** A source for tests of the store: lines of `tsRecv id price size`, trades of test:BTC. */
export const plainSource = (terms: Partial<InstrumentTerms> = {}): Source => ({
  name: "plain",
  version: 1,
  recognises: () => false,
  terms: () => ({ ...TERMS, ...terms }),
  createReader: () => ({
    async read(file: SourceFile, sink: RowSink) {
      for await (const lines of file.lines()) {
        for (const line of lines) {
          const [at, tradeId, price, size] = line.text.split(" ");
          const [exactPrice, exactSize] = [parseDecimal(price ?? ""), parseDecimal(size ?? "")];
          if (exactPrice === undefined || exactSize === undefined) {
            sink.quarantine(line, "no price or size");
            continue;
          }
          sink.row("trades", "test", "BTC", {
            tsRecv: Number(at),
            tradeId: tradeId === "-" ? undefined : tradeId,
            side: 1,
            price: exactPrice,
            size: exactSize,
            line: line.number,
          });
        }
      }
    },
  }),
});
