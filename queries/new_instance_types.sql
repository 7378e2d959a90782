-- question:  Which instance types does somebody use who used none of them the month before?
-- reads:     charges, prior_charges
-- columns:   user_profile_arn, instance_type, cost, usage_hours, first_day
--
-- `curtail report` looks further back for this, and leaves out owners that are new themselves.
SELECT
    c.user_profile_arn,
    c.instance_type,
    SUM(c.cost) AS cost,
    SUM(c.usage_hours) AS usage_hours,
    MIN(c.usage_date) AS first_day
FROM charges AS c
LEFT JOIN (
    SELECT DISTINCT user_profile_arn, instance_type, 1 AS is_known
    FROM prior_charges
    WHERE user_profile_arn IS NOT NULL AND instance_type IS NOT NULL
) AS p ON p.user_profile_arn = c.user_profile_arn AND p.instance_type = c.instance_type
WHERE
    c.user_profile_arn IS NOT NULL
    AND c.instance_type IS NOT NULL
    AND p.is_known IS NULL
GROUP BY c.user_profile_arn, c.instance_type
ORDER BY cost DESC, c.user_profile_arn, c.instance_type
