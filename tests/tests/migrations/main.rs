//! Migrations, from pools that older layouts of the program have left, and the layouts themselves.

mod current_layout;
mod exits;
mod frozen;
mod gate;
mod hostile;
mod interface;
mod life;
mod moves;
mod old_layouts;
mod pages;
mod versions;
