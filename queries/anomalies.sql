-- question:  Which costs does the history of their owner not explain, and what is to be done?
-- reads:     anomalies
-- columns:   owner, unusual, found, usage_date, excess_cost, cost, expected_cost, resource_id,
--            usage_type, next_step, also_unusual, level, user_profile_arn, space_arn, tenant,
--            component, instance_type, billing_period, line_items, anomaly
--
-- Each charge is told once, at the narrowest owner whose history it leaves.
SELECT
    owner,
    unusual,
    found,
    usage_date,
    excess_cost,
    cost,
    expected_cost,
    resource_id,
    usage_type,
    next_step,
    also_unusual,
    level,
    user_profile_arn,
    space_arn,
    tenant,
    component,
    instance_type,
    billing_period,
    line_items,
    anomaly
FROM anomalies
ORDER BY anomaly
