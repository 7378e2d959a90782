-- question:  How did what each tenant answers for change against the month before?
-- reads:     charges, prior_charges
-- conserves: cost
-- adds up:   prior_cost, change_cost
-- columns:   tenant, cost, prior_cost, change_cost
-- chart:     waterfall
WITH both_periods AS (
    SELECT tenant, cost, cost - cost AS prior_cost FROM charges
    UNION ALL
    SELECT tenant, cost - cost AS cost, cost AS prior_cost FROM prior_charges
)
SELECT
    tenant,
    SUM(cost) AS cost,
    SUM(prior_cost) AS prior_cost,
    SUM(cost) - SUM(prior_cost) AS change_cost
FROM both_periods
GROUP BY tenant
ORDER BY cost DESC, tenant
