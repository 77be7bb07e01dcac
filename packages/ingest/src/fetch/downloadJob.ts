import type { DataSet } from "./dataSet.ts";
import type { HostGates } from "./hostGate.ts";
import type { HttpClient } from "./httpClient.ts";
import type { Identity } from "./identity.ts";
import type { Patience } from "./whileAlive.ts";

/** What all downloads of one command share. */
export interface DownloadContext extends Patience {
  readonly client: HttpClient;
  readonly gates: HostGates;
  /** A larger file is refused. */
  readonly maxBytes: number;
  /** Told before a pause after a failed try: the nth, from 1, of at most `most`. */
  readonly onRetry: (retry: Retry) => void;
}

/** A try that failed and will be made again. */
export interface Retry {
  readonly url: string;
  readonly why: string;
  readonly nth: number;
  readonly most: number;
  readonly pauseMs: number;
}

/** One file to download. */
export interface DownloadJob {
  readonly dataSet: Pick<DataSet, "archive" | "set" | "checksum" | "reply">;
  /** Where it lies; the next is tried where it is not there. */
  readonly urls: readonly string[];
  /** Where it goes. */
  readonly target: string;
  readonly identity: Identity;
  /** Hears how many bytes are there, and how many there will be where the server said it. */
  readonly onBytes: (bytes: number, total: number | undefined) => void;
}
