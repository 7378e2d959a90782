-- question:  What do apps and notebook instances cost in each hour of the week?
-- reads:     busy_hours
-- columns:   hour, monday_cost, tuesday_cost, wednesday_cost, thursday_cost,
--            friday_cost, saturday_cost, sunday_cost, cost
-- adds up:   monday_cost, tuesday_cost, wednesday_cost, thursday_cost, friday_cost, saturday_cost, sunday_cost, cost
-- chart:     heat
SELECT
    hour,
    SUM(CASE WHEN weekday = 1 THEN cost END) AS monday_cost,
    SUM(CASE WHEN weekday = 2 THEN cost END) AS tuesday_cost,
    SUM(CASE WHEN weekday = 3 THEN cost END) AS wednesday_cost,
    SUM(CASE WHEN weekday = 4 THEN cost END) AS thursday_cost,
    SUM(CASE WHEN weekday = 5 THEN cost END) AS friday_cost,
    SUM(CASE WHEN weekday = 6 THEN cost END) AS saturday_cost,
    SUM(CASE WHEN weekday = 7 THEN cost END) AS sunday_cost,
    SUM(cost) AS cost
FROM busy_hours
GROUP BY hour
ORDER BY hour
