//! Canonical JSON (RFC 8785) of what `serde_json` wrote: members sorted by name at every level.
//!
//! `serde_json` writes without spaces and escapes as RFC 8785 wants it, so that only the order of members is left to
//! be mended; sorting the text is several times faster than building it up from values. What RFC 8785 writes in another
//! way than `serde_json` is refused, for nothing of ours has it: fractions, exponents, integers beyond fifteen digits
//! (§3.2.2.3), and names that are not plain ASCII, whose order is that of UTF-16 (§3.2.3).

/// `json`, as `serde_json` writes it, with its members sorted; `None` where sorting is not all that is to be done.
pub fn canonical(json: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(json.len());
    let mut reader = Reader { json, at: 0 };
    reader.value(&mut out)?;
    (reader.at == json.len()).then_some(out)
}

struct Reader<'a> {
    json: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, out: &mut Vec<u8>) -> Option<()> {
        match self.peek()? {
            b'{' => self.object(out),
            b'[' => self.array(out),
            b'"' => {
                out.extend_from_slice(self.string()?);
                Some(())
            }
            _ => self.scalar(out),
        }
    }

    fn object(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let mut members: Vec<(&[u8], usize, usize)> = Vec::with_capacity(MEMBERS);
        let mut values = Vec::with_capacity(self.json.len().saturating_sub(self.at));
        self.at += 1;
        while self.peek()? != b'}' {
            let name = self.name()?;
            self.expect(b':')?;
            let start = values.len();
            self.value(&mut values)?;
            members.push((name, start, values.len()));
            self.separator(b'}')?;
        }
        self.at += 1;
        members.sort_unstable();
        out.push(b'{');
        for (index, (name, start, end)) in members.into_iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.push(b'"');
            out.extend_from_slice(name);
            out.extend_from_slice(b"\":");
            out.extend_from_slice(values.get(start..end)?);
        }
        out.push(b'}');
        Some(())
    }

    fn array(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.at += 1;
        out.push(b'[');
        while self.peek()? != b']' {
            self.value(out)?;
            if self.separator(b']')? {
                out.push(b',');
            }
        }
        self.at += 1;
        out.push(b']');
        Some(())
    }

    /// A member's name without its quotes, which would count in the order: a space and `!` stand before them.
    fn name(&mut self) -> Option<&'a [u8]> {
        let name = self.string()?.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        name.iter().all(|byte| byte.is_ascii() && *byte != b'\\').then_some(name)
    }

    /// A string with its quotes.
    fn string(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        self.expect(b'"')?;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.json.get(start..self.at)
    }

    fn scalar(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let rest = self.json.get(self.at..)?;
        let length = rest.iter().position(|byte| b",]}".contains(byte)).unwrap_or(rest.len());
        let scalar = rest.get(..length).filter(|scalar| is_plain(scalar))?;
        out.extend_from_slice(scalar);
        self.at += length;
        Some(())
    }

    /// Passes a comma; false, when the end stands there instead.
    fn separator(&mut self, end: u8) -> Option<bool> {
        match self.peek()? {
            b',' => {
                self.at += 1;
                Some(true)
            }
            byte => (byte == end).then_some(false),
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }
}

/// Words, and integers that every reader takes for the same.
fn is_plain(scalar: &[u8]) -> bool {
    let digits = scalar.strip_prefix(b"-").unwrap_or(scalar);
    let is_integer = digits.len() <= MAX_PLAIN_DIGITS && digits.iter().all(u8::is_ascii_digit);
    is_integer && !digits.is_empty() || matches!(scalar, b"true" | b"false" | b"null")
}

/// Numbers up to here are exact in every reader, and written the same by all.
const MAX_PLAIN_DIGITS: usize = 15;
/// Room for the members of a usual entry.
const MEMBERS: usize = 20;
