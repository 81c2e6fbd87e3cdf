//! See `eventwire_fuzz::capi`.

#![cfg_attr(fuzzing, no_main)]

eventwire_fuzz::target!(eventwire_fuzz::capi::Case);
