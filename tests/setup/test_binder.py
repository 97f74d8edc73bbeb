"""What Binder builds: the configuration is accepted, and only the released workbook stays."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from labkit.authoring.workbook import release_workbook

ROOT = Path(__file__).resolve().parents[2]

LABEXTENSIONS_SEEN = """
import sys
from jupyterlab_server.config import get_federated_extensions
from traitlets.config import PyFileConfigLoader
import labkit.desk.server
settings = PyFileConfigLoader("jupyter_lab_config.py", path=sys.prefix + "/etc/jupyter")
found = get_federated_extensions(settings.load_config().LabApp.extra_labextensions_path)["labkit"]
print(found["ext_path"] + "/" + found["jupyterlab"]["_build"]["load"])
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Binder builds on Linux, with bash")


def copy_repository(folder: Path) -> Path:
    """Copy what a checkout has, and a .git folder that must not stay."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    return folder


def image_python(folder: Path) -> Path:
    """Make an environment that sees this one's packages and can take labkit on top of them."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    here = next(path for path in map(Path, sys.path) if path.name == "site-packages")
    (packages / "outer.pth").write_text(f"{here}\n")
    return folder / "bin" / "python"


def post_build(tree: Path, python: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run postBuild as repo2docker does, without the network."""
    environment = {
        **os.environ,
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
        "PIP_NO_INDEX": "1",
        # pip's way to say: build with the setuptools that is here.
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_CONFIG_FILE": os.devnull,
        **variables,
    }
    return subprocess.run(
        ["binder/postBuild"], cwd=tree, env=environment, capture_output=True, text=True
    )


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the tree after postBuild and the environment's Python."""
    tree = copy_repository(tmp_path_factory.mktemp("jovyan"))
    python = image_python(tmp_path_factory.mktemp("srv") / "notebook")
    answer = post_build(tree, python, REPO_DIR=str(tree))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return tree, python


def test_post_build_leaves_the_released_workbook_and_nothing_else(
    image: tuple[Path, Path], tmp_path: Path
) -> None:
    release_workbook(ROOT, tmp_path / "workbook")
    assert files_in(image[0]) == files_in(tmp_path / "workbook")


def test_post_build_gives_learners_the_settings_of_labkit_lab(image: tuple[Path, Path]) -> None:
    config = image[1].parents[1] / "etc" / "jupyter"
    assert (config / "labconfig" / "page_config.json").is_file()
    assert (config / "jupyter_lab_config.py").is_file()
    assert (config / "jupyter_server_config.d" / "zz_labkit.json").is_file()


def test_the_installed_labkit_does_without_the_repository(image: tuple[Path, Path]) -> None:
    tree, python = image
    command = [str(python), "-c", "import labkit.checks; print(labkit.checks.__file__)"]
    answer = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True)
    assert Path(answer.stdout.strip()).is_relative_to(python.parents[1])


def test_the_installed_labkit_brings_the_home_page(image: tuple[Path, Path]) -> None:
    tree, python = image
    # As JupyterLab does it: run the settings, then look for extensions where they say.
    command = [str(python), "-c", LABEXTENSIONS_SEEN]
    answer = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True)
    entry = Path(answer.stdout.strip())
    assert entry.is_file() and entry.is_relative_to(python.parents[1])
    assert (entry.parent / "style.css").is_file()


@pytest.mark.parametrize("repo_dir", ["", "/"])
def test_post_build_empties_no_folder_but_the_images(tmp_path: Path, repo_dir: str) -> None:
    (tmp_path / "binder").mkdir()
    shutil.copy2(ROOT / "binder" / "postBuild", tmp_path / "binder")
    (tmp_path / "precious.txt").write_text("work of a week")
    answer = post_build(tmp_path, Path(sys.executable), REPO_DIR=repo_dir)
    assert answer.returncode == 1 and "REPO_DIR" in answer.stderr
    assert (tmp_path / "precious.txt").exists()


def test_post_build_fails_whole_where_the_release_fails(tmp_path: Path) -> None:
    (tmp_path / "binder").mkdir()
    shutil.copy2(ROOT / "binder" / "postBuild", tmp_path / "binder")
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, script in (("python", "exit 0"), ("labkit", "exit 1")):
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    answer = post_build(tmp_path, tools / "python", REPO_DIR=str(tmp_path))
    assert answer.returncode == 1
    assert (tmp_path / "binder" / "postBuild").exists()


def test_repo2docker_accepts_the_configuration(
    need_tool: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    )
    command = [need_tool("jupyter-repo2docker"), "--no-build", "--debug"]
    command += ["--user-id", "1000", "--user-name", "jovyan", str(copy_repository(tmp_path))]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    dockerfile = answer.stdout + answer.stderr
    assert "binder/environment.yml" in dockerfile
    assert "RUN ./binder/postBuild" in dockerfile
