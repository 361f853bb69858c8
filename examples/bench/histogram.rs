//! Latencies, counted in buckets no wider than a thirty-second of their value.

use std::time::Duration;

/// Values below this have a bucket each; above, each power of two has half as many.
const STEPS: u64 = 64;
/// Powers of two above that; anything longer counts as the longest.
const POWERS: u64 = 40;

/// How often each latency was seen.
#[derive(Debug, Clone)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    longest: Duration,
}

impl Histogram {
    /// Nothing seen yet.
    pub(crate) fn new() -> Self {
        let buckets = usize::try_from(STEPS + POWERS * STEPS / 2).unwrap_or(usize::MAX);
        Self { counts: vec![0; buckets], total: 0, longest: Duration::ZERO }
    }

    /// One more.
    pub(crate) fn add(&mut self, latency: Duration) {
        let bucket =
            bucket_of(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX)).min(self.counts.len() - 1);
        self.counts[bucket] += 1;
        self.total += 1;
        self.longest = self.longest.max(latency);
    }

    /// How many there are.
    pub(crate) const fn len(&self) -> u64 {
        self.total
    }

    /// The longest, exactly.
    pub(crate) const fn longest(&self) -> Duration {
        self.longest
    }

    /// The latency that this many of a hundred do not exceed: the upper edge of its bucket.
    pub(crate) fn percentile(&self, percent: f64) -> Duration {
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let rank = ((self.total as f64 * percent / 100.0).ceil() as u64).max(1);
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return Duration::from_micros(edge_of(bucket as u64)).min(self.longest);
            }
        }
        self.longest
    }
}

/// Buckets are numbered without gaps, from the shortest latency on.
fn bucket_of(micros: u64) -> usize {
    let power = u64::from(64 - micros.leading_zeros()).saturating_sub(6);
    usize::try_from(power * (STEPS / 2) + (micros >> power)).unwrap_or(usize::MAX)
}

/// The largest value that falls into a bucket.
fn edge_of(bucket: u64) -> u64 {
    if bucket < STEPS {
        return bucket;
    }
    let power = bucket / (STEPS / 2) - 1;
    let step = bucket - power * (STEPS / 2);
    ((step + 1) << power) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_its_own_edge_and_nothing_more() {
        for micros in (0..5_000).chain([65_535, 65_536, 1_000_000, 86_400_000_000]) {
            let edge = edge_of(bucket_of(micros) as u64);
            assert!(edge >= micros && edge - micros <= micros / 32, "{micros} {edge}");
            assert_eq!(bucket_of(edge), bucket_of(micros));
            assert_ne!(bucket_of(edge + 1), bucket_of(micros));
        }
    }

    #[test]
    fn percentiles_are_ranks() {
        let mut histogram = Histogram::new();
        for micros in 1..=100 {
            histogram.add(Duration::from_micros(micros));
        }
        assert_eq!(histogram.percentile(50.0).as_micros(), 50);
        assert_eq!(histogram.percentile(99.0).as_micros(), 99);
        assert_eq!(histogram.percentile(100.0), histogram.longest());
    }
}
