//! Values from bytes. Bytes that run out give the smallest value, so a shorter input is a simpler case.

/// A source of values.
pub struct Source<'a>(&'a [u8]);

/// Pieces of text that readers treat in a way of their own.
const PIECES: &[&str] = &[
    "https://",
    "http://",
    "acme.halopsa.com",
    "127.0.0.1:8080",
    "[::1]",
    "/api",
    "/auth/token",
    "user:pw@",
    "?x=1",
    "#part",
    "\r\n",
    "\n",
    "\t",
    " ",
    "\"",
    "'",
    "<",
    ":",
    "\\",
    "\u{200b}",
    "\u{202e}",
    "\u{feff}",
    "\u{e0041}",
    "\u{85}",
    "\u{9b}2J",
    "\x1b]52;c;eA==\x07",
    "\0",
    "é",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "日本語",
    "👩\u{200d}🚒",
    "\u{3164}",
    "Not set",
    "none",
    "mailto:",
    "xn--",
    "%00",
    "\u{130}",
    "1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9",
    "••••••",
    "Resource Server: ",
    "Tenant: ",
    "Client ID: ",
    "all",
    "read:tickets",
    "tickets",
    "discovery",
    "token",
    "identity",
];

impl<'a> Source<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// Below a limit of at most 256.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::from(self.byte()) % limit.max(1)
    }

    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// Any number, those at the edges more often.
    pub fn number(&mut self) -> u64 {
        match self.byte() {
            small @ 0..=199 => u64::from(small),
            200..=219 => u64::MAX,
            220..=229 => i64::MAX as u64,
            230..=239 => u64::from(u32::MAX) + 1,
            _ => self.take(8).iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)),
        }
    }

    pub fn signed(&mut self) -> i64 {
        self.number() as i64
    }

    pub fn take(&mut self, most: usize) -> &'a [u8] {
        let (head, rest) = self.0.split_at(most.min(self.0.len()));
        self.0 = rest;
        head
    }

    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    pub fn text(&mut self) -> String {
        let mut out = String::new();
        for _ in 0..self.below(6) {
            match self.byte() {
                raw @ 0..=79 => out.push_str(&String::from_utf8_lossy(self.take(usize::from(raw)))),
                80..=89 => out.push_str(&"x".repeat(1 << self.below(13))),
                90..=99 => {
                    let character = (self.number() & 0x1f_ffff) as u32;
                    out.extend(char::from_u32(character));
                }
                piece => out.push_str(PIECES[usize::from(piece) % PIECES.len()]),
            }
        }
        out
    }
}
