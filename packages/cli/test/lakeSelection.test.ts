import type { Manifest } from "@aftershock/ingest";
import { micros, type Micros, MICROS_PER_DAY, utcDate } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { bookDays, partitionsFor } from "../src/lakeSelection.ts";

/** 2024-08-01T00:00:00Z, µs. */
const START = 1_722_470_400_000_000;
const HOUR = MICROS_PER_DAY / 24;

/** An instant by the number of the day in August and the hour, µs. */
const at = (day: number, hour: number): Micros =>
  micros(START + (day - 1) * MICROS_PER_DAY + hour * HOUR);

/** A day recorded from 01:00 to 23:00. */
const day = (number: number, snapshotHour?: number): Manifest =>
  ({
    stream: "book",
    date: utcDate(at(number, 0)),
    firstTime: at(number, 1),
    lastTime: at(number, 23),
    quality: {
      quarantined: 0,
      ...(snapshotHour === undefined ? {} : { firstSnapshotTime: at(number, snapshotHour) }),
    },
  }) as unknown as Manifest;

const numbers = (days: readonly Manifest[]): readonly number[] =>
  days.map(({ date }) => Number(date.slice(-2)));

describe("partitionsFor", () => {
  const trades = [1, 2, 3, 4, 5].map((number): Manifest => ({ ...day(number), stream: "trades" }));
  const window = { from: at(3, 0), to: at(4, 0) };

  it("takes the days of a window by the recorder's clock", () => {
    expect(numbers(partitionsFor(trades, "trades", window))).toEqual([3]);
  });

  it("takes a day more on each side by the venue's clock, where rows may lie on the other side of midnight", () => {
    const found = partitionsFor(trades, "trades", { ...window, clock: "event" });
    expect(numbers(found)).toEqual([2, 3, 4]);
  });

  it("starts a book at the last day with a snapshot before the window", () => {
    const books = [day(1, 1), day(2, 1), day(3), day(4, 1)];
    expect(numbers(partitionsFor(books, "book", window))).toEqual([2, 3]);
  });
});

describe("days of orders", () => {
  const orders = (number: number, snapshotHour?: number): Manifest => ({
    ...day(number, snapshotHour),
    stream: "orders",
  });

  it("start at the last snapshot before the window, or where no day is missing since", () => {
    const window = { from: at(5, 0), to: at(6, 0) };
    const days = [orders(1), orders(3), orders(4), orders(5)];
    expect(numbers(partitionsFor(days, "orders", window))).toEqual([3, 4, 5]);
    expect(numbers(partitionsFor([orders(3), orders(4, 2), orders(5)], "orders", window))).toEqual([
      4, 5,
    ]);
  });

  it("show the book of an instant that no book by price holds", () => {
    const days = [day(1, 1), orders(1, 1), orders(3, 1)];
    expect(bookDays(days, at(1, 5), "recv").map(({ stream }) => stream)).toEqual(["book"]);
    const found = bookDays(days, at(3, 5), "recv");
    expect(found.map(({ stream, date }) => [stream, date])).toEqual([["orders", "2024-08-03"]]);
  });
});

describe("bookDays", () => {
  const days = [day(1, 1), day(2, 1), day(3), day(5), day(6, 1)];
  const chosen = (number: number, hour: number, clock: "recv" | "event" = "recv") =>
    numbers(bookDays(days, at(number, hour), clock));

  it("starts at the last snapshot and ends with the day itself", () => {
    expect(chosen(2, 12)).toEqual([2]);
    expect(chosen(3, 12)).toEqual([2, 3]);
  });

  it("adds the next day after the day's last row", () => {
    expect(chosen(1, 23)).toEqual([1]);
    expect(chosen(1, 23.5)).toEqual([1, 2]);
    expect(chosen(1, 12, "event")).toEqual([1, 2]);
  });

  it("does not reach over a day that is missing", () => {
    expect(chosen(3, 23.5)).toEqual([2, 3]);
    expect(chosen(4, 12)).toEqual([2, 3]);
    expect(chosen(5, 12)).toEqual([5]);
  });

  it("has the first day for an instant before the recording, and nothing where there is no book", () => {
    expect(numbers(bookDays(days, micros(START - HOUR), "recv"))).toEqual([1]);
    expect(bookDays([], at(1, 1), "recv")).toEqual([]);
  });
});
