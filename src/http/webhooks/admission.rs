//! How many deliveries may be in flight. A permit follows the record, not the connection: it is
//! given back when Kafka has answered, even if the sender has long been told to try again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use prometheus::IntGauge;

/// Most bodies above [`SMALL_BODY_BYTES`] being read at once, of all sources: with the cap on
/// bodies this bounds the memory that strangers can fill.
const LARGE_BODIES_MAX: usize = 64;
/// Bodies up to this size are bounded by the number of connections alone.
pub(crate) const SMALL_BODY_BYTES: usize = 64 * 1024;

/// A count that can be taken from, up to its limit.
#[derive(Debug)]
pub(crate) struct Count {
    taken: AtomicUsize,
    max: usize,
}

/// One of a count; given back when dropped.
#[derive(Debug)]
pub(crate) struct Taken(Arc<Count>);

impl Count {
    pub(crate) fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { taken: AtomicUsize::new(0), max })
    }
    /// Takes one, if there is one left.
    pub(crate) fn take(self: &Arc<Self>) -> Option<Taken> {
        let more = |taken| (taken < self.max).then_some(taken + 1);
        self.taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).ok()?;
        Some(Taken(Arc::clone(self)))
    }
    /// How many are out.
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Acquire)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::AcqRel);
    }
}

/// All permits of the port.
#[derive(Debug)]
pub(crate) struct Admission {
    all: Arc<Count>,
    large_bodies: Arc<Count>,
    /// Most that one source may have: half, so that one tool's storm leaves room for the others.
    pub(crate) source_max: usize,
    gauge: IntGauge,
}

/// The right to have one delivery published.
#[derive(Debug)]
pub(crate) struct Permit {
    _all: Taken,
    _source: Taken,
    gauge: IntGauge,
}

impl Admission {
    pub(crate) fn new(in_flight_max: usize, gauge: IntGauge) -> Self {
        Self {
            all: Count::new(in_flight_max),
            large_bodies: Count::new(LARGE_BODIES_MAX),
            source_max: (in_flight_max / 2).max(1),
            gauge,
        }
    }
    /// A permit for a source, if there is one left of its own and of all.
    pub(crate) fn permit(&self, source: &Arc<Count>) -> Option<Permit> {
        let (source, all) = (source.take()?, self.all.take()?);
        self.gauge.inc();
        Some(Permit { _all: all, _source: source, gauge: self.gauge.clone() })
    }
    /// Room for a large body.
    pub(crate) fn large_body(&self) -> Option<Taken> {
        self.large_bodies.take()
    }
    /// Deliveries in flight.
    pub(crate) fn in_flight(&self) -> usize {
        self.all.taken()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.gauge.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_source_takes_more_than_half() {
        let gauge = IntGauge::new("g", "g").expect("a gauge");
        let admission = Admission::new(4, gauge.clone());
        let (one, two, three) = (Count::new(2), Count::new(2), Count::new(2));
        assert_eq!(admission.source_max, 2);
        let held: Vec<_> = (0..2).filter_map(|_| admission.permit(&one)).collect();
        assert!(held.len() == 2 && admission.permit(&one).is_none());
        let more: Vec<_> = (0..2).filter_map(|_| admission.permit(&two)).collect();
        assert!(more.len() == 2 && admission.permit(&three).is_none());
        assert_eq!((admission.in_flight(), three.taken(), gauge.get()), (4, 0, 4));
        drop(held);
        assert!(admission.permit(&three).is_some());
        drop(more);
        assert_eq!((admission.in_flight(), gauge.get()), (0, 0));
    }
}
