import type { ReadHints, Source } from "../../src/source.ts";

/** A small file of a format, written by hand, whole and good: what mutations start from. */
export interface Sample {
  readonly source: Source;
  readonly hints?: ReadHints;
  /** The file's name, where the format looks at it. */
  readonly name: string;
  readonly content: string | Uint8Array;
}
