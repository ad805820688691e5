#!/usr/bin/env bash
# Decides where the programs come from: the release of exactly the commit that the action is pinned to, or its source.
set -euo pipefail

# A checked-out action stands in .../_actions/OWNER/NAME/REF; one of the workspace (`uses: ./`) does not.
if [ -z "${ACTION_REPOSITORY:-}" ] && [[ "$GITHUB_ACTION_PATH" =~ /_actions/([^/]+/[^/]+)/([^/]+) ]]; then
  ACTION_REPOSITORY=${BASH_REMATCH[1]}
  ACTION_REF=${BASH_REMATCH[2]}
fi

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$GITHUB_ACTION_PATH/Cargo.toml" | head -n 1)
tag="v$version"

case "$RUNNER_OS-$RUNNER_ARCH" in
  Linux-X64) archive=x86_64-unknown-linux-musl.tar.gz ;;
  Linux-ARM64) archive=aarch64-unknown-linux-musl.tar.gz ;;
  macOS-X64) archive=x86_64-apple-darwin.tar.gz ;;
  macOS-ARM64) archive=aarch64-apple-darwin.tar.gz ;;
  Windows-X64) archive=x86_64-pc-windows-msvc.zip ;;
  *) archive="" ;;
esac
[ -z "$archive" ] || archive="registry-conformance-$tag-$archive"

commit_of() {
  gh api "repos/$ACTION_REPOSITORY/commits/$1" --jq .sha 2>/dev/null || true
}

from=build
commit=${GITHUB_SHA:-unknown}
if [ -n "${ACTION_REPOSITORY:-}" ] && [ -n "${ACTION_REF:-}" ]; then
  commit=$(commit_of "$ACTION_REF")
  if [ "$INSTALL" != build ] && [ -n "$archive" ] && [ -n "$commit" ] && [ "$commit" = "$(commit_of "$tag")" ] \
    && gh release view "$tag" --repo "$ACTION_REPOSITORY" >/dev/null 2>&1; then
    from=release
  fi
fi
if [ "$INSTALL" = release ] && [ "$from" = build ]; then
  echo "::error title=registry-conformance::failed to find the release $tag of ${ACTION_REPOSITORY:-this repository} at the commit of ${ACTION_REF:-the workspace} for $RUNNER_OS $RUNNER_ARCH; pin the action to a release, or set \`install: auto\`"
  exit 1
fi

{
  echo "from=$from"
  echo "repository=${ACTION_REPOSITORY:-}"
  echo "commit=${commit:-${ACTION_REF:-unknown}}"
  echo "tag=$tag"
  echo "archive=$archive"
} >>"$GITHUB_OUTPUT"
echo "registry-conformance $version: from its ${from/build/source}"
