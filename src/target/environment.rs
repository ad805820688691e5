use std::collections::BTreeMap;

/// Environment variables, as values, so that loading is the same in a test as in a shell.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// The variables of this process that are Unicode.
    pub fn process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Replaces each `${NAME}` in `text`; `$${NAME}` stands for a literal `${NAME}`.
    ///
    /// # Errors
    /// The message says which variable is not set, or what is malformed.
    pub(super) fn expand(&self, text: &str) -> Result<String, String> {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let (before, from) = rest.split_at(start);
            let Some(end) = from.find('}') else {
                return Err("`${` has no `}`; write `$${` for a literal one".to_owned());
            };
            let (reference, after) = from.split_at(end + 1);
            rest = after;
            if let Some(before) = before.strip_suffix('$') {
                expanded.push_str(before);
                expanded.push_str(reference);
                continue;
            }
            expanded.push_str(before);
            let name = &reference[2..reference.len() - 1];
            if name.is_empty()
                || !name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            {
                return Err(format!(
                    "`{reference}` is no environment variable; write `$${{` for a literal `${{`"
                ));
            }
            match self.get(name) {
                Some(value) => expanded.push_str(value),
                None => {
                    return Err(format!(
                        "the environment variable {name} is not set; set it or write a value"
                    ));
                }
            }
        }
        expanded.push_str(rest);
        Ok(expanded)
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self {
            variables: variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }
    }
}

impl std::fmt::Debug for Environment {
    /// Names only: the values of an environment are often secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}
