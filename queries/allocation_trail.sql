-- question:  From which pool did each tenant receive how much, and by which share?
-- reads:     allocations
-- columns:   billing_period, usage_date, split, method, tenant, amount, pool_amount, share
SELECT billing_period, usage_date, split, method, tenant, amount, pool_amount, share
FROM allocations
ORDER BY billing_period, usage_date, split, tenant
