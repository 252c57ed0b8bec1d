//! What an operator does to keep archive and index true.
