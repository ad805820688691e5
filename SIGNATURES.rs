// ---- src/yaml.rs
pub struct Position { pub line: usize, pub column: usize }               // 1-based, characters
pub struct Located { pub value: serde_json::Value, pub spans: Spans }    // Located::parse(text: &str) -> Result<Located, YamlError>
impl Spans { pub fn value(&self, pointer: &str) -> Position;             // of the value at a JSON pointer; unknown pointer: its nearest parent
             pub fn key(&self, pointer: &str) -> Position; }             // of the member's name (sequence items: of the value)
pub struct YamlError { pub position: Position, pub message: String }     // Display: "line 3, column 5: ..."
// ---- src/credentials.rs: Secret, Credentials, CredentialField (final, see file)
// ---- src/target
pub struct Environment;  // Environment::process(), Environment::from_iter([(name, value)]), get(&self, name) -> Option<&str>
pub struct LoadOptions { pub registry: Option<Url>, pub token_commands: TokenCommands }   // Default: none, Run
pub enum TokenCommands { Run, Skip }      // Skip for --list: identity then has Authentication::Unresolved
pub struct Target {
    pub registry: Url,                    // path always ends in '/'
    pub identities: Identities,           // get("owner") -> Option<&Identity>; iter()
    pub private_namespace: Option<String>,
    pub read_as: ReadAs,                  // Anonymous | Reader
    pub keys: Option<PathBuf>,            // None: the built-in test keys
    pub tls: TlsFiles,                    // {ca, client_cert, client_key: Option<PathBuf>}, absolute or relative to cwd
    pub capabilities: Capabilities,
    pub paths: Paths,
    pub problems: ProblemTypes,
    pub origin: OriginOptions,            // {bind: SocketAddr, public_url: Option<Url>, tls: bool}
    pub deadlines: Deadlines,             // {exchange, processing, source: Duration, expiry, retention: Option<Duration>} std Durations
    pub limits: Limits,                   // {manifest: u64, content: u64} octets
}
impl Target {
    pub fn with_defaults(registry: Url) -> Target;        // what `--registry URL` alone means
    pub fn bundled_defaults(registry: Url) -> Target;     // every capability on, for the bundled mock
    pub fn load(path: &Path, environment: &Environment, options: &LoadOptions) -> Result<Target, TargetError>;
    pub fn parse(text: &str, path: &Path, environment: &Environment, options: &LoadOptions) -> Result<Target, TargetError>;
    pub fn operation_url(&self, operation: Operation, name: &str, version: &str, colon: Colon) -> Url;
    pub fn operation_target(&self, operation: Operation, name: &str, version: &str, colon: Colon) -> String; // raw request target, dot segments kept
    pub fn credentials(&self, identity: &str) -> Option<Arc<Credentials>>;   // None: unknown, anonymous or unresolved
    pub fn secrets(&self) -> Vec<Secret>;
    pub fn redacted_json(&self) -> serde_json::Value;
}
pub struct Identity { pub name: String, pub namespace: Option<String>, pub authentication: Authentication }
pub enum Authentication { Credentials(Arc<Credentials>), Unresolved }
pub enum Operation { Create, Status, ContentSources, Publish, Get, Cancel }   // FromStr, Display, ALL
pub enum Colon { Plain, Encoded }
impl ProblemTypes { pub fn problem_type(&self, name: &str) -> String; pub fn name_of<'a>(&'a self, problem_type: &'a str) -> Option<&'a str>; }
pub const PROBLEM_NAMES: &[&str];                          // ERR of the profile
pub struct CapabilityDefinition { pub name: &'static str, pub kind: CapabilityKind, pub default: .., pub summary: &'static str }
pub const CAPABILITIES: &[CapabilityDefinition];
pub enum CapabilityKind { Seen, Bool, Choice(&'static [&'static str]), List(&'static [&'static str]), Limit }
pub enum CapabilityValue { Seen, Bool(bool), Choice(String), List(Vec<String>), Number(u64), None }   // Display as in YAML, Serialize
impl Capabilities {                                        // Default: all defaults
    pub fn get(&self, name: &str) -> Option<&CapabilityValue>;  // None: no such capability
    pub fn is(&self, name: &str) -> bool;                       // Bool(true)
    pub fn set(&mut self, name: &str, value: &serde_json::Value) -> Result<(), CapabilityError>;
    pub fn resolve_seen(&self, upload: bool, asynchronous: bool) -> Capabilities;  // Seen -> Bool; declared stays
    pub fn undetermined(&self) -> impl Iterator<Item = &'static str>;              // those still Seen
    pub fn meets(&self, needs: &Needs) -> Result<(), Missing>;  // a certain miss wins over an undetermined one
    pub fn iter(&self); pub fn to_json(&self) -> serde_json::Value;
}
pub struct Needs; // Needs::from_json(&Value) -> Result<Needs, Vec<NeedsError>>; NeedsError{pointer, error}
                  // true/false, one value, or [any of]; for a list capability: must contain all; Limit: true = a number is declared
pub struct Missing { pub capability: String, pub needed: String, pub is: CapabilityValue }  // Display; is_undetermined() when Seen
pub struct DurationText(pub Duration) / pub struct Size(pub u64)   // FromStr, Display, serde
// ---- src/wire
pub struct Request { pub name: String, pub method: String, pub url: Url, pub target_override: Option<String>,
    pub headers: Vec<(String, Vec<u8>)>, pub body: Body, pub credentials: Option<Arc<Credentials>> }   // Request::new(name, method, url)
pub enum Body { Empty, Bytes(Bytes), Chunked(Vec<Bytes>), Cut { declared: u64, sent: Bytes }, Declared { length: String, bytes: Bytes } }
pub struct RawRequest { pub name: String, pub origin: Url, pub pieces: Vec<Bytes>, pub ending: Ending }
pub enum Ending { KeepOpen, HalfClose, Reset }
pub struct WireOptions { pub ca: Option<Vec<u8>> (PEM), pub client_identity: Option<ClientIdentity{cert, key: PEM}>, pub exchange_deadline: Duration,
    pub max_body: usize, pub retry_budget: Duration }   // Default
impl Client { pub fn new(options: &WireOptions) -> Result<Client, ClientError>;    // cheap Clone
    pub async fn send(&self, request: &Request) -> Exchange;                       // honours 429
    pub async fn send_raw(&self, request: &RawRequest) -> Exchange;
    pub async fn alive(&self, base: &Url) -> Alive; }                              // Answers | Gone
pub struct Exchange { pub name: String, pub request: RequestRecord, pub answer: Result<Answer, WireError>, pub started: Duration (since Client::new),
    pub duration: Duration, pub retries: u32, pub gave_up: bool }
pub struct RequestRecord { pub method, pub url: Url, pub target: Option<String>, pub headers: Vec<(String, Vec<u8>)>, pub body: Body, pub credentials, pub raw: Option<Vec<Bytes>>, ending }
pub struct Answer { pub status: u16, pub reason: String, pub headers: Vec<(String, Vec<u8>)>, pub body: Bytes, pub complete: bool, pub truncated_by_us: bool }
impl Answer { pub fn header(&self, name) -> Option<&str> (first, if UTF-8), headers_named(&self, name) -> impl Iterator<Item=&[u8]>, media_type() -> Option<String> (lower case, no parameters), json() -> Result<Value, JsonError> }
pub enum WireError { Connect, Tls, Timeout, Closed, Reset, Malformed, ... }   // lost_connection(&self) -> bool
pub struct Redactor;   // Clone shares; Redactor::new(secrets: impl IntoIterator<Item=Secret>), add(&self, Secret), text(&self, &str) -> String, bytes(&self, &[u8]) -> Vec<u8>, json(&self, &Value) -> Value
pub mod render { http_text(&Exchange, &Redactor, BodyLimit) -> String; curl(&Exchange, &Redactor) -> String; to_report(&Exchange, &Redactor) -> Value; }
