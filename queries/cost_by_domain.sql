-- question:  What did each SageMaker domain cost?
-- reads:     charges
-- conserves: cost
-- adds up:   line_items
-- columns:   domain_arn, cost, line_items
-- chart:     bar
SELECT domain_arn, SUM(cost) AS cost, SUM(line_items) AS line_items
FROM charges
GROUP BY domain_arn
ORDER BY cost DESC, domain_arn
