//! Mistakes that implementers of registries make, each of which can be switched on.

use std::{fmt, str::FromStr};

use serde_json::{Value, json};

macro_rules! defects {
    ($($variant:ident $name:literal $rule:literal $what:literal,)*) => {
        /// A mistake that an implementer of a registry makes. `policy/defects.rs` says what each one changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Defect {
            $(#[doc = $what] $variant,)*
        }

        impl Defect {
            /// Every defect, by area.
            pub const ALL: &[Defect] = &[$(Self::$variant,)*];

            /// Name on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The rule of the profile that it breaks first of all.
            pub fn rule(self) -> &'static str {
                match self { $(Self::$variant => $rule,)* }
            }

            /// What the registry then does, and how the mistake comes about.
            pub fn what(self) -> &'static str {
                match self { $(Self::$variant => $what,)* }
            }
        }
    };
}

defects! {
    AcceptsAlgNone "accepts-alg-none" "SIG-5" "Takes `alg: none` as a good signature.",
}

/// A name that no defect has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to find a defect named {0:?}; --list-defects lists them")]
pub struct UnknownDefect(String);

impl FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .find(|defect| defect.name() == text || format!("{defect:?}") == text)
            .copied()
            .ok_or_else(|| UnknownDefect(text.to_owned()))
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// All defects as `--list-defects` prints them.
pub fn list() -> Value {
    Defect::ALL
        .iter()
        .map(|defect| json!({"name": defect.name(), "rule": defect.rule(), "what": defect.what()}))
        .collect()
}
