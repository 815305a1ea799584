//! The witness over HTTPS (C2SP `tlog-witness`): the same hard limits as the registry's client.

use super::http::{CallLimits, RegistrySetupError, https_address};
use super::pinned::{is_foreign_certificate, pinned_client};
use reqwest::{Client, Url};
use std::time::Duration;
use tlog::witness::{Introduction, MAX_BODY_LEN, Submission, Witness, WitnessFault};
use tokio::runtime::{Builder, Runtime};

/// A desk that is being opened waits no longer for the last head.
const LAST_HEAD_MS: u64 = 1_500;

/// A witness behind an HTTPS address.
pub struct HttpsWitness {
    runtime: Runtime,
    client: Client,
    prefix: Url,
    limits: CallLimits,
}

impl HttpsWitness {
    /// Sets up the client for the witness whose submission prefix is `prefix`; nothing is sent yet.
    ///
    /// # Errors
    /// [`RegistrySetupError`].
    pub fn new(prefix: &str, authority: &[u8], limits: CallLimits) -> Result<Self, RegistrySetupError> {
        // Without a slash behind it the last part of the prefix would be replaced by the call's name.
        let prefix = https_address(&format!("{}/", prefix.trim_end_matches('/')))?;
        let client = pinned_client(authority, None, limits.connect_ms)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, client, prefix, limits })
    }

    fn post(&self, call: &str, body: String) -> Result<Answer, WitnessFault> {
        self.post_within(self.limits.whole_ms, call, body)
    }

    fn post_within(&self, whole_ms: u64, call: &str, body: String) -> Result<Answer, WitnessFault> {
        let url = self.prefix.join(call).map_err(|_| WitnessFault::Unreachable)?;
        let whole = Duration::from_millis(whole_ms);
        self.runtime.block_on(async {
            tokio::time::timeout(whole, self.send(url, body)).await.unwrap_or(Err(WitnessFault::TimedOut))
        })
    }

    async fn send(&self, url: Url, body: String) -> Result<Answer, WitnessFault> {
        let sent = self.client.post(url).header("content-type", "text/plain; charset=utf-8").body(body).send();
        let mut response = sent.await.map_err(|error| fault_of(&error))?;
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| fault_of(&error))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_BODY_LEN {
                return Err(WitnessFault::TooLarge);
            }
        }
        let text = String::from_utf8(bytes).map_err(|_| WitnessFault::BadSignature)?;
        Ok(Answer { status, text })
    }
}

impl Witness for HttpsWitness {
    fn last_head(&mut self, log: &str) -> Result<Option<String>, WitnessFault> {
        let whole_ms = self.limits.whole_ms.min(LAST_HEAD_MS);
        let answer = self.post_within(whole_ms, "last-head", format!("{log}\n"))?;
        match answer.status {
            200 => Ok(Some(answer.text)),
            404 => Ok(None),
            status => Err(WitnessFault::Refused { status }),
        }
    }

    fn add_log(&mut self, introduction: &Introduction) -> Result<(), WitnessFault> {
        let body = serde_json::to_string(introduction).map_err(|_| WitnessFault::Refused { status: 0 })?;
        let answer = self.post("add-log", body)?;
        match answer.status {
            200 => Ok(()),
            409 => Err(conflict(&answer.text)),
            status => Err(WitnessFault::Refused { status }),
        }
    }

    fn add_checkpoint(&mut self, submission: &Submission) -> Result<String, WitnessFault> {
        let answer = self.post("add-checkpoint", submission.body())?;
        match answer.status {
            200 => Ok(answer.text),
            404 => Err(WitnessFault::UnknownLog),
            409 => Err(conflict(&answer.text)),
            status => Err(WitnessFault::Refused { status }),
        }
    }
}

/// The answer to a call that does not follow what the witness has seen: the size that it has signed.
fn conflict(text: &str) -> WitnessFault {
    let size = text.trim_end().parse();
    size.map_or(WitnessFault::Refused { status: 409 }, |size| WitnessFault::Conflict { size })
}

struct Answer {
    status: u16,
    text: String,
}

fn fault_of(error: &reqwest::Error) -> WitnessFault {
    if is_foreign_certificate(error) {
        WitnessFault::ForeignCertificate
    } else if error.is_timeout() {
        WitnessFault::TimedOut
    } else {
        WitnessFault::Unreachable
    }
}
