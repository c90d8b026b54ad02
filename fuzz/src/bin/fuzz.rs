//! libFuzzer on the target that `SLUICE_FUZZ_TARGET` names: `cargo xtask fuzz` runs it. Before it begins,
//! the target's seeds are written to the folder that `SLUICE_FUZZ_SEEDS` names.

#![no_main]

use std::{cell::RefCell, env, fs, path::Path};

use libfuzzer_sys::fuzz_target;
use sluice_fuzz::{Target, decoders::Bounded};

#[global_allocator]
static ALLOCATOR: Bounded = Bounded;

thread_local! {
    static TARGET: RefCell<Box<dyn Target>> = RefCell::new({
        let name = env::var("SLUICE_FUZZ_TARGET").expect("SLUICE_FUZZ_TARGET names a target");
        sluice_fuzz::target(&name)
    });
}

/// Lets writes to a closed socket fail, as Rust does where it has the main function.
fn outlive_closed_sockets() {
    // safety: there is no handler that this could replace.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
}

fn write_seeds() {
    let Some(folder) = env::var_os("SLUICE_FUZZ_SEEDS") else {
        return;
    };
    let seeds = TARGET.with_borrow(|target| target.seeds());
    for (number, seed) in seeds.iter().enumerate() {
        let path = Path::new(&folder).join(format!("seed-{number:03}"));
        fs::write(path, seed).expect("room for seeds");
    }
}

/// Gives libFuzzer its floating point back: the runtime's compiler of programs keeps an address in the
/// register MM0, after which all that x87 computes is no number.
fn leave_mmx() {
    #[cfg(target_arch = "x86_64")]
    // safety: it changes nothing but the registers that are named.
    unsafe {
        std::arch::asm!(
            "emms",
            out("st(0)") _, out("st(1)") _, out("st(2)") _, out("st(3)") _,
            out("st(4)") _, out("st(5)") _, out("st(6)") _, out("st(7)") _,
            options(nomem, nostack, preserves_flags)
        );
    }
}

fuzz_target!(
    init: {
        outlive_closed_sockets();
        write_seeds();
        leave_mmx();
    },
    |input: &[u8]| {
        TARGET.with_borrow_mut(|target| target.run(input));
        leave_mmx();
    }
);
