-- question:  What has each component cost by this day of the month, against the month before?
-- reads:     charges, prior_charges
-- columns:   component, cost, prior_cost, change_cost
-- chart:     bar
--
-- Fees, tax and credits count from the day on which they are booked.
WITH last_day AS (SELECT MAX(CAST(EXTRACT(DAY FROM usage_date) AS INT)) AS day FROM charges),
both_months AS (
    SELECT
        component,
        CAST(EXTRACT(DAY FROM usage_date) AS INT) AS day,
        cost,
        cost - cost AS prior_cost
    FROM charges
    UNION ALL
    SELECT
        component,
        CAST(EXTRACT(DAY FROM usage_date) AS INT) AS day,
        cost - cost AS cost,
        cost AS prior_cost
    FROM prior_charges
)
SELECT
    b.component,
    SUM(b.cost) AS cost,
    SUM(b.prior_cost) AS prior_cost,
    SUM(b.cost) - SUM(b.prior_cost) AS change_cost
FROM both_months AS b
CROSS JOIN last_day AS l
WHERE b.day <= l.day
GROUP BY b.component
ORDER BY change_cost DESC, b.component
