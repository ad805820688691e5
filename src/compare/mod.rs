//! Reports side by side: what was mended, what broke, and which rule holds where.

mod change;
mod comparison;
mod html;
mod load;
mod markdown;
mod names;
mod standing;
mod text;

pub use change::{Cell, Change};
pub use comparison::{Column, Comparison, Row};
pub use html::render as render_html;
pub use load::{CompareError, MAX_SIZE, Named, load, load_all, parse};
pub use markdown::render as render_markdown;
pub use text::render as render_text;
