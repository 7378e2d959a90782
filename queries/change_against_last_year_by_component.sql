-- question:  How did the cost of each component change against the same month last year?
-- reads:     charges, year_ago_charges
-- conserves: cost
-- adds up:   last_year_cost, change_cost
-- columns:   component, cost, last_year_cost, change_cost
-- chart:     bar
WITH both_years AS (
    SELECT component, cost, cost - cost AS last_year_cost FROM charges
    UNION ALL
    SELECT component, cost - cost AS cost, cost AS last_year_cost FROM year_ago_charges
)
SELECT
    component,
    SUM(cost) AS cost,
    SUM(last_year_cost) AS last_year_cost,
    SUM(cost) - SUM(last_year_cost) AS change_cost
FROM both_years
GROUP BY component
ORDER BY cost DESC, component
