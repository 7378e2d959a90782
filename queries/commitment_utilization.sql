-- question:  How much of the commitments that were paid for was used, and what did the rest cost?
-- reads:     charges
-- columns:   billing_period, used_cost, unused_cost, commitment_utilization
--
-- In amortized cost a recurring fee holds only what no usage took.
WITH commitments AS (
    SELECT
        billing_period,
        SUM(CASE
            WHEN line_item_type IN ('SavingsPlanCoveredUsage', 'DiscountedUsage')
                THEN amortized_cost
        END) AS used_cost,
        SUM(CASE
            WHEN line_item_type IN ('SavingsPlanRecurringFee', 'RIFee') THEN amortized_cost
        END) AS unused_cost
    FROM charges
    GROUP BY billing_period
)
SELECT
    billing_period,
    used_cost,
    unused_cost,
    used_cost / NULLIF(used_cost + unused_cost, 0) AS commitment_utilization
FROM commitments
ORDER BY billing_period
