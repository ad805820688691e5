# Both programs in a small image: `mock-registry` for tests of clients, `registry-conformance` for registries and clients.
#
#   docker build -t registry-conformance .
#   docker run --rm -p 9999:9999 registry-conformance                                       # the mock, on port 9999
#   docker run --rm --network host -v "$PWD:/conformance" registry-conformance registry-conformance --target target.yaml
#
# Checked with hadolint; no build of this image is part of the project's own checks.

FROM rust:1.95-slim-bookworm AS build
# The versions are those of the Debian release in the tag.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential libssl-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN cargo build --release --locked --package registry-conformance --package mock-registry --bins \
    && strip target/release/registry-conformance target/release/mock-registry

FROM debian:bookworm-slim
# libssl3: what the programs link to. ca-certificates: whom they trust over https.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin conformance
COPY --from=build /source/target/release/registry-conformance /source/target/release/mock-registry /usr/local/bin/
# Reports and target files: mount a folder here. What is written there belongs to user 10001, unless --user says otherwise.
WORKDIR /conformance
USER 10001:10001
EXPOSE 9999
# The mock ends cleanly on SIGTERM, which is what stopping a container sends.
# It has no authentication: publish its port on loopback, or on a network of the tests alone.
CMD ["mock-registry", "--host", "0.0.0.0", "--port", "9999", "--external-url", "http://127.0.0.1:9999/"]
