//! See `eventwire_fuzz::event_source`.

#![cfg_attr(fuzzing, no_main)]

eventwire_fuzz::target!(eventwire_fuzz::event_source::Case);
