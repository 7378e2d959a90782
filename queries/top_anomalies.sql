-- question:  Which three costs are the least expected, and whose are they?
-- reads:     anomalies
-- columns:   owner, unusual, found, usage_date, excess_cost, cost, expected_cost
SELECT
    owner,
    unusual,
    found,
    usage_date,
    excess_cost,
    cost,
    expected_cost
FROM anomalies
ORDER BY anomaly
LIMIT 3
