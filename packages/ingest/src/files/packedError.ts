import { DataError, errorCode } from "@aftershock/schema";

/**
 * Packed data that is not read. It becomes a DataError where the file's name and how much of its content was read before are known:
 * containers know neither, because they look ahead.
 */
export class PackedError extends Error {
  private readonly hint: string;
  /** Whether it matters how far the content was read. */
  private readonly placed: boolean;

  private constructor(
    message: string,
    details: { hint: string; placed: boolean; cause?: unknown },
  ) {
    super(message, { cause: details.cause });
    this.name = "PackedError";
    this.hint = details.hint;
    this.placed = details.placed;
  }

  /** Data that is cut or broken. `container` and `what` as in "the gzip data ends early". */
  static damaged(container: string, what: string, cause?: unknown): PackedError {
    const hint = "The download was probably cut: fetch the file again. Nothing of it was stored.";
    return new PackedError(`the ${container} data ${what}`, { hint, placed: true, cause });
  }

  /** Data that is whole but not of a kind that is read. `why` as in "is an encrypted zip archive". */
  static refused(why: string, hint = "Unpack it first, then ingest the file inside."): PackedError {
    return new PackedError(why, { hint, placed: false });
  }

  /** The error to show. `where`: after which line or byte of the content. */
  at(path: string, where: string): DataError {
    const message = `${path}: ${this.message}${this.placed ? ` ${where}` : ""}`;
    return new DataError(message, { cause: this.cause, hints: [this.hint] });
  }
}

/** The error of a file that the system does not give. */
export function unreadable(path: string, cause: unknown): DataError {
  if (errorCode(cause) === "ENOENT") {
    return new DataError(`${path}: no such file`, {
      cause,
      hints: ["Check the path; paths are relative to the folder that you are in."],
    });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DataError(`${path}: cannot be read (${reason})`, {
    cause,
    hints: ["Check that it is a file and that you may read it."],
  });
}

/** Always unpacked, whatever the ratio: a small file of one repeated value is no attack. Bytes. */
const FREE_BYTES = 64 * 1024 * 1024;

/**
 * The most bytes that one packed byte may become. Deflate cannot exceed 1,032, and market data packs 5 to 60 times; zstandard
 * can make gigabytes of a few bytes, which no recording is.
 */
const MOST_RATIO = 1_000;

/** Passes unpacked bytes on, until they are more than a file of `size` bytes can honestly hold. */
export async function* limited(
  unpacked: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<Buffer> {
  const most = FREE_BYTES + MOST_RATIO * size;
  let length = 0;
  for await (const chunk of unpacked) {
    length += chunk.length;
    if (length > most) {
      throw PackedError.refused(
        `unpacks to more than ${MOST_RATIO} times its size (over ${most} bytes from ${size})`,
        "No recording packs so well: fetch it again from its vendor.",
      );
    }
    yield chunk;
  }
}
