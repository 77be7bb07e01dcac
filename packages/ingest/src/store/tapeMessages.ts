import type { StreamName } from "@aftershock/schema";
import type { PlainError } from "../plainError.ts";
import type { TapeParts, Texts } from "./tapeRows.ts";

/** What is sent to the thread that reads tapes. `tape` tells readings apart. */
export type ToTapeWorker =
  | {
      readonly kind: "open";
      readonly tape: number;
      readonly path: string;
      readonly stream: StreamName;
      /** Batches that are left out. */
      readonly skip: number;
    }
  /** One more batch is wanted. `back`: memory that nobody reads any more. */
  | { readonly kind: "more"; readonly tape: number; readonly back: readonly SharedArrayBuffer[] }
  | { readonly kind: "close"; readonly tape: number }
  /** No more will be asked. */
  | { readonly kind: "stop" };

/** A batch on its way from thread to thread: its numbers and bytes are shared, or moved. */
export interface SentParts extends Omit<TapeParts, "otherTexts"> {
  /** By name the columns of texts that are not ASCII. */
  readonly otherTexts: Readonly<Record<string, Texts>>;
}

/** What that thread sends. */
export type FromTapeWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "batch"; readonly tape: number; readonly parts: SentParts }
  /** Nothing comes of the tape any more, and its file is closed; `error` where it could not be read to its end. */
  | { readonly kind: "end"; readonly tape: number; readonly error: PlainError | undefined };

/** Batches that are read before they are asked for. */
export const BATCHES_AHEAD = 1;
