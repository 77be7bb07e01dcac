// The inner loops of the fast book by order for WebAssembly, in AssemblyScript. `npx -y pnpm@12.21.0 run kernel` compiles them into
// src/book/l3KernelCode.ts; a test compares the two. What goes in and out, and where in the memory it lies, stands in src/book/orderMemory.fast.ts.
// Each function has a plain twin in JavaScript that a property test holds it to: FastOrderQueues row by row, and the book of src/book/l3Book.ts.

/** 1.5 × 2^52: added to a whole number of at most 2^51, it leaves that number in the lower bits of the sum. */
const MAGIC: f64 = 6755399441055744.0;
/** The upper word of MAGIC. */
const MAGIC_HIGH: i32 = 0x43380000;

const MESSAGE_END: i32 = 4;
const ADD: i32 = 1;
const MODIFY: i32 = 2;
const CANCEL: i32 = 3;
const EXECUTE: i32 = 4;
const PRICE_FACTOR: i32 = 0x9e3779b1;
const SIZE_FACTOR: i32 = 0xc2b2ae35;
const SPREAD: i32 = 0x9e3779b1;
const SPREAD_HIGH: i32 = 0x85ebca6b;

// Bytes from the start of the memory.
const SCRATCH: usize = 0;
const EVENT: usize = 64;
const NOTED: usize = 68;
const MESSAGES: usize = 72;
const BID_SEEN: usize = 76;
const ASK_SEEN: usize = 80;
const MIXED: usize = 84;
const ROWS_MIXED: usize = 88;
const CHANGES: usize = 92;
const FREE: usize = 96;
const USED: usize = 100;
const ROOM: usize = 104;
const COUNT: usize = 108;
const SHIFT: usize = 112;
const INDEX: usize = 116;
const RECORDS: usize = 120;
const TOPS: usize = 128;
const BASES: usize = 136;
const ORIGIN: usize = 144;
const WINDOW: usize = 152;
const BLOCK: usize = 2048;
const PLACES: usize = BLOCK + 64;
const ACTION: usize = 256;
const SIDE: usize = ACTION + PLACES;
const FLAGS: usize = SIDE + PLACES;
const PRICE: usize = FLAGS + PLACES;
const SIZE: usize = PRICE + 8 * PLACES;
const LO: usize = SIZE + 8 * PLACES;
const HI: usize = LO + 4 * PLACES;
const HASHES: usize = HI + 4 * PLACES;
const IDS: usize = HASHES + 4 * PLACES;
const BIDS: usize = IDS + 8 * PLACES;
const ASKS: usize = BIDS + 8 * PLACES;
const NEAR: usize = ASKS + 8 * PLACES;
/** Places of levels a side. */
const NEAR_PLACES: i32 = 32768;
const WORDS: usize = NEAR + 8 * <usize>NEAR_PLACES;

// Bytes within a record.
const BEFORE: usize = 8;
const AFTER: usize = 12;
const LEVEL: usize = 16;
const NEXT: usize = 20;
const LOTS: usize = 24;
// Of a level.
const LEVEL_SIDE: usize = 16;
const ORDERS: usize = 20;

const OTHER_ROW: i32 = 1;
const COLLECTS: i32 = 1;
const ON_TOUCH: i32 = 2;
const ALWAYS: i32 = 3;

/** How many rows ahead the first record of an order's place in the index is read, so that it is near the processor when its turn comes. */
const AHEAD: usize = 6;

/** Four bytes as four numbers. */
@inline
function fourBytes(from: usize): v128 {
  return i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(from)));
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

/** Joins the words of `count` ids and makes their hashes; returns whether one may be a text's, which has another hash. */
export function hashIds(count: i32): bool {
  const spread = kept(SPREAD);
  const spreadHigh = kept(SPREAD_HIGH);
  let texts = i32x4.splat(0);
  const bytes = <usize>count << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const lo = v128.load(at, LO);
    const hi = v128.load(at, HI);
    v128.store(at << 1, v128.shuffle<i32>(lo, hi, 0, 4, 1, 5), IDS);
    v128.store(at << 1, v128.shuffle<i32>(lo, hi, 2, 6, 3, 7), IDS + 16);
    const mixed = v128.xor(lo, i32x4.mul(hi, spreadHigh));
    v128.store(at, i32x4.mul(v128.xor(mixed, i32x4.shr_u(mixed, 15)), spread), HASHES);
    texts = v128.or(texts, i32x4.eq(hi, i32x4.splat(-1)));
  }
  return v128.any_true(texts);
}

/** Looks at `count` rows, 16 at once, and takes them into the sum over rows; stops in front of the 16 that have an odd one. */
export function prepare(count: i32): i32 {
  const magic = keptNumber(MAGIC);
  const magicHigh = kept(MAGIC_HIGH);
  const priceFactor = kept(PRICE_FACTOR);
  const sizeFactor = kept(SIZE_FACTOR);
  const first = load<i32>(ROWS_MIXED);
  const rows = <usize>count;
  // What lies behind the rows is not odd, and is left out of the sum.
  const over = ((rows + 15) & ~15) - rows;
  memory.fill(ACTION + rows, <u8>ADD, over);
  memory.fill(SIDE + rows, 1, over);
  memory.fill(FLAGS + rows, 0, over);
  memory.fill(PRICE + (rows << 3), 0, over << 3);
  memory.fill(SIZE + (rows << 3), 0, over << 3);
  const end = i32x4.splat(count);
  let nth = i32x4(0, 1, 2, 3);
  let weight = i32x4.add(i32x4.splat(2 * first), i32x4(1, 3, 5, 7));
  let sum = i32x4.splat(0);
  let row: usize = 0;
  for (; row < rows; row += 16) {
    const actions = v128.load(row, ACTION);
    let odd = i8x16.gt_u(i8x16.sub(actions, i8x16.splat(<i8>ADD)), i8x16.splat(3));
    odd = v128.or(odd, i8x16.ne(i8x16.abs(v128.load(row, SIDE)), i8x16.splat(1)));
    odd = v128.or(odd, v128.andnot(v128.load(row, FLAGS), i8x16.splat(<i8>MESSAGE_END)));
    // Bits of upper words that no number which is looked at here has.
    let beyondPrice = i32x4.splat(0);
    let beyondSize = i32x4.splat(0);
    let mixed = sum;
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
      const low = v128.shuffle<i32>(lots0, lots1, 0, 2, 4, 6);
      const action = fourBytes(ACTION + one);
      const cancels = i32x4.eq(action, i32x4.splat(CANCEL));
      odd = v128.or(odd, v128.and(cancels, v128.or(low, high)));
      let rest = v128.xor(low, i32x4.mul(high, sizeFactor));
      rest = v128.xor(rest, i32x4.shl(fourBytes(SIDE + one), 30));
      rest = v128.xor(rest, i32x4.shl(fourBytes(FLAGS + one), 24));
      rest = v128.xor(rest, i32x4.shl(action, 20));
      const ticks = v128.shuffle<i32>(ticks0, ticks1, 0, 2, 4, 6);
      let own = i32x4.mul(v128.xor(ticks, v128.load(one << 2, HASHES)), priceFactor);
      own = i32x4.add(own, i32x4.mul(rest, sizeFactor));
      own = i32x4.mul(v128.xor(own, i32x4.shr_u(own, 15)), weight);
      mixed = i32x4.add(mixed, v128.and(own, i32x4.lt_s(nth, end)));
      weight = i32x4.add(weight, i32x4.splat(8));
      nth = i32x4.add(nth, i32x4.splat(4));
    }
    odd = v128.or(odd, v128.and(beyondPrice, i32x4.splat(0xfff00000)));
    odd = v128.or(odd, v128.and(beyondSize, i32x4.splat(0xfff80000)));
    if (v128.any_true(odd)) break;
    sum = mixed;
  }
  const taken = row < rows ? <i32>row : count;
  const total =
    i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3);
  store<i32>(MIXED, load<i32>(MIXED) + total);
  store<i32>(ROWS_MIXED, first + taken);
  return taken;
}

@inline
function recordAt(record: i32): usize {
  return <usize>load<i32>(RECORDS) + (<usize>record << 5);
}

/** Hands out a record: a free one, else the first that was never used. */
@inline
function takeRecord(records: usize): i32 {
  const free = load<i32>(FREE);
  if (free !== 0) {
    store<i32>(FREE, load<i32>(records + (<usize>free << 5), AFTER));
    return free;
  }
  const fresh = load<i32>(USED);
  store<i32>(USED, fresh + 1);
  return fresh;
}

@inline
function releaseRecord(records: usize, record: i32): void {
  store<i32>(records + (<usize>record << 5), load<i32>(FREE), AFTER);
  store<i32>(FREE, record);
}

/** Where the record of the level at a price is noted. */
@inline
function nearOf(price: f64, side: i32): usize {
  const ticks = <i32>reinterpret<u64>(price + MAGIC);
  return NEAR + (<usize>((ticks & (NEAR_PLACES - 1)) + (side & NEAR_PLACES)) << 2);
}

/** The place of a price in the window of its side; -1 where it has none. */
function placeOf(price: f64, side: i32): i32 {
  const steps = price - load<f64>(ORIGIN);
  if (!(Math.abs(steps) < 268435456.0)) return -1;
  const place = (<i32>steps ^ (side >> 31)) - load<i32>(BASES + (side & 4));
  return <u32>place < load<u32>(WINDOW) ? place : -1;
}

/** The best place of a side that has a level, from a word of it on down; -1 for none. */
function topBelow(side: i32, word: i32): i32 {
  const window = load<i32>(WINDOW);
  const first = window & side;
  const bits = WORDS + <usize>(window >> 7);
  let group = word >> 5;
  let marks = load<i32>(WORDS + (<usize>group << 2));
  while (marks === 0) {
    if (--group < first >> 10) return -1;
    marks = load<i32>(WORDS + (<usize>group << 2));
  }
  const found = (group << 5) + 31 - clz(marks);
  return (found << 5) + 31 - clz(load<i32>(bits + (<usize>found << 2))) - first;
}

/** Makes a level whose place in `near` is free; 0 where its place in the ladder is not in a window. There is a record for it. */
function makeLevel(price: f64, side: i32): i32 {
  const place = placeOf(price, side);
  if (place < 0) return 0;
  const records = <usize>load<i32>(RECORDS);
  const level = takeRecord(records);
  const own = records + (<usize>level << 5);
  // Never -0.
  store<f64>(own, price + 0.0);
  store<i32>(own, level, BEFORE);
  store<i32>(own, level, AFTER);
  store<i32>(own, side, LEVEL_SIDE);
  store<i32>(own, 0, ORDERS);
  store<f64>(own, 0, LOTS);
  store<i32>(nearOf(price, side), level);
  const window = load<i32>(WINDOW);
  const slot = (window & side) + place;
  const word = WORDS + <usize>(window >> 7) + ((<usize>slot >> 5) << 2);
  store<i32>(word, load<i32>(word) | (1 << slot));
  const group = WORDS + ((<usize>slot >> 10) << 2);
  store<i32>(group, load<i32>(group) | (1 << (slot >> 5)));
  store<f64>(WORDS + <usize>(window >> 7) + <usize>(window >> 2) + (<usize>slot << 3), 1);
  const top = TOPS + (side & 4);
  if (place > load<i32>(top)) store<i32>(top, place);
  store<i32>(CHANGES, load<i32>(CHANGES) + 1);
  return level;
}

/** The place in its window of a level that can be dropped here; -1 where it has none, or shares its place in `near`. */
function droppable(level: i32): i32 {
  const own = recordAt(level);
  const price = load<f64>(own);
  const side = load<i32>(own, LEVEL_SIDE);
  return load<i32>(nearOf(price, side)) === level ? placeOf(price, side) : -1;
}

/** Forgets a level without orders, whose place in its window this is. */
function dropLevel(level: i32, place: i32): void {
  const records = <usize>load<i32>(RECORDS);
  const own = records + (<usize>level << 5);
  const side = load<i32>(own, LEVEL_SIDE);
  store<i32>(nearOf(load<f64>(own), side), 0);
  releaseRecord(records, level);
  const window = load<i32>(WINDOW);
  const slot = (window & side) + place;
  const word = WORDS + <usize>(window >> 7) + ((<usize>slot >> 5) << 2);
  const after = load<i32>(word) & ~(1 << slot);
  store<i32>(word, after);
  if (after === 0) {
    const group = WORDS + ((<usize>slot >> 10) << 2);
    store<i32>(group, load<i32>(group) & ~(1 << (slot >> 5)));
  }
  const top = TOPS + (side & 4);
  if (place === load<i32>(top)) store<i32>(top, topBelow(side, slot >> 5));
  store<i32>(CHANGES, load<i32>(CHANGES) + 1);
}

/** Appends an order to the queue of a level. */
@inline
function append(records: usize, order: i32, level: i32, lots: f64): void {
  const own = records + (<usize>order << 5);
  const queue = records + (<usize>level << 5);
  const last = load<i32>(queue, BEFORE);
  store<i32>(own, last, BEFORE);
  store<i32>(own, level, AFTER);
  store<i32>(own, level, LEVEL);
  store<f64>(own, lots, LOTS);
  store<i32>(records + (<usize>last << 5), order, AFTER);
  store<i32>(queue, order, BEFORE);
  store<i32>(queue, load<i32>(queue, ORDERS) + 1, ORDERS);
  store<f64>(queue, load<f64>(queue, LOTS) + lots, LOTS);
}

/** Takes an order out of its queue; returns how many are left in it. */
@inline
function unlink(records: usize, own: usize, queue: usize): i32 {
  const before = load<i32>(own, BEFORE);
  const after = load<i32>(own, AFTER);
  store<i32>(records + (<usize>before << 5), after, AFTER);
  store<i32>(records + (<usize>after << 5), before, BEFORE);
  const others = load<i32>(queue, ORDERS) - 1;
  store<i32>(queue, others, ORDERS);
  store<f64>(queue, load<f64>(queue, LOTS) - load<f64>(own, LOTS), LOTS);
  return others;
}

/** The level at a price, which is made where there is none; 0 where it cannot be found or made here. */
@inline
function levelFor(records: usize, price: f64, side: i32): i32 {
  const level = load<i32>(nearOf(price, side));
  if (level === 0) return makeLevel(price, side);
  // Where levels share a place, the first has its number there below 0.
  return level > 0 && load<f64>(records + (<usize>level << 5)) === price ? level : 0;
}

/** Puts an order at the back of the queue of another price, or of its own; false where nothing of it is done. */
function move(order: i32, price: f64, side: i32, lots: f64): bool {
  const records = <usize>load<i32>(RECORDS);
  const own = records + (<usize>order << 5);
  const level = load<i32>(own, LEVEL);
  const queue = records + (<usize>level << 5);
  const place = load<i32>(queue, ORDERS) === 1 ? droppable(level) : 0;
  if (place < 0) return false;
  const target = levelFor(records, price, side);
  if (target === 0) return false;
  const others = unlink(records, own, queue);
  append(records, order, target, lots);
  if (others === 0 && level !== target) dropLevel(level, place);
  return true;
}

/** Takes an order out of the chain of its place in the index. */
@inline
function unchain(records: usize, head: usize, order: i32): void {
  const next = load<i32>(records + (<usize>order << 5), NEXT);
  let other = load<i32>(head);
  if (other === order) {
    store<i32>(head, next);
    return;
  }
  for (;;) {
    const after = load<i32>(records + (<usize>other << 5), NEXT);
    if (after === order) break;
    other = after;
  }
  store<i32>(records + (<usize>other << 5), next, NEXT);
}

/** Does what the rows [from, to) say, which `prepare` let through, until something rare comes up; returns the row at which it stopped, or `to`. */
export function run(from: i32, to: i32, stops: i32): i32 {
  const records = <usize>load<i32>(RECORDS);
  const index = <usize>load<i32>(INDEX);
  const shift = load<i32>(SHIFT);
  const most = 1 << (31 - shift);
  const room = load<i32>(ROOM);
  // Bytes of best prices that a message takes.
  const noteBytes = select(8, 0, stops === COLLECTS);
  let noted = load<i32>(NOTED) << 3;
  let messages = 0;
  let bidPrice: f64 = 0;
  let askPrice: f64 = 0;
  let halts = false;
  let changes = -1;
  let warmed = 0;
  let event = 0;
  let row = <usize>from;
  for (; row < <usize>to; row++) {
    const coming = load<i32>(index + (<usize>(load<i32>((row + AHEAD) << 2, HASHES) >>> shift) << 2));
    warmed ^= load<i32>(records + (<usize>coming << 5));
    const id = load<u64>(row << 3, IDS);
    const head = index + (<usize>(load<i32>(row << 2, HASHES) >>> shift) << 2);
    const first = load<i32>(head);
    let order = first;
    while (order !== 0 && load<u64>(records + (<usize>order << 5)) !== id) {
      order = load<i32>(records + (<usize>order << 5), NEXT);
    }
    const action = load<i8>(row, ACTION);
    const lots = load<f64>(row << 3, SIZE);
    if (order === 0) {
      const count = load<i32>(COUNT);
      if (action !== ADD || lots === 0 || count >= most || load<i32>(USED) >= room) {
        event = OTHER_ROW;
        break;
      }
      const level = levelFor(records, load<f64>(row << 3, PRICE), load<i8>(row, SIDE));
      if (level === 0) {
        event = OTHER_ROW;
        break;
      }
      order = takeRecord(records);
      store<i32>(COUNT, count + 1);
      store<i32>(head, order);
      const own = records + (<usize>order << 5);
      store<u64>(own, id);
      store<i32>(own, first, NEXT);
      append(records, order, level, lots);
    } else {
      const own = records + (<usize>order << 5);
      const level = load<i32>(own, LEVEL);
      const queue = records + (<usize>level << 5);
      const has = load<f64>(own, LOTS);
      let left: f64 = 0;
      let moves = false;
      if (action === EXECUTE) left = has - lots;
      else if (action === MODIFY) {
        left = lots;
        moves =
          lots > has || load<f64>(queue) !== load<f64>(row << 3, PRICE) || load<i32>(queue, LEVEL_SIDE) !== load<i8>(row, SIDE);
      } else if (action === ADD) left = -1;
      if (left > 0) {
        if (moves) {
          if (load<i32>(USED) >= room || !move(order, load<f64>(row << 3, PRICE), load<i8>(row, SIDE), lots)) {
            event = OTHER_ROW;
            break;
          }
        } else {
          store<f64>(own, left, LOTS);
          store<f64>(queue, load<f64>(queue, LOTS) - (has - left), LOTS);
        }
      } else {
        let ladderPlace = 0;
        if (load<i32>(queue, ORDERS) === 1) ladderPlace = droppable(level);
        if (left < 0 || ladderPlace < 0) {
          event = OTHER_ROW;
          break;
        }
        const others = unlink(records, own, queue);
        unchain(records, head, order);
        releaseRecord(records, order);
        store<i32>(COUNT, load<i32>(COUNT) - 1);
        if (others === 0) dropLevel(level, ladderPlace);
      }
    }
    if (load<i8>(row, FLAGS) === 0) continue;
    if (stops === ALWAYS) break;
    const changesNow = load<i32>(CHANGES);
    if (changes !== changesNow) {
      changes = changesNow;
      const bid = load<i32>(TOPS);
      const ask = load<i32>(TOPS, 4);
      const bidKey = load<i32>(BASES) + bid;
      const askKey = load<i32>(BASES, 4) + ask;
      bidPrice = load<f64>(ORIGIN) + <f64>bidKey;
      askPrice = load<f64>(ORIGIN) - <f64>askKey - 1.0;
      const moved = ((bid ^ load<i32>(BID_SEEN)) | (ask ^ load<i32>(ASK_SEEN))) !== 0;
      // The best bid is at or above the best ask when their keys add up to -1 or more.
      halts = (bid | ask) < 0 || bidKey + askKey >= -1 || (stops === ON_TOUCH && moved);
    }
    if (halts) break;
    store<f64>(noted, bidPrice, BIDS);
    store<f64>(noted, askPrice, ASKS);
    noted += noteBytes;
    messages++;
  }
  store<i32>(SCRATCH, warmed);
  store<i32>(EVENT, event);
  store<i32>(NOTED, noted >>> 3);
  store<i32>(MESSAGES, load<i32>(MESSAGES) + messages);
  return <i32>row;
}
