//! An allocator that panics where somebody else's bytes ask for too much at once.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use super::MOST_BYTES;

thread_local! {
    static IS_BOUNDED: Cell<bool> = const { Cell::new(false) };
}

/// The system's allocator, with a bound for the thread that asks for it.
pub struct Bounded;

/// Does something with the bound.
pub fn bounded(read: impl FnOnce()) {
    IS_BOUNDED.set(true);
    read();
    IS_BOUNDED.set(false);
}

fn check(bytes: usize) {
    if bytes > MOST_BYTES && IS_BOUNDED.try_with(|bounded| bounded.replace(false)) == Ok(true) {
        panic!("bytes of a stranger ask for {bytes} bytes at once");
    }
}

// safety: all is done by the system's allocator.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        // safety: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        // safety: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        check(bytes);
        // safety: the caller's promise.
        unsafe { System.realloc(place, layout, bytes) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // safety: the caller's promise.
        unsafe { System.dealloc(place, layout) }
    }
}
