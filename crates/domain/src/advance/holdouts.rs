//! Hold-outs: who gets nothing, so that the rest can be compared with them (SEMANTICS 4.5, 7.8).
