-- question:  What will the month have cost when it is over, and how sure is that?
-- reads:     forecasts
-- columns:   scope, tenant, billing_period, cost, forecast_cost, low_cost, high_cost, method, days
--
-- In 8 of 10 cases it lies between low and high, if days go on as they did. The row of scope
-- `all` is everybody together.
SELECT
    scope,
    tenant,
    billing_period,
    actual AS cost,
    forecast AS forecast_cost,
    low AS low_cost,
    high AS high_cost,
    method,
    days
FROM forecasts
ORDER BY billing_period, scope, cost DESC, tenant
