-- question:  What do apps and notebook instances cost in each hour of the week?
-- reads:     busy_hours
-- columns:   hour, mon_cost, tue_cost, wed_cost, thu_cost,
--            fri_cost, sat_cost, sun_cost, cost
-- adds up:   mon_cost, tue_cost, wed_cost, thu_cost, fri_cost, sat_cost, sun_cost, cost
-- chart:     heat
SELECT
    hour,
    SUM(CASE WHEN weekday = 1 THEN cost END) AS mon_cost,
    SUM(CASE WHEN weekday = 2 THEN cost END) AS tue_cost,
    SUM(CASE WHEN weekday = 3 THEN cost END) AS wed_cost,
    SUM(CASE WHEN weekday = 4 THEN cost END) AS thu_cost,
    SUM(CASE WHEN weekday = 5 THEN cost END) AS fri_cost,
    SUM(CASE WHEN weekday = 6 THEN cost END) AS sat_cost,
    SUM(CASE WHEN weekday = 7 THEN cost END) AS sun_cost,
    SUM(cost) AS cost
FROM busy_hours
GROUP BY hour
ORDER BY hour
