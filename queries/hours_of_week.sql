-- question:  In which hours of the week do apps and notebook instances run?
-- reads:     busy_hours
-- columns:   hour, mon_hours, tue_hours, wed_hours, thu_hours,
--            fri_hours, sat_hours, sun_hours, cost
-- adds up:   mon_hours, tue_hours, wed_hours, thu_hours, fri_hours, sat_hours, sun_hours, cost
-- chart:     heat
SELECT
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
GROUP BY hour
ORDER BY hour
