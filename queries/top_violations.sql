-- question:  Which are the three dearest violations of the policy, and whose are they?
-- reads:     violations
-- columns:   user_profile_arn, rule, found, allowed, cost, saving_cost, days
SELECT
    user_profile_arn,
    rule,
    found,
    allowed,
    SUM(cost) AS cost,
    SUM(CASE WHEN substitute_cost IS NOT NULL THEN cost - substitute_cost END) AS saving_cost,
    COUNT(DISTINCT usage_date) AS days
FROM violations
GROUP BY user_profile_arn, rule, found, allowed
ORDER BY cost DESC, user_profile_arn, rule, found, allowed
LIMIT 3
