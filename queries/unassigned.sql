-- question:  Which cost does no tenant answer for?
-- reads:     charges
-- columns:   product_code, usage_account_id, line_item_type, cost, line_items
-- chart:     bar
SELECT
    product_code,
    usage_account_id,
    line_item_type,
    SUM(cost) AS cost,
    SUM(line_items) AS line_items
FROM charges
WHERE tenant IS NULL
GROUP BY product_code, usage_account_id, line_item_type
ORDER BY cost DESC, product_code, usage_account_id, line_item_type
