/** Bytes to a multiple of which a header is filled up, so that the values after it are aligned. */
const ALIGNMENT = 64;

/**
 * The start of a `.npy` file, format 1.0, for values in little-endian C order. `type` is the `descr` of the array in Python's
 * notation, `shape` its length in each dimension. Source: numpy.lib.format.
 */
export function npyHeader(type: string, shape: readonly number[]): Buffer {
  const sizes = shape.map((size) => `${size},`).join(" ");
  const text = `{'descr': ${type}, 'fortran_order': False, 'shape': (${sizes}), }`;
  const magic = Buffer.from("\u0093NUMPY\u0001\u0000", "latin1");
  const bare = magic.length + 2 + text.length + 1;
  const padding = (ALIGNMENT - (bare % ALIGNMENT)) % ALIGNMENT;
  const header = Buffer.from(`${text}${" ".repeat(padding)}\n`, "latin1");
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([magic, length, header]);
}

/** A text as a `.npy` file: an array of no dimension, of UTF-32. */
export function npyText(text: string): Buffer {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const values = Buffer.alloc(points.length * 4);
  points.forEach((point, i) => values.writeUInt32LE(point, i * 4));
  return Buffer.concat([npyHeader(`'<U${points.length}'`, []), values]);
}
