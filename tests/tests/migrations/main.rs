//! Migrations, from pools that older layouts of the program have left.

mod exits;
mod frozen;
mod gate;
mod hostile;
mod layout;
mod life;
mod moves;
