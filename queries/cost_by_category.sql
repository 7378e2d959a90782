-- question:  What did each value of the cost category `business_unit` cost?
-- reads:     charges
-- conserves: cost
-- adds up:   line_items
-- columns:   business_unit, cost, line_items
-- chart:     bar
--
-- Copy this file to your own folder of queries for a cost category of another name.
SELECT "category:business_unit" AS business_unit, SUM(cost) AS cost, SUM(line_items) AS line_items
FROM charges
GROUP BY "category:business_unit"
ORDER BY cost DESC, business_unit
