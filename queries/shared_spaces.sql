-- question:  What did the spaces that belong to no single user cost?
-- reads:     charges
-- columns:   domain_arn, space_arn, component, cost, usage_hours
-- chart:     bar
SELECT
    domain_arn,
    space_arn,
    component,
    SUM(cost) AS cost,
    SUM(usage_hours) AS usage_hours
FROM charges
WHERE space_arn IS NOT NULL AND user_profile_arn IS NULL
GROUP BY domain_arn, space_arn, component
ORDER BY cost DESC, domain_arn, space_arn, component
