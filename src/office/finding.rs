//! What a check of a log can find.

use std::collections::BTreeMap;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth a look; the log is sound.
    Remark,
    /// It cannot be told whether the log is sound.
    Undecided,
    /// Forged, changed or damaged.
    Forged,
}

/// What a whole check ends in; the program's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Sound, nothing to look at.
    Clean,
    /// Sound, with remarks.
    Remarks,
    /// Forged, changed or damaged.
    Forged,
    /// Could not be decided.
    Undecided,
}

impl Verdict {
    /// The verdict that findings add up to: one sign of forgery outweighs everything.
    pub fn of(findings: &[Finding]) -> Self {
        match findings.iter().map(|finding| finding.what.severity()).max() {
            None => Self::Clean,
            Some(Severity::Remark) => Self::Remarks,
            Some(Severity::Undecided) => Self::Undecided,
            Some(Severity::Forged) => Self::Forged,
        }
    }

    /// 0 clean, 1 clean with remarks, 2 forged or damaged, 3 could not decide.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Remarks => 1,
            Self::Forged => 2,
            Self::Undecided => 3,
        }
    }

    /// The stable word of a report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Remarks => "remarks",
            Self::Forged => "forged",
            Self::Undecided => "undecided",
        }
    }
}

/// One thing found, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub what: What,
    /// In which segment.
    pub segment: Option<u32>,
    /// At which entry.
    pub seq: Option<u64>,
    /// In which file.
    pub path: Option<String>,
}

impl Finding {
    /// About the whole package.
    pub fn package(what: What) -> Self {
        Self { what, segment: None, seq: None, path: None }
    }

    /// About one file.
    pub fn file(what: What, path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..Self::package(what) }
    }

    /// About one segment.
    pub fn segment(what: What, segment: u32) -> Self {
        Self { segment: Some(segment), ..Self::package(what) }
    }

    /// About one entry.
    pub fn entry(what: What, segment: u32, seq: u64) -> Self {
        Self { seq: Some(seq), ..Self::segment(what, segment) }
    }
}

/// Everything found, in order. Of one kind so many are kept; the rest are counted, so that a log of nothing but
/// remarks cannot fill the memory of whoever checks it.
#[derive(Debug, Clone, Default)]
pub struct Found {
    list: Vec<Finding>,
    counts: BTreeMap<What, u64>,
}

impl Found {
    /// Adds one.
    pub fn add(&mut self, finding: Finding) {
        let count = self.counts.entry(finding.what).or_default();
        *count += 1;
        if *count <= MAX_KEPT {
            self.list.push(finding);
        }
    }

    /// Adds all of another list behind these.
    pub fn append(&mut self, other: Self) {
        let mut unlisted = other.counts;
        for finding in other.list {
            unlisted.entry(finding.what).and_modify(|count| *count -= 1);
            self.add(finding);
        }
        for (what, count) in unlisted {
            *self.counts.entry(what).or_default() += count;
        }
    }

    /// Those that were kept, and how many there were of each kind.
    pub fn into_parts(self) -> (Vec<Finding>, BTreeMap<What, u64>) {
        (self.list, self.counts)
    }
}

/// Findings of one kind that are kept.
const MAX_KEPT: u64 = 10_000;

/// Declares the findings: name, severity, stable code, Vietnamese words.
macro_rules! findings {
    ($($(#[$doc:meta])* $name:ident $severity:ident $code:literal $words:literal;)*) => {
        /// What was found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum What {
            $($(#[$doc])* $name,)*
        }

        impl What {
            /// How much it weighs.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What a member of the board reads.
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }
        }
    };
}

findings! {
    /// A file that must be there is not.
    MissingFile Forged "file.missing" "Thiếu tệp bắt buộc";
    /// A file that the manifest does not name, or that no export has.
    ForeignFile Forged "file.foreign" "Có tệp không thuộc gói: không nằm trong danh mục, hoặc không gói nào có tệp như vậy";
    /// A link, a pipe or a device among the files.
    NotPlain Forged "file.not-plain" "Có thứ không phải tệp thường (liên kết, ống dẫn, thiết bị); không mở";
    /// What an operating system leaves on a stick.
    Litter Remark "file.litter" "Có tệp do hệ điều hành tự tạo, không thuộc gói";
    /// A file larger than any of its kind.
    FileTooLarge Undecided "file.too-large" "Tệp lớn hơn mức đọc";
    /// READ-ME.txt or verify.py are not those of this program.
    GuideOther Remark "file.guide" "Hướng dẫn hoặc verify.py trong gói khác bản của chương trình này (phiên bản khác, hoặc bị thay): đừng chạy";
    /// More files or bytes than are gone through.
    PackageTooLarge Undecided "package.too-large" "Gói có nhiều tệp hoặc nhiều byte hơn mức kiểm; chưa kiểm gì";
    /// The folder itself is not there, or cannot be read.
    PackageUnreadable Undecided "package.unreadable" "Không có hoặc không đọc được thư mục của gói";
    /// Size or digest differ from the manifest.
    ChangedFile Forged "file.changed" "Nội dung tệp khác với danh mục đã ký";
    /// The manifest is not in its form.
    ManifestForm Forged "manifest.form" "Danh mục không đúng mẫu";
    /// The manifest is not signed by the device key.
    ManifestSignature Forged "manifest.signature" "Chữ ký của danh mục sai";
    /// The manifest's mode is not the log's.
    ManifestMode Forged "manifest.mode" "Danh mục ghi sai chế độ tập huấn";
    /// The package holds no log.
    NoSegments Undecided "package.empty" "Gói không chứa nhật ký nào";
    /// The desk has no certificate.
    DeskCertAbsent Undecided "desk-cert.absent" "Bàn không có chứng thư của hội đồng thi";
    /// The certificate is signed by another key than the given one.
    DeskCertForeign Undecided "desk-cert.foreign" "Chứng thư của bàn do khóa khác ký, không phải khóa đã đưa";
    /// The certificate's signature or form is wrong.
    DeskCertForged Forged "desk-cert.forged" "Chứng thư của bàn bị sửa hoặc giả";
    /// Entries lie outside the certificate's dates.
    DeskCertDates Remark "desk-cert.dates" "Có bản ghi ngoài thời hạn của chứng thư";
    /// A segment was opened under another certificate.
    DeskCertOther Remark "desk-cert.other" "Đoạn được mở với chứng thư khác";
    /// The desk took another set of keys for the board's.
    BoardKeysOther Forged "basis.board-keys" "Bàn coi bộ khóa khác là khóa của hội đồng: gói, kho tin cậy và danh sách thu hồi của bàn do người khác ký";
    /// The log does not say which keys the desk took for the board's.
    BoardKeysUnsaid Remark "basis.board-keys-unsaid" "Nhật ký không ghi bàn dùng bộ khóa hội đồng nào";
    /// The exam's folder is another exam's.
    ExamOther Undecided "basis.exam" "Thư mục kỳ thi (--exam) không phải của kỳ thi này";
    /// The board has no certificate for such a desk.
    DeskNotIssued Undecided "basis.desk" "Thư mục kỳ thi không có chứng thư cho bàn này";
    /// The exam's folder holds another certificate for this desk.
    CertNotIssued Remark "basis.desk-cert" "Chứng thư của bàn khác với chứng thư trong thư mục kỳ thi (bàn được ghi danh lại?)";
    /// The desk worked without a package.
    PackageAbsent Undecided "basis.package-absent" "Bàn không làm việc từ gói của hội đồng";
    /// The desk worked from a package that the board did not make.
    PackageNotIssued Forged "basis.package" "Bàn làm việc từ gói mà hội đồng không phát hành";
    /// The package was not made for this desk.
    PackageOfOthers Undecided "basis.package-of-others" "Gói không được đóng cho bàn này";
    /// A newer package was there when the segment was opened.
    PackageSuperseded Remark "basis.package-superseded" "Khi mở đoạn đã có phiên bản gói mới hơn";
    /// The rules are not those of the package.
    RulesOther Forged "basis.rules" "Quy tắc mà bàn theo khác với quy tắc trong gói đã phát hành";
    /// Log or ledger do not say which rules.
    RulesUnsaid Remark "basis.rules-unsaid" "Nhật ký hoặc sổ gói không ghi quy tắc: không đối chiếu được";
    /// The trust store is not that of the package.
    TrustOther Forged "basis.trust" "Kho tin cậy của bàn khác với kho trong gói đã phát hành";
    /// The desk knew an older list of revocations than its package holds.
    RevocationsBehind Undecided "basis.revocations" "Bàn dùng danh sách thu hồi cũ hơn danh sách trong gói";
    /// The program's file is none that the board listed.
    ProgramOther Undecided "basis.program" "Chương trình của bàn không có trong danh sách của hội đồng (programs.csv)";
    /// The log does not say which file the program was.
    ProgramUnsaid Remark "basis.program-unsaid" "Nhật ký không ghi chương trình nào đã chạy";
    /// The board lists no programs.
    ProgramsUnlisted Remark "basis.programs-unlisted" "Hội đồng chưa lập danh sách chương trình (programs.csv): không đối chiếu được";
    /// A training log.
    Training Remark "log.training" "Nhật ký tập huấn, không phải thi thật";
    /// A log opened as live under a certificate for training.
    TrainingAsLive Forged "log.training-as-live" "Nhật ký tập huấn bị khai là thi thật";
    /// The checkpoint is not in its form.
    CheckpointForm Forged "checkpoint.form" "Điểm chốt không đúng mẫu";
    /// The checkpoint is not signed by the segment's key.
    CheckpointSignature Forged "checkpoint.signature" "Chữ ký của điểm chốt sai";
    /// The bundles do not hold the entries that the checkpoint counts.
    EntriesForm Forged "entries.form" "Các bản ghi không đủ hoặc không đúng mẫu gói";
    /// The first entry does not open a segment of this device.
    NotOpened Forged "segment.not-opened" "Đoạn không mở đầu bằng bản ghi của thiết bị này";
    /// The segment's key file is another key than the endorsed one.
    ForeignKey Forged "segment.foreign-key" "Khóa của đoạn không phải khóa đã được thiết bị xác nhận";
    /// The root over the entries is not the signed one.
    RootDiffers Forged "root.differs" "Gốc tính lại từ các bản ghi khác với gốc đã ký";
    /// A tile is not what the entries give.
    TileDiffers Forged "tile.differs" "Mảnh cây băm khác với các bản ghi";
    /// An entry is not in its form or place.
    EntryForm Forged "entry.form" "Bản ghi không đúng mẫu hoặc không đúng chỗ";
    /// The segment's name is not the certified desk's.
    ForeignName Forged "segment.foreign-name" "Tên của đoạn không khớp chứng thư hoặc các đoạn khác";
    /// The link to the segment before is broken.
    LinkBroken Forged "segment.link-broken" "Liên kết với đoạn trước bị đứt";
    /// The boot clock went back within one boot.
    BootClockFell Forged "time.boot-clock-fell" "Đồng hồ máy chạy lùi trong một lần khởi động";
    /// The wall clock went back without an entry that says so.
    TimeFell Forged "time.fell" "Giờ lùi mà không có bản ghi về việc đó";
    /// An undo names no arrival that counts.
    UndoOfNothing Forged "state.undo-of-nothing" "Bản ghi hủy không trỏ tới lượt vào đang có hiệu lực";
    /// An entry refers to an arrival that does not count.
    ForeignArrival Forged "state.foreign-arrival" "Bản ghi trỏ tới lượt vào không có hiệu lực";
    /// An answer of the registry without its question.
    AnswerWithoutRequest Forged "state.answer-without-request" "Có câu trả lời của CSDL mà không có câu hỏi";
    /// An export names another root than the log had.
    ExportDiffers Forged "state.export-differs" "Bản ghi xuất dữ liệu nêu gốc khác với nhật ký";
    /// The totals are not what the entries add up to.
    TotalsDiffer Forged "state.totals-differ" "Tổng kết khác với các bản ghi";
    /// An entry stands behind the `close`.
    AfterClose Forged "state.after-close" "Có bản ghi sau bản ghi đóng";
    /// A file cannot be read from its medium.
    UnreadableFile Undecided "file.unreadable" "Không đọc được tệp";
    /// An entry names evidence that the export does not hold.
    EvidenceMissing Remark "evidence.missing" "Thiếu bằng chứng niêm phong mà bản ghi nêu (có thể đã xóa sau khi nộp)";
    /// People's data was removed from the desk.
    Purged Remark "event.purged" "Dữ liệu cá nhân trên bàn đã được xóa";
    /// Evidence whose bytes are not those of its name.
    EvidenceDiffers Forged "evidence.differs" "Bằng chứng niêm phong khác với tên của nó";
    /// An anchor is no cosigned checkpoint, or not the one it is said to be.
    AnchorForm Forged "anchor.form" "Mốc chứng kiến không đúng mẫu";
    /// An anchor of another log.
    AnchorForeign Forged "anchor.foreign" "Mốc chứng kiến của nhật ký khác";
    /// A known witness's signature under an anchor is wrong.
    AnchorForged Forged "anchor.forged" "Chữ ký của bên chứng kiến sai";
    /// An anchor names a root that this log never had.
    AnchorOffHistory Forged "anchor.off-history" "Mốc chứng kiến không nằm trên lịch sử này";
    /// An anchor names more entries than there are: the end was cut off.
    AnchorBeyondEnd Forged "anchor.beyond-end" "Mốc chứng kiến có nhiều bản ghi hơn nhật ký: đuôi đã bị cắt";
    /// Before a segment was opened, a known witness named a head that this log does not hold: it was rolled back.
    HeadNotHeld Forged "anchor.head-not-held" "Trước khi mở đoạn, bên xác nhận ngoài đã nêu một đầu nhật ký không có ở đây: nhật ký bị lùi hoặc bị thay";
    /// The desk wrote down that a witness had seen more than its journal holds.
    WitnessDisagreed Undecided "anchor.witness-disagreed" "Bàn ghi rằng bên xác nhận ngoài đã thấy điều mà nhật ký này không có; xin mốc của bên đó (--anchors)";
    /// Before a segment was opened, no witness could be asked, and none has seen the segment since.
    HeadNotAsked Remark "anchor.head-not-asked" "Trước khi mở đoạn không hỏi được bên xác nhận ngoài, và về sau cũng không có mốc nào";
    /// A note that nobody known has signed contradicts the log.
    AnchorContradicts Undecided "anchor.contradicts" "Có mốc không ai bảo chứng mà trái với nhật ký";
    /// An anchor that lies on this history, by a witness whose key was not given.
    AnchorUnvouched Remark "anchor.unvouched" "Mốc do bên chứng kiến chưa có khóa ký, không tính";
    /// A collected file that cannot be read, or is larger than any cosigned checkpoint.
    CollectedUnread Remark "collected.unread" "Tệp trong --anchors không đọc được, không phải tệp thường hoặc quá lớn: không dùng";
    /// A collected file that is no cosigned checkpoint.
    CollectedForm Remark "collected.form" "Tệp trong --anchors không phải mốc chứng kiến: không dùng";
    /// A collected note that came through an editor or a mail program.
    CollectedMended Remark "collected.mended" "Mốc trong --anchors có BOM, CRLF hoặc thiếu xuống dòng cuối: đã đưa về LF rồi mới kiểm tra";
    /// A collected key that is none.
    CollectedKey Remark "collected.key" "Tệp *.vkey trong --anchors không phải khóa kiểm tra: không dùng";
    /// A collected note whose signature by a known witness is wrong: whoever wrote it was not the witness.
    CollectedForged Remark "collected.forged" "Mốc đã thu trong --anchors mang chữ ký sai của bên chứng kiến: không dùng";
    /// Entries that nobody outside has seen.
    Unanchored Remark "anchor.none-after" "Có bản ghi sau mốc chứng kiến cuối: không ai ngoài bàn làm chứng";
    /// An answer of a known registry whose signature is wrong.
    AnswerForged Forged "registry.answer-forged" "Chữ ký của CSDL dưới câu trả lời sai";
    /// The desk's clock was far from an outside one.
    ClockOff Remark "time.off" "Giờ của bàn lệch xa giờ do bên ngoài ký";
    /// The certificate was revoked, and entries stand behind the last that is accepted.
    RevokedAfter Forged "desk-cert.revoked" "Chứng thư đã bị thu hồi, có bản ghi sau mốc còn được chấp nhận";
    /// The certificate was revoked, and all entries lie before.
    RevokedLater Remark "desk-cert.revoked-later" "Chứng thư bị thu hồi về sau; mọi bản ghi còn được chấp nhận";
    /// The given revocation list is older than the one the desk knew.
    RevocationsOld Undecided "revocations.old" "Danh sách thu hồi đã đưa cũ hơn danh sách mà bàn đã thấy";
    /// The desk knew a revocation list, and none was given.
    RevocationsAbsent Remark "revocations.absent" "Chưa đưa danh sách thu hồi để đối chiếu";
    /// Two packages show two histories under one name and one device key; the path names the other.
    Fork Forged "log.fork" "Hai gói cho hai lịch sử khác nhau của cùng một bàn; gói kia";
    /// A segment without a `close`.
    NotClosed Remark "segment.not-closed" "Đoạn không có bản ghi đóng (máy dừng đột ngột hoặc đuôi bị cắt)";
    /// A torn append behind a segment.
    TornBytes Remark "segment.torn-bytes" "Có bản ghi dở dang ở cuối đoạn, chưa từng được xác nhận";
    /// A segment that holds nothing.
    Abandoned Remark "segment.abandoned" "Có đoạn trống, bị bỏ";
    /// The wall clock moved.
    ClockJump Remark "time.clock-jump" "Đồng hồ bị chỉnh";
    /// The head of site answered for a clock that disagreed with the log.
    ClockConfirmed Remark "time.clock-confirmed" "Trưởng Điểm thi xác nhận đồng hồ, dù nhật ký có giờ muộn hơn";
    /// A manual decision.
    ManualDecision Remark "event.manual-decision" "Quyết định thủ công";
    /// An undone entry.
    Undone Remark "event.undo" "Lượt vào bị hủy";
    /// Somebody came on a candidate who was in.
    Duplicate Remark "event.duplicate" "Báo trùng: thí sinh đã vào trước đó";
    /// Somebody is in at two desks of one session; the path names the other export and its entry.
    AtTwoDesks Remark "state.at-two-desks" "Một thí sinh có lượt vào ở hai bàn trong cùng buổi thi; bàn kia";
    /// A candidate was let in twice.
    TwiceIn Remark "event.twice-in" "Một thí sinh được cho vào hai lần";
    /// A question to the registry without an answer.
    RegistryPending Remark "registry.pending" "Có câu hỏi CSDL chưa có câu trả lời";
    /// The registry said something against somebody who was in already, and a person answered for it.
    LateAnswer Remark "registry.late-answer" "CSDL trả lời bất lợi khi thí sinh đã vào; đã có người trả lời thông báo";
    /// The same, and nobody answered for it.
    LateUnanswered Remark "registry.late-unanswered" "CSDL trả lời bất lợi khi thí sinh đã vào, và chưa ai trả lời thông báo";
    /// An answer of the registry that does not count.
    RegistryRefused Remark "registry.refused" "Có câu trả lời của CSDL không được chấp nhận";
}
