//! A broker in this process, for trials: librdkafka's own mock cluster on a loopback port. It
//! forgets on exit, and isolates no transactions; every claim of durability is about a real one.

use std::sync::mpsc;
use std::thread::JoinHandle;

use rdkafka::mocking::MockCluster;

use super::ClientError;
use super::topics::Topic;

/// A running embedded broker. Dropping it ends it.
#[derive(Debug)]
pub struct EmbeddedBroker {
    bootstrap_servers: String,
    orders: Option<mpsc::Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

/// Names and partitions of topics to make, and where to answer.
struct Order {
    topics: Vec<String>,
    partitions: i32,
    answer: mpsc::Sender<Result<(), ClientError>>,
}

impl EmbeddedBroker {
    /// Starts it, with these topics.
    pub fn start(prefix: &str, plan: &[Topic], partitions: i32) -> Result<Self, ClientError> {
        let (orders, inbox) = mpsc::channel();
        let (started, address) = mpsc::channel();
        // The cluster object may not change threads.
        let thread = std::thread::Builder::new()
            .name("embedded-broker".to_owned())
            .spawn(move || serve(&started, &inbox))
            .map_err(|error| stopped(&error.to_string()))?;
        let bootstrap_servers = address.recv().map_err(|_| stopped("it did not start"))??;
        let broker = Self { bootstrap_servers, orders: Some(orders), thread: Some(thread) };
        broker.create(prefix, plan, partitions)?;
        Ok(broker)
    }

    /// `host:port`, for any Kafka client.
    pub fn bootstrap_servers(&self) -> &str {
        &self.bootstrap_servers
    }

    /// Makes topics; those that are there stay as they are.
    pub fn create(&self, prefix: &str, plan: &[Topic], partitions: i32) -> Result<(), ClientError> {
        let topics = plan.iter().map(|topic| format!("{prefix}{}", topic.name)).collect();
        let (answer, answered) = mpsc::channel();
        let order = Order { topics, partitions, answer };
        self.orders
            .as_ref()
            .and_then(|orders| orders.send(order).ok())
            .ok_or_else(|| stopped("it has stopped"))?;
        answered.recv().map_err(|_| stopped("it has stopped"))?
    }
}

impl Drop for EmbeddedBroker {
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The broker's thread: lives until nobody can send orders any more.
fn serve(started: &mpsc::Sender<Result<String, ClientError>>, inbox: &mpsc::Receiver<Order>) {
    let cluster = match MockCluster::new(1) {
        Ok(cluster) => cluster,
        Err(error) => {
            let _ = started.send(Err(ClientError::kafka("the embedded broker can't be started", &error)));
            return;
        }
    };
    let _ = started.send(Ok(cluster.bootstrap_servers()));
    let mut known = std::collections::BTreeSet::new();
    while let Ok(order) = inbox.recv() {
        let mut result = Ok(());
        for topic in order.topics {
            if result.is_ok() && !known.contains(&topic) {
                result = cluster.create_topic(&topic, order.partitions, 1).map_err(|error| {
                    ClientError::kafka(format!("the embedded broker can't make {topic}"), &error)
                });
                known.insert(topic);
            }
        }
        let _ = order.answer.send(result);
    }
}

fn stopped(why: &str) -> ClientError {
    ClientError::Kafka { what: "the embedded broker".to_owned(), why: why.to_owned() }
}
