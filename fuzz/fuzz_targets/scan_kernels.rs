//! See `eventwire_fuzz::scan_kernels`.

#![cfg_attr(fuzzing, no_main)]

eventwire_fuzz::target!(eventwire_fuzz::scan_kernels::Case);
