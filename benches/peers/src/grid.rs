//! Tables of text, aligned, and valid as Markdown.

use std::fmt;

/// Rows of cells under a head; the first column is aligned to the left, the others to the right.
#[derive(Clone, Debug)]
pub struct Grid(Vec<Vec<String>>);

impl Grid {
    /// A table with this head.
    #[must_use]
    pub fn new(head: &[&str]) -> Self {
        Self(vec![head.iter().map(|&cell| cell.to_owned()).collect()])
    }

    /// Adds a row, of as many cells as the head.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.0.push(cells.into_iter().collect());
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.0.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(2)
        };
        (0..columns).map(width).collect()
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for (number, row) in self.0.iter().enumerate() {
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                if column == 0 {
                    write!(f, "| {cell:width$} |")?;
                } else {
                    write!(f, " {cell:>width$} |")?;
                }
            }
            writeln!(f)?;
            if number == 0 {
                write!(f, "|{}|", "-".repeat(widths[0] + 2))?;
                for &width in &widths[1..] {
                    write!(f, "{}:|", "-".repeat(width + 1))?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut grid = Grid::new(&["who", "GB/s"]);
        grid.row(["a".to_owned(), "12.5".to_owned()]);
        grid.row(["longer".to_owned(), "1".to_owned()]);
        let text = "| who    | GB/s |\n|--------|-----:|\n| a      | 12.5 |\n| longer |    1 |\n";
        assert_eq!(grid.to_string(), text);
    }
}
