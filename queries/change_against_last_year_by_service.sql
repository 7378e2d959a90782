-- question:  How did the cost of each service change against the same month last year?
-- reads:     charges, year_ago_charges
-- conserves: cost
-- adds up:   last_year_cost, change_cost
-- columns:   product_code, cost, last_year_cost, change_cost
-- chart:     bar
WITH both_years AS (
    SELECT product_code, cost, cost - cost AS last_year_cost FROM charges
    UNION ALL
    SELECT product_code, cost - cost AS cost, cost AS last_year_cost FROM year_ago_charges
)
SELECT
    product_code,
    SUM(cost) AS cost,
    SUM(last_year_cost) AS last_year_cost,
    SUM(cost) - SUM(last_year_cost) AS change_cost
FROM both_years
GROUP BY product_code
ORDER BY cost DESC, product_code
