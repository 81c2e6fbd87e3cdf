//! See `eventwire_fuzz::rewriter`.

#![cfg_attr(fuzzing, no_main)]

eventwire_fuzz::target!(eventwire_fuzz::rewriter::Case);
