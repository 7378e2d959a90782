-- question:  What do newer deliveries change of months that are closed?
-- reads:     adjustments
-- adds up:   adjustment_cost
-- columns:   billing_period, tenant, why, adjustment_cost
SELECT billing_period, tenant, why, amount AS adjustment_cost
FROM adjustments
ORDER BY billing_period, tenant, why
