-- question:  Which SageMaker cost has no owner, and what is it?
-- reads:     charges
-- columns:   product_code, component, line_item_type, usage_account_id, cost, line_items
-- chart:     bar
SELECT
    product_code,
    component,
    line_item_type,
    usage_account_id,
    SUM(cost) AS cost,
    SUM(line_items) AS line_items
FROM charges
WHERE standing = 'unattributed' AND owner_reason IS NOT NULL
GROUP BY product_code, component, line_item_type, usage_account_id
ORDER BY cost DESC, product_code, component, line_item_type, usage_account_id
