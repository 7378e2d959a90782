//! Shapes: the native charts of time, of steps and of sums, and the calendar.
//!
//! In:    a shape and the place of its cells.
//! Out:   cells, and charts that are fed by nothing else.
//! Never: gives the reader an amount that is not of the report, save the invisible bases of steps.

use rust_xlsxwriter::{
    Chart as NativeChart, ChartAxisLabelPosition, ChartLine, ChartLineDashType, ChartMarker,
    ChartType, ConditionalFormat2ColorScale, ConditionalFormatType, Worksheet, XlsxError,
};

use super::CHARTS;
use super::charts::{Cells, ROW, STACK_HEIGHT, amounts, decimals, fill, head_cell};
use super::look::{Tone, colour};
use super::value::{Reader, double, shown};
use crate::model::money::{Money, Quantity};
use crate::render::chart::{FALL, HEAT, PALETTE, RISE, WEEKDAYS, colour_of};
use crate::render::lang::Unit;
use crate::render::number;
use crate::report::chart::{Bar, Certainty, Heat, Line, Measure};
use crate::report::table::{Cell, ColumnKind, RowKind};

/// Points that a line is wide.
const STROKE: f64 = 2.25;

impl Cells<'_> {
    pub(super) fn lines(
        mut self,
        sheet: &mut Worksheet,
        days: &[String],
        (lines, limit): (&[Line], Option<&Bar>),
    ) -> Result<u32, XlsxError> {
        let head = self.first + STACK_HEIGHT / ROW + 1;
        let all = lines.iter().flat_map(|line| &line.values).chain(limit.map(|bar| &bar.value));
        let decimals = decimals(all.copied());
        let last = self.days(sheet, head, days)?;
        let mut chart = NativeChart::new_line();
        let mut column = 0;
        let mut series = |sheet: &mut Worksheet, name: &str, line: ChartLine| {
            column += 1;
            head_cell(sheet, (head, column), name, true)?;
            sheet.set_column_width(column, 16)?;
            chart
                .add_series()
                .set_name((CHARTS, head, column))
                .set_categories((CHARTS, head + 1, 0, last, 0))
                .set_values((CHARTS, head + 1, column, last, column))
                .set_marker(ChartMarker::new().set_none())
                .set_format(&mut line.clone());
            Ok::<u16, XlsxError>(column)
        };
        for (index, line) in lines.iter().enumerate() {
            let mut stroke = ChartLine::new();
            let own = colour_of(&line.label, PALETTE[index % PALETTE.len()]);
            stroke.set_color(colour(own)).set_width(STROKE);
            if line.certainty == Certainty::Expected {
                stroke.set_dash_type(ChartLineDashType::Dash);
            }
            let at = series(sheet, &line.label.name, stroke)?;
            let first = head + 1 + u32::try_from(line.from).unwrap_or(0);
            for (row, value) in (first..).zip(&line.values) {
                self.money(sheet, (row, at), *value, decimals)?;
            }
        }
        if let Some(limit) = limit {
            let mut stroke = ChartLine::new();
            stroke
                .set_color("#22262B")
                .set_width(STROKE)
                .set_dash_type(ChartLineDashType::SquareDot);
            let at = series(sheet, &limit.label.name, stroke)?;
            for row in head + 1..=last {
                self.money(sheet, (row, at), limit.value, decimals)?;
            }
        }
        if column < 2 {
            chart.legend().set_hidden();
        }
        chart.x_axis().set_num_format("yyyy-mm-dd");
        chart.x_axis().set_label_position(ChartAxisLabelPosition::Low);
        amounts(chart.y_axis(), decimals);
        self.insert(sheet, chart, STACK_HEIGHT)?;
        Ok(last)
    }

    /// Columns that stand on a base without a colour. A step over zero has a part on each side.
    pub(super) fn steps(mut self, sheet: &mut Worksheet, steps: &[Bar]) -> Result<u32, XlsxError> {
        let head = self.first + STACK_HEIGHT / ROW + 1;
        let decimals = decimals(steps.iter().map(|step| step.value));
        let words =
            ["Name", "Cost", "Base", "Total", "Up", "Down", "Up over zero", "Down over zero"];
        let placed: Vec<Placed> = placed(steps);
        let crosses = placed.iter().any(|step| step.beyond != 0);
        let columns = if crosses { words.len() } else { words.len() - 2 };
        for (column, word) in (0..).zip(&words[..columns]) {
            head_cell(sheet, (head, column), self.tongue.word(word), column > 0)?;
            sheet.set_column_width(column, if column == 0 { 36 } else { 16 })?;
        }
        let mut line = head;
        for (step, placed) in steps.iter().zip(&placed) {
            line += 1;
            self.name(sheet, (line, 0), &step.label.name)?;
            self.money(sheet, (line, 1), step.value, decimals)?;
            self.money(sheet, (line, 2), Money(placed.base), decimals)?;
            self.money(sheet, (line, placed.column), Money(placed.part), decimals)?;
            if placed.beyond != 0 {
                self.money(sheet, (line, placed.column + 2), Money(placed.beyond), decimals)?;
            }
        }
        let mut chart = NativeChart::new(ChartType::ColumnStacked);
        let mut base = fill(PALETTE[0]);
        base.set_transparency(100);
        let total = steps.first().map_or(PALETTE[0], |step| colour_of(&step.label, PALETTE[0]));
        let fills = [base, fill(total), fill(RISE), fill(FALL), fill(RISE), fill(FALL)];
        for (column, mut fill) in (2..).zip(fills.into_iter().take(columns - 2)) {
            chart
                .add_series()
                .set_name((CHARTS, head, column))
                .set_categories((CHARTS, head + 1, 0, line, 0))
                .set_values((CHARTS, head + 1, column, line, column))
                .set_format(&mut fill)
                .set_gap(40);
        }
        chart.legend().delete_entries(&[0, 4, 5][..if crosses { 3 } else { 1 }]);
        chart.x_axis().set_label_position(ChartAxisLabelPosition::Low);
        amounts(chart.y_axis(), decimals);
        self.insert(sheet, chart, STACK_HEIGHT)?;
        Ok(line)
    }

    /// Columns of amounts and the line of their sums in parts of the total.
    pub(super) fn pareto(
        mut self,
        sheet: &mut Worksheet,
        bars: &[Bar],
        sums: &[Money],
    ) -> Result<u32, XlsxError> {
        let head = self.first + STACK_HEIGHT / ROW + 1;
        let decimals = decimals(bars.iter().map(|bar| bar.value));
        for (column, word) in (0..).zip(["Name", "Cost", "Sum of shares"]) {
            head_cell(sheet, (head, column), self.tongue.word(word), column > 0)?;
            sheet.set_column_width(column, if column == 0 { 36 } else { 16 })?;
        }
        let whole = sums.last().copied().unwrap_or_default();
        let mut line = head;
        for (bar, sum) in bars.iter().zip(sums) {
            line += 1;
            self.name(sheet, (line, 0), &bar.label.name)?;
            self.money(sheet, (line, 1), bar.value, decimals)?;
            let share = Cell::Share { part: *sum, whole };
            let share = shown(&share, ColumnKind::Share, 0, Reader::People);
            self.looks.write(sheet, (line, 2), share, Tone::Plain)?;
        }
        let mut chart = NativeChart::new(ChartType::Column);
        let mut curve = NativeChart::new_line();
        let mut stroke = ChartLine::new();
        stroke.set_color(colour(PALETTE[5])).set_width(STROKE);
        let categories = (CHARTS, head + 1, 0, line, 0);
        chart
            .add_series()
            .set_name((CHARTS, head, 1))
            .set_categories(categories)
            .set_values((CHARTS, head + 1, 1, line, 1))
            .set_format(&mut fill(PALETTE[0]))
            .set_gap(40);
        curve
            .add_series()
            .set_name((CHARTS, head, 2))
            .set_categories(categories)
            .set_values((CHARTS, head + 1, 2, line, 2))
            .set_marker(ChartMarker::new().set_none())
            .set_format(&mut stroke)
            .set_secondary_axis(true);
        chart.combine(&curve);
        chart.y2_axis().set_min(0).set_num_format("0%");
        // A credit at the end lets the sums before it be more than the whole.
        if sums.iter().all(|sum| *sum <= whole) {
            chart.y2_axis().set_max(1);
        }
        chart.x_axis().set_label_position(ChartAxisLabelPosition::Low);
        amounts(chart.y_axis(), decimals);
        self.insert(sheet, chart, STACK_HEIGHT)?;
        Ok(line)
    }

    /// A table of days in the colours of the calendar; no chart of a workbook has cells like these.
    pub(super) fn calendar(
        mut self,
        sheet: &mut Worksheet,
        of: &Heat,
        unit: Unit<'_>,
    ) -> Result<u32, XlsxError> {
        let (Heat { weeks, days }, most) = (of, of.most());
        let head = self.first;
        let decimals = number::decimals(most.unsigned_abs(), unit.least_decimals());
        let written = |pico: i128| match unit.measure {
            Measure::Money(_) => Cell::Money(Money(pico)),
            Measure::Hours => Cell::Quantity(Quantity(pico)),
        };
        head_cell(
            sheet,
            (head, 0),
            self.tongue.word(if of.are_hours() { "Hour" } else { "Week from" }),
            false,
        )?;
        for (line, word) in (head + 1..).zip(WEEKDAYS) {
            self.name(sheet, (line, 0), self.tongue.word(word))?;
        }
        let mut last = 0;
        for (column, (week, days)) in (1..).zip(weeks.iter().zip(days)) {
            last = column;
            head_cell(sheet, (head, column), week, true)?;
            sheet.set_column_width(column, 16)?;
            for (line, day) in (head + 1..).zip(days) {
                if let Some(day) = day {
                    self.amount(sheet, (line, column), &written(*day), decimals)?;
                }
            }
        }
        let scale = ConditionalFormat2ColorScale::new()
            .set_minimum(ConditionalFormatType::Number, 0)
            .set_minimum_color(colour(HEAT[0]))
            .set_maximum(ConditionalFormatType::Number, double(&Money(most).to_string()))
            .set_maximum_color(colour(HEAT[3]));
        if last > 0 {
            sheet.add_conditional_format(head + 1, 1, head + 7, last, &scale)?;
        }
        Ok(head + 7)
    }

    fn name(&mut self, sheet: &mut Worksheet, at: (u32, u16), name: &str) -> Result<(), XlsxError> {
        let name = shown(&Cell::text(name), ColumnKind::Text, 0, Reader::People);
        self.looks.write(sheet, at, name, Tone::Plain)
    }
}

/// Where a step stands.
struct Placed {
    /// Below what has a colour.
    base: i128,
    /// The column of the part that stands on the base.
    column: u16,
    part: i128,
    /// What lies on the other side of zero.
    beyond: i128,
}

fn placed(steps: &[Bar]) -> Vec<Placed> {
    let mut level = 0_i128;
    let place = |step: &Bar| {
        let is_total = step.label.kind == RowKind::Total;
        let from = if is_total { 0 } else { level };
        level = from.saturating_add(step.value.0);
        let column = match (is_total, step.value < Money::ZERO) {
            (true, _) => 3,
            (_, false) => 4,
            (_, true) => 5,
        };
        let (low, high) = (from.min(level), from.max(level));
        let (base, part, beyond) = match (low >= 0, high <= 0) {
            (true, _) => (low, high.saturating_sub(low), 0),
            (_, true) => (high, low.saturating_sub(high), 0),
            _ => (0, high, low),
        };
        Placed { base, column, part, beyond }
    };
    steps.iter().map(place).collect()
}
