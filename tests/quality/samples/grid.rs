//! A grid of cells with paths found through it.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::fmt;

/// A place on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

impl Point {
    pub const ORIGIN: Point = Point { x: 0, y: 0 };

    pub fn new(x: i32, y: i32) -> Self {
        Point { x, y }
    }

    /// The four places next to this one.
    pub fn neighbours(self) -> impl Iterator<Item = Point> {
        const STEPS: [(i32, i32); 4] = [(0, 1), (1, 0), (0, -1), (-1, 0)];
        STEPS
            .iter()
            .map(move |(dx, dy)| Point::new(self.x + dx, self.y + dy))
    }

    pub fn distance(self, other: Point) -> u32 {
        self.x.abs_diff(other.x) + self.y.abs_diff(other.y)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    Free,
    Wall,
    Swamp { depth: u8 },
}

impl Cell {
    fn cost(&self) -> Option<u32> {
        match self {
            Cell::Free => Some(1),
            Cell::Swamp { depth } => Some(1 + u32::from(*depth)),
            Cell::Wall => None,
        }
    }
}

#[derive(Debug)]
pub enum GridError {
    Ragged { line: usize, expected: usize, found: usize },
    Unknown(char),
    Empty,
}

impl fmt::Display for GridError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GridError::Ragged { line, expected, found } => {
                write!(f, "line {line}: expected {expected} cells, found {found}")
            }
            GridError::Unknown(c) => write!(f, "unknown cell '{}'", c),
            GridError::Empty => f.write_str("the grid is empty"),
        }
    }
}

impl std::error::Error for GridError {}

pub struct Grid {
    width: usize,
    cells: Vec<Cell>,
}

impl Grid {
    pub fn parse(text: &str) -> Result<Grid, GridError> {
        let mut width = 0;
        let mut cells = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let count = line.chars().count();
            if width == 0 {
                width = count;
            } else if count != width {
                return Err(GridError::Ragged {
                    line: number + 1,
                    expected: width,
                    found: count,
                });
            }
            for c in line.chars() {
                cells.push(match c {
                    '.' => Cell::Free,
                    '#' => Cell::Wall,
                    '0'..='9' => Cell::Swamp { depth: c as u8 - b'0' },
                    other => return Err(GridError::Unknown(other)),
                });
            }
        }
        if cells.is_empty() {
            return Err(GridError::Empty);
        }
        Ok(Grid { width, cells })
    }

    pub fn get(&self, p: Point) -> Option<&Cell> {
        if p.x < 0 || p.y < 0 || p.x as usize >= self.width {
            return None;
        }
        self.cells.get(p.y as usize * self.width + p.x as usize)
    }

    /// The cheapest path, by A*; `None` if there is no way through.
    pub fn path(&self, start: Point, goal: Point) -> Option<Vec<Point>> {
        let mut open = BinaryHeap::new();
        let mut came_from: HashMap<Point, Point> = HashMap::new();
        let mut best: HashMap<Point, u32> = HashMap::from([(start, 0)]);
        let mut closed = HashSet::new();
        open.push(Step { estimate: start.distance(goal), at: start });

        while let Some(Step { at, .. }) = open.pop() {
            if at == goal {
                return Some(walk_back(&came_from, goal));
            }
            if !closed.insert(at) {
                continue;
            }
            let so_far = best[&at];
            for next in at.neighbours() {
                let Some(cost) = self.get(next).and_then(Cell::cost) else {
                    continue;
                };
                let total = so_far + cost;
                if best.get(&next).map_or(true, |&known| total < known) {
                    best.insert(next, total);
                    came_from.insert(next, at);
                    open.push(Step { estimate: total + next.distance(goal), at: next });
                }
            }
        }
        None
    }
}

fn walk_back<'a>(came_from: &'a HashMap<Point, Point>, goal: Point) -> Vec<Point> {
    let mut path = vec![goal];
    let mut at = goal;
    while let Some(&previous) = came_from.get(&at) {
        path.push(previous);
        at = previous;
    }
    path.reverse();
    path
}

#[derive(PartialEq, Eq)]
struct Step {
    estimate: u32,
    at: Point,
}

impl Ord for Step {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .estimate
            .cmp(&self.estimate)
            .then_with(|| self.at.cmp(&other.at))
    }
}

impl PartialOrd for Step {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_way_around_a_wall() {
        let grid = Grid::parse("...\n.#.\n...").unwrap();
        let path = grid.path(Point::ORIGIN, Point::new(2, 2)).expect("a path");
        assert_eq!(path.len(), 5);
        assert!(!path.contains(&Point::new(1, 1)));
    }
}
