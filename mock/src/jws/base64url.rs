//! Strict base64url.
