-- question:  Which three things that perhaps nobody used would save most if they were shut down?
-- reads:     idle
-- columns:   resource_id, user_profile_arn, pattern, cost, saving_at_most, days, next_step
SELECT
    resource_id,
    user_profile_arn,
    pattern,
    cost,
    saving_at_most,
    days,
    next_step
FROM idle
ORDER BY saving_at_most DESC, cost DESC, resource_id, pattern, user_profile_arn, first_hour
LIMIT 3
