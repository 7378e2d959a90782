-- Needs: SET spark.sql.ansi.enabled = true; SET spark.sql.session.timeZone = UTC
-- question:  What did each user profile cost, and in which domain?
-- reads:     charges
-- conserves: cost
-- adds up:   usage_hours, line_items
-- columns:   domain_arn, user_profile_arn, cost, usage_hours, line_items
-- chart:     bar
WITH bill_maps AS (
    SELECT
        *,
        map_filter(resource_tags, (k, v) -> k IN ('ManagedByAmazonSageMakerResource', 'aws:ManagedByAmazonSageMakerResource', 'aws:sagemaker:domain-arn', 'aws:sagemaker:shared-space-arn', 'aws:sagemaker:space-arn', 'aws:sagemaker:user-profile-arn', 'aws_managed_by_amazon_sage_maker_resource', 'aws_sagemaker_domain_arn', 'aws_sagemaker_shared_space_arn', 'aws_sagemaker_space_arn', 'aws_sagemaker_user_profile_arn', 'managed_by_amazon_sage_maker_resource', 'sagemaker:domain-arn', 'sagemaker:shared-space-arn', 'sagemaker:space-arn', 'sagemaker:user-profile-arn', 'sagemaker_domain_arn', 'sagemaker_shared_space_arn', 'sagemaker_space_arn', 'sagemaker_user_profile_arn', 'user:ManagedByAmazonSageMakerResource', 'user:sagemaker:domain-arn', 'user:sagemaker:shared-space-arn', 'user:sagemaker:space-arn', 'user:sagemaker:user-profile-arn', 'user_managed_by_amazon_sage_maker_resource', 'user_sagemaker_domain_arn', 'user_sagemaker_shared_space_arn', 'user_sagemaker_space_arn', 'user_sagemaker_user_profile_arn') AND v <> '') AS narrow_resource_tags,
        map_filter(tags, (k, v) -> k IN ('resourceTags/ManagedByAmazonSageMakerResource', 'resourceTags/aws:ManagedByAmazonSageMakerResource', 'resourceTags/aws:sagemaker:domain-arn', 'resourceTags/aws:sagemaker:shared-space-arn', 'resourceTags/aws:sagemaker:space-arn', 'resourceTags/aws:sagemaker:user-profile-arn', 'resourceTags/sagemaker:domain-arn', 'resourceTags/sagemaker:shared-space-arn', 'resourceTags/sagemaker:space-arn', 'resourceTags/sagemaker:user-profile-arn', 'resourceTags/user:ManagedByAmazonSageMakerResource', 'resourceTags/user:sagemaker:domain-arn', 'resourceTags/user:sagemaker:shared-space-arn', 'resourceTags/user:sagemaker:space-arn', 'resourceTags/user:sagemaker:user-profile-arn') AND v <> '') AS narrow_tags
    FROM billing.cur2
),
bill_rows AS (
    SELECT
        nullif(line_item_currency_code, '') AS line_item_currency_code,
        coalesce(try_element_at(narrow_tags, 'resourceTags/sagemaker:space-arn'), try_element_at(narrow_tags, 'resourceTags/user:sagemaker:space-arn'), try_element_at(narrow_tags, 'resourceTags/aws:sagemaker:space-arn'), try_element_at(narrow_resource_tags, 'user_sagemaker_space_arn'), try_element_at(narrow_resource_tags, 'sagemaker:space-arn'), try_element_at(narrow_resource_tags, 'user:sagemaker:space-arn'), try_element_at(narrow_resource_tags, 'sagemaker_space_arn'), try_element_at(narrow_resource_tags, 'aws_sagemaker_space_arn'), try_element_at(narrow_resource_tags, 'aws:sagemaker:space-arn')) AS own_space_tag,
        coalesce(try_element_at(narrow_tags, 'resourceTags/sagemaker:shared-space-arn'), try_element_at(narrow_tags, 'resourceTags/user:sagemaker:shared-space-arn'), try_element_at(narrow_tags, 'resourceTags/aws:sagemaker:shared-space-arn'), try_element_at(narrow_resource_tags, 'user_sagemaker_shared_space_arn'), try_element_at(narrow_resource_tags, 'sagemaker:shared-space-arn'), try_element_at(narrow_resource_tags, 'user:sagemaker:shared-space-arn'), try_element_at(narrow_resource_tags, 'sagemaker_shared_space_arn'), try_element_at(narrow_resource_tags, 'aws_sagemaker_shared_space_arn'), try_element_at(narrow_resource_tags, 'aws:sagemaker:shared-space-arn')) AS shared_space_tag,
        coalesce(try_element_at(narrow_tags, 'resourceTags/sagemaker:domain-arn'), try_element_at(narrow_tags, 'resourceTags/user:sagemaker:domain-arn'), try_element_at(narrow_tags, 'resourceTags/aws:sagemaker:domain-arn'), try_element_at(narrow_resource_tags, 'user_sagemaker_domain_arn'), try_element_at(narrow_resource_tags, 'sagemaker:domain-arn'), try_element_at(narrow_resource_tags, 'user:sagemaker:domain-arn'), try_element_at(narrow_resource_tags, 'sagemaker_domain_arn'), try_element_at(narrow_resource_tags, 'aws_sagemaker_domain_arn'), try_element_at(narrow_resource_tags, 'aws:sagemaker:domain-arn')) AS domain_tag,
        coalesce(try_element_at(narrow_tags, 'resourceTags/sagemaker:user-profile-arn'), try_element_at(narrow_tags, 'resourceTags/user:sagemaker:user-profile-arn'), try_element_at(narrow_tags, 'resourceTags/aws:sagemaker:user-profile-arn'), try_element_at(narrow_resource_tags, 'user_sagemaker_user_profile_arn'), try_element_at(narrow_resource_tags, 'sagemaker:user-profile-arn'), try_element_at(narrow_resource_tags, 'user:sagemaker:user-profile-arn'), try_element_at(narrow_resource_tags, 'sagemaker_user_profile_arn'), try_element_at(narrow_resource_tags, 'aws_sagemaker_user_profile_arn'), try_element_at(narrow_resource_tags, 'aws:sagemaker:user-profile-arn')) AS user_profile_tag,
        nullif(line_item_resource_id, '') AS line_item_resource_id,
        coalesce(try_element_at(narrow_tags, 'resourceTags/ManagedByAmazonSageMakerResource'), try_element_at(narrow_tags, 'resourceTags/user:ManagedByAmazonSageMakerResource'), try_element_at(narrow_tags, 'resourceTags/aws:ManagedByAmazonSageMakerResource'), try_element_at(narrow_resource_tags, 'user_managed_by_amazon_sage_maker_resource'), try_element_at(narrow_resource_tags, 'ManagedByAmazonSageMakerResource'), try_element_at(narrow_resource_tags, 'user:ManagedByAmazonSageMakerResource'), try_element_at(narrow_resource_tags, 'managed_by_amazon_sage_maker_resource'), try_element_at(narrow_resource_tags, 'aws_managed_by_amazon_sage_maker_resource'), try_element_at(narrow_resource_tags, 'aws:ManagedByAmazonSageMakerResource')) AS volume_tag,
        nullif(line_item_product_code, '') AS line_item_product_code,
        CAST(line_item_unblended_cost AS DECIMAL(27, 12)) AS line_item_unblended_cost,
        nullif(line_item_line_item_type, '') AS line_item_line_item_type,
        CAST(reservation_effective_cost AS DECIMAL(27, 12)) AS reservation_effective_cost,
        CAST(reservation_unused_amortized_upfront_fee_for_billing_period AS DECIMAL(27, 12)) AS reservation_unused_amortized_upfront_fee_for_billing_period,
        CAST(reservation_unused_recurring_fee AS DECIMAL(27, 12)) AS reservation_unused_recurring_fee,
        nullif(reservation_reservation_a_r_n, '') AS reservation_reservation_a_r_n,
        CAST(savings_plan_savings_plan_effective_cost AS DECIMAL(27, 12)) AS savings_plan_savings_plan_effective_cost,
        CAST(savings_plan_total_commitment_to_date AS DECIMAL(27, 12)) AS savings_plan_total_commitment_to_date,
        CAST(savings_plan_used_commitment AS DECIMAL(27, 12)) AS savings_plan_used_commitment,
        nullif(line_item_line_item_description, '') AS line_item_line_item_description,
        CAST(line_item_usage_amount AS DECIMAL(27, 12)) AS line_item_usage_amount,
        nullif(pricing_unit, '') AS pricing_unit,
        nullif(line_item_operation, '') AS line_item_operation
    FROM bill_maps
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
        CASE WHEN lower(pricing_unit) IN ('hrs', 'hours', 'hour', 'hr') AND line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'FlatRateSubscription') THEN coalesce(line_item_usage_amount, CAST(0 AS DECIMAL(27, 12))) ELSE CAST(0 AS DECIMAL(27, 12)) END AS usage_hours
    FROM bill_rows
    WHERE coalesce(line_item_operation, '') NOT IN ('EKSPod-EC2', 'ECSTask-EC2')
        AND coalesce(line_item_currency_code, 'XXX') = 'USD'
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
        CAST(SUM(amortized_cost) AS DECIMAL(26, 12)) AS amortized_cost,
        CAST(SUM(usage_hours) AS DECIMAL(26, 12)) AS usage_hours,
        COUNT(*) AS line_items
    FROM bill_lines
    GROUP BY currency, domain_tag, user_profile_tag, space_tag, owner_arn, tagged_resource, managed_by_tag, product_code
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
        d.amortized_cost AS amortized_cost,
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
        amortized_cost,
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
charges AS (
    SELECT
        currency,
        domain_arn,
        user_profile_arn,
        standing,
        CAST(SUM(amortized_cost) AS DECIMAL(26, 12)) AS cost,
        CAST(SUM(usage_hours) AS DECIMAL(26, 12)) AS usage_hours,
        CAST(SUM(line_items) AS BIGINT) AS line_items
    FROM (
        SELECT
            d.currency AS currency,
            d.domain_arn AS domain_arn,
            d.user_profile_arn AS user_profile_arn,
            CASE
                WHEN d.owner_reason <> 'none' THEN 'attributed'
                WHEN d.owner_reason <> 'none' OR d.product_code IN ('AmazonSageMaker', 'MachineLearningSavingsPlans') THEN 'unattributed'
                ELSE 'other_services'
            END AS standing,
            d.amortized_cost AS amortized_cost,
            d.usage_hours AS usage_hours,
            d.line_items AS line_items
        FROM bill_owned AS d
    ) AS told
    GROUP BY currency, domain_arn, user_profile_arn, standing
)
SELECT
    domain_arn,
    user_profile_arn,
    SUM(cost) AS cost,
    SUM(usage_hours) AS usage_hours,
    SUM(line_items) AS line_items
FROM charges
GROUP BY domain_arn, user_profile_arn
ORDER BY cost DESC, domain_arn, user_profile_arn
