//! Two pictures: throughput by chunk size, and time for an event by its size.

use std::error::Error;
use std::ops::Range;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::case::chunk_size;
use crate::contestant::{CONTESTANTS, Kind};
use crate::results::{Results, Speed, Table};

const SIZE: (u32, u32) = (960, 560);
const LEGEND: u32 = 190;
const FONT: &str = "sans-serif";

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type DrawingError = DrawingAreaErrorKind<std::io::Error>;

/// A contestant's points, in ascending order.
type Line = (&'static str, Kind, Vec<(f64, f64)>);

/// What a picture says of itself, and its lines.
struct Plot {
    title: &'static str,
    across: &'static str,
    up: &'static str,
    lines: Vec<Line>,
}

/// Draws both into this folder, each if there is something to draw.
///
/// # Errors
///
/// If a file cannot be written.
pub fn draw(results: &Results, folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let by_chunk = Plot {
        title: "openai: throughput by size of chunks",
        across: "bytes a chunk",
        up: "GB/s",
        lines: lines(
            results,
            |table| {
                let size = chunk_size(&table.chunk).filter(|_| table.corpus == "openai")?;
                Some(size as f64)
            },
            |speed| speed.gb_per_s,
        ),
    };
    let by_event = Plot {
        title: "time for an event by its size, in chunks of 64 KiB",
        across: "bytes an event",
        up: "ns an event",
        lines: lines(
            results,
            |table| {
                const CORPORA: [&str; 5] = ["ticks", "anthropic", "openai", "wikimedia", "large"];
                let is_wanted = table.chunk == "64K" && CORPORA.contains(&&table.corpus[..]);
                is_wanted.then_some(table.bytes as f64 / table.events as f64)
            },
            |speed| speed.ns_per_event,
        ),
    };
    by_chunk.draw(&folder.join("throughput-by-chunk.svg"))?;
    by_event.draw(&folder.join("time-by-event.svg"))
}

/// The lines of the parsers, and of the limit that matters to them.
fn lines(results: &Results, across: impl Fn(&Table) -> Option<f64>, up: impl Fn(&Speed) -> f64) -> Vec<Line> {
    let line = |name: &'static str, kind| {
        let point = |table: &Table| Some((across(table)?, up(table.speed(name)?)));
        let mut points: Vec<_> = results.tables.iter().filter_map(point).collect();
        points.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        (name, kind, points)
    };
    let shown = CONTESTANTS.iter().filter(|contestant| match contestant.kind {
        Kind::Eventwire => contestant.name == "eventwire",
        Kind::Peer => true,
        Kind::Limit => contestant.name == "memchr2_iter",
    });
    shown
        .map(|contestant| line(contestant.name, contestant.kind))
        .filter(|(.., points)| points.len() > 1)
        .collect()
}

impl Plot {
    fn draw(&self, file: &Path) -> Result<(), Box<dyn Error>> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let area = SVGBackend::new(file, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let (chart, legend) = area.split_horizontally(SIZE.0 - LEGEND);
        self.chart(&chart)?;
        self.legend(&legend)?;
        area.present()?;
        Ok(())
    }

    fn chart(&self, area: &Area<'_>) -> Result<(), DrawingError> {
        let points = || self.lines.iter().flat_map(|(.., points)| points);
        let across = range(points().map(|&(x, _)| x));
        let up = range(points().map(|&(_, y)| y));
        let mut chart = ChartBuilder::on(area)
            .caption(self.title, (FONT, 20))
            .margin(16)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(across.log_scale(), up.log_scale())?;
        let number = |value: &f64| value.to_string();
        chart
            .configure_mesh()
            .x_desc(self.across)
            .y_desc(self.up)
            .x_label_formatter(&number)
            .y_label_formatter(&number)
            .light_line_style(WHITE)
            .draw()?;
        for (number, (_, kind, points)) in self.lines.iter().enumerate() {
            chart.draw_series(LineSeries::new(points.iter().copied(), style(*kind, number)).point_size(3))?;
        }
        Ok(())
    }

    /// Beside the chart, where it covers nothing.
    fn legend(&self, area: &Area<'_>) -> Result<(), DrawingError> {
        for (number, (name, kind, _)) in (0..).zip(&self.lines) {
            let y = 60 + 24 * number;
            area.draw(&PathElement::new([(0, y), (24, y)], style(*kind, number as usize)))?;
            area.draw(&Text::new(*name, (32, y - 8), (FONT, 15)))?;
        }
        Ok(())
    }
}

/// From a little below the least to a little above the greatest.
fn range(values: impl Iterator<Item = f64>) -> Range<f64> {
    let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x), high.max(x)));
    low / 1.5..high * 1.5
}

/// `eventwire` stands out, the limit is black and thin.
fn style(kind: Kind, number: usize) -> ShapeStyle {
    /// As many as there are peers; told apart by those who see colours differently, too.
    const PEERS: [RGBColor; 8] = [
        RGBColor(0, 114, 178),
        RGBColor(230, 159, 0),
        RGBColor(0, 158, 115),
        RGBColor(204, 121, 167),
        RGBColor(86, 180, 233),
        RGBColor(150, 100, 50),
        RGBColor(120, 90, 200),
        RGBColor(140, 140, 140),
    ];
    match kind {
        Kind::Eventwire => RED.stroke_width(3),
        Kind::Peer => PEERS[number % PEERS.len()].stroke_width(2),
        Kind::Limit => BLACK.stroke_width(1),
    }
}
