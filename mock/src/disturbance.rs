//! What disturbs a registry or a session in process: faults, holds, canned answers.

use crate::{
    CannedAnswer, CannedAnswerState, Fault, FaultState, MockRegistry, MockSession, QueueFull,
    UnknownHold,
};

macro_rules! disturbances {
    ($type:ident) => {
        impl $type {
            /// Sets a fault behind those that are set; returns its name. See [`Fault`].
            ///
            /// # Errors
            ///
            /// When 1000 faults are set that are not consumed.
            pub fn inject(&self, fault: Fault) -> Result<String, QueueFull> {
                let mut ids = self.session().faults.add(vec![fault])?;
                ids.pop().ok_or(QueueFull)
            }

            /// All faults that are set, in order, with what they have met.
            pub fn faults(&self) -> Vec<FaultState> {
                self.session().faults.states()
            }

            /// Takes a fault away; whether it was there. Requests that it alone could hold go on.
            pub fn remove_fault(&self, id: &str) -> bool {
                self.session().faults.remove(id)
            }

            /// Takes all faults away; requests that they hold go on.
            pub fn clear_faults(&self) {
                self.session().faults.clear();
            }

            /// Returns when so many requests are held under this name, or it was released.
            ///
            /// # Errors
            ///
            /// When no fault holds requests under this name.
            pub async fn held(&self, name: &str, requests: usize) -> Result<(), UnknownHold> {
                self.session().faults.held(name, requests).await
            }

            /// Lets all requests go on that are held under this name, and those that come later; until [`Fault::hold`] is set anew. Returns
            /// how many were held.
            ///
            /// # Errors
            ///
            /// When no fault holds requests under this name.
            pub fn release(&self, name: &str) -> Result<usize, UnknownHold> {
                self.session().faults.release(name)
            }

            /// Sets a canned answer behind those that are set; returns its name. See [`CannedAnswer`].
            ///
            /// # Errors
            ///
            /// When 1000 canned answers are set that are not consumed.
            pub fn answer(&self, answer: CannedAnswer) -> Result<String, QueueFull> {
                let mut ids = self.session().answers.add(vec![answer])?;
                ids.pop().ok_or(QueueFull)
            }

            /// All canned answers that are set, in order, with what they were served for.
            pub fn answers(&self) -> Vec<CannedAnswerState> {
                self.session().answers.states()
            }

            /// Takes a canned answer away; whether it was there.
            pub fn remove_answer(&self, id: &str) -> bool {
                self.session().answers.remove(id)
            }

            /// Takes all canned answers away.
            pub fn clear_answers(&self) {
                self.session().answers.clear();
            }
        }
    };
}

disturbances!(MockRegistry);
disturbances!(MockSession);
