-- question:  What did each tenant spend of its budget, and what will it have spent?
-- reads:     budgets, forecasts
-- columns:   billing_period, tenant, cost, budget, variance_cost, budget_percent, forecast_cost,
--            forecast_percent
--
-- The variance is cost above the budget; below it is negative.
SELECT
    budgets.billing_period,
    budgets.tenant,
    forecasts.actual AS cost,
    budgets.amount AS budget,
    forecasts.actual - budgets.amount AS variance_cost,
    forecasts.actual / NULLIF(budgets.amount, 0) AS budget_percent,
    forecasts.forecast AS forecast_cost,
    forecasts.forecast / NULLIF(budgets.amount, 0) AS forecast_percent
FROM budgets
LEFT JOIN forecasts
    ON budgets.billing_period = forecasts.billing_period AND budgets.tenant = forecasts.tenant
ORDER BY budgets.billing_period, budget_percent DESC, budgets.tenant
