-- question:  Who runs what the policy does not allow, and what would an allowed instance have cost?
-- reads:     violations
-- columns:   domain_arn, user_profile_arn, rule, found, cost, usage_hours, days, substitute,
--            substitute_cost, saving_cost, first_day, last_day
--
-- A charge may break two rules; costs of different rules do not add up.
SELECT
    domain_arn,
    user_profile_arn,
    rule,
    found,
    SUM(cost) AS cost,
    SUM(usage_hours) AS usage_hours,
    COUNT(DISTINCT usage_date) AS days,
    substitute,
    SUM(substitute_cost) AS substitute_cost,
    SUM(CASE WHEN substitute_cost IS NOT NULL THEN cost - substitute_cost END) AS saving_cost,
    MIN(usage_date) AS first_day,
    MAX(usage_date) AS last_day
FROM violations
GROUP BY domain_arn, user_profile_arn, rule, found, substitute
ORDER BY cost DESC, domain_arn, user_profile_arn, rule, found, substitute
