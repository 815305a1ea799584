//! Sentences as methods: a wrong key or a forgotten slot does not compile.

/// Declares what a room says: a type over a [`Dictionary`](crate::Dictionary), and in it one method a sentence, whose
/// arguments are the sentence's slots. `SAID` lists them, for the test that holds both languages against it.
///
/// ```
/// diemdanh_words::sentences! {
///     /// What the office says about operators.
///     pub Operators in "operators":
///     added(code, role);
///     nobody();
/// }
/// let words = Operators(diemdanh_words::Dictionary::read("[operators]\nadded = 'added {code}: {role}'\nnobody = '-'")?);
/// assert_eq!(words.added("gt.01", 3), "added gt.01: 3");
/// assert_eq!(Operators::SECTION, "operators");
/// # Ok::<(), diemdanh_words::DictionaryError>(())
/// ```
#[macro_export]
macro_rules! sentences {
    ($(#[$doc:meta])* $vis:vis $name:ident in $section:literal: $($key:ident($($slot:ident),*);)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        $vis struct $name(pub $crate::Dictionary);

        impl $name {
            /// The section of `assets/i18n` that holds these sentences.
            pub const SECTION: &'static str = $section;
            /// Every sentence with its slots.
            pub const SAID: &'static [(&'static str, &'static [&'static str])] =
                &[$((stringify!($key), &[$(stringify!($slot)),*])),+];

            $(
                #[allow(missing_docs, reason = "the sentence stands in assets/i18n under this key")]
                pub fn $key(&self, $($slot: impl std::fmt::Display),*) -> String {
                    self.0.fill($section, stringify!($key), &[$((stringify!($slot), &$slot)),*])
                }
            )+
        }
    };
}
