//! What a panic would do.

use core::panic::PanicInfo;

#[cfg_attr(unix, link(name = "c"))]
unsafe extern "C" {
    safe fn abort() -> !;
}

/// Ends the process. That `abort` is called nowhere else makes it the sign by which a reachable panic is found.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    #[cfg(eventwire_plant_panic)]
    crate::plant::show(info);
    #[cfg(not(eventwire_plant_panic))]
    let _ = info;
    abort()
}
