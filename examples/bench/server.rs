//! The servers that are measured: children of this process, killed when they are dropped.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::meter::Reading;
use crate::request::Proof;
use crate::wire::Target;

/// What a server may take to be ready: the first start also makes its topics, and a million incidents
/// are not restored in a minute.
const READY_WITHIN: Duration = Duration::from_mins(5);
/// Signs the `PagerDuty` bodies.
const PAGERDUTY_SECRET: &str = "bench-pagerduty-secret-0123456789abcdef";
/// The bearer token of the Alertmanager bodies.
const ALERTMANAGER_SECRET: &str = "bench-alertmanager-token-0123456789abcdef";

/// Where everything is that a measurement needs.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Kafka.
    pub(crate) bootstrap_servers: String,
    /// Process ids of the brokers, where they are known.
    pub(crate) broker_pids: Vec<u32>,
    /// The binary.
    pub(crate) herald: PathBuf,
    /// A directory for configurations, secrets and logs.
    pub(crate) dir: PathBuf,
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// Where webhooks go; a router has none.
    pub(crate) webhooks: Option<Target>,
    /// Where the metrics are; the floor has none.
    pub(crate) operations: Option<Target>,
}

impl Server {
    /// Starts the floor.
    pub(crate) fn floor(place: &Place, topic: &str, workers: usize) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["floor", "--topic", topic, "--workers", &workers.to_string()]);
        command.args(["--bootstrap-servers", &place.bootstrap_servers]);
        command.stdout(Stdio::piped()).stderr(File::create(place.dir.join("floor.log"))?);
        let mut child = command.spawn().context("the floor can't be started")?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let mut server = Self { child, webhooks: None, operations: None };
        server.webhooks = Some(Target::parse(line.trim()).context("the floor did not start; see floor.log")?);
        Ok(server)
    }

    /// Starts Herald with its defaults, but for what one machine needs: one replica, any ports.
    pub(crate) fn herald(place: &Place, prefix: &str, role: &str) -> Result<Self> {
        Self::herald_with(place, prefix, role, None)
    }

    /// The same with this policy in place of the default one.
    pub(crate) fn herald_with(
        place: &Place,
        prefix: &str,
        role: &str,
        policy: Option<&Path>,
    ) -> Result<Self> {
        let dir = place.dir.join(format!("{prefix}{role}"));
        fs::create_dir_all(&dir)?;
        let (config, addresses) = (dir.join("herald.yaml"), dir.join("addresses.json"));
        let log = dir.join("herald.log");
        fs::write(dir.join("pagerduty"), PAGERDUTY_SECRET)?;
        fs::write(dir.join("alertmanager"), ALERTMANAGER_SECRET)?;
        let policy = policy.map(|dir| format!("policy: \"{}\"\n", dir.display())).unwrap_or_default();
        fs::write(&config, policy + &configuration(place, prefix, &dir))?;
        if addresses.exists() {
            fs::remove_file(&addresses)?;
        }
        let mut command = Command::new(&place.herald);
        command.args(["serve", "--role", role, "--config"]).arg(&config);
        command.arg("--addresses-file").arg(&addresses);
        // Logs are written, as in production, and cost what they cost.
        command
            .stdin(Stdio::null())
            .stdout(File::create(dir.join("herald.out"))?)
            .stderr(File::create(&log)?);
        let child =
            command.spawn().with_context(|| format!("{} can't be started", place.herald.display()))?;
        let mut server = Self { child, webhooks: None, operations: None };
        let begins = Instant::now();
        while !addresses.exists() {
            if let Some(status) = server.child.try_wait()? {
                bail!("herald ended with {status} before it was ready; see {}", log.display());
            }
            if begins.elapsed() > READY_WITHIN {
                bail!("herald was not ready within {READY_WITHIN:?}; see {}", log.display());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let found: Value = serde_json::from_str(&fs::read_to_string(&addresses)?)?;
        let target = |name: &str| {
            found[name].as_str().map(|address| Target::parse(&format!("http://{address}"))).transpose()
        };
        server.webhooks = target("webhooks")?;
        server.operations = target("operations")?;
        Ok(server)
    }

    /// Where webhooks go.
    pub(crate) fn target(&self) -> Result<&Target> {
        self.webhooks.as_ref().context("this server takes no webhooks")
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has cost so far.
    pub(crate) fn cpu(&self) -> Result<Reading> {
        Reading::of(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Either may only fail if it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How the body of a source proves who sent it.
pub(crate) fn proof(source: &str) -> Proof {
    match source {
        "pagerduty" => Proof::PagerDuty(PAGERDUTY_SECRET.to_owned()),
        _ => Proof::Bearer(ALERTMANAGER_SECRET.to_owned()),
    }
}

fn configuration(place: &Place, prefix: &str, dir: &Path) -> String {
    let (servers, dir) = (&place.bootstrap_servers, dir.display());
    format!(
        "webhooks: {{ listen: \"127.0.0.1:0\" }}\n\
         operations: {{ listen: \"127.0.0.1:0\" }}\n\
         kafka:\n  \
           bootstrap_servers: [\"{}\"]\n  \
           topic_prefix: \"{prefix}\"\n  \
           topics: {{ create: true, partitions: 12, replication: 1 }}\n\
         router: {{ group: \"{prefix}router\", instance: bench }}\n\
         sources:\n  \
           pagerduty: {{ kind: pagerduty, auth: {{ scheme: pagerduty, secret_files: [\"{dir}/pagerduty\"] }} }}\n  \
           alertmanager: {{ kind: alertmanager, auth: {{ scheme: bearer, secret_file: \"{dir}/alertmanager\" }} }}\n  \
           datadog: {{ kind: datadog, auth: {{ scheme: bearer, secret_file: \"{dir}/alertmanager\" }} }}\n  \
           sns: {{ kind: aws_sns, auth: {{ scheme: bearer, secret_file: \"{dir}/alertmanager\" }} }}\n",
        servers.replace(',', "\", \"")
    )
}
