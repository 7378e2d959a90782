-- question:  What did each instance type cost, and for how many hours?
-- reads:     charges
-- columns:   instance_type, component, cost, usage_hours
-- chart:     bar
SELECT
    instance_type,
    component,
    SUM(cost) AS cost,
    SUM(usage_hours) AS usage_hours
FROM charges
WHERE instance_type IS NOT NULL
GROUP BY instance_type, component
ORDER BY cost DESC, instance_type, component
