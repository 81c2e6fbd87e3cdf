#!/bin/bash -eu
# SPDX-License-Identifier: Apache-2.0 (http://www.apache.org/licenses/LICENSE-2.0)
# For OSS-Fuzz: each target, with the seeds that it begins with and the dictionary, into $OUT.
cd "$SRC/eventwire"
cargo fuzz build -O --debug-assertions
for source in fuzz/fuzz_targets/*.rs; do
    target=$(basename "$source" .rs)
    cp "fuzz/target/x86_64-unknown-linux-gnu/release/$target" "$OUT/"
    cp fuzz/eventwire.dict "$OUT/$target.dict"
    printf '[libfuzzer]\nmax_len = 2048\n' > "$OUT/$target.options"
    zip --quiet --junk-paths "$OUT/${target}_seed_corpus.zip" "fuzz/seeds/$target"/*
done
