//! The methods by which Rust programs say which requests something is for.

/// The methods of a type with the fields `selector` and `phase`.
macro_rules! selection_methods {
    () => {
        /// Meets requests of this operation only; repeated, of any of these.
        #[must_use]
        pub fn on(mut self, operation: crate::operation::Operation) -> Self {
            self.selector.operations.push(operation);
            self
        }

        /// Meets requests about this release only.
        #[must_use]
        pub fn release(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
            self.selector.name = Some(name.into());
            self.selector.version = Some(version.into());
            self
        }

        /// Acts when the registry has done its work and committed it, in the place of before.
        #[must_use]
        pub fn after(mut self) -> Self {
            self.phase = crate::selection::Phase::After;
            self
        }

        /// Meets at most so many requests; without this, [`nth`](Self::nth) and [`probability`](Self::probability), it meets all.
        ///
        /// # Panics
        ///
        /// When it is none.
        #[must_use]
        pub fn times(mut self, times: u32) -> Self {
            assert!(times > 0, "times has to be at least 1");
            self.selector.when.times = std::num::NonZeroU32::new(times);
            self
        }

        /// Meets no request before this one, counted from 1; alone, it meets one.
        ///
        /// # Panics
        ///
        /// When it is 0.
        #[must_use]
        pub fn nth(mut self, nth: u32) -> Self {
            assert!(nth > 0, "requests are counted from 1");
            self.selector.when.nth = std::num::NonZeroU32::new(nth);
            self
        }

        /// Meets each request with this probability, which follows from the seed and the request.
        ///
        /// # Panics
        ///
        /// When it is not from 0 to 1.
        #[must_use]
        pub fn probability(mut self, probability: f64) -> Self {
            assert!(
                (0.0..=1.0).contains(&probability),
                "a probability is from 0 to 1"
            );
            self.selector.when.probability = Some(probability);
            self
        }
    };
}

pub(crate) use selection_methods;
