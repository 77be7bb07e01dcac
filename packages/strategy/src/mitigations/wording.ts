/** A number with at most six digits after the point and no trailing zeros: the same in every locale. */
const plain = (value: number): string => String(Number(value.toPrecision(6)));

/** A fraction in percent: `3 %`. */
export const inPercent = (fraction: number): string => `${plain(fraction * 100)} %`;

/** Seconds as people say them: `30 s`, `5 min`, `2 h`. */
export function inTime(seconds: number): string {
  if (seconds >= 3_600 && seconds % 3_600 === 0) return `${plain(seconds / 3_600)} h`;
  if (seconds >= 60 && seconds % 60 === 0) return `${plain(seconds / 60)} min`;
  return `${plain(seconds)} s`;
}

/** An amount with thousands separators: `1,500,000`. */
export function inThousands(amount: number): string {
  const [whole = "", decimals] = plain(amount).split(".");
  if (whole.includes("e")) return whole;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}
