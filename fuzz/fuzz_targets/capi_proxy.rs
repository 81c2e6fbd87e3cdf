//! See `eventwire_fuzz::capi_proxy`.

#![cfg_attr(fuzzing, no_main)]

eventwire_fuzz::target!(eventwire_fuzz::capi_proxy::Case);
