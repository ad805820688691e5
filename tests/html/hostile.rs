//! A server whose answers are markup, script and what disturbs terminals, in every field.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// What runs it marks the page with.
pub(crate) const MARK: &str = "data-owned";

/// Texts that would run, or mislead, where they are not kept as text.
pub(crate) const TEXTS: &[&str] = &[
    "</script><script>document.documentElement.setAttribute('data-owned','')</script>",
    "<img src=x onerror=\"document.documentElement.setAttribute('data-owned','')\">",
    "\"><svg onload=\"document.documentElement.setAttribute('data-owned','')\">",
    "' onmouseover='document.documentElement.setAttribute(\"data-owned\",\"\")' autofocus onfocus='document.documentElement.setAttribute(\"data-owned\",\"\")",
    "javascript:document.documentElement.setAttribute('data-owned','')",
    "<!-- <script> --!><iframe srcdoc='<script>parent.document.documentElement.setAttribute(`data-owned`,``)</script>'>",
    "</style></title></textarea></template></details><body onload=document.documentElement.setAttribute('data-owned','')>",
    "{{ 7 * 7 }} ${7 * 7} <%= 7 * 7 %>",
    "\u{202e}evil\u{2066}\u{2028}\u{2029}\u{1b}[31m\u{1b}]0;title\u{7}\u{0}\u{feff}",
    "&lt;script&gt; &#60;script&#62; \\u003cscript\\u003e",
];

/// Serves until the process ends; gives the port. `/N` answers with text `N`, `/long` with ten megabytes of the first.
pub(crate) fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    port
}

/// A client that goes away early is no matter.
fn answer(mut stream: TcpStream) -> Option<()> {
    let mut received = Vec::new();
    let mut octet = [0];
    while !received.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut octet).ok()?;
        received.push(octet[0]);
    }
    let head = String::from_utf8_lossy(&received).into_owned();
    let path = head.split(' ').nth(1)?.trim_start_matches('/').to_owned();
    let index: usize = path.parse().unwrap_or(0);
    let text = TEXTS[index % TEXTS.len()];
    let body = if path == "long" {
        serde_json::json!({ "type": text.repeat(10_000_000 / text.len()) })
    } else {
        serde_json::json!({"type": text, "title": text, "status": text, text: [text, {"x": text}]})
    }
    .to_string();
    // In a header field and a reason phrase a line can not end.
    let line: String = text
        .chars()
        .filter(|character| !character.is_control())
        .collect();
    let status = [200, 422, 500][index % 3];
    let head = format!(
        "HTTP/1.1 {status} {line}\r\nContent-Type: application/problem+json\r\nLocation: {line}\r\nX-Hostile: {line}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()
}

/// A case that meets these answers one after another, as a file of a folder; gives its id and how many answers it meets.
pub(crate) fn write_case(folder: &std::path::Path, port: u16) -> (&'static str, usize) {
    let paths = (0..TEXTS.len()).map(|index| index.to_string());
    let steps: Vec<String> = paths
        .chain(["long".to_owned()])
        .map(|path| {
            format!(
                "  - request: {{url: \"http://127.0.0.1:{port}/{path}\"}}\n    expect:\n      rule: ERR-1\n      status: 204\n      headers: {{location: \"https://registry.example/\", x-hostile: absent}}\n      body: {{type: other, title: other}}\n"
            )
        })
        .collect();
    let file = format!(
        "summary: Hostile answers are judged.\nsteps:\n{}",
        steps.concat()
    );
    std::fs::create_dir_all(folder.join("hostile")).unwrap();
    std::fs::write(folder.join("hostile/answers.yaml"), file).unwrap();
    ("hostile/answers", steps.len())
}
