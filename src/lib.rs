//! Herald
