//! Where a running Herald is: a file for scripts (`--addresses-file`), and one at a known place by
//! which `herald tail` finds the trial.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::kafka::settings::KafkaSettings;

/// Where everything is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// The webhook port; none where only the router runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhooks: Option<SocketAddr>,
    /// The operations port.
    pub operations: SocketAddr,
    /// `host:port,host:port`.
    pub kafka: String,
    /// Before every topic's name.
    pub topic_prefix: String,
    /// Is it the trial's broker, which ends with the process?
    pub embedded: bool,
    /// The process.
    pub pid: u32,
}

impl Addresses {
    /// How to speak to its broker, without what only a configuration knows.
    pub fn kafka_settings(&self) -> KafkaSettings {
        KafkaSettings {
            bootstrap_servers: self.kafka.split(',').map(str::to_owned).collect(),
            topic_prefix: self.topic_prefix.clone(),
            ..KafkaSettings::default()
        }
    }

    /// Does anybody answer at its broker? A killed trial can't remove its file.
    fn is_alive(&self) -> bool {
        let servers = self.kafka.split(',').filter_map(|server| server.to_socket_addrs().ok());
        let alive = |address| TcpStream::connect_timeout(&address, Duration::from_millis(500)).is_ok();
        servers.flatten().any(alive)
    }
}

/// Writes the addresses, whole or not at all, readable by this user only.
pub fn write(path: &Path, addresses: &Addresses) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(addresses)?;
    text.push(b'\n');
    let partial = path.with_extension(format!("{}.part", addresses.pid));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&partial)?.write_all(&text)?;
    std::fs::rename(&partial, path)
}

/// The trial's file; removed when dropped, if it is still this trial's.
#[derive(Debug)]
pub struct TrialFile {
    path: PathBuf,
    pid: u32,
}

impl TrialFile {
    /// Says where this trial is.
    pub fn write(addresses: &Addresses) -> std::io::Result<Self> {
        let path = trial_path();
        if let Some(dir) = path.parent() {
            private_dir(dir)?;
        }
        write(&path, addresses)?;
        Ok(Self { path, pid: addresses.pid })
    }
}

impl Drop for TrialFile {
    fn drop(&mut self) {
        // Another trial may have begun since; its file stays.
        if read(&self.path).is_some_and(|addresses| addresses.pid == self.pid) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The trial that runs on this machine, as this user, if one does.
pub fn running_trial() -> Option<Addresses> {
    let path = trial_path();
    path.parent().filter(|dir| is_private(dir))?;
    let addresses = read(&path)?;
    if addresses.is_alive() {
        return Some(addresses);
    }
    let _ = std::fs::remove_file(&path);
    None
}

fn read(path: &Path) -> Option<Addresses> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// In the user's runtime directory, else in the temporary one, in a directory of this user's own.
fn trial_path() -> PathBuf {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|dir| dir.is_dir());
    let dir = runtime.map_or_else(
        || {
            let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
            let user: String = user.chars().filter(char::is_ascii_alphanumeric).collect();
            std::env::temp_dir().join(format!("herald-{user}"))
        },
        |dir| dir.join("herald"),
    );
    dir.join("trial.json")
}

/// A directory that nobody else may write to: in a shared temporary directory somebody else could
/// have made it first, and then could say where the trial is.
fn private_dir(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    if is_private(dir) {
        return Ok(());
    }
    Err(std::io::Error::new(
        std::io::ErrorKind::PermissionDenied,
        format!("{} belongs to somebody else or others may write to it", dir.display()),
    ))
}

#[cfg(unix)]
fn is_private(dir: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    // Where there is no /proc, the mode alone has to do.
    let Ok(metadata) = std::fs::symlink_metadata(dir) else { return false };
    let own = std::fs::metadata("/proc/self").map(|own| own.uid());
    let mine = own.map_or(true, |own| own == metadata.uid());
    metadata.is_dir() && mine && metadata.mode() & 0o022 == 0
}

#[cfg(not(unix))]
fn is_private(dir: &Path) -> bool {
    dir.is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_only_by_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("addresses.json");
        let addresses = Addresses {
            webhooks: Some(([127, 0, 0, 1], 1).into()),
            operations: ([127, 0, 0, 1], 2).into(),
            kafka: "127.0.0.1:1".to_owned(),
            topic_prefix: "x.".to_owned(),
            embedded: true,
            pid: std::process::id(),
        };
        write(&path, &addresses).unwrap();
        assert_eq!(read(&path), Some(addresses.clone()));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&path).unwrap()) & 0o777, 0o600);
        assert!(!addresses.is_alive());
        drop(TrialFile { path: path.clone(), pid: addresses.pid + 1 });
        assert!(path.exists());
        drop(TrialFile { path: path.clone(), pid: addresses.pid });
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_that_others_may_write_to_is_not_trusted() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let own = dir.path().join("own");
        private_dir(&own).unwrap();
        std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(private_dir(&own).is_err());
    }
}
