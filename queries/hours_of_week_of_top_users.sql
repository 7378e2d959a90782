-- question:  In which hours of the week do the apps and notebook instances of the three dearest users run?
-- reads:     busy_hours
-- columns:   user_profile_arn, hour, monday_hours, tuesday_hours, wednesday_hours,
--            thursday_hours, friday_hours, saturday_hours, sunday_hours, cost
SELECT
    user_profile_arn,
    hour,
    SUM(CASE WHEN weekday = 1 THEN usage_hours END) AS monday_hours,
    SUM(CASE WHEN weekday = 2 THEN usage_hours END) AS tuesday_hours,
    SUM(CASE WHEN weekday = 3 THEN usage_hours END) AS wednesday_hours,
    SUM(CASE WHEN weekday = 4 THEN usage_hours END) AS thursday_hours,
    SUM(CASE WHEN weekday = 5 THEN usage_hours END) AS friday_hours,
    SUM(CASE WHEN weekday = 6 THEN usage_hours END) AS saturday_hours,
    SUM(CASE WHEN weekday = 7 THEN usage_hours END) AS sunday_hours,
    SUM(cost) AS cost
FROM busy_hours
WHERE user_profile_arn IN (
    SELECT user_profile_arn
    FROM (
        SELECT user_profile_arn, SUM(cost) AS total_cost
        FROM busy_hours
        WHERE user_profile_arn IS NOT NULL
        GROUP BY user_profile_arn
        ORDER BY total_cost DESC, user_profile_arn
        LIMIT 3
    ) AS dearest
)
GROUP BY user_profile_arn, hour
ORDER BY user_profile_arn, hour
