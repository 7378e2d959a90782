-- question:  How much of the budgets was spent on each day by the tenants that have one?
-- reads:     charges, budgets
-- adds up:   cost
-- columns:   usage_date, cost, budget
-- chart:     burndown
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
)

SELECT spent.usage_date, spent.cost, planned.budget
FROM spent
CROSS JOIN planned
ORDER BY spent.usage_date
