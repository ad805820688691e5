//! What the suite is worth: which defects of a registry it sees, and which of its expectations see one. Pure; the runs are made by
//! the command line.

mod defect_run;
mod figures;
mod fingerprint;
mod inventory;
mod markdown;
mod matrix;
mod selection;
mod text;

pub use defect_run::{CaseFinding, DefectInfo, DefectRun, Hit, Sight};
pub use figures::{Figures, Share};
pub use fingerprint::{digest_of_text, fingerprint};
pub use inventory::{Expected, Inventory, Place, Reason, file_of};
pub use markdown::{About, inventory_section, markdown};
pub use matrix::{DefectResult, ExpectationResult, Matrix, RuleResult, VariationInfo};
pub use selection::{carriers, carriers_of_unproved, unrelated};
pub use text::summary;
