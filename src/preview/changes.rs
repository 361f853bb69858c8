//! Two texts, line by line.

/// Longer ones are shown whole, as they were and as they are: nobody compares so many lines.
const LINES_MAX: usize = 400;

/// A line that stayed, went or came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'t> {
    Same(&'t str),
    Gone(&'t str),
    New(&'t str),
}

/// The shortest way from one to the other.
pub(super) fn lines<'t>(old: &'t str, new: &'t str) -> Vec<Line<'t>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    if old.len() > LINES_MAX || new.len() > LINES_MAX {
        let gone = old.into_iter().map(Line::Gone);
        return gone.chain(new.into_iter().map(Line::New)).collect();
    }
    // How many lines the rests have in common, from each pair of places on.
    let width = new.len() + 1;
    let mut common = vec![0_usize; (old.len() + 1) * width];
    let at = |row: usize, column: usize| row * width + column;
    for (row, one) in old.iter().enumerate().rev() {
        for (column, other) in new.iter().enumerate().rev() {
            common[at(row, column)] = if one == other {
                common[at(row + 1, column + 1)] + 1
            } else {
                common[at(row + 1, column)].max(common[at(row, column + 1)])
            };
        }
    }
    let (mut row, mut column, mut found) = (0, 0, Vec::new());
    while let (Some(one), Some(other)) = (old.get(row), new.get(column)) {
        if one == other {
            found.push(Line::Same(one));
            (row, column) = (row + 1, column + 1);
        } else if common[at(row + 1, column)] >= common[at(row, column + 1)] {
            found.push(Line::Gone(one));
            row += 1;
        } else {
            found.push(Line::New(other));
            column += 1;
        }
    }
    found.extend(old.into_iter().skip(row).map(Line::Gone));
    found.extend(new.into_iter().skip(column).map(Line::New));
    found
}
