//! Which language.

/// The two languages; Vietnamese first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// Tiếng Việt.
    #[default]
    Vietnamese,
    /// English.
    English,
}

impl Language {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Vietnamese => Self::English,
            Self::English => Self::Vietnamese,
        }
    }

    /// The language of a tag (`vi`, `en`), for whoever asks for one by name.
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag {
            "vi" => Some(Self::Vietnamese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The language of a machine's locale (`LC_ALL`, `LC_MESSAGES`, `LANG`; POSIX.1-2017, 8.2): English for `en`,
    /// `en_GB.UTF-8` and the like, Vietnamese for everything else, so that a machine without a locale speaks to the
    /// people this program is for.
    ///
    /// ```
    /// use diemdanh_words::Language;
    /// assert_eq!(Language::of_locale("en_GB.UTF-8"), Language::English);
    /// assert_eq!(Language::of_locale("C"), Language::Vietnamese);
    /// ```
    pub fn of_locale(locale: &str) -> Self {
        let tag = locale.split(['_', '.', '@', '-']).next().unwrap_or_default();
        Self::of_tag(tag).unwrap_or_default()
    }
}
