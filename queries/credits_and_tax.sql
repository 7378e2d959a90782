-- question:  What are usage, fees, discounts, credits, refunds and tax, each by itself?
-- reads:     charges
-- conserves: cost, unblended_cost
-- columns:   line_item_type, cost, unblended_cost, line_items
-- chart:     bar
SELECT
    line_item_type,
    SUM(cost) AS cost,
    SUM(unblended_cost) AS unblended_cost,
    SUM(line_items) AS line_items
FROM charges
GROUP BY line_item_type
ORDER BY cost DESC, line_item_type
