//! `upload`: content to the `uploadUrl`, whole or cut off.

use bytes::Bytes;

use super::case::CaseRun;
use super::performed::{Performed, StepError};
use super::release::State;
use crate::case::Step;
use crate::case::action::{Upload, UploadDetails};
use crate::check::implied::Scope;
use crate::wire::Body;

/// Octets of one chunk of a chunked upload.
const CHUNK: usize = 16 * 1024;

impl CaseRun<'_> {
    pub(super) async fn upload(
        &self,
        state: &State,
        step: &Step,
        spec: &Upload,
    ) -> Result<Performed, StepError> {
        let spec = match spec {
            Upload::Content(name) => UploadDetails {
                content: Some(name.clone()),
                ..UploadDetails::default()
            },
            Upload::Detailed(details) => (**details).clone(),
        };
        let release = Self::release(state, spec.release.as_deref())?;
        let url = match &spec.url {
            Some(url) => self
                .context
                .target
                .registry
                .join(url)
                .map_err(StepError::suite)?,
            None => release.upload_url.clone().ok_or(StepError::Withheld {
                rule: "UPL-1",
                what: "the pending release offers its creator no uploadUrl".to_owned(),
            })?,
        };
        let bytes = match &spec.body {
            Some(body) => self.body(body)?,
            None => self.upload_content(&spec)?,
        };
        let scope = self.scope_of(&url);
        let mut request = self.request(step, "owner", "POST", url)?;
        let content_type = spec
            .content_type
            .clone()
            .unwrap_or_else(|| release.media_type.clone());
        request
            .headers
            .push(("Content-Type".to_owned(), content_type.into_bytes()));
        let length = bytes.len() as u64;
        let cut = match (&spec.cut_after, &spec.declare_more) {
            (Some(after), _) => {
                let after = after.length().map_err(StepError::suite)?.min(bytes.len());
                Some((length, bytes.slice(..after)))
            }
            (None, Some(more)) => {
                let more = more.value().map_err(StepError::suite)?;
                Some((length.saturating_add(more), bytes.clone()))
            }
            (None, None) => None,
        };
        let is_cut = cut.is_some();
        request.body = match cut {
            Some((declared, sent)) => Body::Cut { declared, sent },
            None if spec.chunked => Body::Chunked(chunks(&bytes)),
            None => Body::Bytes(bytes),
        };
        let exchange = self.send(step, request).await;
        let scope = if is_cut { Scope::BrokenHttp } else { scope };
        let mut performed = Performed::one(exchange, scope, "UPL-2");
        performed.answer_optional = is_cut;
        Ok(performed)
    }

    fn upload_content(&self, spec: &UploadDetails) -> Result<Bytes, StepError> {
        let name = spec.content.as_deref().unwrap_or("content");
        self.contents
            .get(name)
            .map(|content| content.body.clone())
            .ok_or_else(|| StepError::Suite(format!("there is no content `{name}` in `given`")))
    }
}

fn chunks(bytes: &Bytes) -> Vec<Bytes> {
    (0..bytes.len())
        .step_by(CHUNK)
        .map(|start| bytes.slice(start..bytes.len().min(start + CHUNK)))
        .collect()
}
