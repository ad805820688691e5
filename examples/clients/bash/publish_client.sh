#!/usr/bin/env bash
# A client of the Publish API: `publish_client.sh publish` and `publish_client.sh fetch`, input from CONFORMANCE_* variables.
#
# Needs bash 5, curl, jq 1.6, OpenSSL 3, GNU coreutils and, for archives, GNU tar.
# Exit 0: done; 89: not implemented; anything else: failed, the reason on stderr.
#
# Left out: sources that serve single entries (`path`), and entries of archives whose names hold a NUL (refused). Sparse files are
# refused by their size only: those that are larger than the archive they came in.

set -euo pipefail
export LC_ALL=C TZ=UTC0 # octets, not characters; dates without a zone are UTC

readonly NOT_IMPLEMENTED=89
readonly TRIES=6 REDIRECTS=5 ROUNDS=5 # of one request, the first included; in a row; through the content sources
readonly FIRST_PAUSE=200 SHORTEST_PAUSE=200 LONGEST_PAUSE=5000 # milliseconds
readonly LARGEST_DOCUMENT=16384 LARGEST_CONTENT=262144 # KiB

TOKEN=${CONFORMANCE_TOKEN:-}
TMP=$(mktemp -d)
PART= # folder beside the output
trap 'rm -rf -- "$TMP" ${PART:+"$PART"}' EXIT
trap 'exit 1' INT TERM

fail() {
  local reason=$*
  # A registry may quote what it was sent; a log is no place for a token, nor for control characters.
  [[ -z $TOKEN ]] || reason=${reason//"$TOKEN"/[token]}
  printf '%s\n' "$reason" | tr '\000-\010\013-\037\177' ' ' >&2
  exit 1
}

unsupported() {
  printf 'not implemented: %s\n' "$*" >&2
  exit "$NOT_IMPLEMENTED"
}

# --- Time, in milliseconds ---

now() { printf '%s' $((${EPOCHREALTIME/./} / 1000)); }

remaining() { printf '%s' $((ENDS - $(now))); }

seconds() { printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)); }

# pause ASKED ATTEMPT: waits for as long as was asked for, or else twice as long as the time before.
pause() {
  local time
  if [[ -n $1 ]]; then
    time=$(($1 > SHORTEST_PAUSE ? $1 : SHORTEST_PAUSE))
  else
    time=$((FIRST_PAUSE << $2))
    # The jitter keeps clients that failed together from coming back together.
    time=$(((time < LONGEST_PAUSE ? time : LONGEST_PAUSE) * (80 + RANDOM % 40) / 100))
  fi
  ((time < $(remaining))) || fail "gave up, as the next try would come after the deadline: $REASON"
  sleep "$(seconds "$time")"
}

# Milliseconds to wait, from either form of Retry-After (RFC 9110, section 10.2.3); nothing where there is none.
retry_after() {
  local value date
  value=$(header retry-after)
  if [[ $value =~ ^[0-9]+$ ]]; then
    ((${#value} < 9)) || value=99999999 # more than the arithmetic holds, and than anybody waits
    printf '%s' $((10#$value * 1000))
  elif [[ $value =~ ^[A-Z][a-z]+,?\  ]] && date=$(date -d "$value" +%s 2>/dev/null); then
    printf '%s' $((date * 1000 > $(now) ? date * 1000 - $(now) : 0))
  fi
}

# --- HTTP. An answer is STATUS, URL (of its request), AFTER_LOSS, and the files head and body in TMP ---

# exchange METHOD URL TOKEN TIME [FILE TYPE]: one request. Returns 1, and says why in REASON, when no whole answer came.
exchange() {
  local method=$1 url=$2 token=$3 time=$4 code=0 arguments
  STATUS=000 URL=$url SENT=1
  # Nothing that curl might read in another way than `origin` below.
  if [[ ! $url =~ ^https?://[][A-Za-z0-9._:-]+([/?][][A-Za-z0-9._~:/?@!\$\&\'\(\)*+,\;=%-]*)?$ ]]; then
    REASON="$(short "$url") is no URL that can be fetched" SENT=0 STATUS=unusable
    return 1
  fi
  ((time > 0)) || { REASON="no time left" SENT=0; return 1; }
  arguments=(--silent --globoff --request "$method" --max-time "$(seconds "$time")" --header 'Expect:'
    --dump-header "$TMP/head" --output "$TMP/body" --write-out '%{http_code}')
  # From a file, as everybody on the machine sees the command line.
  [[ -z $token ]] || arguments+=(--header "@$TMP/authorization")
  [[ -z ${5:-} ]] || arguments+=(--data-binary "@$5" --header "Content-Type: $6")
  : >"$TMP/head" && : >"$TMP/body"
  # The limit on files ends bodies without end. Redirects are not left to curl: see follow.
  STATUS=$(ulimit -f "$LARGEST" && exec curl --disable "${arguments[@]}" -- "$url" 2>/dev/null) || code=$?
  ((code == 0)) && return 0
  # 6 and 7: no connection, so that nothing can have been done.
  ((code != 6 && code != 7)) || SENT=0
  REASON="$(short "$url") gave no whole answer (curl: $code)"
  # 153: ended by the limit on files, and so would be the next try.
  ((code != 153)) || REASON="more than $LARGEST KiB" STATUS=unusable
  return 1
}

# follow METHOD URL TIME [FILE TYPE]: one try, redirects included.
follow() {
  local method=$1 url=$2 ends=$(($(now) + $3)) token=$TOKEN hops location
  shift 3
  for ((hops = 0; hops <= REDIRECTS; hops++)); do
    # The token is for the origin of the API: not for an upload host, a content source, or where a redirect leads. A redirect
    # away loses it for good: whoever it leads to could send us back to where they please.
    [[ $(origin "$url") == "$(origin "$BASE")" ]] || token=
    exchange "$method" "$url" "$token" $((ends - $(now))) "$@" || return 1
    location=$(header location)
    # After a POST, 301 to 303 would mean a GET, which is not what was asked for.
    case $method$STATUS in
      GET30[12378] | POST30[78]) [[ -n $location ]] || return 0 ;;
      *) return 0 ;;
    esac
    url=$(resolve "$location")
  done
  REASON="$(short "$url"): more than $REDIRECTS redirects" STATUS=unusable SENT=0
  return 1
}

# request METHOD URL [FILE TYPE]: the answer, after trying again where that can help.
request() {
  local method=$1 url=$2 attempt asked=
  shift 2
  AFTER_LOSS=0
  for ((attempt = 0; attempt < TRIES; attempt++)); do
    ((attempt == 0)) || pause "$asked" $((attempt - 1))
    # Half of what is left, so that one silent connection does not use up the time of all tries.
    if follow "$method" "$url" $(($(remaining) / 2)) "$@"; then
      [[ $STATUS == @(429|502|503|504) ]] || return 0
      # A gateway answers 502, 503 or 504 also when it has passed the request on. 429 is the registry's own word.
      [[ $STATUS == 429 ]] || AFTER_LOSS=1
      REASON=$(refusal) asked=$(retry_after)
    else
      [[ $STATUS != unusable ]] || fail "$REASON"
      ((SENT == 0)) || AFTER_LOSS=1 # the registry may have done the work all the same
      asked=
    fi
  done
  fail "$method $(short "$url"): gave up after $TRIES tries; the last: $REASON"
}

# Value of a header of the answer (the last one, after any 100 Continue).
header() {
  awk -v wanted="$1:" 'sub(/\r$/, "") + 1 && /^HTTP\// { value = "" }
    tolower($1) == wanted { value = $0; sub(/^[^:]*:[ \t]*/, "", value) } END { printf "%s", value }' "$TMP/head"
}

# Scheme, host and port of a URL.
origin() {
  local lower=${1,,}
  [[ $lower =~ ^(https?://[^/?#]*) ]] || return 0
  case ${BASH_REMATCH[1]} in
    http://*:80) printf '%s' "${BASH_REMATCH[1]%:80}" ;;
    https://*:443) printf '%s' "${BASH_REMATCH[1]%:443}" ;;
    *) printf '%s' "${BASH_REMATCH[1]}" ;;
  esac
}

# An absolute URL from the absolute or relative one that the answer gave; curl itself takes care of `.` and `..`.
resolve() {
  local reference=${1%%#*} base=${URL%%[?#]*} root
  [[ $base =~ ^[^:]*://[^/]* ]] && root=${BASH_REMATCH[0]}
  [[ $base != "$root" ]] || base+=/
  case $reference in
    '') printf '%s' "$URL" ;;
    //*) printf '%s' "${root%%:*}:$reference" ;;
    /*) printf '%s' "$root$reference" ;;
    \?*) printf '%s' "$base$reference" ;;
    *) if [[ $reference =~ ^[A-Za-z][A-Za-z0-9+.-]*: ]]; then printf '%s' "$reference"; else printf '%s' "${base%/*}/$reference"; fi ;;
  esac
}

# api_url SEGMENT...
api_url() { printf '%s%s' "$BASE" "$(jq -rn '$ARGS.positional | map(@uri) | join("/")' --args -- "$@")"; }

expect() { [[ " $* " == *" $STATUS "* ]] || fail "$(short "$URL") answered $(refusal)"; }

accepted() { [[ $STATUS == 2?? ]] || expect 200; }

# Status and problem of an answer that is not a success.
refusal() { printf '%s: %s' "$STATUS" "$(problem_text .)"; }

# problem_text FILTER: the problem document (RFC 9457) at that place of the answer, on one line.
problem_text() {
  jq -r "$1"' | if type == "object" then [.title, .type, .detail] else [] end | map(strings) | join(" - ")
    | if . == "" then "no reason given" else . end' "$TMP/body" 2>/dev/null || printf 'no reason given'
}

# A URL for messages: without its query and userinfo, which may be what gives access.
short() { sed -E 's/[?#].*//; s,//[^/]*@,//,' <<<"$1"; }

document() {
  jq -es 'length == 1 and (.[0] | type == "object")' "$TMP/body" >/dev/null 2>&1 ||
    fail "$(short "$URL") answered $STATUS with something else than a JSON object"
}

# --- Octets ---

hex() { od -An -v -tx1 | tr -d ' \n'; }

# xargs splits what would be too long for one printf.
unhex() { sed 's/../\\x&/g' | fold -w 40000 | while IFS= read -r part || [[ -n $part ]]; do printf '%b' "$part"; done; }

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# Strict: the decoder passes over what is not base64url, and a signature has to be refused for that.
unbase64url() {
  local text
  text=$(cat)
  if [[ ! $text =~ ^[A-Za-z0-9_-]*$ ]] || ((${#text} % 4 == 1)); then fail "not base64url"; fi
  while ((${#text} % 4 != 0)); do text+='='; done
  tr -- '-_' '+/' <<<"$text" | openssl base64 -d -A
}

# --- Content ---

# digest ALGORITHM: over the index of the entries: of each its own digest, the length of its path, and the path. Sorted by the
# octets of the paths, so that the order in an archive does not matter.
digest() {
  local entry path
  for entry in "$TMP"/entries/*.path; do
    IFS= read -rd '' path <"$entry" || true
    printf '%s ' "$(printf '%s' "$path" | hex)"
    openssl dgst "-$1" -binary "${entry%.path}" | hex
    printf '%02x%02x' $((${#path} % 256)) $((${#path} / 256))
    printf '%s\n' "$(printf '%s' "$path" | hex)"
  done | sort | cut -d' ' -f2 | tr -d '\n' | unhex | openssl dgst "-$1" -r | cut -d' ' -f1
}

# entries FILE MEDIA_TYPE: puts each entry into TMP/entries, as N and N.path. Returns 1 for what is no content.
entries() {
  rm -rf "$TMP/entries" && mkdir "$TMP/entries"
  case $2 in
    application/wasm) ln -s "$(realpath "$1")" "$TMP/entries/1" && printf component.wasm >"$TMP/entries/1.path" ;;
    application/x-tar) archive_entries "$1" ;;
    *) REASON="media type $2 is not known" && return 1 ;;
  esac
}

archive_entries() {
  local path entry
  # Standard input, as tar would try to decompress a file. Only plain files and folders: a link could point out of the folder.
  if ! tar -tvf - <"$1" >"$TMP/list" 2>/dev/null || grep -qv '^[-d]' "$TMP/list"; then
    REASON="not an archive of regular files" && return 1
  fi
  # Sparse files grow out of nothing.
  if (($(awk '{ sum += $3 } END { printf "%d", sum }' "$TMP/list") > $(stat -Lc %s "$1"))); then
    REASON="the archive holds more than it can" && return 1
  fi
  echo 0 >"$TMP/entries/count"
  # tar writes nothing itself and lets the names be: each regular file goes to this program.
  # shellcheck disable=SC2016
  ENTRIES=$TMP/entries MASK=$(umask) tar -xPf - --to-command='
    umask "$MASK" && read -r count <"$ENTRIES/count" && echo $((count + 1)) >"$ENTRIES/count" &&
    cat >"$ENTRIES/$count" && printf %s "${TAR_REALNAME#./}" >"$ENTRIES/$count.path"' <"$1" 2>/dev/null ||
    { REASON="not an archive"; return 1; }
  : >"$TMP/paths"
  for entry in "$TMP"/entries/*.path; do
    [[ -e $entry ]] || { REASON="the archive is empty" && return 1; }
    IFS= read -rd '' path <"$entry" || true
    if [[ "/$path/" == *//* || "/$path/" == */./* || "/$path/" == */../* ]] || ((${#path} > 65535)); then
      REASON="the archive has a path that may not be unpacked" && return 1
    fi
    printf '%s\0' "$path" >>"$TMP/paths"
  done
  [[ -z $(sort -z "$TMP/paths" | uniq -dz | tr '\0' x) ]] || { REASON="the archive has a path twice" && return 1; }
}

# Every digest of a known algorithm has to match; one alone would be as weak as the weakest of them.
verify_content() {
  local algorithm expected known=0
  entries "$1" "$(jq -r '.mediaType // "application/wasm"' "$TMP/manifest")" || return 1
  for algorithm in sha256 sha512; do
    expected=$(jq -r --arg algorithm "$algorithm" '.contentDigest[$algorithm] // empty' "$TMP/manifest")
    [[ -n $expected ]] || continue
    known=1
    [[ $(digest "$algorithm") == "$expected" ]] || { REASON="the $algorithm digest is another than the manifest's" && return 1; }
  done
  ((known)) || fail "the manifest has no digest by a known algorithm"
}

# unpack FOLDER: moves the entries to their paths. Whatever clashes (a path that is file and folder) is a failure.
unpack() {
  local entry path
  mkdir "$1"
  for entry in "$TMP"/entries/*.path; do
    IFS= read -rd '' path <"$entry" || true
    [[ $path != */* ]] || mkdir -p -- "$1/${path%/*}" 2>/dev/null || fail "the file system can not hold the archive"
    [[ ! -e $1/$path ]] || fail "the archive has a path that is both file and folder"
    mv -- "${entry%.path}" "$1/$path" 2>/dev/null || fail "the file system can not hold the archive"
  done
}

# --- Signatures: JWS (RFC 7515) in the general JSON serialization, with ES256 and Ed25519 ---

# algorithms JWK: the names of the one algorithm of a key. The key decides, not the document: whoever may choose can choose badly.
algorithms() {
  jq -r '({"EC P-256": ["ES256"], "OKP Ed25519": ["EdDSA", "Ed25519"]}["\(.kty) \(.crv)"] // []) as $names
    | if .alg == null or any($names[]; . == $key.alg) then $names[] else empty end' --argjson key "$1" <<<"$1"
}

member() { jq -r --arg name "$2" '.[$name]' <<<"$1" | unbase64url | hex; }

# Keys in DER are a fixed frame around the octets of the JWK.
private_key() {
  case $(jq -r .kty <<<"$1") in
    EC) printf '30770201010420%sa00a06082a8648ce3d030107a14403420004%s%s' "$(member "$1" d)" "$(member "$1" x)" "$(member "$1" y)" ;;
    OKP) printf '302e020100300506032b657004220420%s' "$(member "$1" d)" ;;
  esac | unhex >"$TMP/key"
}

public_key() {
  case $(jq -r .kty <<<"$1") in
    EC) printf '3059301306072a8648ce3d020106082a8648ce3d03010703420004%s%s' "$(member "$1" x)" "$(member "$1" y)" ;;
    OKP) printf '302a300506032b6570032100%s' "$(member "$1" x)" ;;
  esac | unhex >"$TMP/key"
}

# sign FILE JWK: a JWS document over exactly the octets of the file.
sign() {
  local alg protected
  alg=$(jq -r .alg <<<"$2")
  grep -qxF -- "$alg" <(algorithms "$2") || unsupported "keys for $alg"
  # Both in the protected header: what decides how to verify has to be signed itself.
  protected=$(jq -cj '{alg, kid}' <<<"$2" | base64url)
  base64url <"$1" >"$TMP/payload"
  { printf '%s.' "$protected"; cat "$TMP/payload"; } >"$TMP/signed"
  private_key "$2"
  if [[ $alg == ES256 ]]; then
    # JWS wants r and s as 32 octets each, not their DER form.
    openssl dgst -sha256 -sign "$TMP/key" -keyform DER "$TMP/signed" | openssl asn1parse -inform DER |
      sed -n 's/.*INTEGER *://p' | while read -r integer; do printf '%64s' "$integer" | tr ' ' 0; done | unhex >"$TMP/signature"
  else
    openssl pkeyutl -sign -rawin -inkey "$TMP/key" -keyform DER -in "$TMP/signed" -out "$TMP/signature"
  fi
  rm "$TMP/key"
  jq -n --arg protected "$protected" --arg signature "$(base64url <"$TMP/signature")" --rawfile payload "$TMP/payload" \
    '{payload: $payload, signatures: [{protected: $protected, signature: $signature}]}'
}

# Puts the manifest that a key of CONFORMANCE_TRUSTED_KEYS vouches for into TMP/manifest.
verify_signature() {
  local count position good=0
  jq .releaseSignature "$TMP/body" >"$TMP/jws"
  count=$(jq 'if has("signature") then 0 else .signatures | arrays | length end' "$TMP/jws" 2>/dev/null) || count=0
  ((count > 0)) || fail "the signature is not a JWS in the general form"
  # No line end may hide in what is taken for base64url.
  jq -e '[.payload, (.signatures[] | .protected, .signature)] | all(type == "string" and test("\\A[A-Za-z0-9_-]*\\z"))' \
    "$TMP/jws" >/dev/null || fail "not base64url"
  jq -j .payload "$TMP/jws" >"$TMP/payload"
  # One good signature is needed, and none may be bad: a bad one by a trusted key is an attack or a defect.
  for ((position = 0; position < count; position++)); do
    jq ".signatures[$position]" "$TMP/jws" >"$TMP/entry"
    verify_entry
  done
  ((good)) || fail "no signature is by a trusted key"
  unbase64url <"$TMP/payload" >"$TMP/manifest"
}

verify_entry() {
  local protected alg kid key
  protected=$(jq -r .protected "$TMP/entry")
  unbase64url <<<"$protected" >"$TMP/protected"
  jq -e --slurpfile protected "$TMP/protected" '$protected[0] as $header | (.header // {}) as $unprotected
    | ($header | (.alg | type == "string") and (.kid | type == "string"))
    and ($header.alg | (ascii_downcase != "none") and (startswith("HS") | not))
    and ($header + $unprotected | has("crit") | not)
    and all($header | keys[]; . as $name | $unprotected | has($name) | not)' "$TMP/entry" >/dev/null ||
    fail "the header of a signature is not acceptable"
  alg=$(jq -r .alg "$TMP/protected") kid=$(jq .kid "$TMP/protected")
  key=$(jq -c --argjson kid "$kid" '.keys | map(select(.kid == $kid)) | last' "$CONFORMANCE_TRUSTED_KEYS")
  [[ $key != null ]] || return 0 # keys in the document itself (jwk, x5c, jku) prove nothing
  grep -qxF -- "$alg" <(algorithms "$key") || fail "key $kid is not one for $alg"
  jq -r .signature "$TMP/entry" | unbase64url >"$TMP/signature"
  { printf '%s.' "$protected"; cat "$TMP/payload"; } >"$TMP/signed"
  public_key "$key"
  openssl_verifies "$alg" >/dev/null 2>&1 || fail "the signature by $kid is not valid"
  good=1
}

openssl_verifies() {
  [[ $(stat -c %s "$TMP/signature") == 64 ]] || return 1
  if [[ $1 == ES256 ]]; then
    der_signature "$(hex <"$TMP/signature")" >"$TMP/signature.der"
    openssl dgst -sha256 -verify "$TMP/key" -keyform DER -signature "$TMP/signature.der" "$TMP/signed"
  else
    openssl pkeyutl -verify -rawin -pubin -inkey "$TMP/key" -keyform DER -in "$TMP/signed" -sigfile "$TMP/signature"
  fi
}

der_signature() {
  local r s
  r=$(der_integer "${1:0:64}") s=$(der_integer "${1:64}")
  printf '30%02x%s%s' $(((${#r} + ${#s}) / 2)) "$r" "$s" | unhex
}

der_integer() {
  local digits=$1
  while [[ $digits == 00?* ]]; do digits=${digits#00}; done
  [[ $digits != [89a-f]* ]] || digits=00$digits # or it would be negative
  printf '02%02x%s' $((${#digits} / 2)) "$digits"
}

# --- Publishing ---

publish() {
  local media_type=application/wasm asked=
  [[ $CONFORMANCE_CONTENT != *.tar ]] || media_type=application/x-tar
  entries "$CONFORMANCE_CONTENT" "$media_type" || fail "$REASON"
  # Written once: what is signed has to be, octet by octet, what was created.
  jq -cjn --arg name "$CONFORMANCE_NAME" --arg version "$CONFORMANCE_VERSION" --arg digest "$(digest sha256)" --arg type "$media_type" \
    '{packageType: "component", $name, $version, contentDigest: {sha256: $digest}, mediaType: $type}' >"$TMP/manifest"

  create
  case $(state) in
    published) return ;; # by an earlier try whose answer was lost
    pending)
      supply "$media_type"
      submit
      [[ -n $STATUS_URL ]] || return 0
      ;;
  esac
  asked=${ASKED-$(retry_after)}
  wait_for_end "$asked"
}

# The answer is then the unpublished release, and STATUS_URL where its status is.
create() {
  request POST "$(api_url releases)" "$TMP/manifest" application/json
  if [[ $STATUS == 409 && $AFTER_LOSS == 1 ]]; then
    existing
  else
    expect 201
    document
    STATUS_URL=$(header location)
    [[ -n $STATUS_URL ]] || fail "the registry did not say where the unpublished release is"
    STATUS_URL=$(resolve "$STATUS_URL")
  fi
}

# What is there already: ours, if the answer to our own request was lost, and otherwise somebody's.
existing() {
  # The only time that a client builds the URL of the status, as the Location was lost with the answer.
  STATUS_URL=$RELEASE_URL/unpublished
  request GET "$STATUS_URL"
  [[ $STATUS != 404 ]] || request GET "$RELEASE_URL" # forgotten, as it is published
  expect 200
  document
  jq -e --slurpfile manifest "$TMP/manifest" '.release == $manifest[0]' "$TMP/body" >/dev/null ||
    fail "$CONFORMANCE_NAME $CONFORMANCE_VERSION exists already, with another manifest"
}

supply() {
  local upload_url
  if [[ -n ${CONFORMANCE_SOURCES:-} ]]; then
    jq -Rn '{contentSources: [inputs | select(. != "") | {url: .}]}' <<<"$CONFORMANCE_SOURCES" >"$TMP/sources"
    request POST "$RELEASE_URL/content-sources" "$TMP/sources" application/json
  else
    upload_url=$(jq -r '.uploadUrl // empty' "$TMP/body")
    [[ -n $upload_url ]] || fail "the registry takes no uploads: give it content sources instead"
    request POST "$(resolve "$upload_url")" "$CONFORMANCE_CONTENT" "$1"
  fi
  accepted
}

# Asks for publication. STATUS_URL is then where to wait for the end, or empty when all is done; ASKED for how long.
submit() {
  local digest location
  digest=$(openssl dgst -sha256 -r "$TMP/manifest" | cut -d' ' -f1)
  sign "$TMP/manifest" "$(cat "$CONFORMANCE_KEY")" >"$TMP/jws"
  jq --arg digest "$digest" '{releaseSignature: ., releaseDigest: {sha256: $digest}}' "$TMP/jws" >"$TMP/request"
  request POST "$RELEASE_URL" "$TMP/request" application/json
  if [[ $STATUS == 40[49] && $AFTER_LOSS == 1 ]]; then
    resolve_conflict
    return
  fi
  expect 200 201 202
  ASKED=$(retry_after) location=$(header location)
  if [[ $STATUS != 202 ]]; then STATUS_URL=; elif [[ -n $location ]]; then STATUS_URL=$(resolve "$location"); fi
}

# The registry may have taken an earlier try whose answer was lost: what exists says more than this refusal.
resolve_conflict() {
  local reason type
  reason=$(refusal) type=$(jq -r .type "$TMP/body" 2>/dev/null) || type=""
  existing
  case $(state) in
    published) STATUS_URL= ;;
    pending) [[ $type == *processing ]] || fail "$reason" ;;
  esac
  ASKED=0
}

# Polls until the end: success is `published` and nothing else.
wait_for_end() {
  local asked=$1 attempt
  for ((attempt = 0; ; attempt++)); do
    REASON="the release is not finished"
    pause "$asked" "$((attempt < 10 ? attempt : 10))"
    request GET "$STATUS_URL"
    expect 200
    document
    case $(state) in
      published) return ;;
      failed | expired) fail "$(state): $(problem_text .error)" ;;
    esac # any other state, known here or not, is one that the registry will leave again
    asked=$(retry_after)
  done
}

# Once published, a registry may redirect from the status to the release, which has no status but a signature.
state() { jq -r '.status // if has("releaseSignature") then "published" else "unknown" end' "$TMP/body"; }

# --- Fetching: trust is in the keys and the digest, not in the registry or in who serves the content ---

fetch() {
  request GET "$RELEASE_URL"
  expect 200
  document
  verify_signature
  jq -e --slurpfile manifest "$TMP/manifest" '.release == $manifest[0]' "$TMP/body" >/dev/null ||
    fail "the signature is for another manifest than the release shows"
  # A good signature over another release would lead us to other content, an old and vulnerable version for example.
  jq -e --arg name "$CONFORMANCE_NAME" --arg version "$CONFORMANCE_VERSION" '.name == $name and .version == $version' \
    "$TMP/manifest" >/dev/null || fail "the release is another one than asked for"
  # Beside the output, so that the last step is a rename: what is there is whole and verified.
  PART=$(mktemp -d "$(dirname -- "$CONFORMANCE_OUTPUT")/.fetch-XXXXXX")
  download
  if [[ $(jq -r .mediaType "$TMP/manifest") == application/x-tar ]]; then
    unpack "$PART/content"
    mv -T -- "$PART/content" "$CONFORMANCE_OUTPUT"
  else
    mv -T -- "$TMP/body" "$PART/content" && mv -T -- "$PART/content" "$CONFORMANCE_OUTPUT"
  fi
}

# Content from the first source that serves what the digest says, into TMP/body.
download() {
  local sources again position url round wait asked=""
  local -r release_url=$URL
  REASON="the release has no source of its whole content"
  mapfile -t sources < <(jq -r '.contentSources[] | select(has("path") | not) | .url' "$TMP/body")
  for ((round = 0; round < ROUNDS && ${#sources[@]} > 0; round++)); do
    ((round == 0)) || pause "$asked" $((round - 1))
    again=() asked= # those that may serve later; what serves other bytes is out
    for position in "${!sources[@]}"; do
      URL=$release_url
      url=$(resolve "${sources[position]}")
      # A share of the time each: a source that drips or stalls must not use up that of the next one.
      if ! LARGEST=$LARGEST_CONTENT follow GET "$url" $(($(remaining) / (${#sources[@]} - position + 1))); then
        [[ $STATUS == unusable ]] || again+=("$url")
      elif [[ $STATUS == 200 ]]; then
        ! verify_content "$TMP/body" || return 0
      else
        REASON=$(refusal)
        if [[ $STATUS == @(429|502|503|504) ]]; then
          again+=("$url") wait=$(retry_after)
          [[ -z $wait ]] || ((wait < ${asked:-0})) || asked=$wait
        fi
      fi
      printf '%s: %s\n' "$(short "$url")" "$REASON" >&2
    done
    sources=("${again[@]}")
  done
  fail "no source serves the content; the last: $REASON"
}

# --- Beginning ---

LARGEST=$LARGEST_DOCUMENT
REASON=
: "${CONFORMANCE_URL:?}" "${CONFORMANCE_NAME:?}" "${CONFORMANCE_VERSION:?}"
BASE=${CONFORMANCE_URL%/}/
# A tenth is kept for starting, and for tidying up.
ENDS=$(($(now) + $(awk -v seconds="${CONFORMANCE_DEADLINE:-60}" 'BEGIN { printf "%d", 900 * seconds }')))
RELEASE_URL=$(api_url components "$CONFORMANCE_NAME" "v$CONFORMANCE_VERSION")
(umask 077 && printf 'Authorization: Bearer %s\n' "$TOKEN" >"$TMP/authorization")

case ${1:-} in
  publish) : "${CONFORMANCE_CONTENT:?}" "${CONFORMANCE_KEY:?}" && publish ;;
  fetch) : "${CONFORMANCE_TRUSTED_KEYS:?}" "${CONFORMANCE_OUTPUT:?}" && fetch ;;
  *) fail "usage: publish_client.sh publish | fetch" ;;
esac
