//! A review pack: every message that an audience can get, on one worked incident, for those who must
//! read the words before customers do.
//!
//! | file | does |
//! |---|---|
//! | `course` | the worked incident as one audience hears it |
//! | `leads` | what the leads get |
//! | `own` | told of the policy's own service and customer |
//! | `pages` | each message with its template, its approvals, and how it read before |
//! | `changes` | two texts, line by line |
//! | `markdown`, `html`, `body` | the pack as pages; nothing in it is markup that it should not be |

mod body;
mod changes;
mod course;
mod html;
mod leads;
mod markdown;
mod own;
mod pages;
#[cfg(test)]
mod tests;

pub use course::{course, heading, with_nothing_known};
pub use html::html;
pub use leads::to_lead;
pub use markdown::markdown;
pub use pages::{LEADS, Message, Pack, Page, Standing, Text, Wanted, pack};
