/// The body of an extended header: `LENGTH KEY=VALUE\n` for each record, where the length counts itself.
pub(super) fn records(records: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (key, value) in records {
        // A blank, an equals sign and a line feed.
        let rest = key.len() + value.len() + 3;
        let mut length = rest + 1;
        while rest + length.to_string().len() != length {
            length = rest + length.to_string().len();
        }
        body.extend(format!("{length} {key}=").as_bytes());
        body.extend(value);
        body.push(b'\n');
    }
    body
}
