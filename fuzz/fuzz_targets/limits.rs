//! See `eventwire_fuzz::limits`.

#![cfg_attr(fuzzing, no_main)]

eventwire_fuzz::target!(eventwire_fuzz::limits::Case);
