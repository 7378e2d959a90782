WITH bill_rows AS (
    SELECT
        nullif(line_item_currency_code, '') AS line_item_currency_code,
        coalesce(nullif(element_at(tags, 'resourceTags/sagemaker:space-arn'), ''), nullif(element_at(tags, 'resourceTags/user:sagemaker:space-arn'), ''), nullif(element_at(tags, 'resourceTags/aws:sagemaker:space-arn'), ''), nullif(element_at(resource_tags, 'user_sagemaker_space_arn'), ''), nullif(element_at(resource_tags, 'sagemaker:space-arn'), ''), nullif(element_at(resource_tags, 'user:sagemaker:space-arn'), ''), nullif(element_at(resource_tags, 'sagemaker_space_arn'), ''), nullif(element_at(resource_tags, 'aws_sagemaker_space_arn'), ''), nullif(element_at(resource_tags, 'aws:sagemaker:space-arn'), '')) AS own_space_tag,
        coalesce(nullif(element_at(tags, 'resourceTags/sagemaker:shared-space-arn'), ''), nullif(element_at(tags, 'resourceTags/user:sagemaker:shared-space-arn'), ''), nullif(element_at(tags, 'resourceTags/aws:sagemaker:shared-space-arn'), ''), nullif(element_at(resource_tags, 'user_sagemaker_shared_space_arn'), ''), nullif(element_at(resource_tags, 'sagemaker:shared-space-arn'), ''), nullif(element_at(resource_tags, 'user:sagemaker:shared-space-arn'), ''), nullif(element_at(resource_tags, 'sagemaker_shared_space_arn'), ''), nullif(element_at(resource_tags, 'aws_sagemaker_shared_space_arn'), ''), nullif(element_at(resource_tags, 'aws:sagemaker:shared-space-arn'), '')) AS shared_space_tag,
        coalesce(nullif(element_at(tags, 'resourceTags/sagemaker:domain-arn'), ''), nullif(element_at(tags, 'resourceTags/user:sagemaker:domain-arn'), ''), nullif(element_at(tags, 'resourceTags/aws:sagemaker:domain-arn'), ''), nullif(element_at(resource_tags, 'user_sagemaker_domain_arn'), ''), nullif(element_at(resource_tags, 'sagemaker:domain-arn'), ''), nullif(element_at(resource_tags, 'user:sagemaker:domain-arn'), ''), nullif(element_at(resource_tags, 'sagemaker_domain_arn'), ''), nullif(element_at(resource_tags, 'aws_sagemaker_domain_arn'), ''), nullif(element_at(resource_tags, 'aws:sagemaker:domain-arn'), '')) AS domain_tag,
        coalesce(nullif(element_at(tags, 'resourceTags/sagemaker:user-profile-arn'), ''), nullif(element_at(tags, 'resourceTags/user:sagemaker:user-profile-arn'), ''), nullif(element_at(tags, 'resourceTags/aws:sagemaker:user-profile-arn'), ''), nullif(element_at(resource_tags, 'user_sagemaker_user_profile_arn'), ''), nullif(element_at(resource_tags, 'sagemaker:user-profile-arn'), ''), nullif(element_at(resource_tags, 'user:sagemaker:user-profile-arn'), ''), nullif(element_at(resource_tags, 'sagemaker_user_profile_arn'), ''), nullif(element_at(resource_tags, 'aws_sagemaker_user_profile_arn'), ''), nullif(element_at(resource_tags, 'aws:sagemaker:user-profile-arn'), '')) AS user_profile_tag,
        nullif(line_item_resource_id, '') AS line_item_resource_id,
        coalesce(nullif(element_at(tags, 'resourceTags/ManagedByAmazonSageMakerResource'), ''), nullif(element_at(tags, 'resourceTags/user:ManagedByAmazonSageMakerResource'), ''), nullif(element_at(tags, 'resourceTags/aws:ManagedByAmazonSageMakerResource'), ''), nullif(element_at(resource_tags, 'user_managed_by_amazon_sage_maker_resource'), ''), nullif(element_at(resource_tags, 'ManagedByAmazonSageMakerResource'), ''), nullif(element_at(resource_tags, 'user:ManagedByAmazonSageMakerResource'), ''), nullif(element_at(resource_tags, 'managed_by_amazon_sage_maker_resource'), ''), nullif(element_at(resource_tags, 'aws_managed_by_amazon_sage_maker_resource'), ''), nullif(element_at(resource_tags, 'aws:ManagedByAmazonSageMakerResource'), '')) AS volume_tag,
        nullif(line_item_product_code, '') AS line_item_product_code,
        CAST(bill_billing_period_start_date AS DATE) AS bill_billing_period_start_date,
        CAST(line_item_usage_start_date AS DATE) AS line_item_usage_start_date,
        nullif(line_item_usage_account_id, '') AS line_item_usage_account_id,
        nullif(line_item_usage_type, '') AS line_item_usage_type,
        nullif(product_instance_type, '') AS product_instance_type,
        nullif(line_item_operation, '') AS line_item_operation,
        nullif(line_item_line_item_type, '') AS line_item_line_item_type,
        nullif(product_region_code, '') AS product_region_code,
        coalesce(nullif(element_at(tags, 'resourceTags/CostCenter'), ''), nullif(element_at(tags, 'resourceTags/user:CostCenter'), ''), nullif(element_at(tags, 'resourceTags/aws:CostCenter'), ''), nullif(element_at(resource_tags, 'user_cost_center'), ''), nullif(element_at(resource_tags, 'CostCenter'), ''), nullif(element_at(resource_tags, 'user:CostCenter'), ''), nullif(element_at(resource_tags, 'cost_center'), ''), nullif(element_at(resource_tags, 'aws_cost_center'), ''), nullif(element_at(resource_tags, 'aws:CostCenter'), '')) AS "tag:CostCenter",
        CAST(line_item_unblended_cost AS DECIMAL(27, 12)) AS line_item_unblended_cost,
        CAST(reservation_effective_cost AS DECIMAL(27, 12)) AS reservation_effective_cost,
        CAST(reservation_unused_amortized_upfront_fee_for_billing_period AS DECIMAL(27, 12)) AS reservation_unused_amortized_upfront_fee_for_billing_period,
        CAST(reservation_unused_recurring_fee AS DECIMAL(27, 12)) AS reservation_unused_recurring_fee,
        nullif(reservation_reservation_a_r_n, '') AS reservation_reservation_a_r_n,
        CAST(savings_plan_savings_plan_effective_cost AS DECIMAL(27, 12)) AS savings_plan_savings_plan_effective_cost,
        CAST(savings_plan_total_commitment_to_date AS DECIMAL(27, 12)) AS savings_plan_total_commitment_to_date,
        CAST(savings_plan_used_commitment AS DECIMAL(27, 12)) AS savings_plan_used_commitment,
        nullif(line_item_line_item_description, '') AS line_item_line_item_description,
        CAST(line_item_net_unblended_cost AS DECIMAL(27, 12)) AS line_item_net_unblended_cost,
        CAST(reservation_net_effective_cost AS DECIMAL(27, 12)) AS reservation_net_effective_cost,
        CAST(reservation_net_unused_amortized_upfront_fee_for_billing_period AS DECIMAL(27, 12)) AS reservation_net_unused_amortized_upfront_fee_for_billing_period,
        CAST(reservation_net_unused_recurring_fee AS DECIMAL(27, 12)) AS reservation_net_unused_recurring_fee,
        CAST(savings_plan_net_savings_plan_effective_cost AS DECIMAL(27, 12)) AS savings_plan_net_savings_plan_effective_cost,
        CAST(savings_plan_net_recurring_commitment_for_billing_period AS DECIMAL(27, 12)) AS savings_plan_net_recurring_commitment_for_billing_period,
        CAST(savings_plan_net_amortized_upfront_commitment_for_billing_period AS DECIMAL(27, 12)) AS savings_plan_net_amortized_upfront_commitment_for_billing_period,
        CAST(savings_plan_recurring_commitment_for_billing_period AS DECIMAL(27, 12)) AS savings_plan_recurring_commitment_for_billing_period,
        CAST(savings_plan_amortized_upfront_commitment_for_billing_period AS DECIMAL(27, 12)) AS savings_plan_amortized_upfront_commitment_for_billing_period,
        CAST(pricing_public_on_demand_cost AS DECIMAL(27, 12)) AS pricing_public_on_demand_cost,
        CAST(line_item_blended_cost AS DECIMAL(27, 12)) AS line_item_blended_cost,
        CAST(line_item_usage_amount AS DECIMAL(27, 12)) AS line_item_usage_amount,
        nullif(pricing_unit, '') AS pricing_unit
    FROM billing.cur2
),
bill_parts AS (
    SELECT
        line_item_currency_code,
        own_space_tag,
        shared_space_tag,
        domain_tag,
        user_profile_tag,
        line_item_resource_id,
        volume_tag,
        line_item_product_code,
        bill_billing_period_start_date,
        line_item_usage_start_date,
        line_item_usage_account_id,
        line_item_usage_type,
        product_instance_type,
        line_item_operation,
        line_item_line_item_type,
        product_region_code,
        "tag:CostCenter",
        line_item_unblended_cost,
        reservation_effective_cost,
        reservation_unused_amortized_upfront_fee_for_billing_period,
        reservation_unused_recurring_fee,
        reservation_reservation_a_r_n,
        savings_plan_savings_plan_effective_cost,
        savings_plan_total_commitment_to_date,
        savings_plan_used_commitment,
        line_item_line_item_description,
        line_item_net_unblended_cost,
        reservation_net_effective_cost,
        reservation_net_unused_amortized_upfront_fee_for_billing_period,
        reservation_net_unused_recurring_fee,
        savings_plan_net_savings_plan_effective_cost,
        savings_plan_net_recurring_commitment_for_billing_period,
        savings_plan_net_amortized_upfront_commitment_for_billing_period,
        savings_plan_recurring_commitment_for_billing_period,
        savings_plan_amortized_upfront_commitment_for_billing_period,
        pricing_public_on_demand_cost,
        line_item_blended_cost,
        line_item_usage_amount,
        pricing_unit,
        coalesce(savings_plan_total_commitment_to_date, CAST(0 AS DECIMAL(27, 12))) - coalesce(savings_plan_used_commitment, CAST(0 AS DECIMAL(27, 12))) AS unused_commitment,
        savings_plan_net_recurring_commitment_for_billing_period + savings_plan_net_amortized_upfront_commitment_for_billing_period AS net_commitment,
        coalesce(savings_plan_recurring_commitment_for_billing_period, CAST(0 AS DECIMAL(27, 12))) + coalesce(savings_plan_amortized_upfront_commitment_for_billing_period, CAST(0 AS DECIMAL(27, 12))) AS gross_commitment
    FROM bill_rows
),
bill_products AS (
    SELECT
        line_item_currency_code,
        own_space_tag,
        shared_space_tag,
        domain_tag,
        user_profile_tag,
        line_item_resource_id,
        volume_tag,
        line_item_product_code,
        bill_billing_period_start_date,
        line_item_usage_start_date,
        line_item_usage_account_id,
        line_item_usage_type,
        product_instance_type,
        line_item_operation,
        line_item_line_item_type,
        product_region_code,
        "tag:CostCenter",
        line_item_unblended_cost,
        reservation_effective_cost,
        reservation_unused_amortized_upfront_fee_for_billing_period,
        reservation_unused_recurring_fee,
        reservation_reservation_a_r_n,
        savings_plan_savings_plan_effective_cost,
        savings_plan_total_commitment_to_date,
        savings_plan_used_commitment,
        line_item_line_item_description,
        line_item_net_unblended_cost,
        reservation_net_effective_cost,
        reservation_net_unused_amortized_upfront_fee_for_billing_period,
        reservation_net_unused_recurring_fee,
        savings_plan_net_savings_plan_effective_cost,
        savings_plan_net_recurring_commitment_for_billing_period,
        savings_plan_net_amortized_upfront_commitment_for_billing_period,
        savings_plan_recurring_commitment_for_billing_period,
        savings_plan_amortized_upfront_commitment_for_billing_period,
        pricing_public_on_demand_cost,
        line_item_blended_cost,
        line_item_usage_amount,
        pricing_unit,
        unused_commitment,
        net_commitment,
        gross_commitment,
        CAST(CAST(unused_commitment AS DECIMAL(25, 12)) * CAST(1000000000000 AS DECIMAL(13, 0)) AS DECIMAL(38, 0)) * CAST(CAST(net_commitment AS DECIMAL(25, 12)) * CAST(1000000000000 AS DECIMAL(13, 0)) AS DECIMAL(38, 0)) AS product,
        nullif(CAST(CAST(gross_commitment AS DECIMAL(25, 12)) * CAST(1000000000000 AS DECIMAL(13, 0)) AS DECIMAL(38, 0)), 0) AS divisor
    FROM bill_parts
),
bill_rests AS (
    SELECT
        line_item_currency_code,
        own_space_tag,
        shared_space_tag,
        domain_tag,
        user_profile_tag,
        line_item_resource_id,
        volume_tag,
        line_item_product_code,
        bill_billing_period_start_date,
        line_item_usage_start_date,
        line_item_usage_account_id,
        line_item_usage_type,
        product_instance_type,
        line_item_operation,
        line_item_line_item_type,
        product_region_code,
        "tag:CostCenter",
        line_item_unblended_cost,
        reservation_effective_cost,
        reservation_unused_amortized_upfront_fee_for_billing_period,
        reservation_unused_recurring_fee,
        reservation_reservation_a_r_n,
        savings_plan_savings_plan_effective_cost,
        savings_plan_total_commitment_to_date,
        savings_plan_used_commitment,
        line_item_line_item_description,
        line_item_net_unblended_cost,
        reservation_net_effective_cost,
        reservation_net_unused_amortized_upfront_fee_for_billing_period,
        reservation_net_unused_recurring_fee,
        savings_plan_net_savings_plan_effective_cost,
        savings_plan_net_recurring_commitment_for_billing_period,
        savings_plan_net_amortized_upfront_commitment_for_billing_period,
        savings_plan_recurring_commitment_for_billing_period,
        savings_plan_amortized_upfront_commitment_for_billing_period,
        pricing_public_on_demand_cost,
        line_item_blended_cost,
        line_item_usage_amount,
        pricing_unit,
        unused_commitment,
        net_commitment,
        gross_commitment,
        product,
        divisor,
        product % divisor AS rest
    FROM bill_products
),
bill_lines AS (
    SELECT
        coalesce(line_item_currency_code, 'XXX') AS currency,
        domain_tag,
        user_profile_tag,
        coalesce(own_space_tag, shared_space_tag) AS space_tag,
        CASE WHEN NOT coalesce(domain_tag, user_profile_tag, own_space_tag, shared_space_tag) IS NOT NULL AND regexp_like(line_item_resource_id, '(?i)^arn:[^:]*:(sagemaker|glue|elasticmapreduce|emr-serverless|elasticfilesystem):') THEN line_item_resource_id END AS owner_arn,
        CASE WHEN coalesce(domain_tag, user_profile_tag, own_space_tag, shared_space_tag) IS NOT NULL AND regexp_like(line_item_resource_id, '(?i)^arn:[^:]*:(sagemaker|glue|elasticmapreduce|emr-serverless|elasticfilesystem):') AND NOT regexp_like(line_item_resource_id, '(?i)^(arn:aws(?:-[^:]*)?:sagemaker:[^:]*:[^:]*):(domain|user-profile|space|app)/([^/]+)(?:/([^/]*))?(?:/([^/]*))?') THEN line_item_resource_id END AS tagged_resource,
        CASE WHEN NOT coalesce(domain_tag, user_profile_tag, own_space_tag, shared_space_tag) IS NOT NULL THEN volume_tag END AS managed_by_tag,
        line_item_product_code AS product_code,
        substr(CAST(bill_billing_period_start_date AS VARCHAR), 1, 7) AS billing_period,
        line_item_usage_start_date AS usage_date,
        line_item_usage_account_id AS usage_account_id,
        line_item_usage_type AS usage_type,
        coalesce(CASE WHEN regexp_like(regexp_extract(line_item_usage_type, '(^|[:-])(ml[.](?s).*)$', 2), '^[^.: ]*[.][^.: ]*[.][^.: ]*$') THEN regexp_extract(line_item_usage_type, '(^|[:-])(ml[.](?s).*)$', 2) END, product_instance_type) AS instance_type,
        line_item_operation AS operation,
        line_item_line_item_type AS line_item_type,
        product_region_code AS region_code,
        "tag:CostCenter",
        coalesce(line_item_unblended_cost, CAST(0 AS DECIMAL(27, 12))) AS unblended_cost,
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
        END AS amortized_cost,
        coalesce(line_item_net_unblended_cost, line_item_unblended_cost, CAST(0 AS DECIMAL(27, 12))) AS net_unblended_cost,
        CASE
            WHEN line_item_line_item_type = 'DiscountedUsage' THEN coalesce(reservation_net_effective_cost, reservation_effective_cost, CAST(0 AS DECIMAL(27, 12)))
            WHEN line_item_line_item_type = 'RIFee' THEN coalesce(reservation_net_unused_amortized_upfront_fee_for_billing_period, reservation_unused_amortized_upfront_fee_for_billing_period, CAST(0 AS DECIMAL(27, 12))) + coalesce(reservation_net_unused_recurring_fee, reservation_unused_recurring_fee, CAST(0 AS DECIMAL(27, 12)))
            WHEN line_item_line_item_type = 'Fee' AND reservation_reservation_a_r_n IS NOT NULL THEN CAST(0 AS DECIMAL(27, 12))
            WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN coalesce(savings_plan_net_savings_plan_effective_cost, savings_plan_savings_plan_effective_cost, CAST(0 AS DECIMAL(27, 12)))
            WHEN line_item_line_item_type = 'SavingsPlanNegation' THEN CAST(0 AS DECIMAL(27, 12))
            WHEN line_item_line_item_type = 'SavingsPlanRecurringFee' THEN CASE WHEN net_commitment IS NULL OR gross_commitment = 0 OR net_commitment = gross_commitment THEN unused_commitment ELSE CAST(CAST((product - rest) / divisor + CASE WHEN 2 * abs(rest) >= abs(divisor) THEN sign(product) * sign(divisor) ELSE 0 END AS DECIMAL(25, 0)) * CAST('0.000000000001' AS DECIMAL(12, 12)) AS DECIMAL(27, 12)) END
            WHEN line_item_line_item_type = 'SavingsPlanUpfrontFee' THEN CAST(0 AS DECIMAL(27, 12))
            WHEN line_item_line_item_type = 'Refund' AND line_item_line_item_description LIKE 'Refund for one-time fee for Savings Plan ID%' THEN CAST(0 AS DECIMAL(27, 12))
            ELSE coalesce(line_item_net_unblended_cost, line_item_unblended_cost, CAST(0 AS DECIMAL(27, 12)))
        END AS net_amortized_cost,
        CASE
            WHEN line_item_line_item_type = 'SavingsPlanNegation' THEN CAST(0 AS DECIMAL(27, 12))
            ELSE coalesce(pricing_public_on_demand_cost, CAST(0 AS DECIMAL(27, 12)))
        END AS list_cost,
        coalesce(line_item_blended_cost, CAST(0 AS DECIMAL(27, 12))) AS blended_cost,
        CASE WHEN lower(pricing_unit) IN ('hrs', 'hours', 'hour', 'hr') AND line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'FlatRateSubscription') THEN coalesce(line_item_usage_amount, CAST(0 AS DECIMAL(27, 12))) ELSE CAST(0 AS DECIMAL(27, 12)) END AS usage_hours
    FROM bill_rests
    WHERE coalesce(line_item_operation, '') NOT IN ('EKSPod-EC2', 'ECSTask-EC2')
),
bill_daily AS (
    SELECT
        currency,
        domain_tag,
        user_profile_tag,
        space_tag,
        owner_arn,
        tagged_resource,
        managed_by_tag,
        product_code,
        billing_period,
        usage_date,
        usage_account_id,
        usage_type,
        instance_type,
        operation,
        line_item_type,
        region_code,
        "tag:CostCenter",
        CAST(SUM(unblended_cost) AS DECIMAL(38, 12)) AS unblended_cost,
        CAST(SUM(amortized_cost) AS DECIMAL(38, 12)) AS amortized_cost,
        CAST(SUM(net_unblended_cost) AS DECIMAL(38, 12)) AS net_unblended_cost,
        CAST(SUM(net_amortized_cost) AS DECIMAL(38, 12)) AS net_amortized_cost,
        CAST(SUM(list_cost) AS DECIMAL(38, 12)) AS list_cost,
        CAST(SUM(blended_cost) AS DECIMAL(38, 12)) AS blended_cost,
        CAST(SUM(usage_hours) AS DECIMAL(38, 12)) AS usage_hours,
        COUNT(*) AS line_items
    FROM bill_lines
    GROUP BY currency, domain_tag, user_profile_tag, space_tag, owner_arn, tagged_resource, managed_by_tag, product_code, billing_period, usage_date, usage_account_id, usage_type, instance_type, operation, line_item_type, region_code, "tag:CostCenter"
),
bill_told AS (
    SELECT DISTINCT told_by, arn
    FROM (
        SELECT told_by, CASE told_by WHEN 'domain' THEN domain_tag WHEN 'user-profile' THEN user_profile_tag WHEN 'space' THEN space_tag WHEN 'managed' THEN managed_by_tag WHEN 'resource' THEN owner_arn END AS arn
        FROM bill_daily
        CROSS JOIN (VALUES ('domain'), ('user-profile'), ('space'), ('managed'), ('resource')) AS words (told_by)
    ) AS told
    WHERE arn IS NOT NULL
),
bill_texts AS (
    SELECT
        arn,
        coalesce(regexp_extract(arn, '(?i)^(arn:aws(?:-[^:]*)?:sagemaker:[^:]*:[^:]*):(domain|user-profile|space|app)/([^/]+)(?:/([^/]*))?(?:/([^/]*))?', 1), '') AS head,
        lower(coalesce(regexp_extract(arn, '(?i)^(arn:aws(?:-[^:]*)?:sagemaker:[^:]*:[^:]*):(domain|user-profile|space|app)/([^/]+)(?:/([^/]*))?(?:/([^/]*))?', 2), '')) AS kind,
        coalesce(regexp_extract(arn, '(?i)^(arn:aws(?:-[^:]*)?:sagemaker:[^:]*:[^:]*):(domain|user-profile|space|app)/([^/]+)(?:/([^/]*))?(?:/([^/]*))?', 3), '') AS domain,
        coalesce(regexp_extract(arn, '(?i)^(arn:aws(?:-[^:]*)?:sagemaker:[^:]*:[^:]*):(domain|user-profile|space|app)/([^/]+)(?:/([^/]*))?(?:/([^/]*))?', 4), '') AS name,
        lower(coalesce(regexp_extract(arn, '(?i)^(arn:aws(?:-[^:]*)?:sagemaker:[^:]*:[^:]*):(domain|user-profile|space|app)/([^/]+)(?:/([^/]*))?(?:/([^/]*))?', 5), '')) AS app_type
    FROM (SELECT DISTINCT arn FROM bill_told) AS distinct_arns
    WHERE regexp_like(arn, '(?i)^(arn:aws(?:-[^:]*)?:sagemaker:[^:]*:[^:]*):(domain|user-profile|space|app)/([^/]+)(?:/([^/]*))?(?:/([^/]*))?')
),
bill_arns AS (
    SELECT
        arn,
        head,
        kind,
        domain,
        name,
        head || ':domain/' || domain AS domain_arn,
        lower(domain || '/' || name) AS folded,
        lower(domain || '/') AS folded_domain,
        kind = 'app' AND app_type IN ('jupyterlab', 'codeeditor') AS runs_in_space
    FROM bill_texts
    WHERE CASE kind
        WHEN 'domain' THEN name = ''
        WHEN 'app' THEN name <> '' AND app_type <> ''
        ELSE name <> ''
    END
),
bill_seen AS (
    SELECT a.kind, a.folded, MIN(a.arn) AS arn
    FROM bill_arns AS a
    JOIN bill_told AS t ON t.arn = a.arn AND t.told_by = a.kind
    GROUP BY a.kind, a.folded
),
bill_history AS (
    SELECT
        resource,
        nullif(MIN(domain_arn), '') AS domain_arn,
        nullif(MIN(user_profile_arn), '') AS user_profile_arn,
        nullif(MIN(space_arn), '') AS space_arn
    FROM (
        SELECT
            d.tagged_resource AS resource,
            coalesce(d.domain_tag, u.domain_arn, s.domain_arn, '') AS domain_arn,
            coalesce(d.user_profile_tag, '') AS user_profile_arn,
            coalesce(d.space_tag, '') AS space_arn
        FROM bill_daily AS d
        LEFT JOIN bill_arns AS u ON u.arn = d.user_profile_tag
        LEFT JOIN bill_arns AS s ON s.arn = d.space_tag
        WHERE d.tagged_resource IS NOT NULL
    ) AS tagged
    GROUP BY resource
    HAVING MIN(domain_arn) = MAX(domain_arn)
        AND MIN(user_profile_arn) = MAX(user_profile_arn)
        AND MIN(space_arn) = MAX(space_arn)
),
bill_evidence AS (
    SELECT
        d.currency AS currency,
        d.domain_tag AS domain_tag,
        d.user_profile_tag AS user_profile_tag,
        d.space_tag AS space_tag,
        d.owner_arn AS owner_arn,
        d.tagged_resource AS tagged_resource,
        d.managed_by_tag AS managed_by_tag,
        d.product_code AS product_code,
        d.billing_period AS billing_period,
        d.usage_date AS usage_date,
        d.usage_account_id AS usage_account_id,
        d.usage_type AS usage_type,
        d.instance_type AS instance_type,
        d.operation AS operation,
        d.line_item_type AS line_item_type,
        d.region_code AS region_code,
        d."tag:CostCenter" AS "tag:CostCenter",
        d.unblended_cost AS unblended_cost,
        d.amortized_cost AS amortized_cost,
        d.net_unblended_cost AS net_unblended_cost,
        d.net_amortized_cost AS net_amortized_cost,
        d.list_cost AS list_cost,
        d.blended_cost AS blended_cost,
        d.usage_hours AS usage_hours,
        d.line_items AS line_items,
        u.domain_arn AS domain_of_user,
        s.domain_arn AS domain_of_space,
        m.domain_arn AS domain_of_volume,
        r.kind AS arn_kind,
        coalesce(nd.arn, r.domain_arn) AS domain_of_arn,
        coalesce(nu.arn, r.head || ':user-profile/' || r.domain || '/' || r.name) AS user_of_arn,
        coalesce(ns.arn, r.head || ':space/' || r.domain || '/' || r.name) AS space_of_arn,
        r.kind = 'space' OR (r.kind = 'app' AND CASE WHEN nu.arn IS NULL AND ns.arn IS NOT NULL THEN true WHEN nu.arn IS NOT NULL AND ns.arn IS NULL THEN false ELSE r.runs_in_space END) AS is_space,
        h.resource AS told_resource,
        h.domain_arn AS told_domain_arn,
        h.user_profile_arn AS told_user_profile_arn,
        h.space_arn AS told_space_arn
    FROM bill_daily AS d
    LEFT JOIN bill_arns AS u ON u.arn = d.user_profile_tag
    LEFT JOIN bill_arns AS s ON s.arn = d.space_tag
    LEFT JOIN bill_arns AS m ON m.arn = d.managed_by_tag
    LEFT JOIN bill_arns AS r ON r.arn = d.owner_arn
    LEFT JOIN bill_seen AS nd ON nd.kind = 'domain' AND nd.folded = r.folded_domain
    LEFT JOIN bill_seen AS nu ON nu.kind = 'user-profile' AND nu.folded = r.folded
    LEFT JOIN bill_seen AS ns ON ns.kind = 'space' AND ns.folded = r.folded
    LEFT JOIN bill_history AS h ON h.resource = d.owner_arn
),
bill_owned AS (
    SELECT
        currency,
        domain_tag,
        user_profile_tag,
        space_tag,
        owner_arn,
        tagged_resource,
        managed_by_tag,
        product_code,
        billing_period,
        usage_date,
        usage_account_id,
        usage_type,
        instance_type,
        operation,
        line_item_type,
        region_code,
        "tag:CostCenter",
        unblended_cost,
        amortized_cost,
        net_unblended_cost,
        net_amortized_cost,
        list_cost,
        blended_cost,
        usage_hours,
        line_items,
        CASE
            WHEN coalesce(domain_tag, user_profile_tag, space_tag) IS NOT NULL THEN coalesce(domain_tag, domain_of_user, domain_of_space)
            WHEN arn_kind IS NOT NULL THEN domain_of_arn
            WHEN told_resource IS NOT NULL THEN told_domain_arn
            WHEN domain_of_volume IS NOT NULL THEN domain_of_volume
            ELSE NULL
        END AS domain_arn,
        CASE
            WHEN coalesce(domain_tag, user_profile_tag, space_tag) IS NOT NULL THEN user_profile_tag
            WHEN arn_kind IS NOT NULL THEN CASE WHEN arn_kind <> 'domain' AND NOT is_space THEN user_of_arn END
            WHEN told_resource IS NOT NULL THEN told_user_profile_arn
            WHEN domain_of_volume IS NOT NULL THEN NULL
            ELSE NULL
        END AS user_profile_arn,
        CASE
            WHEN coalesce(domain_tag, user_profile_tag, space_tag) IS NOT NULL THEN space_tag
            WHEN arn_kind IS NOT NULL THEN CASE WHEN is_space THEN space_of_arn END
            WHEN told_resource IS NOT NULL THEN told_space_arn
            WHEN domain_of_volume IS NOT NULL THEN NULL
            ELSE NULL
        END AS space_arn,
        CASE
            WHEN coalesce(domain_tag, user_profile_tag, space_tag) IS NOT NULL THEN 'tag'
            WHEN arn_kind IS NOT NULL THEN 'resource-arn'
            WHEN told_resource IS NOT NULL THEN 'resource-history'
            WHEN domain_of_volume IS NOT NULL THEN 'efs'
            ELSE 'none'
        END AS owner_reason
    FROM bill_evidence
),
bill_usage_types AS (
    SELECT usage_type, lower(usage_type) AS whole, lower(CASE WHEN regexp_like(usage_type, '^[A-Z]{2,4}[0-9]?[:.-]') THEN regexp_extract(usage_type, '^[A-Z]{2,4}[0-9]?[:.-]((?s).*)$', 1) END) AS rest
    FROM (SELECT DISTINCT usage_type FROM bill_daily) AS distinct_types
    WHERE usage_type IS NOT NULL
),
bill_components AS (
    SELECT
        usage_type,
        coalesce(CASE
            WHEN regexp_like(rest, '^unifiedstudio([:.-]|$)') THEN 'unified-studio'
            WHEN regexp_like(rest, '^rstudio([:.-]|$)') THEN 'rstudio'
            WHEN regexp_like(rest, '^studio[:.-]([^:.-]*[:.-])*volumeusage([:.-]|$)') THEN 'studio-storage'
            WHEN regexp_like(rest, '^studio[:.-]([^:.-]*[:.-])*jupyterlab([:.-]|$)') THEN 'studio-jupyterlab'
            WHEN regexp_like(rest, '^studio[:.-]([^:.-]*[:.-])*kernelgateway([:.-]|$)') THEN 'studio-kernelgateway'
            WHEN regexp_like(rest, '^studio[:.-]([^:.-]*[:.-])*codeeditor([:.-]|$)') THEN 'studio-codeeditor'
            WHEN regexp_like(rest, '^studio[:.-]([^:.-]*[:.-])*jupyterserver([:.-]|$)') THEN 'studio-jupyterserver'
            WHEN regexp_like(rest, '^studio([:.-]|$)') THEN 'studio-other'
            WHEN regexp_like(rest, '^cluster([:.-]|$)') THEN 'hyperpod'
            WHEN regexp_like(rest, '^canvas([:.-]|$)') THEN 'canvas'
            WHEN regexp_like(rest, '^featurestore([:.-]|$)') THEN 'feature-store'
            WHEN regexp_like(rest, '^mlflow[^:.-]*([:.-]|$)') THEN 'mlflow'
            WHEN regexp_like(rest, '^partnerapp[^:.-]*([:.-]|$)') THEN 'partner-app'
            WHEN regexp_like(rest, '^[^:.-]*[:.-]([^:.-]*[:.-])*volumeusage([:.-]|$)') THEN 'sagemaker-storage'
            WHEN regexp_like(rest, '^[^:.-]*[:.-]([^:.-]*[:.-])*storageiousage([:.-]|$)') THEN 'sagemaker-storage'
            WHEN regexp_like(rest, '^volumeusage([:.-]|$)') THEN 'sagemaker-storage'
            WHEN regexp_like(rest, '^notebk([:.-]|$)') THEN 'notebook-instance'
            WHEN regexp_like(rest, '^trainwarmpool[^:.-]*([:.-]|$)') THEN 'training-warm-pool'
            WHEN regexp_like(rest, '^trspt[^:.-]*([:.-]|$)') THEN 'spot-training'
            WHEN regexp_like(rest, '^spottraining([:.-]|$)') THEN 'spot-training'
            WHEN regexp_like(rest, '^train([:.-]|$)') THEN 'training'
            WHEN regexp_like(rest, '^processing([:.-]|$)') THEN 'processing'
            WHEN regexp_like(rest, '^datawrangler([:.-]|$)') THEN 'data-wrangler'
            WHEN regexp_like(rest, '^host([:.-]|$)') THEN 'hosting'
            WHEN regexp_like(rest, '^asyncinf([:.-]|$)') THEN 'hosting'
            WHEN regexp_like(rest, '^tsform([:.-]|$)') THEN 'batch-transform'
            WHEN regexp_like(rest, '^geospatial([:.-]|$)') THEN 'geospatial'
            WHEN regexp_like(rest, '^labeledobject[^:.-]*([:.-]|$)') THEN 'labeling'
            WHEN regexp_like(rest, '^a2i[^:.-]*([:.-]|$)') THEN 'labeling'
            WHEN regexp_like(rest, '^autopilot[^:.-]*([:.-]|$)') THEN 'autopilot'
            WHEN regexp_like(rest, '^datatransfer([:.-]|$)') THEN 'data-transfer'
            WHEN regexp_like(rest, '^aws[:.-]([^:.-]*[:.-])*bytes([:.-]|$)') THEN 'data-transfer'
            WHEN regexp_like(rest, '^[^:.-]*[:.-]([^:.-]*[:.-])*aws([:.-]|$)') THEN 'data-transfer'
            WHEN regexp_like(rest, '^[^:.-]*[:.-]([^:.-]*[:.-])*bytes([:.-]|$)') THEN 'hosting'
        END, CASE
            WHEN regexp_like(whole, '^unifiedstudio([:.-]|$)') THEN 'unified-studio'
            WHEN regexp_like(whole, '^rstudio([:.-]|$)') THEN 'rstudio'
            WHEN regexp_like(whole, '^studio[:.-]([^:.-]*[:.-])*volumeusage([:.-]|$)') THEN 'studio-storage'
            WHEN regexp_like(whole, '^studio[:.-]([^:.-]*[:.-])*jupyterlab([:.-]|$)') THEN 'studio-jupyterlab'
            WHEN regexp_like(whole, '^studio[:.-]([^:.-]*[:.-])*kernelgateway([:.-]|$)') THEN 'studio-kernelgateway'
            WHEN regexp_like(whole, '^studio[:.-]([^:.-]*[:.-])*codeeditor([:.-]|$)') THEN 'studio-codeeditor'
            WHEN regexp_like(whole, '^studio[:.-]([^:.-]*[:.-])*jupyterserver([:.-]|$)') THEN 'studio-jupyterserver'
            WHEN regexp_like(whole, '^studio([:.-]|$)') THEN 'studio-other'
            WHEN regexp_like(whole, '^cluster([:.-]|$)') THEN 'hyperpod'
            WHEN regexp_like(whole, '^canvas([:.-]|$)') THEN 'canvas'
            WHEN regexp_like(whole, '^featurestore([:.-]|$)') THEN 'feature-store'
            WHEN regexp_like(whole, '^mlflow[^:.-]*([:.-]|$)') THEN 'mlflow'
            WHEN regexp_like(whole, '^partnerapp[^:.-]*([:.-]|$)') THEN 'partner-app'
            WHEN regexp_like(whole, '^[^:.-]*[:.-]([^:.-]*[:.-])*volumeusage([:.-]|$)') THEN 'sagemaker-storage'
            WHEN regexp_like(whole, '^[^:.-]*[:.-]([^:.-]*[:.-])*storageiousage([:.-]|$)') THEN 'sagemaker-storage'
            WHEN regexp_like(whole, '^volumeusage([:.-]|$)') THEN 'sagemaker-storage'
            WHEN regexp_like(whole, '^notebk([:.-]|$)') THEN 'notebook-instance'
            WHEN regexp_like(whole, '^trainwarmpool[^:.-]*([:.-]|$)') THEN 'training-warm-pool'
            WHEN regexp_like(whole, '^trspt[^:.-]*([:.-]|$)') THEN 'spot-training'
            WHEN regexp_like(whole, '^spottraining([:.-]|$)') THEN 'spot-training'
            WHEN regexp_like(whole, '^train([:.-]|$)') THEN 'training'
            WHEN regexp_like(whole, '^processing([:.-]|$)') THEN 'processing'
            WHEN regexp_like(whole, '^datawrangler([:.-]|$)') THEN 'data-wrangler'
            WHEN regexp_like(whole, '^host([:.-]|$)') THEN 'hosting'
            WHEN regexp_like(whole, '^asyncinf([:.-]|$)') THEN 'hosting'
            WHEN regexp_like(whole, '^tsform([:.-]|$)') THEN 'batch-transform'
            WHEN regexp_like(whole, '^geospatial([:.-]|$)') THEN 'geospatial'
            WHEN regexp_like(whole, '^labeledobject[^:.-]*([:.-]|$)') THEN 'labeling'
            WHEN regexp_like(whole, '^a2i[^:.-]*([:.-]|$)') THEN 'labeling'
            WHEN regexp_like(whole, '^autopilot[^:.-]*([:.-]|$)') THEN 'autopilot'
            WHEN regexp_like(whole, '^datatransfer([:.-]|$)') THEN 'data-transfer'
            WHEN regexp_like(whole, '^aws[:.-]([^:.-]*[:.-])*bytes([:.-]|$)') THEN 'data-transfer'
            WHEN regexp_like(whole, '^[^:.-]*[:.-]([^:.-]*[:.-])*aws([:.-]|$)') THEN 'data-transfer'
            WHEN regexp_like(whole, '^[^:.-]*[:.-]([^:.-]*[:.-])*bytes([:.-]|$)') THEN 'hosting'
        END) AS usage_component
    FROM bill_usage_types
),
charges AS (
    SELECT
        currency,
        billing_period,
        usage_date,
        usage_account_id,
        domain_arn,
        user_profile_arn,
        space_arn,
        owner_reason,
        component,
        instance_type,
        product_code,
        usage_type,
        operation,
        line_item_type,
        region_code,
        "tag:CostCenter",
        standing,
        CAST(SUM(unblended_cost) AS DECIMAL(38, 12)) AS unblended_cost,
        CAST(SUM(amortized_cost) AS DECIMAL(38, 12)) AS amortized_cost,
        CAST(SUM(net_unblended_cost) AS DECIMAL(38, 12)) AS net_unblended_cost,
        CAST(SUM(net_amortized_cost) AS DECIMAL(38, 12)) AS net_amortized_cost,
        CAST(SUM(list_cost) AS DECIMAL(38, 12)) AS list_cost,
        CAST(SUM(blended_cost) AS DECIMAL(38, 12)) AS blended_cost,
        CAST(SUM(usage_hours) AS DECIMAL(38, 12)) AS usage_hours,
        CAST(SUM(line_items) AS BIGINT) AS line_items
    FROM (
        SELECT
            d.currency AS currency,
            d.billing_period AS billing_period,
            d.usage_date AS usage_date,
            d.usage_account_id AS usage_account_id,
            d.domain_arn AS domain_arn,
            d.user_profile_arn AS user_profile_arn,
            d.space_arn AS space_arn,
            d.owner_reason AS owner_reason,
            CASE
                WHEN d.product_code = 'AmazonSageMaker' AND k.usage_component IS NOT NULL THEN k.usage_component
                WHEN d.product_code = 'AmazonSageMaker' THEN 'sagemaker-other'
                WHEN d.product_code = 'MachineLearningSavingsPlans' THEN 'savings-plan-fee'
                WHEN d.product_code = 'AmazonEFS' THEN 'efs'
                ELSE 'other-service'
            END AS component,
            d.instance_type AS instance_type,
            d.product_code AS product_code,
            d.usage_type AS usage_type,
            d.operation AS operation,
            d.line_item_type AS line_item_type,
            d.region_code AS region_code,
            d."tag:CostCenter" AS "tag:CostCenter",
            CASE
                WHEN d.owner_reason <> 'none' THEN 'attributed'
                WHEN d.owner_reason <> 'none' OR d.product_code IN ('AmazonSageMaker', 'MachineLearningSavingsPlans') THEN 'unattributed'
                ELSE 'other_services'
            END AS standing,
            d.unblended_cost AS unblended_cost,
            d.amortized_cost AS amortized_cost,
            d.net_unblended_cost AS net_unblended_cost,
            d.net_amortized_cost AS net_amortized_cost,
            d.list_cost AS list_cost,
            d.blended_cost AS blended_cost,
            d.usage_hours AS usage_hours,
            d.line_items AS line_items
        FROM bill_owned AS d
        LEFT JOIN bill_components AS k ON k.usage_type = d.usage_type
    ) AS told
    GROUP BY currency, billing_period, usage_date, usage_account_id, domain_arn, user_profile_arn, space_arn, owner_reason, component, instance_type, product_code, usage_type, operation, line_item_type, region_code, "tag:CostCenter", standing
)
SELECT *
FROM charges
