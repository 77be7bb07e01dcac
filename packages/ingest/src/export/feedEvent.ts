/** Something that happened in a market, on its way into an event file. */
export interface FeedEvent {
  /** What it is, as the format has it. */
  readonly flags: number;
  /** When the venue had it and when the recorder had it, µs; each never runs back within a stream. */
  readonly exch: number;
  readonly local: number;
  /** Ticks. */
  readonly price: number;
  /** Lots. */
  readonly size: number;
  /** Its stream, and its place in it: together they name it. Of two at the same time the lower stream comes first. */
  readonly stream: number;
  readonly ordinal: number;
}

/** Reads events one by one where they come in batches. */
export class EventCursor {
  private readonly batches: AsyncIterator<readonly FeedEvent[]>;
  private batch: readonly FeedEvent[] = [];
  private at = 0;

  constructor(batches: AsyncIterable<readonly FeedEvent[]>) {
    this.batches = batches[Symbol.asyncIterator]();
  }

  /** The event that it stands at; undefined after the last. */
  get current(): FeedEvent | undefined {
    return this.batch[this.at];
  }

  /** Moves on by one; true when `fill` must be awaited before `current` is asked for. */
  advance(): boolean {
    this.at += 1;
    return this.at >= this.batch.length;
  }

  /** Fetches the next events. */
  async fill(): Promise<void> {
    this.at = 0;
    do {
      const { done, value } = await this.batches.next();
      this.batch = done === true ? [] : value;
      if (done === true) return;
    } while (this.batch.length === 0);
  }
}

/** Several streams in the order of one clock. */
export class MergedCursor {
  private readonly cursors: readonly EventCursor[];
  private readonly clock: "exch" | "local";
  private best: EventCursor | undefined;

  constructor(cursors: readonly EventCursor[], clock: "exch" | "local") {
    this.cursors = cursors;
    this.clock = clock;
  }

  async start(): Promise<void> {
    for (const cursor of this.cursors) await cursor.fill();
    this.choose();
  }

  /** The next event by the clock, of equal times that of the lower stream; undefined after the last. */
  get current(): FeedEvent | undefined {
    return this.best?.current;
  }

  private choose(): void {
    this.best = undefined;
    for (const cursor of this.cursors) {
      const [candidate, best] = [cursor.current, this.best?.current];
      if (candidate === undefined) continue;
      const earlier = best === undefined || this.order(candidate, best) < 0;
      if (earlier) this.best = cursor;
    }
  }

  private order(a: FeedEvent, b: FeedEvent): number {
    const { clock } = this;
    return a[clock] === b[clock] ? a.stream - b.stream : a[clock] - b[clock];
  }

  /** Moves on by one; true when `fill` must be awaited before `current` is asked for. */
  advance(): boolean {
    if (this.best?.advance() === true) return true;
    this.choose();
    return false;
  }

  async fill(): Promise<void> {
    await this.best?.fill();
    this.choose();
  }
}

const same = (a: FeedEvent, b: FeedEvent): boolean =>
  a.stream === b.stream && a.ordinal === b.ordinal;

/**
 * Puts the events of several streams into one order in which both clocks can be read. Where the two clocks disagree about the
 * order of two streams, an event is given twice: once where the venue had it, once where the recorder had it. `take` is told for
 * which of the two each is meant; it may be asynchronous, and is awaited only then. `byExch` and `byLocal` read the same events.
 */
export async function weave(
  byExch: MergedCursor,
  byLocal: MergedCursor,
  take: (event: FeedEvent, forExch: boolean, forLocal: boolean) => Promise<void> | undefined,
): Promise<void> {
  await byExch.start();
  await byLocal.start();
  for (;;) {
    const [exch, local] = [byExch.current, byLocal.current];
    if (exch === undefined && local === undefined) return;
    const both = exch !== undefined && local !== undefined && same(exch, local);
    const exchFirst = exch !== undefined && (local === undefined || exch.exch < local.exch);
    const event = both || exchFirst ? exch : local;
    if (event === undefined) return;
    const written = take(event, both || exchFirst, both || !exchFirst);
    if (written !== undefined) await written;
    if ((both || exchFirst) && byExch.advance()) await byExch.fill();
    if ((both || !exchFirst) && byLocal.advance()) await byLocal.fill();
  }
}
