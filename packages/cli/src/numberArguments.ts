import { InvalidArgumentError } from "commander";

/** A whole number from 1. Throws InvalidArgumentError for another text. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError("It must be a whole number from 1.");
  }
  return value;
}

/** A fraction from 0 to 1, or a percentage. Throws InvalidArgumentError for another text. */
export function fraction(text: string): number {
  const percent = /^(.*)%$/.exec(text)?.[1];
  const value = percent === undefined ? Number(text) : Number(percent) / 100;
  if (text.trim() === "" || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError("It must be a fraction from 0 to 1, or a percentage.");
  }
  return value;
}

/** A whole number from 0. Throws InvalidArgumentError for another text. */
export function seedNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError("It must be a whole number from 0.");
  }
  return value;
}
