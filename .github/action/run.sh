#!/usr/bin/env bash
# One run, from the inputs of the action; its exit code is the step's.
set -uo pipefail

arguments=()
[ -z "$INPUT_CLIENT" ] || arguments+=(client)
[ -z "$INPUT_REGISTRY" ] || arguments+=(--registry "$INPUT_REGISTRY")
[ -z "$INPUT_TARGET" ] || arguments+=(--target "$INPUT_TARGET")
[ -z "$INPUT_KNOWN_FAILURES" ] || arguments+=(--known-failures "$INPUT_KNOWN_FAILURES")
[ -z "$INPUT_SEED" ] || arguments+=(--seed "$INPUT_SEED")
case "$INPUT_STRICT" in
  true) arguments+=(--strict) ;;
  false | "") ;;
  *)
    echo "::error title=registry-conformance::failed to read the input strict: true or false is expected"
    echo "exit-code=2" >>"$GITHUB_OUTPUT"
    exit 2
    ;;
esac

while IFS= read -r report; do
  [ -n "$report" ] || continue
  path=${report#*=}
  [ "$path" = - ] || mkdir -p "$(dirname "$path")"
  arguments+=(--report "$report")
done <<<"$INPUT_REPORTS"
while IFS= read -r argument; do
  [ -z "$argument" ] || arguments+=("$argument")
done <<<"$INPUT_ARGUMENTS"
while IFS= read -r filter; do
  [ -z "$filter" ] || arguments+=("$filter")
done <<<"$INPUT_FILTER"
[ -z "$INPUT_CLIENT" ] || arguments+=(-- bash -c "$INPUT_CLIENT \"\$@\"" client)

code=0
registry-conformance ${arguments[@]+"${arguments[@]}"} || code=$?
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
exit "$code"
