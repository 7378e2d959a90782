-- question:  What did the training, processing and transform jobs of each user cost?
-- reads:     charges
-- columns:   user_profile_arn, component, jobs, cost, usage_hours
-- chart:     bar
SELECT
    user_profile_arn,
    component,
    COUNT(DISTINCT app) AS jobs,
    SUM(cost) AS cost,
    SUM(usage_hours) AS usage_hours
FROM charges
WHERE component IN ('training', 'spot-training', 'processing', 'batch-transform')
GROUP BY user_profile_arn, component
ORDER BY cost DESC, user_profile_arn, component
