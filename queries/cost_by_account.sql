-- question:  What did each account cost?
-- reads:     charges
-- conserves: cost
-- adds up:   line_items
-- columns:   usage_account_id, cost, line_items
-- chart:     bar
SELECT usage_account_id, SUM(cost) AS cost, SUM(line_items) AS line_items
FROM charges
GROUP BY usage_account_id
ORDER BY cost DESC, usage_account_id
