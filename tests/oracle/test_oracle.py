"""The oracle against figures that it did not compute: published totals, identities of AWS's own
columns, and amounts worked out by hand."""

import json
import unittest
from pathlib import Path

import components
import costs
import tags
from export import Line, find_by_suffix
from owners import Owners
from spend import Bill

REAL = Path(__file__).parents[2] / "sample-data" / "real"
PUBLISHED = json.loads((REAL / "expected.json").read_text())
BILLS = {
    name: Bill(REAL / folder)
    for name, folder in {
        "legacy-workshop-cur/2018-10+11": "legacy-workshop-cur",
        "cur2-ha-portal": "cur2-ha-portal",
        "nise-sagemaker/all": "nise-sagemaker/parquet-twin",
        "mock-manifests-keboola/cur_1_0": "mock-manifests-keboola/cur_1_0",
        "mock-manifests-keboola/cur_2_0": "mock-manifests-keboola/cur_2_0",
    }.items()
}
# Word of a question, and the name of the published breakdown of unblended cost.
BREAKDOWNS = {
    "line-type": "by_line_item_type",
    "service": "by_product_code",
    "account": "by_usage_account",
    "tag:cost center": "by_resource_tags_user_cost_center",
    "tag:Department": "by_resource_tags_user_department",
    "tag:team": "by_resource_tags_user_team",
    "tag:sagemaker:domain-arn": "by_resource_tags_user_sagemaker_domain_arn",
    "user": "by_resource_tags_user_sagemaker_user_profile_arn",
    "space": "by_resource_tags_user_sagemaker_space_arn",
    "tag:workload": "by_resource_tags[user_workload]",
    "tag:CostCenter": "by_resource_tags[user_cost_center]",
    "tag:user:Workload": "by_tags[resourceTags/user:Workload]",
}


def total(bill: Bill, metric: str) -> float:
    """The sum of a bill, as published totals are: a double."""
    return sum(line.costs[metric] for line, _ in bill.charges) / 10**12


class PublishedTotals(unittest.TestCase):
    """The same files, added up by others."""

    def test_unblended_totals_and_breakdowns_are_as_published(self):
        compared = 0
        for name, bill in BILLS.items():
            published = PUBLISHED[name]
            self.assertEqual(len(bill.charges), published["rows"])
            self.assertAlmostEqual(
                total(bill, "unblended"), published["sum_line_item_unblended_cost"], 9
            )
            for word, breakdown in BREAKDOWNS.items():
                for value, row in published.get(breakdown, {}).items():
                    with self.subTest(bill=name, by=word, value=value):
                        self.assertAlmostEqual(self.cost(bill, word, value), row["unblended"], 9)
                        compared += 1
        self.assertGreater(compared, 80)

    @staticmethod
    def cost(bill: Bill, word: str, value: str) -> float:
        rows = bill.spend([word], "unblended")
        wanted = None if value in ("", "(null)") else value
        *_, key = [name for name in rows[0] if name != "cost"]
        return sum(float(row["cost"]) for row in rows if row[key] == wanted)

    def test_public_prices_and_blended_cost_are_as_published(self):
        for name in ("legacy-workshop-cur/2018-10+11", "cur2-ha-portal"):
            published = PUBLISHED[name]
            self.assertAlmostEqual(
                total(BILLS[name], "list"), published["sum_pricing_public_on_demand_cost"], 9
            )
            self.assertAlmostEqual(
                total(BILLS[name], "blended"), published["sum_line_item_blended_cost"], 9
            )

    def test_amortizing_moves_the_upfront_fees_of_reservations(self):
        """AWS rounds its own columns: the two sides agree to 1e-5 over a month."""
        bill = BILLS["legacy-workshop-cur/2018-10+11"]
        moved = total(bill, "amortized") - total(bill, "unblended")
        self.assertAlmostEqual(moved, 131.473973 + 127.232877, delta=1e-5)


class Costs(unittest.TestCase):
    """Amounts worked out by hand."""

    def test_a_double_is_its_shortest_text_rounded_half_away_from_zero(self):
        for number, expected in [
            (0.1, 100_000_000_000),
            (0.30000000000000004, 300_000_000_000),
            (5e-13, 1),
            (-5e-13, -1),
            (2.5e-12, 3),
            (4.9e-13, 0),
            (-0.0, 0),
            (1e22, 10**34),
        ]:
            self.assertEqual(costs.pico(number), expected, number)
        self.assertEqual(costs.decimal_text(-1_500_000_000_000), "-1.5")
        self.assertEqual(costs.decimal_text(1), "0.000000000001")
        self.assertEqual(costs.decimal_text(0), "0")
        self.assertEqual(costs.divide(-5, 2), -3)

    def test_unused_commitment_is_scaled_by_the_discount_on_the_fees_of_its_plan(self):
        text = {
            "line_item_line_item_type": "SavingsPlanRecurringFee",
            "line_item_line_item_description": None,
            "reservation_reservation_a_r_n": None,
        }
        gross = {
            costs.COMMITTED: 10,
            costs.USED: 3,
            costs.PLAN_RECURRING: 6,
            costs.PLAN_UPFRONT: 2,
            costs.UNBLENDED: 6,
        }
        net = {costs.NET[costs.PLAN_RECURRING]: 5, costs.NET[costs.PLAN_UPFRONT]: 1}
        self.assertEqual(costs.metrics(text, gross)["net_amortized"], 7)
        found = costs.metrics(text, gross | net)
        self.assertEqual((found["amortized"], found["net_amortized"]), (7, 5))  # 7 * 6/8 = 5.25
        without_base = gross | net | {costs.PLAN_RECURRING: 0, costs.PLAN_UPFRONT: 0}
        self.assertEqual(costs.metrics(text, without_base)["net_amortized"], 7)


class Words(unittest.TestCase):
    """Tags, owners, components."""

    def test_spellings_of_a_tag_fold_to_one_key(self):
        for spelling in (
            "resource_tags_user_sagemaker_domain_arn",
            "user_sagemaker_domain_arn",
            "resourceTags/sagemaker:domain-arn",
            "resourceTags/user:sagemaker:domain-arn",
            "resource_tags_aws_sagemaker_domain_arn",
            "sagemakerDomainArn",
        ):
            self.assertEqual(tags.fold(spelling)[0], "sagemakerdomainarn")

    def test_the_newer_map_is_believed_first_and_empty_text_never(self):
        merged = tags.merge_tags(
            (("resourceTags/team", ""), ("resourceTags/env", "prod"), ("accountTag/env", "no")),
            (("aws_team", "by-aws"), ("user_team", "by-user"), ("user_env", "dev")),
        )
        self.assertEqual(merged, {"env": "prod", "team": "by-user"})

    def test_an_untagged_app_is_resolved_by_names_seen_in_tags(self):
        head = "arn:aws-cn:sagemaker:cn-north-1:111122223333"

        def line(resource=None, **tagged):
            text = {"line_item_resource_id": resource, "line_item_product_code": "AmazonSageMaker"}
            return Line(text, "2026-01", "2026-01-01", tagged, {})

        user = line(sagemakeruserprofilearn=f"{head}:user-profile/d-a/Zoe")
        shared = line(sagemakersharedspacearn=f"{head}:space/d-a/Team")
        owners = Owners([user, shared])
        self.assertEqual(owners.of(user).domain, f"{head}:domain/d-a")
        self.assertEqual(owners.of(shared).space, f"{head}:space/d-a/Team")
        for resource, user_name, space_name in [
            ("app/d-a/zoe/jupyterlab/default", "Zoe", None),
            ("app/d-a/team/kernelgateway/x", None, "Team"),
            ("app/d-a/new/JupyterLab/default", None, "new"),
            ("app/d-a/new/kernelgateway/x", "new", None),
        ]:
            owner = owners.of(line(f"{head}:{resource}"))
            self.assertEqual(owner.reason, "resource-arn")
            self.assertEqual(owner.user and owner.user.rpartition("/")[2], user_name)
            self.assertEqual(owner.space and owner.space.rpartition("/")[2], space_name)
        self.assertEqual(owners.of(line(f"{head}:training-job/x")).standing, "unattributed")
        efs = owners.of(line("fs-1", managedbyamazonsagemakerresource=f"{head}:domain/d-a"))
        self.assertEqual((efs.domain, efs.reason), (f"{head}:domain/d-a", "efs"))

    def test_usage_types_have_components(self):
        for usage_type, component in [
            ("USE1-Studio:JupyterLab-ml.t3.medium", "studio-jupyterlab"),
            ("Studio:VolumeUsage.gp3", "studio-storage"),
            ("EU-RStudio:RSessionGateway-ml.t3.medium", "rstudio"),
            ("USE1-UnifiedStudio:Notebook-ml.t3.medium", "unified-studio"),
            ("APN2-TrainWarmPoolUsage:ml.g5.xlarge", "training-warm-pool"),
            ("EUC1-Train:ml.p3.2xlarge", "training"),
            ("USE1-TrSpt:ml.g4dn.xlarge", "spot-training"),
            ("USE1-Host:VolumeUsage.gp2", "sagemaker-storage"),
            ("USE1-VolumeUsage.gp3", "sagemaker-storage"),
            ("Cluster:VolumeUsage.gp2", "hyperpod"),
            ("USE1-Data-Bytes-In", "hosting"),
            ("USE1-USW2-AWS-Out-Bytes", "data-transfer"),
            ("USE1-Quantum:ml.q1.large", "sagemaker-other"),
        ]:
            found = components.component_of("AmazonSageMaker", usage_type)
            self.assertEqual(found, component, usage_type)
        self.assertEqual(components.component_of("AmazonEC2", "Train:x"), "other-service")

    def test_a_manifest_key_finds_the_file_with_the_longest_common_end(self):
        files = [Path("copy/month=1/x-1.parquet"), Path("copy/month=2/x-1.parquet")]
        self.assertEqual(find_by_suffix("p/month=2/x-1.parquet", files), files[1])


if __name__ == "__main__":
    unittest.main()
