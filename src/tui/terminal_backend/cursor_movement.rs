//! The shortest way for the cursor from one cell to another.

use ratatui::layout::Position;

/// Position of the terminal's cursor, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cursor {
    /// Unknown.
    Lost,
    /// In this row, in an unknown column. Terminals differ after the last column and after some emoji.
    Row(u16),
    /// In this cell.
    At(Position),
}

/// Writes the shortest sequence that moves the cursor to `to`.
///
/// `row_text(from, to)` returns the bytes that rewrite the cells of row `to.y` between two columns, if they are known
/// and have the current style. One or two letters are shorter than any command.
pub(super) fn move_cursor(
    from: Cursor,
    to: Position,
    row_text: impl Fn(u16, u16) -> Option<Vec<u8>>,
    out: &mut Vec<u8>,
) {
    let mut ways = vec![absolute(to)];
    match from {
        Cursor::Lost => {}
        Cursor::Row(y) => {
            ways.push(relative(Position::new(0, y), to, b"\r", &row_text));
            if y == to.y {
                ways.push(column(to.x));
            }
        }
        Cursor::At(at) if at == to => return,
        Cursor::At(at) => {
            ways.push(relative(at, to, b"", &row_text));
            ways.push(relative(Position::new(0, at.y), to, b"\r", &row_text));
        }
    }
    if let Some(shortest) = ways.into_iter().min_by_key(Vec::len) {
        out.extend(shortest);
    }
}

fn absolute(to: Position) -> Vec<u8> {
    match (to.y + 1, to.x + 1) {
        (1, 1) => b"\x1b[H".to_vec(),
        (row, 1) => format!("\x1b[{row}H").into_bytes(),
        (1, column) => format!("\x1b[;{column}H").into_bytes(),
        (row, column) => format!("\x1b[{row};{column}H").into_bytes(),
    }
}

fn relative(from: Position, to: Position, first: &[u8], row_text: impl Fn(u16, u16) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut way = first.to_vec();
    way.extend(vertical(from.y, to.y));
    way.extend(horizontal(from.x, to.x, row_text));
    way
}

fn vertical(from: u16, to: u16) -> Vec<u8> {
    if to >= from {
        let rows = to - from;
        // A line feed only moves: never below the last row, and the terminal is raw.
        shorter(vec![b'\n'; rows.into()], command(rows, 'B'))
    } else {
        command(from - to, 'A')
    }
}

fn horizontal(from: u16, to: u16, row_text: impl Fn(u16, u16) -> Option<Vec<u8>>) -> Vec<u8> {
    if from == to {
        return Vec::new();
    }
    let way = if to > from {
        let forward = command(to - from, 'C');
        match row_text(from, to) {
            Some(text) => shorter(text, forward),
            None => forward,
        }
    } else {
        shorter(vec![b'\x08'; (from - to).into()], command(from - to, 'D'))
    };
    shorter(way, column(to))
}

fn column(to: u16) -> Vec<u8> {
    if to == 0 { b"\r".to_vec() } else { format!("\x1b[{}G", to + 1).into_bytes() }
}

fn command(count: u16, letter: char) -> Vec<u8> {
    match count {
        0 => Vec::new(),
        1 => format!("\x1b[{letter}").into_bytes(),
        _ => format!("\x1b[{count}{letter}").into_bytes(),
    }
}

fn shorter(a: Vec<u8>, b: Vec<u8>) -> Vec<u8> {
    if b.len() < a.len() { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(from: Cursor, to: (u16, u16), text: Option<&str>) -> String {
        let mut out = Vec::new();
        let row_text = |from: u16, to: u16| text.map(|text| text.as_bytes()[from.into()..to.into()].to_vec());
        move_cursor(from, to.into(), row_text, &mut out);
        String::from_utf8(out).expect("ASCII")
    }

    fn at(x: u16, y: u16) -> Cursor {
        Cursor::At(Position::new(x, y))
    }

    #[test]
    fn the_shortest_way_is_taken() {
        for (from, to, text, wanted) in [
            (at(5, 5), (5, 5), None, ""),
            (Cursor::Lost, (0, 0), None, "\x1b[H"),
            (Cursor::Lost, (0, 9), None, "\x1b[10H"),
            (Cursor::Lost, (9, 0), None, "\x1b[;10H"),
            (Cursor::Lost, (9, 9), None, "\x1b[10;10H"),
            (at(5, 5), (0, 5), None, "\r"),
            (at(5, 5), (0, 6), None, "\r\n"),
            (at(5, 5), (4, 6), None, "\n\x08"),
            (at(5, 5), (3, 5), None, "\x08\x08"),
            (at(40, 5), (20, 5), None, "\x1b[20D"),
            (at(40, 5), (2, 5), None, "\x1b[3G"),
            (at(5, 5), (6, 5), None, "\x1b[C"),
            (at(5, 5), (6, 5), Some("abcdefgh"), "f"),
            (at(5, 5), (8, 5), Some("abcdefghij"), "fgh"),
            (at(9, 5), (2, 6), Some("abcdefghij"), "\r\nab"),
            (at(5, 5), (5, 4), None, "\x1b[A"),
            (at(5, 5), (5, 8), None, "\n\n\n"),
            (at(5, 5), (5, 20), None, "\x1b[15B"),
            (Cursor::Row(5), (0, 6), None, "\r\n"),
            (Cursor::Row(5), (30, 5), None, "\x1b[31G"),
        ] {
            let found = way(from, to, text);
            assert_eq!(found.len(), wanted.len(), "{from:?} to {to:?}: {found:?}, wanted {wanted:?}");
        }
    }
}
