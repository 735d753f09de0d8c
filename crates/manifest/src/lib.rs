//! The model language: text to a manifest with spans, diagnostics, and the compiled intent.
