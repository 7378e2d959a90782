-- question:  Who uses a GPU that used none the month before?
-- reads:     charges, prior_charges
-- columns:   user_profile_arn, cost, usage_hours, first_day
SELECT
    c.user_profile_arn,
    SUM(c.cost) AS cost,
    SUM(c.usage_hours) AS usage_hours,
    MIN(c.usage_date) AS first_day
FROM charges AS c
LEFT JOIN (
    SELECT DISTINCT user_profile_arn, 1 AS is_known
    FROM prior_charges
    WHERE
        user_profile_arn IS NOT NULL
        AND (instance_type LIKE 'ml.g_%.%' OR instance_type LIKE 'ml.p_%.%')
) AS p ON p.user_profile_arn = c.user_profile_arn
WHERE
    c.user_profile_arn IS NOT NULL
    AND (c.instance_type LIKE 'ml.g_%.%' OR c.instance_type LIKE 'ml.p_%.%')
    AND p.is_known IS NULL
GROUP BY c.user_profile_arn
ORDER BY cost DESC, c.user_profile_arn
