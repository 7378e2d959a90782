-- question:  In which hours of the week do the apps and notebook instances of the three dearest users run?
-- reads:     busy_hours
-- columns:   user_profile_arn, hour, mon_hours, tue_hours, wed_hours,
--            thu_hours, fri_hours, sat_hours, sun_hours, cost
-- chart:     heat
SELECT
    user_profile_arn,
    hour,
    SUM(CASE WHEN weekday = 1 THEN usage_hours END) AS mon_hours,
    SUM(CASE WHEN weekday = 2 THEN usage_hours END) AS tue_hours,
    SUM(CASE WHEN weekday = 3 THEN usage_hours END) AS wed_hours,
    SUM(CASE WHEN weekday = 4 THEN usage_hours END) AS thu_hours,
    SUM(CASE WHEN weekday = 5 THEN usage_hours END) AS fri_hours,
    SUM(CASE WHEN weekday = 6 THEN usage_hours END) AS sat_hours,
    SUM(CASE WHEN weekday = 7 THEN usage_hours END) AS sun_hours,
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
