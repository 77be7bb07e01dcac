//! Books of peers written in Rust: `l2|l3 NAME FOLDER`. What a book is given is made before the clock starts.

mod flat_files;
mod l2;
mod l3;

/// As pinned in Cargo.toml.
const HFTBACKTEST: &str = "hftbacktest 0.9.4 (crate)";
const NAUTILUS: &str = "nautilus-model 0.57.0 (crate)";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, level, name, folder] = arguments.as_slice() else { panic!("l2|l3 NAME FOLDER") };
    match level.as_str() {
        "l2" => l2::measure(name, folder),
        "l3" => l3::measure(name, folder),
        _ => panic!("l2 or l3"),
    }
}
