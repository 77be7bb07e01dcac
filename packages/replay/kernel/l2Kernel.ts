// The inner loops of the fast book by price level for WebAssembly, in AssemblyScript. `npx -y pnpm@12.21.0 run kernel` compiles them into
// src/book/l2KernelCode.ts; a test compares the two. What goes in and out, and where in the memory it lies, stands in src/book/l2Kernel.fast.ts.
// Each function has a plain twin in JavaScript that a property test holds it to: the books of src/book/l2Book.ts.

/** 1.5 × 2^52: added to a whole number of at most 2^51, it leaves that number in the lower bits of the sum. */
const MAGIC: f64 = 6755399441055744.0;
/** The upper word of MAGIC. */
const MAGIC_HIGH: i32 = 0x43380000;
/** Keys are cut to ±2^28; what is cut lies in no window. */
const LOWEST_KEY: i32 = -0x10000000;
const HIGHEST_KEY: i32 = 0x0fffffff;

const MESSAGE_END: i32 = 4;
const CHECKSUM_MATCHED: i32 = 16;
const PRICE_FACTOR: i32 = 0x9e3779b1;
const SIZE_FACTOR: i32 = 0xc2b2ae35;

// Bytes from the start of the memory.
const SCRATCH: usize = 0;
const EVENT: usize = 64;
const SIDE_GONE: usize = 68;
const UNKNOWN: usize = 72;
const MIXED: usize = 76;
const ROWS_MIXED: usize = 80;
const NOTED: usize = 84;
const BID_SEEN: usize = 88;
const ASK_SEEN: usize = 92;
const MESSAGES: usize = 96;
const CHECKSUMS: usize = 100;
const FAR: usize = 104;
const TOPS: usize = 128;
const BASES: usize = 136;
const ORIGIN: usize = 144;
const WINDOW: usize = 152;
const BLOCK: usize = 8192;
const SIDE: usize = 256;
const FLAGS: usize = SIDE + BLOCK + 16;
const PRICE: usize = FLAGS + BLOCK + 16;
const SIZE: usize = PRICE + 8 * BLOCK + 128;
const KEYS: usize = SIZE + 8 * BLOCK + 128;
const ENDS: usize = KEYS + 4 * BLOCK + 64;
const FAR_ROWS: usize = ENDS + 4 * BLOCK;
const BIDS: usize = FAR_ROWS + 4 * BLOCK;
const ASKS: usize = BIDS + 8 * BLOCK;
const BID_SIZES: usize = ASKS + 8 * BLOCK;
const ASK_SIZES: usize = BID_SIZES + 8 * BLOCK;
const FIRSTS: usize = ASK_SIZES + 8 * BLOCK;
const FIRST_ROWS: usize = FIRSTS + 4 * BLOCK;
const WORDS: usize = FIRST_ROWS + 4 * BLOCK;

const OTHER_ROW: i32 = 1;
const TOP_GONE: i32 = 2;
const COLLECTS: i32 = 1;
const ON_TOUCH: i32 = 2;
const ALWAYS: i32 = 3;
const NONE: i32 = -2;

/** Four bytes as four numbers. */
@inline
function fourBytes(from: usize): v128 {
  return i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(from)));
}

/** Bits that are set where flags are others than 0, MESSAGE_END, and that with CHECKSUM_MATCHED. */
@inline
function oddFlags(flags: v128): v128 {
  const others = v128.andnot(flags, i8x16.splat(<i8>(MESSAGE_END | CHECKSUM_MATCHED)));
  return v128.or(others, i8x16.eq(flags, i8x16.splat(<i8>CHECKSUM_MATCHED)));
}

/** A number that is kept in a register: a constant would be made anew wherever it is used. */
@inline
function kept(value: i32): v128 {
  store<i32>(SCRATCH, value);
  return v128.load32_splat(SCRATCH);
}

@inline
function keptNumber(value: f64): v128 {
  store<f64>(SCRATCH, value);
  return v128.load64_splat(SCRATCH);
}

/**
 * Makes the keys of the 16 rows from `row` on, whatever they hold, and stores the sum over them in SCRATCH; `nth` is the number of the first of them. Returns false where one of
 * them is odd.
 */
function prepareAny(row: usize, nth: i32): bool {
  const origin = f64x2.splat(load<f64>(ORIGIN));
  const magic = f64x2.splat(MAGIC);
  const magicHigh = i32x4.splat(MAGIC_HIGH);
  const sizeFactor = i32x4.splat(SIZE_FACTOR);
  const sides = v128.load(row, SIDE);
  const flags = v128.load(row, FLAGS);
  let odd = i8x16.gt_u(i8x16.abs(sides), i8x16.splat(1));
  odd = v128.or(odd, oddFlags(flags));
  // Bits of upper words that no number which is looked at here has.
  let beyondPrice = i32x4.splat(0);
  let beyondSize = i32x4.splat(0);
  let weight = i32x4.add(i32x4.splat(2 * nth), i32x4(1, 3, 5, 7));
  let mixed = i32x4.splat(0);
  for (let one = row; one < row + 16; one += 4) {
    const price0 = v128.load(one << 3, PRICE);
    const price1 = v128.load(one << 3, PRICE + 16);
    const size0 = v128.load(one << 3, SIZE);
    const size1 = v128.load(one << 3, SIZE + 16);
    const ticks0 = f64x2.add(price0, magic);
    const ticks1 = f64x2.add(price1, magic);
    const lots0 = f64x2.add(size0, magic);
    const lots1 = f64x2.add(size1, magic);
    odd = v128.or(odd, f64x2.ne(f64x2.sub(ticks0, magic), price0));
    odd = v128.or(odd, f64x2.ne(f64x2.sub(ticks1, magic), price1));
    odd = v128.or(odd, f64x2.ne(f64x2.sub(lots0, magic), size0));
    odd = v128.or(odd, f64x2.ne(f64x2.sub(lots1, magic), size1));
    const high = i32x4.sub(v128.shuffle<i32>(lots0, lots1, 1, 3, 5, 7), magicHigh);
    beyondSize = v128.or(beyondSize, high);
    const above = v128.xor(v128.shuffle<i32>(ticks0, ticks1, 1, 3, 5, 7), magicHigh);
    beyondPrice = v128.or(beyondPrice, above);
    const side = fourBytes(SIDE + one);
    const flag = fourBytes(FLAGS + one);
    const steps = v128.shuffle<i32>(
      i32x4.trunc_sat_f64x2_s_zero(f64x2.sub(price0, origin)),
      i32x4.trunc_sat_f64x2_s_zero(f64x2.sub(price1, origin)),
      0, 1, 4, 5,
    );
    const mirror = i32x4.shr_s(side, 31);
    const none = i32x4.eq(side, i32x4.splat(0));
    let key = v128.bitselect(i32x4.splat(HIGHEST_KEY), v128.xor(steps, mirror), none);
    key = i32x4.min_s(i32x4.max_s(key, i32x4.splat(LOWEST_KEY)), i32x4.splat(HIGHEST_KEY));
    const end = i32x4.shr_u(v128.and(flag, i32x4.splat(MESSAGE_END)), 1);
    const matched = i32x4.shr_u(v128.andnot(flag, i32x4.splat(MESSAGE_END)), 2);
    const marks = v128.or(v128.or(end, matched), i32x4.shr_u(mirror, 31));
    v128.store(one << 2, v128.or(i32x4.shl(key, 3), marks), KEYS);
    let rest = v128.xor(v128.shuffle<i32>(lots0, lots1, 0, 2, 4, 6), i32x4.mul(high, sizeFactor));
    rest = v128.xor(rest, v128.xor(i32x4.shl(side, 30), i32x4.shl(flag, 24)));
    let own = i32x4.mul(v128.shuffle<i32>(ticks0, ticks1, 0, 2, 4, 6), i32x4.splat(PRICE_FACTOR));
    own = i32x4.add(own, i32x4.mul(rest, sizeFactor));
    own = v128.xor(own, i32x4.shr_u(own, 15));
    mixed = i32x4.add(mixed, i32x4.mul(own, weight));
    weight = i32x4.add(weight, i32x4.splat(8));
  }
  odd = v128.or(odd, v128.and(beyondPrice, i32x4.splat(0xfff00000)));
  odd = v128.or(odd, v128.and(beyondSize, i32x4.splat(0xfff80000)));
  v128.store(SCRATCH, mixed);
  return !v128.any_true(odd);
}

/** Looks at `count` rows, 16 at once, makes their keys and takes them into the sum over rows; stops in front of the 16 that have an odd one. */
export function prepare(count: i32): i32 {
  const start = load<f64>(ORIGIN);
  const isNear = start >= 0.0 && start <= <f64>HIGHEST_KEY;
  const origin = kept(<i32>(isNear ? start : 0.0));
  const magic = keptNumber(MAGIC);
  const magicHigh = kept(MAGIC_HIGH);
  const priceFactor = kept(PRICE_FACTOR);
  const sizeFactor = kept(SIZE_FACTOR);
  const nothing = i32x4.splat(0);
  const first = load<i32>(ROWS_MIXED);
  const rows = <usize>count;
  // What lies behind the rows counts nothing, and is not odd.
  const over = ((rows + 15) & ~15) - rows;
  memory.fill(SIDE + rows, 0, over);
  memory.fill(FLAGS + rows, 0, over);
  memory.fill(PRICE + (rows << 3), 0, over << 3);
  memory.fill(SIZE + (rows << 3), 0, over << 3);
  let weight = i32x4.add(i32x4.splat(2 * first), i32x4(1, 3, 5, 7));
  let sum = i32x4.splat(0);
  let row: usize = 0;
  for (; row < rows; row += 16) {
    const sides = v128.load(row, SIDE);
    const flags = v128.load(row, FLAGS);
    // What is usual: sides, whole prices of 0 to 2^28 ticks, whole sizes below 2^32 lots. What is not, shows as bits that are set.
    let unusual = i8x16.ne(i8x16.abs(sides), i8x16.splat(1));
    unusual = v128.or(unusual, oddFlags(flags));
    // Of each row the lowest bits of its key, and what a side and flags add to the highest byte of the sum; then both as words, four a vector.
    const ends = v128.or(v128.and(flags, i8x16.splat(<i8>MESSAGE_END)), v128.and(sides, i8x16.splat(2)));
    const matched = i16x8.shr_u(v128.and(flags, i8x16.splat(<i8>CHECKSUM_MATCHED)), 2);
    const marks = v128.or(i16x8.shr_u(ends, 1), matched);
    const tops = v128.xor(i16x8.shl(v128.and(sides, i8x16.splat(3)), 6), flags);
    const marksLow = v128.shuffle<i8>(marks, nothing, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const marksHigh = v128.shuffle<i8>(marks, nothing, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const topsLow = v128.shuffle<i8>(nothing, tops, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const topsHigh = v128.shuffle<i8>(nothing, tops, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128.store(SCRATCH, v128.shuffle<i16>(marksLow, topsLow, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(SCRATCH, v128.shuffle<i16>(marksLow, topsLow, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    v128.store(SCRATCH, v128.shuffle<i16>(marksHigh, topsHigh, 0, 8, 1, 9, 2, 10, 3, 11), 32);
    v128.store(SCRATCH, v128.shuffle<i16>(marksHigh, topsHigh, 4, 12, 5, 13, 6, 14, 7, 15), 48);
    let lows = nothing;
    let mixed = sum;
    for (let one: usize = 0; one < 16; one += 4) {
      const at = row + one;
      const price0 = v128.load(at << 3, PRICE);
      const price1 = v128.load(at << 3, PRICE + 16);
      const size0 = v128.load(at << 3, SIZE);
      const size1 = v128.load(at << 3, SIZE + 16);
      const ticks0 = f64x2.add(price0, magic);
      const ticks1 = f64x2.add(price1, magic);
      const lots0 = f64x2.add(size0, magic);
      const lots1 = f64x2.add(size1, magic);
      unusual = v128.or(unusual, f64x2.ne(f64x2.sub(ticks0, magic), price0));
      unusual = v128.or(unusual, f64x2.ne(f64x2.sub(ticks1, magic), price1));
      unusual = v128.or(unusual, f64x2.ne(f64x2.sub(lots0, magic), size0));
      unusual = v128.or(unusual, f64x2.ne(f64x2.sub(lots1, magic), size1));
      unusual = v128.or(unusual, v128.xor(v128.shuffle<i32>(ticks0, ticks1, 1, 3, 5, 7), magicHigh));
      unusual = v128.or(unusual, v128.xor(v128.shuffle<i32>(lots0, lots1, 1, 3, 5, 7), magicHigh));
      const ticks = v128.shuffle<i32>(ticks0, ticks1, 0, 2, 4, 6);
      lows = v128.or(lows, ticks);
      const both = v128.load(SCRATCH + (one << 2));
      const key = v128.xor(i32x4.sub(ticks, origin), i32x4.shr_s(both, 31));
      v128.store(at << 2, v128.or(i32x4.shl(key, 3), v128.and(both, i32x4.splat(7))), KEYS);
      const rest = v128.xor(v128.shuffle<i32>(lots0, lots1, 0, 2, 4, 6), v128.and(both, i32x4.splat(0xff000000)));
      let own = i32x4.add(i32x4.mul(ticks, priceFactor), i32x4.mul(rest, sizeFactor));
      own = v128.xor(own, i32x4.shr_u(own, 15));
      mixed = i32x4.add(mixed, i32x4.mul(own, weight));
      weight = i32x4.add(weight, i32x4.splat(8));
    }
    unusual = v128.or(unusual, v128.and(lows, i32x4.splat(~HIGHEST_KEY)));
    if (!isNear || v128.any_true(unusual)) {
      if (!prepareAny(row, first + <i32>row)) break;
      mixed = i32x4.add(sum, v128.load(SCRATCH));
    }
    sum = mixed;
  }
  const taken = row < rows ? <i32>row : count;
  const total =
    i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3);
  store<i32>(MIXED, load<i32>(MIXED) + total);
  store<i32>(ROWS_MIXED, first + taken);
  return taken;
}

/** Lists the rows of the first `count` that end a message; returns how many. */
export function listEnds(count: i32): i32 {
  let to = ENDS;
  for (let row = 0; row < count; row += 16) {
    const flags = v128.load(FLAGS + <usize>row);
    let marks = i8x16.bitmask(i8x16.shl(flags, 5));
    if (count - row < 16) marks &= (1 << (count - row)) - 1;
    for (; marks !== 0; marks &= marks - 1) {
      store<i32>(to, row + ctz(marks));
      to += 4;
    }
  }
  return <i32>((to - ENDS) >> 2);
}

/** The highest word of a side with a level, from the group of words of `from` on down, by its place in `bits`; -1 for none. */
function wordBelow(side: i32, from: i32, window: i32): i32 {
  const last = side * (window >> 10);
  let group = from >> 5;
  let marks = load<i32>(WORDS + (<usize>group << 2));
  while (marks === 0) {
    group--;
    if (group < last) return -1;
    marks = load<i32>(WORDS + (<usize>group << 2));
  }
  return (group << 5) + 31 - clz(marks);
}

/** See `run`; `watches` is whether it may stop at ends of messages that are not crossed, otherwise it notes the best prices wherever they move. */
@inline
function runRows(from: i32, to: i32, stops: i32, watches: bool): i32 {
  const window = load<i32>(WINDOW);
  const bidBase = load<i32>(BASES);
  const otherBase = bidBase ^ load<i32>(BASES, 4);
  const bits = <usize>(window >> 7);
  const sizes = bits + <usize>(window >> 2);
  let unknown = load<i32>(UNKNOWN);
  // Messages, and from bit 32 on checksums.
  let counted: u64 = 0;
  // Whether the best prices may have moved since the last end of a message.
  let moved = 1;
  let far = 0;
  let event = 0;
  let row = from << 2;
  const last = to << 2;
  for (; row < last; row += 4) {
    const key = load<i32>(row, KEYS);
    const side = -(key & 1);
    const place = (key >> 3) - (bidBase ^ (otherBase & side));
    const best = side & 4;
    const top = load<i32>(best, TOPS);
    if (<u32>place < <u32>window) {
      const slot = (window & side) + place;
      const lots = load<u64>(row << 1, SIZE);
      const own = bits + ((<usize>slot >> 5) << 2);
      const before = load<i32>(own, WORDS);
      // The bits of a number: without its sign, as -0 deletes too.
      const has = i32(lots << 1 !== 0);
      const bit = 1 << slot;
      const after = (before & ~bit) | (has << slot);
      unknown += (has | ((before >>> slot) & 1)) ^ 1;
      store<u64>(sizes + (<usize>slot << 3), lots, WORDS);
      store<i32>(own, after, WORDS);
      if (i32(before === 0) | i32(after === 0)) {
        const group = (<usize>slot >> 10) << 2;
        const mark = 1 << (slot >> 5);
        const marks = load<i32>(group, WORDS);
        store<i32>(group, (marks & ~mark) | (i32(after !== 0) << (slot >> 5)), WORDS);
      }
      const higher = has & i32(place > top);
      store<i32>(best, select(place, top, higher), TOPS);
      moved |= higher;
      if (((place ^ top) | has) === 0) {
        moved = 1;
        if (after !== 0) store<i32>(best, (place | 31) - clz(after), TOPS);
        else {
          const firstWord = (window & side) >> 5;
          const word = wordBelow(-side, slot >> 5, window);
          if (word < 0) {
            store<i32>(best, -1, TOPS);
            store<i32>(SIDE_GONE, -side);
            event = TOP_GONE;
            break;
          }
          const below = load<i32>(bits + (<usize>word << 2), WORDS);
          store<i32>(best, ((word - firstWord) << 5) + 31 - clz(below), TOPS);
        }
      }
    } else {
      // Below a window that holds a level, it makes no difference to the best one: later.
      if ((place & ~top) >= 0) {
        event = OTHER_ROW;
        break;
      }
      store<i32>(far, row >>> 2, FAR_ROWS);
      far += 4;
    }
    if ((key & 2) === 0) continue;
    if (moved !== 0) {
      // What is needed here alone is read here: it would take registers of the loop.
      moved = i32(stops === ALWAYS);
      const bid = load<i32>(TOPS);
      const ask = load<i32>(TOPS, 4);
      const askBase = load<i32>(BASES, 4);
      const other = (bid ^ load<i32>(BID_SEEN)) | (ask ^ load<i32>(ASK_SEEN)) | moved;
      // Below 0 where one is: the distance of the two, each of them, the wish to hear of it. The best bid is at or above the best ask when the
      // places of both add up to no less than -1 less the bases.
      let stop = (-2 - bidBase - askBase - bid - ask) | bid | ask;
      if (watches) stop |= other | -other;
      if (stop < 0) break;
      if (!watches && other !== 0) {
        store<i32>(BID_SEEN, bid);
        store<i32>(ASK_SEEN, ask);
        if (stops === COLLECTS) {
          const noted = load<i32>(NOTED);
          const run = noted << 3;
          store<f64>(run, load<f64>(ORIGIN) + <f64>(bidBase + bid), BIDS);
          store<f64>(run, load<f64>(ORIGIN) - <f64>(askBase + ask) - 1.0, ASKS);
          store<u64>(run, load<u64>(sizes + (<usize>bid << 3), WORDS), BID_SIZES);
          store<u64>(run, load<u64>(sizes + (<usize>(window + ask) << 3), WORDS), ASK_SIZES);
          store<i32>(run >>> 1, load<i32>(MESSAGES) + <i32>counted, FIRSTS);
          store<i32>(run >>> 1, row >>> 2, FIRST_ROWS);
          store<i32>(NOTED, noted + 1);
        }
      }
    }
    counted += (<u64>(key & 4) << 30) + 1;
  }
  store<i32>(EVENT, event);
  store<i32>(UNKNOWN, unknown);
  store<i32>(MESSAGES, load<i32>(MESSAGES) + <i32>counted);
  store<i32>(CHECKSUMS, load<i32>(CHECKSUMS) + <i32>(counted >>> 32));
  store<i32>(FAR, far >>> 2);
  return row >>> 2;
}

/** Sets the levels of the rows [from, to), which `prepare` let through, until something rare comes up; returns the row at which it stopped, or `to`. */
export function run(from: i32, to: i32, stops: i32): i32 {
  return stops >= ON_TOUCH ? runRows(from, to, stops, true) : runRows(from, to, stops, false);
}
