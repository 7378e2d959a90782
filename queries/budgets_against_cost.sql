-- question:  What did each tenant spend of its budget, and what will it have spent?
-- reads:     budgets, forecasts
-- columns:   billing_period, tenant, cost, budget, variance_cost, budget_percent, forecast_cost,
--            forecast_percent
--
-- The variance is cost above the budget; below it is negative.
WITH spent AS (
    SELECT
        budgets.billing_period,
        budgets.tenant,
        budgets.amount AS budget,
        COALESCE(forecasts.actual, budgets.amount - budgets.amount) AS cost,
        forecasts.forecast AS forecast_cost
    FROM budgets
    LEFT JOIN forecasts
        ON budgets.billing_period = forecasts.billing_period AND budgets.tenant = forecasts.tenant
)
SELECT
    billing_period,
    tenant,
    cost,
    budget,
    cost - budget AS variance_cost,
    cost / NULLIF(budget, 0) AS budget_percent,
    forecast_cost,
    forecast_cost / NULLIF(budget, 0) AS forecast_percent
FROM spent
ORDER BY billing_period, budget_percent DESC, tenant
