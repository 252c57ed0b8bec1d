//! Nothing is acknowledged before it is durable and indexed (ARCHITECTURE.md, invariant 1), and
//! memory is bounded (invariant 6).

mod crowd;
mod full;
mod kill;
mod large;
mod order;
