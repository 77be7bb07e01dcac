import { ConfigError, type Decimal, formatDecimal, IntegrityError } from "@aftershock/schema";
import type { ParquetColumn } from "./parquetFile.ts";

// Widths and limits of nautilus_trader in high precision, which its builds for Linux and macOS have: nautilus_model, types/fixed.rs,
// types/price.rs, types/quantity.rs; read in 1.221, 2026-11.
const FIXED_DECIMALS = 16;
const PRICE_MAX = 17_014_118_346_046n;
const QUANTITY_MAX = 34_028_236_692_093n;

/** What a whole number of steps is in units of 1e-16. */
export class FixedScale {
  /** Digits after the point. */
  readonly precision: number;
  private readonly units: bigint;
  private readonly most: bigint;
  private readonly what: string;

  /** Throws ConfigError when the steps are finer than 16 decimals. */
  constructor(step: Decimal, what: "price" | "size") {
    if (step.decimals > FIXED_DECIMALS) {
      throw new ConfigError(
        `nautilus_trader has ${FIXED_DECIMALS} decimals: a ${what} step of ${formatDecimal(step)} does not fit`,
        { hints: ["Export this instrument in another format."] },
      );
    }
    this.precision = step.decimals;
    this.units = BigInt(step.mantissa) * 10n ** BigInt(FIXED_DECIMALS - step.decimals);
    this.most = (what === "price" ? PRICE_MAX : QUANTITY_MAX) * 10n ** BigInt(FIXED_DECIMALS);
    this.what = what;
  }

  /** Throws ConfigError when the value is beyond what nautilus_trader can hold. */
  of(steps: number): bigint {
    const value = BigInt(steps) * this.units;
    if (value <= this.most && value >= -this.most) return value;
    throw new ConfigError(
      `a ${this.what} of ${value}e-16 is beyond what nautilus_trader can hold`,
      {
        hints: ["Export this instrument in another format."],
      },
    );
  }
}

/** Values of one column on their way into a Parquet file. */
export class ColumnBytes {
  private bytes: Buffer = Buffer.alloc(1 << 16);
  private used = 0;

  private room(size: number): number {
    if (this.used + size > this.bytes.length) {
      const larger = Buffer.alloc(Math.max(this.bytes.length * 2, this.used + size));
      this.bytes.copy(larger, 0, 0, this.used);
      this.bytes = larger;
    }
    const at = this.used;
    this.used += size;
    return at;
  }

  uint8(value: number): void {
    const at = this.room(4);
    this.bytes.writeUInt32LE(value, at);
  }

  uint64(value: bigint): void {
    const at = this.room(8);
    this.bytes.writeBigUInt64LE(value, at);
  }

  fixed16(value: bigint): void {
    const at = this.room(16);
    this.bytes.writeBigUInt64LE(BigInt.asUintN(64, value), at);
    this.bytes.writeBigUInt64LE(BigInt.asUintN(64, value >> 64n), at + 8);
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    const at = this.room(4 + length);
    this.bytes.writeUInt32LE(length, at);
    this.bytes.write(value, at + 4);
  }

  /** The values so far; they are gone from here. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.used));
    this.used = 0;
    return taken;
  }
}

/** Rows on their way into a Parquet file, column by column; each ends with its two clocks. */
export class ColumnTable {
  private readonly columns: ReadonlyMap<string, ColumnBytes>;
  /** Rows since the last time that they were taken. */
  rows = 0;
  /** ts_init of the first row of all, and of the last, µs. */
  first: number | undefined;
  last: number | undefined;

  constructor(columns: readonly ParquetColumn[]) {
    this.columns = new Map(columns.map(({ name }) => [name, new ColumnBytes()]));
  }

  column(name: string): ColumnBytes {
    const column = this.columns.get(name);
    if (column === undefined) throw new IntegrityError(`Invariant: there is no column ${name}`);
    return column;
  }

  /** Ends a row: ts_init is the recorder's clock, ts_event the venue's; each is the other where it is absent. µs. */
  endRow(tsEvent: number, tsRecv: number): void {
    const init = Number.isNaN(tsRecv) ? tsEvent : tsRecv;
    const event = Number.isNaN(tsEvent) ? tsRecv : tsEvent;
    this.column("ts_event").uint64(BigInt(event) * 1_000n);
    this.column("ts_init").uint64(BigInt(init) * 1_000n);
    this.first ??= init;
    this.last = init;
    this.rows += 1;
  }

  /** The values of each column so far; they are gone from here. */
  take(): readonly Buffer[] {
    this.rows = 0;
    return [...this.columns.values()].map((column) => column.take());
  }
}
