//! See `eventwire_fuzz::tokens`.

#![cfg_attr(fuzzing, no_main)]

eventwire_fuzz::target!(eventwire_fuzz::tokens::Case);
