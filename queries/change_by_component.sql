-- question:  How did the cost of each component change against the month before?
-- reads:     charges, prior_charges
-- conserves: cost
-- adds up:   prior_cost, change_cost
-- columns:   component, cost, prior_cost, change_cost
-- chart:     waterfall
WITH both_periods AS (
    SELECT component, cost, cost - cost AS prior_cost FROM charges
    UNION ALL
    SELECT component, cost - cost AS cost, cost AS prior_cost FROM prior_charges
)
SELECT
    component,
    SUM(cost) AS cost,
    SUM(prior_cost) AS prior_cost,
    SUM(cost) - SUM(prior_cost) AS change_cost
FROM both_periods
GROUP BY component
ORDER BY cost DESC, component
