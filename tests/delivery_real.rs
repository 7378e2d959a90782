//! Real deliveries: the exports that AWS and others wrote, from every level of their folders.
//!
//! In:    `sample-data/real`.
//! Out:   the months and how many files each has, or the code of the refusal.
//! Never: opens a data file.

use curtail::delivery;
use curtail::diagnostic::Diagnose;
use curtail::origin::Origin;

use crate::support::sample_data;

/// `2018-10 x1`, a `?` for an unknown month; then the codes of the findings.
fn found(source: &str) -> String {
    match delivery::find(&Origin::Disk, &sample_data("real").join(source), None) {
        Err(error) => error.code().to_owned(),
        Ok(delivery) => {
            let months = delivery.periods.iter().map(|period| {
                let month = period.period.map_or_else(|| "?".to_owned(), |month| month.to_string());
                format!("{month} x{}", period.files.len())
            });
            let codes = delivery.findings.iter().map(|finding| finding.code.to_string());
            months.chain(codes).collect::<Vec<_>>().join(", ")
        }
    }
}

#[test]
fn every_level_of_a_real_export_is_understood() {
    for (source, expected) in [
        ("legacy-workshop-cur", "2018-10 x1, 2018-11 x1, no-manifest"),
        ("legacy-workshop-cur/WorkshopCUR", "2018-10 x1, 2018-11 x1, no-manifest"),
        ("legacy-workshop-cur/WorkshopCUR/year=2018/month=11", "2018-11 x1, no-manifest"),
        ("legacy-workshop-cur/cost_and_usage_data_status", "DELIVERY-NO-EXPORT"),
        ("cur2-ha-portal", "DELIVERY-CSV"),
        ("cur2-ha-portal/ha-project-CUR-daily-1/parquet-twin", "2026-04 x1, no-manifest"),
        ("nise-sagemaker", "2025-10 x2, 2025-11 x2, no-manifest"),
        ("mock-manifests-keboola/cur_1_0", "DELIVERY-CSV"),
        ("mock-manifests-keboola/cur_1_0/parquet-twin", "? x1, no-manifest"),
        ("mock-manifests-keboola/cur_2_0", "DELIVERY-CSV"),
    ] {
        assert_eq!(found(source), expected, "{source}");
    }
}

#[test]
fn a_csv_manifest_points_at_the_parquet_beside_it() {
    let error =
        delivery::find(&Origin::Disk, &sample_data("real/cur2-ha-portal"), None).unwrap_err();
    assert!(error.hints()[0].contains("ha-project-CUR-daily-1/parquet-twin`"), "{error}");
}
