"""Components: what kind of SageMaker work a line item pays for.

In:    product code and usage type.
Out:   the component's name, by patterns that are tried top down.
Never: looks for a word inside a word: `RStudio` is not Studio.
"""

import re
from functools import lru_cache

# After an optional region prefix, which is dropped only when the rest is known.
REGION = r"(?:[A-Z]{2,4}[0-9]?-)?"
SEP = r"[:.\-]"
END = rf"(?:{SEP}.*)?"


def word(name: str, then: str = END) -> str:
    """A pattern for a usage type that begins with this token, in any letter case."""
    return rf"{REGION}(?i:{name}{then})"


def later(token: str) -> str:
    """The rest of a usage type that has this token somewhere in it."""
    return rf"(?:{SEP}.*)?{SEP}{token}{END}"


PATTERNS = [
    (word("UnifiedStudio"), "unified-studio"),
    (word("RStudio"), "rstudio"),
    (word("Studio", later("VolumeUsage")), "studio-storage"),
    (word("Studio", later("JupyterLab")), "studio-jupyterlab"),
    (word("Studio", later("KernelGateway")), "studio-kernelgateway"),
    (word("Studio", later("CodeEditor")), "studio-codeeditor"),
    (word("Studio", later("JupyterServer")), "studio-jupyterserver"),
    (word("Studio"), "studio-other"),
    (word("Cluster"), "hyperpod"),
    (word("Canvas"), "canvas"),
    (word("FeatureStore"), "feature-store"),
    (word("MLflow.*"), "mlflow"),
    (word("PartnerApp.*"), "partner-app"),
    (word(rf"(?:[^:.\-]*{SEP}(?:.*{SEP})?)?(?:VolumeUsage)"), "sagemaker-storage"),
    (word(rf"[^:.\-]*{SEP}(?:.*{SEP})?StorageIOUsage"), "sagemaker-storage"),
    (word("Notebk"), "notebook-instance"),
    (word("TrainWarmPool.*"), "training-warm-pool"),
    (word("TrSpt.*"), "spot-training"),
    (word("SpotTraining"), "spot-training"),
    (word("Train"), "training"),
    (word("Processing"), "processing"),
    (word("DataWrangler"), "data-wrangler"),
    (word("Host"), "hosting"),
    (word("AsyncInf"), "hosting"),
    (word("Tsform"), "batch-transform"),
    (word("Geospatial"), "geospatial"),
    (word("LabeledObject.*"), "labeling"),
    (word("A2I.*"), "labeling"),
    (word("Autopilot.*"), "autopilot"),
    (word("DataTransfer"), "data-transfer"),
    (word("AWS", later("Bytes")), "data-transfer"),
    (word(rf"[^:.\-]*", later("AWS")), "data-transfer"),
    (word(rf"[^:.\-]*", later("Bytes")), "hosting"),
]
COMPILED = [(re.compile(pattern), component) for pattern, component in PATTERNS]
PRODUCTS = {
    "AmazonSageMaker": "sagemaker-other",
    "MachineLearningSavingsPlans": "savings-plan-fee",
    "AmazonEFS": "efs",
}


@lru_cache(maxsize=None)
def component_of(product: str | None, usage_type: str | None) -> str:
    """The component of a line item; every line has one."""
    if product == "AmazonSageMaker":
        for pattern, component in COMPILED:
            if pattern.fullmatch(usage_type or ""):
                return component
    return PRODUCTS.get(product, "other-service")
