//! Charts: a sheet of native charts, each above the cells that feed it.
//!
//! In:    the charts of a report.
//! Out:   bars from the top down, stacked columns by day, and the kinds of `shapes`, in the colours
//!        of our pictures.
//! Never: gives a chart a text; it shows those of its cells.

use rust_xlsxwriter::{
    Chart as NativeChart, ChartAxis, ChartAxisCrossing, ChartAxisLabelPosition, ChartDataLabel,
    ChartLine, ChartPoint, ChartSolidFill, ChartType, Color, Format, Worksheet, XlsxError,
};

use super::CHARTS;
use super::look::{Face, Looks, Tone, colour, header, number_format};
use super::value::{Reader, shown};
use crate::model::money::Money;
use crate::render::chart::scene::Colour;
use crate::render::chart::{PALETTE, colour_of};
use crate::render::escape::cell_text;
use crate::render::lang::{Tongue, Unit};
use crate::render::number::{self, MONEY_DECIMALS};
use crate::report::chart::{Bar, Chart, Series, Shape};
use crate::report::table::{Cell, ColumnKind};

/// Pixels of a row, a chart, and one of its bars.
pub(super) const ROW: u32 = 20;
const WIDTH: u32 = 1000;
pub(super) const STACK_HEIGHT: u32 = 440;
const BAR: u32 = 30;
const BARS_MARGIN: u32 = 60;
const GRID: Color = Color::RGB(0x00E3_E6EA);

/// Writes all charts, one below the other.
pub(super) fn write(
    sheet: &mut Worksheet,
    charts: &[&Chart],
    tongue: &Tongue,
) -> Result<(), XlsxError> {
    sheet.set_screen_gridlines(false).set_column_width(0, 36)?;
    let bold = Format::new().set_bold().set_font_size(13).set_num_format("@");
    let mut line = 0;
    for chart in charts {
        let unit = Unit { measure: &chart.measure, tongue };
        let names = [chart.part.as_deref(), Some(chart.title.as_str()), Some(unit.name())];
        let heading = cell_text(&names.into_iter().flatten().collect::<Vec<_>>().join(" · "));
        sheet.write_string_with_format(line, 0, heading, &bold)?;
        let cells = Cells { first: line + 1, looks: Looks::default(), tongue };
        line = match &chart.shape {
            Shape::Bars(bars) => cells.bars(sheet, bars)?,
            Shape::StackedBars { days, series } => cells.stack(sheet, days, series)?,
            Shape::Lines { days, lines, limit } => {
                cells.lines(sheet, days, (lines, limit.as_ref()))?
            }
            Shape::Waterfall(steps) => cells.steps(sheet, steps)?,
            Shape::Pareto { bars, sums } => cells.pareto(sheet, bars, sums)?,
            Shape::Heat(heat) => cells.calendar(sheet, heat, unit)?,
        };
        line += 2;
    }
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

/// The place of one chart.
pub(super) struct Cells<'a> {
    /// The line that its upper edge covers.
    pub(super) first: u32,
    pub(super) looks: Looks,
    pub(super) tongue: &'a Tongue,
}

impl Cells<'_> {
    fn bars(mut self, sheet: &mut Worksheet, bars: &[Bar]) -> Result<u32, XlsxError> {
        let height = BARS_MARGIN + BAR * u32::try_from(bars.len().max(2)).unwrap_or(u32::MAX / BAR);
        let head = self.first + height / ROW + 2;
        let decimals = decimals(bars.iter().map(|bar| bar.value));
        head_cell(sheet, (head, 0), self.tongue.word("Name"), false)?;
        head_cell(sheet, (head, 1), self.tongue.word("Cost"), true)?;
        let mut line = head;
        let mut points = Vec::new();
        for bar in bars {
            line += 1;
            let name =
                shown(&Cell::text(bar.label.name.as_str()), ColumnKind::Text, 0, Reader::People);
            self.looks.write(sheet, (line, 0), name, Tone::Plain)?;
            self.money(sheet, (line, 1), bar.value, decimals)?;
            points.push(ChartPoint::new().set_format(&mut fill(colour_of(&bar.label, PALETTE[0]))));
        }
        if line == head {
            return Ok(line);
        }
        let mut chart = NativeChart::new_bar();
        let mut label = ChartDataLabel::new();
        label.show_value().set_num_format(number_format(Face::Amount(decimals)));
        chart
            .add_series()
            .set_name((CHARTS, head, 1))
            .set_categories((CHARTS, head + 1, 0, line, 0))
            .set_values((CHARTS, head + 1, 1, line, 1))
            .set_points(&points)
            .set_gap(50)
            .set_data_label(&label);
        chart.legend().set_hidden();
        // The first bar on top, and the amounts below the last.
        let names = chart.y_axis();
        names.set_reverse().set_label_position(ChartAxisLabelPosition::Low);
        names.set_crossing(ChartAxisCrossing::Max);
        amounts(chart.x_axis(), decimals);
        self.insert(sheet, chart, height)?;
        Ok(line)
    }

    fn stack(
        mut self,
        sheet: &mut Worksheet,
        days: &[String],
        series: &[Series],
    ) -> Result<u32, XlsxError> {
        let head = self.first + STACK_HEIGHT / ROW + 1;
        let decimals = decimals(series.iter().flat_map(|layer| layer.values.iter().copied()));
        let line = self.days(sheet, head, days)?;
        let mut chart = NativeChart::new(ChartType::ColumnStacked);
        for (at, layer) in (1..).zip(series) {
            head_cell(sheet, (head, at), &layer.label.name, true)?;
            for (line, value) in (head + 1..).zip(&layer.values) {
                self.money(sheet, (line, at), *value, decimals)?;
            }
            let own = PALETTE[usize::from(at - 1) % PALETTE.len()];
            chart
                .add_series()
                .set_name((CHARTS, head, at))
                .set_categories((CHARTS, head + 1, 0, line, 0))
                .set_values((CHARTS, head + 1, at, line, at))
                .set_format(&mut fill(colour_of(&layer.label, own)))
                .set_gap(40);
            sheet.set_column_width(at, 16)?;
        }
        chart.x_axis().set_num_format("yyyy-mm-dd");
        chart.x_axis().set_label_position(ChartAxisLabelPosition::Low);
        if series.len() < 2 {
            chart.legend().set_hidden();
        }
        amounts(chart.y_axis(), decimals);
        self.insert(sheet, chart, STACK_HEIGHT)?;
        Ok(line)
    }

    /// Writes the days and returns the line of the last.
    pub(super) fn days(
        &mut self,
        sheet: &mut Worksheet,
        head: u32,
        days: &[String],
    ) -> Result<u32, XlsxError> {
        head_cell(sheet, (head, 0), self.tongue.word("Day"), false)?;
        let mut line = head;
        for day in days {
            line += 1;
            let day = shown(&Cell::text(day.as_str()), ColumnKind::Day, 0, Reader::People);
            self.looks.write(sheet, (line, 0), day, Tone::Plain)?;
        }
        Ok(line)
    }

    pub(super) fn insert(
        &self,
        sheet: &mut Worksheet,
        mut chart: NativeChart,
        height: u32,
    ) -> Result<(), XlsxError> {
        chart.title().set_hidden();
        chart.set_width(WIDTH).set_height(height);
        sheet.insert_chart(self.first, 0, &chart)?;
        Ok(())
    }

    pub(super) fn money(
        &mut self,
        sheet: &mut Worksheet,
        at: (u32, u16),
        money: Money,
        decimals: u32,
    ) -> Result<(), XlsxError> {
        self.amount(sheet, at, &Cell::Money(money), decimals)
    }

    /// Money, or a quantity.
    pub(super) fn amount(
        &mut self,
        sheet: &mut Worksheet,
        at: (u32, u16),
        amount: &Cell,
        decimals: u32,
    ) -> Result<(), XlsxError> {
        let kind = if matches!(amount, Cell::Quantity(_)) {
            ColumnKind::Quantity
        } else {
            ColumnKind::Money
        };
        let amount = shown(amount, kind, decimals, Reader::People);
        self.looks.write(sheet, at, amount, Tone::Plain)
    }
}

/// The axis of amounts.
pub(super) fn amounts(axis: &mut ChartAxis, decimals: u32) {
    axis.set_num_format(number_format(Face::Amount(decimals)));
    axis.set_major_gridlines_line(ChartLine::new().set_color(GRID));
}

pub(super) fn head_cell(
    sheet: &mut Worksheet,
    (line, column): (u32, u16),
    word: &str,
    is_numeric: bool,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(line, column, cell_text(word), &header(is_numeric))?;
    Ok(())
}

/// The decimals of a chart, as on the screen.
pub(super) fn decimals(amounts: impl Iterator<Item = Money>) -> u32 {
    let largest = amounts.map(|amount| amount.0.unsigned_abs()).max();
    number::decimals(largest.unwrap_or(0), MONEY_DECIMALS)
}

pub(super) fn fill(own: Colour) -> ChartSolidFill {
    let mut fill = ChartSolidFill::new();
    fill.set_color(colour(own));
    fill
}
