//! `policy.toml`: the rules of the desks. A desk's own file may make a rule stricter, never weaker.

use super::{ExamError, POLICY_FILE, from_toml};
use package::rules::{CardTypeRule, Rules};
use serde::Deserialize;
use std::fmt::Write as _;

/// The whole file. A rule that is left out has its usual value here; in a package every rule is named.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// BAC may be used where PACE is not to be had.
    pub bac_fallback: bool,
    /// Green needs a proof that the chip is genuine.
    pub authentication_required: bool,
    /// Green needs a revocation list.
    pub revocation_required: bool,
    /// Green needs the registry's answer.
    pub registry_required: bool,
    /// How long a verdict waits for the registry, in milliseconds.
    pub registry_wait_ms: u64,
    /// The verifier key of the registry's answers, one line; empty: each desk's own file names one.
    pub registry_key: String,
    /// Green needs a witness of the log.
    pub witness_required: bool,
    /// The verifier key of the witness, one line; empty: each desk's own file names one.
    pub witness_key: String,
    /// A session ends by one person only when the scripts of every room were counted.
    pub scripts_required: bool,
    /// The folder, an absolute path on a stick, that lists and forms of people may be written to; empty: none are.
    pub paper_folder: String,
    /// Who alone opens the evidence, `age1…`; empty: each desk's own file says.
    pub evidence_recipient: String,
    /// The chip's portrait is kept with the evidence.
    pub evidence_portrait: bool,
    /// Types of documents whose chip has a key.
    #[serde(rename = "card_type")]
    pub card_types: Vec<CardTypeRule>,
}

impl Default for Policy {
    fn default() -> Self {
        let usual = Rules::default();
        Self {
            bac_fallback: usual.bac_fallback,
            authentication_required: usual.authentication_required,
            revocation_required: usual.revocation_required,
            registry_required: usual.registry_required,
            registry_wait_ms: usual.registry_wait_ms,
            registry_key: usual.registry_key,
            witness_required: usual.witness_required,
            witness_key: usual.witness_key,
            scripts_required: usual.scripts_required,
            paper_folder: usual.paper_folder,
            evidence_recipient: usual.evidence_recipient,
            evidence_portrait: usual.evidence_portrait,
            card_types: usual.card_types.unwrap_or_default(),
        }
    }
}

impl Policy {
    /// Reads the file; no bytes are the rules of [`Policy::default`].
    ///
    /// # Errors
    /// [`ExamError::Form`], with the line.
    pub fn read(bytes: &[u8]) -> Result<Self, ExamError> {
        from_toml(POLICY_FILE, bytes)
    }

    /// The file.
    pub fn write(&self) -> String {
        let text = |value: &str| toml::Value::from(value).to_string();
        let mut out = format!(
            "{HEAD}bac_fallback = {}\nauthentication_required = {}\nrevocation_required = {}\nregistry_required = {}\n\
             registry_wait_ms = {}\nregistry_key = {}\nwitness_required = {}\nwitness_key = {}\nscripts_required = {}\n\
             paper_folder = {}\nevidence_recipient = {}\nevidence_portrait = {}\n",
            self.bac_fallback,
            self.authentication_required,
            self.revocation_required,
            self.registry_required,
            self.registry_wait_ms,
            text(&self.registry_key),
            self.witness_required,
            text(&self.witness_key),
            self.scripts_required,
            text(&self.paper_folder),
            text(&self.evidence_recipient),
            self.evidence_portrait,
        );
        for one in &self.card_types {
            let _ =
                writeln!(out, "\n[[card_type]]\nissuer = {}\ndocument = {}", text(&one.issuer), text(&one.document));
            let _ = one.since.map_or(Ok(()), |since| writeln!(out, "since = \"{since}\""));
        }
        out
    }

    /// The rules as a package carries them.
    pub fn packed(&self) -> Rules {
        let Self { bac_fallback, authentication_required, revocation_required, registry_required, .. } = self.clone();
        let Self { registry_wait_ms, registry_key, witness_required, witness_key, .. } = self.clone();
        let Self { evidence_recipient, evidence_portrait, card_types, scripts_required, paper_folder, .. } =
            self.clone();
        Rules {
            bac_fallback,
            authentication_required,
            revocation_required,
            registry_required,
            registry_wait_ms,
            registry_key,
            witness_required,
            witness_key,
            scripts_required,
            paper_folder,
            evidence_recipient,
            evidence_portrait,
            card_types: Some(card_types),
        }
    }
}

const HEAD: &str = "\
# Quy tắc tại bàn. Tệp của bàn chỉ làm chặt thêm, không nới được.
# registry_key, witness_key: khóa kiểm chữ ký (một dòng); để trống thì theo tệp của bàn.
# scripts_required: phải nhập số bài thi của mọi phòng mới kết thúc buổi thi được; thiếu thì cần hai người.
# paper_folder: thư mục trên USB (đường dẫn tuyệt đối) được ghi danh sách dự phòng và biểu mẫu có tên thí sinh; để
# trống thì không ghi.
# evidence_recipient: age1…, ai mở được phần chứng cứ; để trống thì theo tệp của bàn.
# evidence_portrait: kèm cả ảnh trong chip vào phần chứng cứ niêm phong, để hai thành viên so lại về sau.
";
