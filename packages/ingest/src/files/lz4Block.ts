/** The shortest match that lz4 codes: its lengths count from here. Bytes. */
const MIN_MATCH = 4;
/** A length of four bits that says: more bytes of it follow. */
const LENGTH_GOES_ON = 15;

/** Up to here a loop is faster than a call into Node: most literals and matches are shorter, so that it doubles the speed. Bytes. */
const SHORT_COPY = 32;

/** Copies earlier output to its end; the two overlap when a short pattern repeats. */
function copyMatch(output: Buffer, at: number, offset: number, length: number): void {
  if (length <= SHORT_COPY) {
    for (let to = at; to < at + length; to += 1) output[to] = output[to - offset] ?? 0;
  } else if (offset >= length) {
    output.copyWithin(at, at - offset, at - offset + length);
  } else if (offset === 1) {
    output.fill(output.readUInt8(at - 1), at, at + length);
  } else {
    // Each round doubles what is repeated, so that long runs of short patterns are still copied in large pieces.
    let done = offset;
    output.copyWithin(at, at - offset, at);
    for (; done < length; done *= 2) {
      output.copyWithin(at + done, at, at + Math.min(done, length - done));
    }
  }
}

/** Copies what a block holds as it is. */
function copyLiterals(
  block: Buffer,
  from: number,
  length: number,
  output: Buffer,
  at: number,
): void {
  if (length > SHORT_COPY) {
    block.copy(output, at, from, from + length);
  } else {
    for (let i = 0; i < length; i += 1) output[at + i] = block[from + i] ?? 0;
  }
}

/**
 * Unpacks one lz4 block into `output` from `start` on; matches may reach back to its byte 0. Returns where the output ends,
 * undefined for a block that is damaged: nothing is ever read or written outside the two buffers.
 * Source: the LZ4 block format description of the lz4 project, 2022.
 */
export function unpackLz4Block(block: Buffer, output: Buffer, start: number): number | undefined {
  let from = 0;
  let to = start;
  for (;;) {
    const token = block[from++];
    if (token === undefined) return undefined;
    let literals = token >>> 4;
    if (literals === LENGTH_GOES_ON) {
      let more: number | undefined;
      do {
        more = block[from++];
        if (more === undefined) return undefined;
        literals += more;
      } while (more === 255);
    }
    if (from + literals > block.length || to + literals > output.length) return undefined;
    copyLiterals(block, from, literals, output, to);
    from += literals;
    to += literals;
    // The last sequence of a block holds literals only.
    if (from === block.length) return to;

    const low = block[from++];
    const high = block[from++];
    if (low === undefined || high === undefined) return undefined;
    const offset = low | (high << 8);
    let length = (token & 15) + MIN_MATCH;
    if (length === LENGTH_GOES_ON + MIN_MATCH) {
      let more: number | undefined;
      do {
        more = block[from++];
        if (more === undefined) return undefined;
        length += more;
      } while (more === 255);
    }
    if (offset === 0 || offset > to || to + length > output.length) return undefined;
    copyMatch(output, to, offset, length);
    to += length;
  }
}
