-- Needs: SET TimeZone = 'UTC'
-- question:  How did the cost of each service change against the month before?
-- reads:     charges, prior_charges
-- conserves: cost
-- adds up:   prior_cost, change_cost
-- columns:   product_code, cost, prior_cost, change_cost
-- chart:     waterfall
WITH bill_rows AS (
    SELECT
        nullif(line_item_currency_code, '') AS line_item_currency_code,
        nullif(line_item_product_code, '') AS line_item_product_code,
        CAST(CAST(line_item_unblended_cost AS VARCHAR) AS DECIMAL(27, 12)) AS line_item_unblended_cost,
        nullif(line_item_line_item_type, '') AS line_item_line_item_type,
        CAST(CAST(reservation_effective_cost AS VARCHAR) AS DECIMAL(27, 12)) AS reservation_effective_cost,
        CAST(CAST(reservation_unused_amortized_upfront_fee_for_billing_period AS VARCHAR) AS DECIMAL(27, 12)) AS reservation_unused_amortized_upfront_fee_for_billing_period,
        CAST(CAST(reservation_unused_recurring_fee AS VARCHAR) AS DECIMAL(27, 12)) AS reservation_unused_recurring_fee,
        nullif(reservation_reservation_a_r_n, '') AS reservation_reservation_a_r_n,
        CAST(CAST(savings_plan_savings_plan_effective_cost AS VARCHAR) AS DECIMAL(27, 12)) AS savings_plan_savings_plan_effective_cost,
        CAST(CAST(savings_plan_total_commitment_to_date AS VARCHAR) AS DECIMAL(27, 12)) AS savings_plan_total_commitment_to_date,
        CAST(CAST(savings_plan_used_commitment AS VARCHAR) AS DECIMAL(27, 12)) AS savings_plan_used_commitment,
        nullif(line_item_line_item_description, '') AS line_item_line_item_description,
        nullif(line_item_operation, '') AS line_item_operation
    FROM cur2
    WHERE substr(CAST(CAST(bill_billing_period_start_date AS DATE) AS VARCHAR), 1, 7) IN ('2026-10')
),
bill_lines AS (
    SELECT
        coalesce(line_item_currency_code, 'XXX') AS currency,
        line_item_product_code AS product_code,
        CASE
            WHEN line_item_line_item_type = 'DiscountedUsage' THEN coalesce(reservation_effective_cost, CAST(0 AS DECIMAL(27, 12)))
            WHEN line_item_line_item_type = 'RIFee' THEN coalesce(reservation_unused_amortized_upfront_fee_for_billing_period, CAST(0 AS DECIMAL(27, 12))) + coalesce(reservation_unused_recurring_fee, CAST(0 AS DECIMAL(27, 12)))
            WHEN line_item_line_item_type = 'Fee' AND reservation_reservation_a_r_n IS NOT NULL THEN CAST(0 AS DECIMAL(27, 12))
            WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN coalesce(savings_plan_savings_plan_effective_cost, CAST(0 AS DECIMAL(27, 12)))
            WHEN line_item_line_item_type = 'SavingsPlanNegation' THEN CAST(0 AS DECIMAL(27, 12))
            WHEN line_item_line_item_type = 'SavingsPlanRecurringFee' THEN coalesce(savings_plan_total_commitment_to_date, CAST(0 AS DECIMAL(27, 12))) - coalesce(savings_plan_used_commitment, CAST(0 AS DECIMAL(27, 12)))
            WHEN line_item_line_item_type = 'SavingsPlanUpfrontFee' THEN CAST(0 AS DECIMAL(27, 12))
            WHEN line_item_line_item_type = 'Refund' AND line_item_line_item_description LIKE 'Refund for one-time fee for Savings Plan ID%' THEN CAST(0 AS DECIMAL(27, 12))
            ELSE coalesce(line_item_unblended_cost, CAST(0 AS DECIMAL(27, 12)))
        END AS amortized_cost
    FROM bill_rows
    WHERE coalesce(line_item_operation, '') NOT IN ('EKSPod-EC2', 'ECSTask-EC2')
        AND coalesce(line_item_currency_code, 'XXX') = 'USD'
),
bill_daily AS (
    SELECT
        currency,
        product_code,
        CAST(SUM(amortized_cost) AS DECIMAL(38, 12)) AS amortized_cost,
        COUNT(*) AS line_items
    FROM bill_lines
    GROUP BY currency, product_code
),
charges AS (
    SELECT
        currency,
        product_code,
        standing,
        CAST(SUM(amortized_cost) AS DECIMAL(38, 12)) AS cost,
        CAST(SUM(line_items) AS BIGINT) AS line_items
    FROM (
        SELECT
            d.currency AS currency,
            d.product_code AS product_code,
            'attributed' AS standing,
            d.amortized_cost AS amortized_cost,
            d.line_items AS line_items
        FROM bill_daily AS d
    ) AS told
    GROUP BY currency, product_code, standing
),
prior_bill_rows AS (
    SELECT
        nullif(line_item_currency_code, '') AS line_item_currency_code,
        nullif(line_item_product_code, '') AS line_item_product_code,
        CAST(CAST(line_item_unblended_cost AS VARCHAR) AS DECIMAL(27, 12)) AS line_item_unblended_cost,
        nullif(line_item_line_item_type, '') AS line_item_line_item_type,
        CAST(CAST(reservation_effective_cost AS VARCHAR) AS DECIMAL(27, 12)) AS reservation_effective_cost,
        CAST(CAST(reservation_unused_amortized_upfront_fee_for_billing_period AS VARCHAR) AS DECIMAL(27, 12)) AS reservation_unused_amortized_upfront_fee_for_billing_period,
        CAST(CAST(reservation_unused_recurring_fee AS VARCHAR) AS DECIMAL(27, 12)) AS reservation_unused_recurring_fee,
        nullif(reservation_reservation_a_r_n, '') AS reservation_reservation_a_r_n,
        CAST(CAST(savings_plan_savings_plan_effective_cost AS VARCHAR) AS DECIMAL(27, 12)) AS savings_plan_savings_plan_effective_cost,
        CAST(CAST(savings_plan_total_commitment_to_date AS VARCHAR) AS DECIMAL(27, 12)) AS savings_plan_total_commitment_to_date,
        CAST(CAST(savings_plan_used_commitment AS VARCHAR) AS DECIMAL(27, 12)) AS savings_plan_used_commitment,
        nullif(line_item_line_item_description, '') AS line_item_line_item_description,
        nullif(line_item_operation, '') AS line_item_operation
    FROM cur2
    WHERE substr(CAST(CAST(bill_billing_period_start_date AS DATE) AS VARCHAR), 1, 7) IN ('2026-09')
),
prior_bill_lines AS (
    SELECT
        coalesce(line_item_currency_code, 'XXX') AS currency,
        line_item_product_code AS product_code,
        CASE
            WHEN line_item_line_item_type = 'DiscountedUsage' THEN coalesce(reservation_effective_cost, CAST(0 AS DECIMAL(27, 12)))
            WHEN line_item_line_item_type = 'RIFee' THEN coalesce(reservation_unused_amortized_upfront_fee_for_billing_period, CAST(0 AS DECIMAL(27, 12))) + coalesce(reservation_unused_recurring_fee, CAST(0 AS DECIMAL(27, 12)))
            WHEN line_item_line_item_type = 'Fee' AND reservation_reservation_a_r_n IS NOT NULL THEN CAST(0 AS DECIMAL(27, 12))
            WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN coalesce(savings_plan_savings_plan_effective_cost, CAST(0 AS DECIMAL(27, 12)))
            WHEN line_item_line_item_type = 'SavingsPlanNegation' THEN CAST(0 AS DECIMAL(27, 12))
            WHEN line_item_line_item_type = 'SavingsPlanRecurringFee' THEN coalesce(savings_plan_total_commitment_to_date, CAST(0 AS DECIMAL(27, 12))) - coalesce(savings_plan_used_commitment, CAST(0 AS DECIMAL(27, 12)))
            WHEN line_item_line_item_type = 'SavingsPlanUpfrontFee' THEN CAST(0 AS DECIMAL(27, 12))
            WHEN line_item_line_item_type = 'Refund' AND line_item_line_item_description LIKE 'Refund for one-time fee for Savings Plan ID%' THEN CAST(0 AS DECIMAL(27, 12))
            ELSE coalesce(line_item_unblended_cost, CAST(0 AS DECIMAL(27, 12)))
        END AS amortized_cost
    FROM prior_bill_rows
    WHERE coalesce(line_item_operation, '') NOT IN ('EKSPod-EC2', 'ECSTask-EC2')
        AND coalesce(line_item_currency_code, 'XXX') = 'USD'
),
prior_bill_daily AS (
    SELECT
        currency,
        product_code,
        CAST(SUM(amortized_cost) AS DECIMAL(38, 12)) AS amortized_cost,
        COUNT(*) AS line_items
    FROM prior_bill_lines
    GROUP BY currency, product_code
),
prior_charges AS (
    SELECT
        currency,
        product_code,
        standing,
        CAST(SUM(amortized_cost) AS DECIMAL(38, 12)) AS cost,
        CAST(SUM(line_items) AS BIGINT) AS line_items
    FROM (
        SELECT
            d.currency AS currency,
            d.product_code AS product_code,
            'attributed' AS standing,
            d.amortized_cost AS amortized_cost,
            d.line_items AS line_items
        FROM prior_bill_daily AS d
    ) AS told
    GROUP BY currency, product_code, standing
),
both_periods AS (
    SELECT product_code, cost, cost - cost AS prior_cost FROM charges
    UNION ALL
    SELECT product_code, cost - cost AS cost, cost AS prior_cost FROM prior_charges
)
SELECT
    product_code,
    SUM(cost) AS cost,
    SUM(prior_cost) AS prior_cost,
    SUM(cost) - SUM(prior_cost) AS change_cost
FROM both_periods
GROUP BY product_code
ORDER BY cost DESC, product_code
