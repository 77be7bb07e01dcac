import { MICROS_PER_SECOND } from "@aftershock/schema";

/** How long a message is waited for that came later than its id says. Replies to subscriptions are late by some ms. */
const HOLD_MICROS: number = 1 * MICROS_PER_SECOND;

/** A message that waits. `write` emits what it turned out to be. */
interface Held {
  readonly tsRecv: number;
  readonly write: () => void;
}

/**
 * Ids that count up by one over the messages of a connection, some of which come late. While one is missing, the messages after
 * the hole wait; if it comes, all are written as if nothing had been, and if it does not within a second (of the recorder's
 * clock), `onLoss` is called before the first message after the hole is written. Order is always that of the recording.
 */
export class ReorderedIds {
  private readonly onLoss: () => void;
  /** The id that has to come next; undefined before the first. */
  private next: number | undefined;
  /** Ids above `next` that came. */
  private readonly early = new Set<number>();
  private held: Held[] = [];

  constructor(onLoss: () => void) {
    this.onLoss = onLoss;
  }

  /** A message came, also one that turns out to be bad. */
  saw(id: number, tsRecv: number): void {
    this.giveUpOn(tsRecv);
    this.next ??= id;
    if (id >= this.next) this.early.add(id);
    while (this.early.delete(this.next)) this.next += 1;
  }

  /**
   * A message came: true when nothing is missing before it and none waits, so that it may be emitted at once. Otherwise nothing has
   * changed, and it is one for `saw` and `write`.
   */
  inTurn(id: number): boolean {
    if (this.next === undefined || id > this.next) return false;
    if (this.early.size > 0 || this.held.length > 0) return false;
    if (id === this.next) this.next += 1;
    return true;
  }

  /** Emits a message that was seen, now or as soon as what is missing before it has come. */
  write(tsRecv: number, write: () => void): void {
    this.held.push({ tsRecv, write });
    if (this.early.size === 0) this.flush();
  }

  /** Nothing more will come: what is missing is lost. */
  end(): void {
    if (this.early.size > 0) this.giveUp();
    this.flush();
  }

  /** The ids start anew. */
  restart(): void {
    this.end();
    this.next = undefined;
  }

  private giveUpOn(tsRecv: number): void {
    const [first] = this.held;
    if (this.early.size > 0 && first !== undefined && tsRecv - first.tsRecv > HOLD_MICROS) {
      this.giveUp();
      this.flush();
    }
  }

  private giveUp(): void {
    this.onLoss();
    this.next = Math.max(...this.early) + 1;
    this.early.clear();
  }

  private flush(): void {
    const { held } = this;
    this.held = [];
    for (const { write } of held) write();
  }
}
