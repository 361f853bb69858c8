//! Signed tokens: whose are taken, and the public keys that they are verified by.

mod document;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use openssl::pkey::{PKey, Public};

/// How far the clocks may be apart.
pub const LEEWAY_DEFAULT: Duration = Duration::from_mins(1);
/// Largest file of keys.
const FILE_BYTES_MAX: u64 = 256 * 1024;
/// Most keys in all files.
const KEYS_MAX: usize = 64;
/// A file is looked at again no sooner, however many strange tokens come.
const REREAD_SECONDS: i64 = 30;

/// See the module's text.
#[derive(Debug)]
pub struct JwtSettings {
    /// The keys.
    pub keys: KeyFiles,
    /// `iss` is one of these.
    pub issuers: Vec<String>,
    /// `aud` has one of these.
    pub audiences: Vec<String>,
    /// Claims that are just so.
    pub claims: Vec<(String, String)>,
    /// How far `exp` and `nbf` may be off.
    pub leeway: Duration,
}

/// One public key.
#[derive(Debug, Clone)]
pub struct JwtKey {
    /// `kid`; none in a PEM file.
    pub id: Option<String>,
    /// What it verifies; a key is of one algorithm only, whatever a token says.
    pub algorithm: JwtAlgorithm,
    /// The key.
    pub key: PKey<Public>,
}

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// RSA, PKCS #1 v1.5, with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

/// Files of public keys. Issuers change theirs every few weeks, so they are read anew when a token
/// names a key that is not known.
#[derive(Debug)]
pub struct KeyFiles {
    files: Vec<PathBuf>,
    keys: ArcSwap<Vec<JwtKey>>,
    /// Second of the clock at which the files were last read.
    read_at: AtomicI64,
}

impl KeyFiles {
    /// Reads them all.
    ///
    /// # Errors
    /// In words, which file is wrong.
    pub fn open(files: Vec<PathBuf>) -> Result<Self, String> {
        let keys = read(&files)?;
        Ok(Self { files, keys: ArcSwap::from_pointee(keys), read_at: AtomicI64::new(i64::MIN) })
    }
    /// The keys.
    pub fn keys(&self) -> Arc<Vec<JwtKey>> {
        self.keys.load_full()
    }
    /// Reads the files again, if that was not done just now; what can't be read changes nothing.
    pub fn read_again(&self, now_seconds: i64) -> Option<Arc<Vec<JwtKey>>> {
        let last = self.read_at.load(Ordering::Acquire);
        let due = last.saturating_add(REREAD_SECONDS) <= now_seconds;
        if !due
            || self.read_at.compare_exchange(last, now_seconds, Ordering::AcqRel, Ordering::Acquire).is_err()
        {
            return None;
        }
        match read(&self.files) {
            Ok(keys) => self.keys.store(Arc::new(keys)),
            Err(error) => tracing::warn!(error, "keys of a JWT source can't be read again"),
        }
        Some(self.keys())
    }
}

fn read(files: &[PathBuf]) -> Result<Vec<JwtKey>, String> {
    let mut keys = Vec::new();
    for file in files {
        let wrong = |words: String| format!("{} {words}", file.display());
        let size = std::fs::metadata(file).map_err(|error| wrong(format!("can't be read: {error}")))?.len();
        if size > FILE_BYTES_MAX {
            return Err(wrong("is too large for keys".to_owned()));
        }
        let bytes = std::fs::read(file).map_err(|error| wrong(format!("can't be read: {error}")))?;
        keys.extend(document::keys_of(&bytes).map_err(wrong)?);
    }
    if keys.len() > KEYS_MAX {
        return Err(format!("there are more than {KEYS_MAX} keys"));
    }
    Ok(keys)
}
