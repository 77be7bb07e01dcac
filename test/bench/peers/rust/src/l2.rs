//! Books by price: `roi|hashmap|btree|nautilus FOLDER`, for books.ts.

use crate::flat_files::{cpu_seconds, fact, read_column, TouchSum, MESSAGE_END, SNAPSHOT_START};
use hftbacktest::depth::{BTreeMarketDepth, HashMapMarketDepth, L2MarketDepth, MarketDepth, ROIVectorMarketDepth};
use hftbacktest::types::Side;
use nautilus_model::{
    data::{delta::OrderBookDelta, order::BookOrder},
    enums::{BookAction, BookType, OrderSide, RecordFlag},
    identifiers::InstrumentId,
    orderbook::OrderBook,
    types::{price::PriceRaw, quantity::QuantityRaw, Price, Quantity},
};

use crate::{HFTBACKTEST, NAUTILUS};

const WARM_UP: usize = 2_000_000;
/// Deltas made at a time, outside the clock.
const CHUNK: usize = 500_000;

struct Stream {
    tick: f64,
    lot: f64,
    /// The range of interest of a ROIVectorMarketDepth, ticks.
    range: (f64, f64),
    price: Vec<i32>,
    size: Vec<i32>,
    side: Vec<i8>,
    flags: Vec<i8>,
}

fn read(folder: &str) -> Stream {
    Stream {
        tick: fact(folder, "tickSize"),
        lot: fact(folder, "lotSize"),
        range: (fact(folder, "rangeLow"), fact(folder, "rangeHigh")),
        price: read_column(folder, "price.i32"),
        size: read_column(folder, "size.i32"),
        side: read_column(folder, "side.i8"),
        flags: read_column(folder, "flags.i8"),
    }
}

/// Prices and sizes as a depth of hftbacktest takes them.
struct Events {
    px: Vec<f64>,
    qty: Vec<f64>,
}

fn replay_depth<D: L2MarketDepth + MarketDepth>(depth: &mut D, stream: &Stream, events: &Events, rows: usize) -> TouchSum {
    let mut touch = TouchSum::default();
    for row in 0..rows {
        let flags = stream.flags[row];
        if flags & SNAPSHOT_START != 0 {
            depth.clear_depth(Side::None, 0.0);
        }
        let (px, qty) = (events.px[row], events.qty[row]);
        if stream.side[row] > 0 {
            depth.update_bid_depth(px, qty, row as i64);
        } else {
            depth.update_ask_depth(px, qty, row as i64);
        }
        if flags & MESSAGE_END != 0 {
            let (bid, ask) = (depth.best_bid_tick(), depth.best_ask_tick());
            touch.add(if bid == i64::MIN { 0 } else { bid }, if ask == i64::MAX { 0 } else { ask });
        }
    }
    touch
}

fn measure_depth<D: L2MarketDepth + MarketDepth>(make: impl Fn() -> D, stream: &Stream) {
    let events = Events {
        px: stream.price.iter().map(|&price| price as f64 * stream.tick).collect(),
        qty: stream.size.iter().map(|&size| size as f64 * stream.lot).collect(),
    };
    let rows = stream.price.len();
    replay_depth(&mut make(), stream, &events, rows.min(WARM_UP));
    let mut depth = make();
    let start = cpu_seconds();
    let touch = replay_depth(&mut depth, stream, &events, rows);
    touch.print(cpu_seconds() - start, HFTBACKTEST);
}

/// The rows of a chunk as deltas; a clear comes before each snapshot.
fn deltas(stream: &Stream, instrument: InstrumentId, from: usize, to: usize) -> Vec<OrderBookDelta> {
    let mut made = Vec::with_capacity(to - from + 1);
    let (price_step, size_step) = (Price::new(stream.tick, 1).raw, Quantity::new(stream.lot, 3).raw);
    for row in from..to {
        let at = (row as u64).into();
        if stream.flags[row] & SNAPSHOT_START != 0 {
            made.push(OrderBookDelta::clear(instrument, 0, at, at));
        }
        let side = if stream.side[row] > 0 { OrderSide::Buy } else { OrderSide::Sell };
        let action = if stream.size[row] == 0 { BookAction::Delete } else { BookAction::Update };
        let last = stream.flags[row] & MESSAGE_END != 0;
        let order = BookOrder {
            side,
            price: Price { raw: stream.price[row] as PriceRaw * price_step, precision: 1 },
            size: Quantity { raw: stream.size[row] as QuantityRaw * size_step, precision: 3 },
            order_id: 0,
        };
        let flags = if last { RecordFlag::F_LAST as u8 } else { 0 };
        made.push(OrderBookDelta::new(instrument, action, order, flags, 0, at, at));
    }
    made
}

fn replay_nautilus(stream: &Stream, rows: usize) -> (f64, TouchSum) {
    let instrument = InstrumentId::from("BTCUSDT-PERP.BINANCE");
    let mut book = OrderBook::new(instrument, BookType::L2_MBP);
    let mut touch = TouchSum::default();
    let mut seconds = 0.0;
    let step = Price::new(stream.tick, 1).raw;
    for from in (0..rows).step_by(CHUNK) {
        let made = deltas(stream, instrument, from, rows.min(from + CHUNK));
        let start = cpu_seconds();
        for delta in &made {
            book.apply_delta(delta).expect("a delta that applies");
            if delta.flags & RecordFlag::F_LAST as u8 != 0 {
                let tick = |price: Option<Price>| price.map_or(0, |price| (price.raw / step) as i64);
                touch.add(tick(book.best_bid_price()), tick(book.best_ask_price()));
            }
        }
        seconds += cpu_seconds() - start;
    }
    (seconds, touch)
}

/// Measures one of them.
pub fn measure(name: &str, folder: &str) {
    let stream = read(folder);
    let (tick, lot) = (stream.tick, stream.lot);
    let (low, high) = (stream.range.0 * tick, stream.range.1 * tick);
    match name {
        "roi" => measure_depth(|| ROIVectorMarketDepth::new(tick, lot, low, high), &stream),
        "hashmap" => measure_depth(|| HashMapMarketDepth::new(tick, lot), &stream),
        "btree" => measure_depth(|| BTreeMarketDepth::new(tick, lot), &stream),
        "nautilus" => {
            replay_nautilus(&stream, stream.price.len().min(WARM_UP));
            let (seconds, touch) = replay_nautilus(&stream, stream.price.len());
            touch.print(seconds, NAUTILUS);
        }
        _ => panic!("roi, hashmap, btree or nautilus"),
    }
}
