//! Where a partition begins. The progress record decides, not the consumer group: a renamed group
//! or expired offsets replay nothing. Where it can't be right, the router refuses and names the
//! remedy; it never resets silently.

use super::partition::Cluster;
use crate::core::record::Progress;

/// The first and the next offset of a partition of `incident.events`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Log {
    pub(super) first: i64,
    pub(super) end: i64,
}

/// The offset to begin with, or why there is none.
pub(super) fn begin(
    partition: i32,
    progress: Option<&Progress>,
    incidents: usize,
    cluster: &Cluster,
    log: Log,
) -> Result<i64, String> {
    let Some(progress) = progress else {
        if incidents > 0 {
            return Err(format!(
                "partition {partition} of incident.state holds {incidents} incidents and no progress record, \
                 so nobody knows which events they contain; {}",
                reset(partition)
            ));
        }
        // A first start: from the oldest event that there is.
        return Ok(log.first);
    };
    let next = progress.next_offset;
    if progress.cluster_id != cluster.id {
        return Err(format!(
            "partition {partition} of incident.state was written for Kafka cluster {}, and this is {}: its offsets mean \
             nothing here. Point kafka.bootstrap_servers at the former cluster; or, where the topics were copied, {}",
            progress.cluster_id,
            cluster.id,
            reset(partition)
        ));
    }
    if progress.partitions != cluster.partitions {
        return Err(format!(
            "incident.events had {} partitions when it was last folded, and has {}: incidents would be looked for in \
             other partitions than they are kept in. Partitions can't be taken away again: let Herald use new topics \
             by another kafka.topic_prefix, with the partitions that you want",
            progress.partitions, cluster.partitions
        ));
    }
    if next < log.first {
        return Err(format!(
            "partition {partition} of incident.events begins at offset {}, and {} is to be folded next: {} events are \
             gone that nobody has been told of. Restore them, or accept the loss: {}",
            log.first,
            next,
            log.first - next,
            reset(partition)
        ));
    }
    if next > log.end {
        return Err(format!(
            "partition {partition} of incident.events ends at offset {}, and {} is to be folded next: the topic was \
             made anew, or its end was lost. {}",
            log.end,
            next,
            reset(partition)
        ));
    }
    Ok(next)
}

fn reset(partition: i32) -> String {
    format!(
        "stop all routers and say where to go on: herald topics reset --partition {partition} --to earliest|latest|OFFSET"
    )
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::Map;

    use super::*;
    use crate::core::record::PROGRESS_SCHEMA;

    fn begins(progress: Option<(i64, &str, i32)>, incidents: usize) -> Result<i64, String> {
        let progress = progress.map(|(next_offset, cluster, partitions)| Progress {
            schema: PROGRESS_SCHEMA.into(),
            partition: 3,
            cluster_id: cluster.into(),
            partitions,
            next_offset,
            clock: Timestamp::UNIX_EPOCH,
            hold_until: None,
            policy: None,
            extra: Map::new(),
        });
        let cluster = Cluster { id: "here".into(), partitions: 12 };
        begin(3, progress.as_ref(), incidents, &cluster, Log { first: 10, end: 20 })
    }

    #[test]
    fn the_progress_record_says_where_to_begin() {
        assert_eq!(begins(None, 0), Ok(10));
        for next in [10, 15, 20] {
            assert_eq!(begins(Some((next, "here", 12)), 7), Ok(next));
        }
    }

    #[test]
    fn where_it_can_not_be_right_the_remedy_is_named() {
        for (progress, words) in [
            (None, "holds 7 incidents and no progress record"),
            (Some((9, "here", 12)), "1 events are gone"),
            (Some((21, "here", 12)), "ends at offset 20, and 21 is to be folded next"),
            (Some((15, "there", 12)), "was written for Kafka cluster there, and this is here"),
        ] {
            let refusal = begins(progress, 7).unwrap_err();
            assert!(refusal.contains(words), "{refusal}");
            assert!(refusal.contains("herald topics reset --partition 3 --to"), "{refusal}");
        }
        let refusal = begins(Some((15, "here", 6)), 7).unwrap_err();
        assert!(refusal.contains("had 6 partitions when it was last folded, and has 12"), "{refusal}");
        assert!(refusal.contains("kafka.topic_prefix"), "{refusal}");
    }
}
