pub mod field_as_string;
