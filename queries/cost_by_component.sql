-- question:  What did each SageMaker component cost?
-- reads:     charges
-- conserves: cost
-- adds up:   usage_hours, line_items
-- columns:   component, cost, usage_hours, line_items
-- chart:     bar
SELECT
    component,
    SUM(cost) AS cost,
    SUM(usage_hours) AS usage_hours,
    SUM(line_items) AS line_items
FROM charges
GROUP BY component
ORDER BY cost DESC, component
