import { parseUtcTime } from "../read/utcTime.ts";

/** Days from `from` up to, not including, `to`, each as the number YYYYMMDD. */
interface MappedDays {
  readonly from: number;
  readonly to: number;
}

interface Mapping {
  readonly symbol: string;
  /** µs. */
  readonly from: number;
  readonly to: number;
}

const overlap = (a: Mapping, b: Mapping): boolean => a.from < b.to && b.from < a.to;

/** A day as YYYYMMDD, µs; undefined for one that does not exist. */
function dayMicros(day: number): number | undefined {
  const digits = String(day).padStart(8, "0");
  return parseUtcTime(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)} 00:00:00`);
}

/**
 * Which symbol stands for a numeric instrument id on a day. An id may be used again for another instrument on another day. A symbol
 * that stands for several ids at once (a parent such as `ES.FUT`) names none of them.
 */
export class DatabentoSymbols {
  private readonly byId = new Map<number, Mapping[]>();
  private readonly bySymbol = new Map<string, { readonly id: number; readonly days: Mapping }[]>();
  private readonly shared = new Set<string>();
  /** What a live stream says while it runs. */
  private readonly current = new Map<number, string>();

  /** Adds a mapping of the metadata. Ids that are none and days that do not exist are left out: their records keep the number. */
  map(idText: string, symbol: string, { from, to }: MappedDays): void {
    const [start, end] = [dayMicros(from), dayMicros(to)];
    if (!/^\d{1,10}$/.test(idText) || symbol === "" || start === undefined || end === undefined) {
      return;
    }
    const id = Number(idText);
    const days: Mapping = { symbol, from: start, to: end };
    const others = this.bySymbol.get(symbol) ?? [];
    if (others.some((other) => other.id !== id && overlap(other.days, days)))
      this.shared.add(symbol);
    this.bySymbol.set(symbol, [...others, { id, days }]);
    this.byId.set(id, [...(this.byId.get(id) ?? []), days]);
  }

  /** From now on an id stands for a symbol. */
  learn(id: number, symbol: string): void {
    this.current.set(id, symbol);
  }

  /** The symbol of an instrument id at an instant, µs; undefined where none is known. */
  symbolAt(id: number, at: number): string | undefined {
    const learnt = this.current.get(id);
    if (learnt !== undefined) return learnt;
    const mapping = this.byId.get(id)?.find(({ from, to }) => from <= at && at < to);
    return mapping === undefined || this.shared.has(mapping.symbol) ? undefined : mapping.symbol;
  }
}
