//! See `eventwire_fuzz::tap`.

#![cfg_attr(fuzzing, no_main)]

eventwire_fuzz::target!(eventwire_fuzz::tap::Case);
