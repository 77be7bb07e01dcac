/**
 * Takes bytes off a stream of chunks, in any amounts: what is looked at but not taken stays. Memory is bounded by the largest
 * amount asked for and one chunk.
 */
export class ByteReader {
  private readonly source: AsyncIterator<Buffer>;
  /** Chunks that came and were not taken, in order; none is empty. */
  private readonly ahead: Buffer[] = [];
  private taken = 0;
  /** What the stream threw while it was only looked at: thrown when its place is reached. */
  private failure: { readonly cause: unknown } | undefined;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.source = chunks[Symbol.asyncIterator]();
  }

  /** How many bytes were taken so far. */
  get position(): number {
    return this.taken;
  }

  /** The next bytes, as many as are at hand; undefined at the end. */
  async next(): Promise<Buffer | undefined> {
    const chunk = this.ahead.shift() ?? (await this.pull());
    this.taken += chunk?.length ?? 0;
    return chunk;
  }

  /** Gives back the end of what was taken last. */
  unread(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.ahead.unshift(bytes);
    this.taken -= bytes.length;
  }

  /** The next `length` bytes without taking them; fewer only at the end, or before an error, which comes when it is reached. */
  async peek(length: number): Promise<Buffer> {
    try {
      await this.hold(length);
    } catch (cause) {
      this.failure = { cause };
    }
    const [first] = this.ahead;
    const all = first === undefined || first.length >= length ? first : Buffer.concat(this.ahead);
    return (all ?? Buffer.alloc(0)).subarray(0, length);
  }

  /** Takes the next `length` bytes; fewer only at the end. */
  async read(length: number): Promise<Buffer> {
    await this.hold(length);
    const bytes = await this.peek(length);
    let rest = bytes.length;
    while (rest > 0) {
      const chunk = this.ahead.shift() ?? bytes;
      if (chunk.length > rest) this.ahead.unshift(chunk.subarray(rest));
      rest -= Math.min(rest, chunk.length);
    }
    this.taken += bytes.length;
    return bytes;
  }

  /** Takes `length` bytes without keeping them; returns how many there were, fewer only at the end. */
  async skip(length: number): Promise<number> {
    let left = length;
    while (left > 0) {
      const chunk = await this.next();
      if (chunk === undefined) break;
      if (chunk.length > left) this.unread(chunk.subarray(left));
      left -= Math.min(left, chunk.length);
    }
    return length - left;
  }

  /** Everything that is left, in chunks. */
  async *rest(): AsyncGenerator<Buffer> {
    for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) yield chunk;
  }

  /** Ends the stream underneath, so that it lets go of what it holds. */
  async close(): Promise<void> {
    await this.source.return?.();
  }

  /** Pulls until `length` bytes are at hand. */
  private async hold(length: number): Promise<void> {
    let held = this.ahead.reduce((sum, chunk) => sum + chunk.length, 0);
    while (held < length) {
      const chunk = await this.pull();
      if (chunk === undefined) return;
      this.ahead.push(chunk);
      held += chunk.length;
    }
  }

  private async pull(): Promise<Buffer | undefined> {
    if (this.failure !== undefined) throw this.failure.cause;
    for (;;) {
      const next = await this.source.next();
      if (next.done === true) return undefined;
      if (next.value.length > 0) return next.value;
    }
  }
}
