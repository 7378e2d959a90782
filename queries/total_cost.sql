-- question:  What is the bill before and after credits and tax?
-- reads:     charges
-- conserves: cost, unblended_cost
-- columns:   part, cost, unblended_cost, line_items
SELECT
    CASE
        WHEN line_item_type IN ('Credit', 'Refund') THEN 'credits and refunds'
        WHEN line_item_type = 'Tax' THEN 'tax'
        ELSE 'before credits and tax'
    END AS part,
    SUM(cost) AS cost,
    SUM(unblended_cost) AS unblended_cost,
    SUM(line_items) AS line_items
FROM charges
GROUP BY
    CASE
        WHEN line_item_type IN ('Credit', 'Refund') THEN 'credits and refunds'
        WHEN line_item_type = 'Tax' THEN 'tax'
        ELSE 'before credits and tax'
    END
ORDER BY cost DESC, part
