/** Lines that are remembered. A vendor's repeated lines stand next to each other or, in interleaved files, some rows apart. */
const REMEMBERED = 100_000;

/** Tells lines that a file holds twice: of the last hundred thousand different ones. */
export class RecentLines {
  private readonly lines = new Set<string>();

  /** True when the line was there before. */
  repeats(text: string): boolean {
    if (this.lines.has(text)) return true;
    this.lines.add(text);
    if (this.lines.size > REMEMBERED) {
      for (const oldest of this.lines) {
        this.lines.delete(oldest);
        break;
      }
    }
    return false;
  }
}
