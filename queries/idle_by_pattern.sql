-- question:  In which patterns did things run that perhaps nobody used, and what is to be done?
-- reads:     idle
-- columns:   pattern, resources, cost, saving_at_most, usage_hours, next_step
SELECT
    pattern,
    COUNT(*) AS resources,
    SUM(cost) AS cost,
    SUM(saving_at_most) AS saving_at_most,
    SUM(usage_hours) AS usage_hours,
    next_step
FROM idle
GROUP BY pattern, next_step
ORDER BY saving_at_most DESC, cost DESC, pattern
