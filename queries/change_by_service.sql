-- question:  How did the cost of each service change against the month before?
-- reads:     charges, prior_charges
-- conserves: cost
-- adds up:   prior_cost, change_cost
-- columns:   product_code, cost, prior_cost, change_cost
-- chart:     waterfall
WITH both_periods AS (
    SELECT product_code, cost, cost - cost AS prior_cost FROM charges
    UNION ALL
    SELECT product_code, cost - cost AS cost, cost AS prior_cost FROM prior_charges
)
SELECT
    product_code,
    SUM(cost) AS cost,
    SUM(prior_cost) AS prior_cost,
    SUM(cost) - SUM(prior_cost) AS change_cost
FROM both_periods
GROUP BY product_code
ORDER BY cost DESC, product_code
