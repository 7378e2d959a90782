-- question:  Which few users make most of the cost that has a user?
-- reads:     charges
-- adds up:   cost, usage_hours
-- columns:   user_profile_arn, domain_arn, cost, usage_hours
-- chart:     pareto
SELECT
    user_profile_arn,
    domain_arn,
    SUM(cost) AS cost,
    SUM(usage_hours) AS usage_hours
FROM charges
WHERE user_profile_arn IS NOT NULL
GROUP BY user_profile_arn, domain_arn
ORDER BY cost DESC, user_profile_arn, domain_arn
