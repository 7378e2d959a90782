-- question:  What do 100 hours of each instance type cost us, against public prices?
-- reads:     charges
-- columns:   instance_type, usage_hours, cost, list_cost, cost_per_100_hours, list_cost_per_100_hours
WITH totals AS (
    SELECT
        instance_type,
        SUM(usage_hours) AS total_hours,
        SUM(cost) AS cost,
        SUM(list_cost) AS list_cost
    FROM charges
    WHERE instance_type IS NOT NULL
    GROUP BY instance_type
)
SELECT
    instance_type,
    total_hours AS usage_hours,
    cost,
    list_cost,
    100 * cost / total_hours AS cost_per_100_hours,
    100 * list_cost / total_hours AS list_cost_per_100_hours
FROM totals
WHERE total_hours > 0
ORDER BY cost DESC, instance_type
