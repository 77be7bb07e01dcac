//! Reads the columns that bookFiles.ts and orderFiles.ts write, and prints what was measured.

use std::{fs, mem::size_of, path::Path, ptr};

pub const SNAPSHOT_START: i8 = 1;
pub const MESSAGE_END: i8 = 4;

/// Reads a column of plain numbers.
pub fn read_column<T: Copy>(folder: &str, name: &str) -> Vec<T> {
    let bytes = fs::read(Path::new(folder).join(name)).expect(name);
    let count = bytes.len() / size_of::<T>();
    let mut values = Vec::<T>::with_capacity(count);
    // The files hold nothing but values, in the order of bytes of this machine.
    unsafe {
        ptr::copy_nonoverlapping(bytes.as_ptr(), values.as_mut_ptr() as *mut u8, count * size_of::<T>());
        values.set_len(count);
    }
    values
}

/// A number of `stream.json`.
pub fn fact(folder: &str, name: &str) -> f64 {
    let text = fs::read_to_string(Path::new(folder).join("stream.json")).expect("stream.json");
    let key = format!("\"{name}\":");
    let from = text.find(&key).expect(name) + key.len();
    let rest = &text[from..];
    let end = rest.find([',', '}']).expect(name);
    rest[..end].parse().expect(name)
}

/// CPU time of the process, s.
pub fn cpu_seconds() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

/// As touchSum.ts.
#[derive(Default)]
pub struct TouchSum {
    sum: u32,
    count: u32,
}

impl TouchSum {
    #[inline(always)]
    pub fn add(&mut self, bid: i64, ask: i64) {
        self.count += 1;
        let both = (bid as u32).wrapping_mul(31).wrapping_add(ask as u32);
        self.sum = self.sum.wrapping_add(both.wrapping_mul(2 * self.count + 1));
    }

    pub fn print(&self, seconds: f64, version: &str) {
        let (sum, count) = (self.sum, self.count);
        println!("{{\"cpuSeconds\":{seconds},\"touchSum\":{sum},\"messages\":{count},\"version\":\"{version}\"}}");
    }
}
