//! Each instruction: what it changes, exactly.

mod life;
