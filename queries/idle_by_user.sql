-- question:  Who could save most by shutting down what is idle?
-- reads:     idle
-- columns:   domain_arn, user_profile_arn, resources, cost, saving_at_most, usage_hours
SELECT
    domain_arn,
    user_profile_arn,
    COUNT(*) AS resources,
    SUM(cost) AS cost,
    SUM(saving_at_most) AS saving_at_most,
    SUM(usage_hours) AS usage_hours
FROM idle
GROUP BY domain_arn, user_profile_arn
ORDER BY saving_at_most DESC, cost DESC, domain_arn, user_profile_arn
