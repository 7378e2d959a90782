-- question:  What ran though perhaps nobody used it, whose is it, and what would a shutdown have saved at most?
-- reads:     idle
-- columns:   resource_id, pattern, domain_arn, user_profile_arn, space_arn, component, instance_type,
--            cost, saving_at_most, usage_hours, days, first_hour, last_hour, next_step
--
-- The saving is an upper bound: as if nobody had done anything from the first hour on. The bill
-- knows hours, not keystrokes.
SELECT
    resource_id,
    pattern,
    domain_arn,
    user_profile_arn,
    space_arn,
    component,
    instance_type,
    SUM(cost) AS cost,
    SUM(saving_at_most) AS saving_at_most,
    SUM(usage_hours) AS usage_hours,
    SUM(days) AS days,
    MIN(first_hour) AS first_hour,
    MAX(last_hour) AS last_hour,
    next_step
FROM idle
GROUP BY
    resource_id,
    pattern,
    domain_arn,
    user_profile_arn,
    space_arn,
    component,
    instance_type,
    next_step
ORDER BY saving_at_most DESC, cost DESC, resource_id, pattern, component, domain_arn, user_profile_arn, space_arn, instance_type
