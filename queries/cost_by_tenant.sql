-- question:  What does each tenant answer for, its part of shared cost included?
-- reads:     charges
-- conserves: cost
-- adds up:   line_items
-- columns:   tenant, cost, line_items
-- chart:     bar
SELECT tenant, SUM(cost) AS cost, SUM(line_items) AS line_items
FROM charges
GROUP BY tenant
ORDER BY cost DESC, tenant
