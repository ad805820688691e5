//! Where a case names contents: in other contents, in what hosts do, and in steps.

use super::action::{AddSources, BodySpec, Upload};
use super::content_spec::ContentSpec;
use super::host_spec::{BehaviourSpec, HostSpec};
use super::model::Step;
use super::sign_spec::SignSpec;
use crate::origin::ServeSpec;
use crate::yaml;

/// Names of contents, each with the JSON pointer of the place where it stands.
#[derive(Debug, Default)]
pub(super) struct ContentNames<'a>(pub(super) Vec<(String, &'a str)>);

impl<'a> ContentNames<'a> {
    fn add(&mut self, pointer: String, name: &'a str) {
        self.0.push((pointer, name));
    }

    /// In a content, all of which have to stand before it.
    pub(super) fn of_content(pointer: &str, content: &'a ContentSpec) -> Self {
        let mut names = Self::default();
        match content {
            ContentSpec::Octets(body) => names.body(&format!("{pointer}/octets"), body),
            ContentSpec::Entries(spec) => {
                for (path, body) in &spec.files {
                    let path = yaml::escape(path);
                    if let Some(body) = body {
                        names.body(&format!("{pointer}/entries/files/{path}"), body);
                    }
                }
            }
            ContentSpec::Mutation(spec) => names.add(format!("{pointer}/mutation/of"), &spec.of),
            ContentSpec::Truncated(spec) => names.add(format!("{pointer}/truncated/of"), &spec.of),
            ContentSpec::Component(_)
            | ContentSpec::Random(_)
            | ContentSpec::Text(_)
            | ContentSpec::HtmlPage {}
            | ContentSpec::CoreModule {}
            | ContentSpec::Hostile(_)
            | ContentSpec::Harmless(_) => {}
        }
        names
    }

    /// In a host.
    pub(super) fn of_host(pointer: &str, host: &'a HostSpec) -> Self {
        let mut names = Self::default();
        match host {
            HostSpec::Missing(_) => {}
            HostSpec::Placed(placed) => names.behaviour(&format!("{pointer}/does"), &placed.does),
            HostSpec::Plain(behaviour) => names.behaviour(pointer, behaviour),
        }
        names
    }

    /// In a step, without those of its expectations and nested steps.
    pub(super) fn of_step(pointer: &str, step: &'a Step) -> Self {
        let mut names = Self::default();
        let mut bodies = Vec::new();
        let mut signs = Vec::new();
        if let Some(create) = &step.create {
            names.optional(
                &format!("{pointer}/create/content"),
                create.content.as_ref(),
            );
            bodies.push(("create/body", &create.body));
            signs.push(("create/sign", &create.sign));
        }
        if let Some(publish) = &step.publish {
            bodies.push(("publish/body", &publish.body));
            signs.push(("publish/sign", &publish.sign));
        }
        if let Some(serve) = &step.serve {
            let content = serve.manifest.content.as_ref();
            names.optional(&format!("{pointer}/serve/manifest/content"), content);
            bodies.push(("serve/manifest/body", &serve.manifest.body));
            signs.push(("serve/sign", &serve.sign));
        }
        if let Some(request) = &step.request {
            bodies.push(("request/body", &request.body));
        }
        if let Some(request) = step.wait.as_ref().and_then(|wait| wait.request.as_ref()) {
            bodies.push(("wait/request/body", &request.body));
        }
        match step.upload.as_deref() {
            Some(Upload::Content(name)) => names.add(format!("{pointer}/upload"), name),
            Some(Upload::Detailed(details)) => {
                names.optional(
                    &format!("{pointer}/upload/content"),
                    details.content.as_ref(),
                );
                bodies.push(("upload/body", &details.body));
            }
            None => {}
        }
        for (action, change) in [
            ("add-sources/body", &step.add_sources),
            ("replace-sources/body", &step.replace_sources),
        ] {
            if let Some(AddSources::Detailed(details)) = change.as_deref() {
                bodies.push((action, &details.body));
            }
        }
        for (place, body) in bodies {
            if let Some(body) = body {
                names.body(&format!("{pointer}/{place}"), body);
            }
        }
        for (place, sign) in signs {
            if let Some(SignSpec::Detailed(details)) = sign
                && let Some(payload) = &details.payload
            {
                names.body(&format!("{pointer}/{place}/payload"), payload);
            }
        }
        for (index, piece) in step.raw.iter().flat_map(|raw| &raw.pieces).enumerate() {
            names.body(&format!("{pointer}/raw/pieces/{index}"), piece);
        }
        if let Some(super::client::Client::Detailed(details)) = step.client.as_deref() {
            names.optional(
                &format!("{pointer}/client/content"),
                details.content.as_ref(),
            );
        }
        if let Some(set) = step.host.as_ref().and_then(|change| change.set.as_ref()) {
            names.behaviour(&format!("{pointer}/host/set"), set);
        }
        names
    }

    fn optional(&mut self, pointer: &str, name: Option<&'a String>) {
        if let Some(name) = name {
            self.add(pointer.to_owned(), name);
        }
    }

    fn body(&mut self, pointer: &str, body: &'a BodySpec) {
        match body {
            BodySpec::Content(name) => self.add(format!("{pointer}/content"), name),
            BodySpec::Concat(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    self.body(&format!("{pointer}/concat/{index}"), part);
                }
            }
            BodySpec::Text(_) | BodySpec::Json(_) | BodySpec::Hex(_) | BodySpec::Repeat(_) => {}
        }
    }

    fn served(&mut self, pointer: &str, serve: &'a ServeSpec) {
        match serve {
            ServeSpec::Name(name) => self.add(pointer.to_owned(), name),
            ServeSpec::Detailed { content, .. } => self.add(format!("{pointer}/content"), content),
        }
    }

    fn behaviour(&mut self, pointer: &str, behaviour: &'a BehaviourSpec) {
        let at = |member: &str| format!("{pointer}/{member}");
        match behaviour {
            BehaviourSpec::Serve(serve) => self.served(&at("serve"), serve),
            BehaviourSpec::Gzip(serve) => self.served(&at("gzip"), serve),
            BehaviourSpec::FalseGzip(serve) => self.served(&at("false-gzip"), serve),
            BehaviourSpec::Chunked(serve) => self.served(&at("chunked"), serve),
            BehaviourSpec::ResetBody(spec) => self.served(&at("reset-body/serve"), &spec.serve),
            BehaviourSpec::Truncate(spec) => self.served(&at("truncate/serve"), &spec.serve),
            BehaviourSpec::TruncateChunked(spec) => {
                self.served(&at("truncate-chunked/serve"), &spec.serve);
            }
            BehaviourSpec::StallBody(spec) => self.served(&at("stall-body/serve"), &spec.serve),
            BehaviourSpec::Dribble(spec) => self.served(&at("dribble/serve"), &spec.serve),
            BehaviourSpec::RedirectChain { then, .. } => {
                self.behaviour(&at("redirect-chain/then"), then);
            }
            BehaviourSpec::Demand(demand) => self.behaviour(&at("demand/then"), &demand.then),
            BehaviourSpec::Hold(hold) => self.behaviour(&at("hold/then"), &hold.then),
            BehaviourSpec::Sequence(steps) => {
                for (index, step) in steps.iter().enumerate() {
                    self.behaviour(&format!("{pointer}/sequence/{index}"), step);
                }
            }
            BehaviourSpec::Status(_)
            | BehaviourSpec::Html {}
            | BehaviourSpec::Redirect(_)
            | BehaviourSpec::RedirectLoop {}
            | BehaviourSpec::Reset {}
            | BehaviourSpec::Close {}
            | BehaviourSpec::Stall {}
            | BehaviourSpec::Endless {}
            | BehaviourSpec::Garbage {} => {}
        }
    }
}
