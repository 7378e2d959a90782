-- question:  Which resources break the policy, whose are they, and since when?
-- reads:     violations
-- columns:   resource_id, user_profile_arn, tenant, usage_account_id, component, region_code,
--            guardrail, rule, found, cost, usage_hours, days, first_day, last_day, line_items
SELECT
    resource_id,
    user_profile_arn,
    tenant,
    usage_account_id,
    component,
    region_code,
    guardrail,
    rule,
    found,
    SUM(cost) AS cost,
    SUM(usage_hours) AS usage_hours,
    COUNT(DISTINCT usage_date) AS days,
    MIN(usage_date) AS first_day,
    MAX(usage_date) AS last_day,
    SUM(line_items) AS line_items
FROM violations
WHERE rule <> 'ceiling'
GROUP BY
    resource_id,
    user_profile_arn,
    tenant,
    usage_account_id,
    component,
    region_code,
    guardrail,
    rule,
    found
ORDER BY
    cost DESC,
    resource_id,
    user_profile_arn,
    tenant,
    usage_account_id,
    component,
    region_code,
    guardrail,
    rule,
    found
