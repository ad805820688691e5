//! `download`: content from where the release says it lies.

use serde_json::Value;
use url::Url;

use super::case::CaseRun;
use super::performed::{Performed, StepError};
use super::release::State;
use crate::case::Step;
use crate::case::action::{Download, DownloadFrom};
use crate::target::Operation;
use crate::wire::Request;

/// Sources of a release that are tried: no case names as many, and a registry may name thousands, each of which is kept.
const MOST: usize = 16;

impl CaseRun<'_> {
    pub(super) async fn download(
        &self,
        state: &State,
        step: &Step,
        spec: &Download,
    ) -> Result<Performed, StepError> {
        let mut performed = Performed {
            rule: "UPL-8",
            ..Performed::default()
        };
        let urls = match &spec.url {
            Some(url) => vec![Url::parse(url).map_err(StepError::suite)?],
            None => self.source_urls(state, step, spec, &mut performed).await?,
        };
        if urls.is_empty() && performed.judged.is_none() {
            return Err(StepError::Withheld {
                rule: "UPL-8",
                what: "the release names no http or https content source to download from"
                    .to_owned(),
            });
        }
        let all = spec.from == Some(DownloadFrom::All);
        for url in urls {
            let method = spec.method.as_deref().unwrap_or("GET");
            let request = self.request(step, self.reader(), method, url)?;
            let scope = self.scope_of(&request.url);
            let exchange = self.send_by(&self.context.downloads, step, request).await;
            let is_good = exchange
                .answer
                .as_ref()
                .is_ok_and(|answer| answer.status == 200);
            performed.exchanges.push((exchange, scope));
            let index = performed.exchanges.len() - 1;
            performed.judged = Some(index);
            if all {
                performed.each.push(index);
            } else if is_good {
                return Ok(performed);
            }
        }
        Ok(performed)
    }

    async fn source_urls(
        &self,
        state: &State,
        step: &Step,
        spec: &Download,
        performed: &mut Performed,
    ) -> Result<Vec<Url>, StepError> {
        let release = Self::release(state, spec.release.as_deref())?;
        let url = self.operation_url(Operation::Get, &release.name, &release.version);
        let mut request = Request::new("get", "GET", url);
        let identity = step.identity.as_deref().unwrap_or(self.reader());
        request.credentials = self.credentials(identity)?;
        let exchange = self.context.client.send(&request).await;
        let scope = self.scope_of(&exchange.request.url);
        let base = exchange.request.url.clone();
        let document = exchange
            .answer
            .as_ref()
            .ok()
            .filter(|answer| answer.status == 200)
            .and_then(|answer| answer.json().ok())
            .cloned();
        performed.exchanges.push((exchange, scope));
        let Some(document) = document else {
            performed.judged = Some(0);
            return Ok(Vec::new());
        };
        Ok(document
            .get("contentSources")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|source| base.join(source.get("url")?.as_str()?).ok())
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .take(MOST)
            .collect())
    }
}
