import { MESSAGE_END } from "@aftershock/schema";

/**
 * Keeps the last row of a message back until it is known whether a record that gives no row of its own (a trade, a fill) ends the
 * message.
 */
export class HeldRow<Row extends { readonly flags: number }> {
  private readonly write: (row: Row) => void;
  private held: Row | undefined;

  constructor(write: (row: Row) => void) {
    this.write = write;
  }

  /** Takes the next row. */
  put(row: Row): void {
    this.flush();
    this.held = row;
  }

  /** The message is over. */
  end(): void {
    if (this.held !== undefined) this.held = { ...this.held, flags: this.held.flags | MESSAGE_END };
    this.flush();
  }

  /** Writes what is held: the message goes on, or nobody says that it is over. */
  flush(): void {
    if (this.held !== undefined) this.write(this.held);
    this.held = undefined;
  }
}
