//! What the rules of encoding need to know of a value representation (PS3.5 §6.2, §7.1).
