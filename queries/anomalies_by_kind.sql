-- question:  What kinds of unexpected costs are there, how many, and what do they come to?
-- reads:     anomalies
-- columns:   unusual, level, anomalies_found, excess_cost, first_day, last_day
--
-- A month to date may hold an unusual day that explains less than half of it; excesses of
-- different kinds do not add up.
SELECT
    unusual,
    level,
    COUNT(*) AS anomalies_found,
    SUM(excess_cost) AS excess_cost,
    MIN(usage_date) AS first_day,
    MAX(usage_date) AS last_day
FROM anomalies
GROUP BY unusual, level
ORDER BY excess_cost DESC, unusual, level
