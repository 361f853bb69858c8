//! What a template writes, within its limit: fuel counts steps, not what a step writes.

use std::io;

use minijinja::value::Value;
use minijinja::{Error, ErrorKind, Template};

use crate::core::limits::TEMPLATE_OUTPUT_BYTES_MAX;

/// Room that most messages fit in.
const ROOM_BYTES: usize = 2 * 1024;

struct Limited(Vec<u8>);

impl io::Write for Limited {
    fn write(&mut self, written: &[u8]) -> io::Result<usize> {
        if self.0.len() + written.len() > TEMPLATE_OUTPUT_BYTES_MAX {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.extend_from_slice(written);
        Ok(written.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Renders it. More than the limit is an error.
pub(super) fn render(template: &Template<'_, '_>, context: &Value) -> Result<String, Error> {
    let mut out = Limited(Vec::with_capacity(ROOM_BYTES));
    template.render_captured_to(context.clone(), &mut out).map_err(|error| match error.kind() {
        ErrorKind::WriteFailure => {
            let detail = format!("it writes more than {TEMPLATE_OUTPUT_BYTES_MAX} bytes");
            Error::new(ErrorKind::InvalidOperation, detail)
        }
        _ => error,
    })?;
    // Only texts were written.
    String::from_utf8(out.0).map_err(|_| Error::new(ErrorKind::WriteFailure, "it writes no UTF-8"))
}
