-- question:  Which resources cost most, and whose are they?
-- reads:     charges
-- columns:   resource_id, component, user_profile_arn, cost, usage_hours
-- chart:     bar
SELECT
    resource_id,
    component,
    user_profile_arn,
    SUM(cost) AS cost,
    SUM(usage_hours) AS usage_hours
FROM charges
WHERE resource_id IS NOT NULL
GROUP BY resource_id, component, user_profile_arn
ORDER BY cost DESC, resource_id, component, user_profile_arn
LIMIT 100
