-- question:  What did each tenant spend of its budget?
-- reads:     charges, budgets
-- columns:   billing_period, tenant, cost, budget, left_of_budget, budget_percent
WITH spent AS (
    SELECT billing_period, tenant, SUM(cost) AS cost
    FROM charges
    GROUP BY billing_period, tenant
)
SELECT
    budgets.billing_period,
    budgets.tenant,
    spent.cost,
    budgets.amount AS budget,
    budgets.amount - spent.cost AS left_of_budget,
    spent.cost / NULLIF(budgets.amount, 0) AS budget_percent
FROM budgets
LEFT JOIN spent
    ON budgets.billing_period = spent.billing_period AND budgets.tenant = spent.tenant
ORDER BY budgets.billing_period, budget_percent DESC, budgets.tenant
