//! What an exam's folder holds, in words.

use crate::exam::Exam;
use std::collections::{BTreeMap, BTreeSet};

/// What an exam's folder holds, without a person's data.
pub(super) fn summary(exam: &Exam) -> String {
    let settings = &exam.settings;
    let mut lines = vec![
        format!("Kỳ thi: {} ({}/{})", settings.title, settings.board, settings.id),
        format!("Buổi thi: {}", settings.sessions.len()),
    ];
    for one in &settings.sessions {
        let last = one.last_entry.map(|time| format!(", hạn vào {time}")).unwrap_or_default();
        lines.push(format!("  {} “{}”: hiệu lệnh {}{last}", one.id, one.title, one.start));
    }
    let mut by_site: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    for one in exam.candidates.iter() {
        let (count, rooms) = by_site.entry(one.site).or_default();
        *count += 1;
        rooms.insert(one.room);
    }
    lines.push(format!("Thí sinh (dòng): {}", exam.candidates.len()));
    lines.push(format!("Điểm thi: {}   phòng thi: {}", exam.sites.len(), exam.rooms.len()));
    for (site, (count, rooms)) in by_site.iter().take(MAX_SITES_SHOWN) {
        lines.push(format!("  {site}: {count} thí sinh, {} phòng", rooms.len()));
    }
    if by_site.len() > MAX_SITES_SHOWN {
        lines.push(format!("  … và {} điểm khác", by_site.len() - MAX_SITES_SHOWN));
    }
    lines.push(format!("Bàn: {}   người: {}", exam.desks.len(), exam.operators.len()));
    lines.push(String::new());
    lines.join("\n")
}

const MAX_SITES_SHOWN: usize = 20;
