-- question:  What lies behind the costs that history does not explain?
-- reads:     anomalies, anomaly_charges
-- columns:   owner, unusual, usage_date, resource_id, usage_type, cost, line_items, anomaly, rank
SELECT
    a.owner,
    a.unusual,
    a.usage_date,
    c.resource_id,
    c.usage_type,
    c.cost,
    c.line_items,
    c.anomaly,
    c.rank
FROM anomaly_charges AS c
INNER JOIN anomalies AS a ON a.anomaly = c.anomaly
ORDER BY c.anomaly, c.rank
