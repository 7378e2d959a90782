-- question:  How did the cost of each domain change against the month before?
-- reads:     charges, prior_charges
-- conserves: cost
-- adds up:   prior_cost, change_cost
-- columns:   domain_arn, cost, prior_cost, change_cost
-- chart:     waterfall
WITH both_periods AS (
    SELECT domain_arn, cost, cost - cost AS prior_cost FROM charges
    UNION ALL
    SELECT domain_arn, cost - cost AS cost, cost AS prior_cost FROM prior_charges
)
SELECT
    domain_arn,
    SUM(cost) AS cost,
    SUM(prior_cost) AS prior_cost,
    SUM(cost) - SUM(prior_cost) AS change_cost
FROM both_periods
GROUP BY domain_arn
ORDER BY cost DESC, domain_arn
