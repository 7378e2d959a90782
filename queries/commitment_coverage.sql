-- question:  How much of what commitments could cover do they cover?
-- reads:     charges
-- columns:   component, on_demand_cost, covered_cost, commitment_coverage
--
-- Both in public on-demand prices, so that a discount does not look like less coverage.
WITH usage_by_type AS (
    SELECT
        component,
        SUM(CASE WHEN line_item_type = 'Usage' THEN list_cost END) AS on_demand_cost,
        SUM(CASE
            WHEN line_item_type IN ('SavingsPlanCoveredUsage', 'DiscountedUsage') THEN list_cost
        END) AS covered_cost
    FROM charges
    WHERE standing <> 'other_services' AND instance_type IS NOT NULL
    GROUP BY component
)
SELECT
    component,
    on_demand_cost,
    covered_cost,
    covered_cost / NULLIF(on_demand_cost + covered_cost, 0) AS commitment_coverage
FROM usage_by_type
ORDER BY on_demand_cost DESC, component
