-- question:  How did what each tenant answers for change against the same month last year?
-- reads:     charges, year_ago_charges
-- conserves: cost
-- adds up:   last_year_cost, change_cost
-- columns:   tenant, cost, last_year_cost, change_cost
-- chart:     bar
WITH both_years AS (
    SELECT tenant, cost, cost - cost AS last_year_cost FROM charges
    UNION ALL
    SELECT tenant, cost - cost AS cost, cost AS last_year_cost FROM year_ago_charges
)
SELECT
    tenant,
    SUM(cost) AS cost,
    SUM(last_year_cost) AS last_year_cost,
    SUM(cost) - SUM(last_year_cost) AS change_cost
FROM both_years
GROUP BY tenant
ORDER BY cost DESC, tenant
