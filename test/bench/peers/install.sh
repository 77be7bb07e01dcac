#!/bin/sh
# Installs the peers that the benchmarks measure, beside this file and nowhere else: tardis-dev (npm), hftbacktest, nautilus_trader and lrvx
# (PyPI, in an environment of their own), and the books of hftbacktest and nautilus in Rust (crates). Versions are pinned in package.json,
# requirements.txt and rust/Cargo.toml. A benchmark runs without any of them: their rows say so.
#   test/bench/peers/install.sh
# PYTHON names the interpreter (3.12 or later); CARGO is left out where there is none.
set -eu
cd "$(dirname "$0")"

npm install --no-package-lock --no-audit --no-fund

python=${PYTHON:-}
if [ -z "$python" ]; then
  for name in python3.13 python3.12 python3; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
      python=$name
      break
    fi
  done
fi
if [ -z "$python" ]; then
  echo "No Python of 3.12 or later was found: name one, PYTHON=/path/to/python $0" >&2
  exit 1
fi
"$python" -m venv .venv
.venv/bin/python -m pip install --requirement requirements.txt

if command -v cargo >/dev/null; then
  RUSTFLAGS="-C target-cpu=native" cargo build --release --manifest-path rust/Cargo.toml
else
  echo "There is no cargo: the rows of peers in Rust will say so." >&2
fi
