-- question:  Which guardrails are broken, by how many users, and what does it cost?
-- reads:     violations
-- columns:   guardrail, rule, found, allowed, users, cost, usage_hours, saving_cost
SELECT
    guardrail,
    rule,
    found,
    allowed,
    COUNT(DISTINCT user_profile_arn) AS users,
    SUM(cost) AS cost,
    SUM(usage_hours) AS usage_hours,
    SUM(CASE WHEN substitute_cost IS NOT NULL THEN cost - substitute_cost END) AS saving_cost
FROM violations
GROUP BY guardrail, rule, found, allowed
ORDER BY cost DESC, guardrail, rule, found, allowed
