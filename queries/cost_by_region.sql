-- question:  What did each region cost?
-- reads:     charges
-- conserves: cost
-- adds up:   line_items
-- columns:   region_code, cost, line_items
-- chart:     bar
SELECT region_code, SUM(cost) AS cost, SUM(line_items) AS line_items
FROM charges
GROUP BY region_code
ORDER BY cost DESC, region_code
