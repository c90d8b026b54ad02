//! The trust report: an honest pool is never called anything else, and each lie is found and named.

mod honest;
mod lies;
mod lies_of_accounts;
mod lies_of_books;
mod scene;
