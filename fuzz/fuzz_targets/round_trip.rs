//! See `eventwire_fuzz::round_trip`.

#![cfg_attr(fuzzing, no_main)]

eventwire_fuzz::target!(eventwire_fuzz::round_trip::Case);
