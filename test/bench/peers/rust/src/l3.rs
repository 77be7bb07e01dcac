//! Books by order: `hashmap|roi|nautilus FOLDER`, for l3.ts.
//!
//! hftbacktest's depth has no execution: an order that is executed in part is modified, one that is executed whole deleted. It keeps the
//! orders and the size of each price, not the queues. Its BTreeMarketDepth is left out: its best prices are others than those of its
//! HashMapMarketDepth on the same orders.

use crate::flat_files::{cpu_seconds, fact, read_column, TouchSum, MESSAGE_END, SNAPSHOT_START};
use crate::{HFTBACKTEST, NAUTILUS};
use hftbacktest::depth::{HashMapMarketDepth, L3MarketDepth, ROIVectorMarketDepth};
use hftbacktest::types::Side;
use nautilus_model::{
    data::{delta::OrderBookDelta, order::BookOrder},
    enums::{BookAction, BookType, OrderSide, RecordFlag},
    identifiers::InstrumentId,
    orderbook::OrderBook,
    types::{price::PriceRaw, quantity::QuantityRaw, Price, Quantity},
};
use std::collections::HashMap;
use std::fmt::Debug;

const ADD: i8 = 1;
const MODIFY: i8 = 2;
const CANCEL: i8 = 3;
const WARM_UP: usize = 1_000_000;
/// Deltas made at a time, outside the clock.
const CHUNK: usize = 500_000;

struct Stream {
    tick: f64,
    lot: f64,
    range: (f64, f64),
    /// Executions are told as the modification or cancellation that they come to.
    action: Vec<i8>,
    /// Lots that the order has after the row.
    size: Vec<i32>,
    id: Vec<u64>,
    side: Vec<i8>,
    price: Vec<i32>,
    flags: Vec<i8>,
}

fn read(folder: &str) -> Stream {
    let mut action: Vec<i8> = read_column(folder, "action.i8");
    let mut size: Vec<i32> = read_column(folder, "size.i32");
    let id: Vec<u64> = read_column(folder, "id.i64");
    let mut left = HashMap::<u64, i32>::new();
    for row in 0..action.len() {
        match action[row] {
            ADD | MODIFY => {
                left.insert(id[row], size[row]);
            }
            CANCEL => {
                left.remove(&id[row]);
            }
            _ => {
                let rest = left[&id[row]] - size[row];
                size[row] = rest;
                action[row] = if rest == 0 { CANCEL } else { MODIFY };
                if rest == 0 {
                    left.remove(&id[row]);
                } else {
                    left.insert(id[row], rest);
                }
            }
        }
    }
    Stream {
        tick: fact(folder, "tickSize"),
        lot: fact(folder, "lotSize"),
        range: (fact(folder, "rangeLow"), fact(folder, "rangeHigh")),
        action,
        size,
        id,
        side: read_column(folder, "side.i8"),
        price: read_column(folder, "price.i32"),
        flags: read_column(folder, "flags.i8"),
    }
}

fn replay_depth<D: L3MarketDepth>(depth: &mut D, stream: &Stream, px: &[f64], qty: &[f64], rows: usize) -> TouchSum
where
    D::Error: Debug,
{
    let mut touch = TouchSum::default();
    for row in 0..rows {
        let (id, at) = (stream.id[row], row as i64);
        if stream.flags[row] & SNAPSHOT_START != 0 {
            depth.clear_orders(Side::None);
        }
        match stream.action[row] {
            ADD if stream.side[row] > 0 => {
                depth.add_buy_order(id, px[row], qty[row], at).expect("a new order");
            }
            ADD => {
                depth.add_sell_order(id, px[row], qty[row], at).expect("a new order");
            }
            MODIFY => {
                depth.modify_order(id, px[row], qty[row], at).expect("an order");
            }
            _ => {
                depth.delete_order(id, at).expect("an order");
            }
        }
        if stream.flags[row] & MESSAGE_END != 0 {
            let (bid, ask) = (depth.best_bid_tick(), depth.best_ask_tick());
            touch.add(if bid == i64::MIN { 0 } else { bid }, if ask == i64::MAX { 0 } else { ask });
        }
    }
    touch
}

fn measure_depth<D: L3MarketDepth>(make: impl Fn() -> D, stream: &Stream)
where
    D::Error: Debug,
{
    let px: Vec<f64> = stream.price.iter().map(|&price| price as f64 * stream.tick).collect();
    let qty: Vec<f64> = stream.size.iter().map(|&size| size as f64 * stream.lot).collect();
    let rows = px.len();
    replay_depth(&mut make(), stream, &px, &qty, rows.min(WARM_UP));
    let mut depth = make();
    let start = cpu_seconds();
    let touch = replay_depth(&mut depth, stream, &px, &qty, rows);
    touch.print(cpu_seconds() - start, HFTBACKTEST);
}

fn deltas(stream: &Stream, instrument: InstrumentId, from: usize, to: usize) -> Vec<OrderBookDelta> {
    let mut made = Vec::with_capacity(to - from + 1);
    let (price_step, size_step) = (Price::new(stream.tick, 1).raw, Quantity::new(stream.lot, 3).raw);
    for row in from..to {
        let at = (row as u64).into();
        if stream.flags[row] & SNAPSHOT_START != 0 {
            made.push(OrderBookDelta::clear(instrument, 0, at, at));
        }
        let action = match stream.action[row] {
            ADD => BookAction::Add,
            MODIFY => BookAction::Update,
            _ => BookAction::Delete,
        };
        let order = BookOrder {
            side: if stream.side[row] > 0 { OrderSide::Buy } else { OrderSide::Sell },
            price: Price { raw: stream.price[row] as PriceRaw * price_step, precision: 1 },
            size: Quantity { raw: stream.size[row] as QuantityRaw * size_step, precision: 3 },
            order_id: stream.id[row],
        };
        let flags = if stream.flags[row] & MESSAGE_END != 0 { RecordFlag::F_LAST as u8 } else { 0 };
        made.push(OrderBookDelta::new(instrument, action, order, flags, 0, at, at));
    }
    made
}

fn replay_nautilus(stream: &Stream, rows: usize) -> (f64, TouchSum) {
    let instrument = InstrumentId::from("BTCUSDT-PERP.BINANCE");
    let mut book = OrderBook::new(instrument, BookType::L3_MBO);
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
        "nautilus" => {
            replay_nautilus(&stream, stream.price.len().min(WARM_UP));
            let (seconds, touch) = replay_nautilus(&stream, stream.price.len());
            touch.print(seconds, NAUTILUS);
        }
        _ => panic!("roi, hashmap or nautilus"),
    }
}
