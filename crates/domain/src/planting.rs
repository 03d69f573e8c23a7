//! Bugs that were planted on purpose, one of which a thread can choose, so that the simulator proves that it finds them.
//!
//! Without `--cfg planting`, which nothing but `cargo xtask sim --planted` asks for, [`planted!`](crate::planted) is `false`
//! and nothing of this is in a build.

/// Whether this build has the planted bugs in it: the product refuses that.
pub const IS_POSSIBLE: bool = cfg!(planting);

#[cfg(planting)]
thread_local! {
    static CHOSEN: std::cell::Cell<&'static str> = const { std::cell::Cell::new("") };
}

/// Chooses the planted bug that this thread has from now on; an empty name chooses none.
#[cfg(planting)]
pub fn choose(name: &'static str) {
    CHOSEN.set(name);
}

/// Whether a bug is the chosen one.
#[cfg(planting)]
pub fn is_chosen(name: &str) -> bool {
    CHOSEN.get() == name
}

/// Whether the bug of this name was planted here.
#[cfg(planting)]
#[macro_export]
macro_rules! planted {
    ($name:literal) => {
        $crate::planting::is_chosen($name)
    };
}

/// Whether the bug of this name was planted here: it wasn't.
#[cfg(not(planting))]
#[macro_export]
macro_rules! planted {
    ($name:literal) => {
        false
    };
}
