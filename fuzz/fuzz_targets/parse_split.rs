//! See `eventwire_fuzz::parse_split`.

#![cfg_attr(fuzzing, no_main)]

eventwire_fuzz::target!(eventwire_fuzz::parse_split::Case);
