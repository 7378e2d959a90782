-- question:  What did each SageMaker component cost on each day?
-- reads:     charges
-- columns:   usage_date, component, cost
-- chart:     stacked
SELECT usage_date, component, SUM(cost) AS cost
FROM charges
WHERE standing <> 'other_services'
GROUP BY usage_date, component
ORDER BY usage_date, component
