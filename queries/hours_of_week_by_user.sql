-- question:  In which hours of the week do the apps and notebook instances of each user run?
-- reads:     busy_hours
-- columns:   user_profile_arn, hour, monday_hours, tuesday_hours, wednesday_hours,
--            thursday_hours, friday_hours, saturday_hours, sunday_hours, cost
-- adds up:   monday_hours, tuesday_hours, wednesday_hours, thursday_hours, friday_hours, saturday_hours, sunday_hours, cost
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
GROUP BY user_profile_arn, hour
ORDER BY user_profile_arn, hour
