-- question:  What did each AWS service cost?
-- reads:     charges
-- conserves: cost
-- adds up:   line_items
-- columns:   product_code, cost, line_items
-- chart:     bar
SELECT product_code, SUM(cost) AS cost, SUM(line_items) AS line_items
FROM charges
GROUP BY product_code
ORDER BY cost DESC, product_code
