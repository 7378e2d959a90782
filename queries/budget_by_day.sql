-- question:  How much of the budgets was spent on each day by the tenants that have one?
-- reads:     charges, budgets, forecasts
-- adds up:   cost
-- columns:   usage_date, cost, forecast_cost, budget
-- chart:     burndown
--
-- Of a running month the last day has what is still to come, all days together.
WITH planned AS (
    SELECT SUM(amount) AS budget
    FROM budgets
),

spent AS (
    SELECT charges.usage_date, SUM(charges.cost) AS cost
    FROM charges
    INNER JOIN budgets
        ON charges.billing_period = budgets.billing_period AND charges.tenant = budgets.tenant
    GROUP BY charges.usage_date
),

expected AS (
    SELECT forecasts.last_day, SUM(forecasts.forecast - forecasts.actual) AS forecast_cost
    FROM forecasts
    INNER JOIN budgets
        ON forecasts.billing_period = budgets.billing_period AND forecasts.tenant = budgets.tenant
    WHERE forecasts.forecast > forecasts.actual
    GROUP BY forecasts.last_day
)

SELECT
    COALESCE(spent.usage_date, expected.last_day) AS usage_date,
    spent.cost,
    expected.forecast_cost,
    planned.budget
FROM spent
FULL JOIN expected ON spent.usage_date = expected.last_day
CROSS JOIN planned
ORDER BY usage_date
