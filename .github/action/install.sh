#!/usr/bin/env bash
# Puts registry-conformance and mock-registry on the PATH of the steps that follow.
set -euo pipefail

programs="$RUNNER_TEMP/registry-conformance-bin"
mkdir -p "$programs"

from_release() {
  local work
  work=$(mktemp -d)
  cd "$work"
  gh release download "$TAG" --repo "$REPOSITORY" --pattern "$ARCHIVE" --pattern SHA256SUMS
  # Windows has no sha256sum beside Git's, macOS only shasum.
  grep -F " $ARCHIVE" SHA256SUMS >ours
  if command -v sha256sum >/dev/null; then sha256sum --check ours; else shasum -a 256 --check ours; fi
  gh attestation verify "$ARCHIVE" --repo "$REPOSITORY"
  case "$ARCHIVE" in
    *.zip) unzip -q "$ARCHIVE" ;;
    *) tar -xzf "$ARCHIVE" ;;
  esac
  find . -type f \( -name 'registry-conformance*' -o -name 'mock-registry*' \) \
    ! -name '*.gz' ! -name '*.zip' ! -name '*.1' -path '*/bin/*' -exec cp {} "$programs/" \;
}

from_source() {
  local build="$RUNNER_TEMP/registry-conformance-build" suffix="" features=()
  [ "$RUNNER_OS" != Windows ] || suffix=.exe
  if [ ! -x "$build/registry-conformance$suffix" ]; then
    pkg-config --exists openssl 2>/dev/null || features=(--features vendored-openssl)
    # bash 3, which macOS has, takes an empty array for an unset variable.
    cargo build --release --locked --bins --package registry-conformance --package mock-registry \
      ${features[@]+"${features[@]}"} --manifest-path "$GITHUB_ACTION_PATH/Cargo.toml" \
      --target-dir "$RUNNER_TEMP/registry-conformance-target"
    mkdir -p "$build"
    cp "$RUNNER_TEMP/registry-conformance-target/release/registry-conformance$suffix" \
      "$RUNNER_TEMP/registry-conformance-target/release/mock-registry$suffix" "$build/"
  fi
  cp "$build"/* "$programs/"
}

case "$FROM" in
  release) from_release ;;
  *) from_source ;;
esac
"$programs/registry-conformance" --version
echo "$programs" >>"$GITHUB_PATH"
