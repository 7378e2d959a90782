-- question:  What did each user profile cost, and in which domain?
-- reads:     charges
-- conserves: cost
-- adds up:   usage_hours, line_items
-- columns:   domain_arn, user_profile_arn, cost, usage_hours, line_items
-- chart:     bar
SELECT
    domain_arn,
    user_profile_arn,
    SUM(cost) AS cost,
    SUM(usage_hours) AS usage_hours,
    SUM(line_items) AS line_items
FROM charges
GROUP BY domain_arn, user_profile_arn
ORDER BY cost DESC, domain_arn, user_profile_arn
