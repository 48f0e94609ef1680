"""Finds the native kernels and builds them; everything else is in pyproject.toml."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

DEBUG = os.environ.get("MODELCHECK_DEBUG") == "1"
ROOT = Path(__file__).parent
# Nothing but the module's initialiser is called from outside, so calls within a kernel need not go through a table.
FLAGS = ["-std=c++17", "-fvisibility=hidden", *(["-O1", "-g"] if DEBUG else ["-O3", "-DNDEBUG"])]


def kernels() -> list[Extension]:
    """Every ``_*.pyx`` below ``modelcheck/`` is an extension, rebuilt when a header changes."""
    headers = [str(header.relative_to(ROOT)) for header in sorted(ROOT.glob("modelcheck/**/*.hpp"))]
    found = []
    for source in sorted(ROOT.glob("modelcheck/**/_*.pyx")):
        path = source.relative_to(ROOT)
        found.append(
            Extension(
                ".".join(path.with_suffix("").parts),
                [str(path)],
                language="c++",
                include_dirs=["."],  # Headers of other packages are included by their whole path.
                depends=headers,
                extra_compile_args=FLAGS,
            )
        )
    return found


class BuildKernels(build_ext):
    """Says in one sentence that a compiler is missing, instead of a traceback from deep inside."""

    def build_extensions(self) -> None:
        """Build all kernels, after asking whether there is a compiler at all."""
        command = (
            getattr(self.compiler, "compiler_so_cxx", None) or getattr(self.compiler, "compiler_so", None) or [""]
        )[0]
        if command and shutil.which(command) is None:
            sys.exit(
                f"modelcheck needs a C++17 compiler to build its kernels and found no {command!r}: "
                "install one (Debian and Ubuntu: apt-get install g++; macOS: xcode-select --install) and try again."
            )
        super().build_extensions()


setup(
    ext_modules=cythonize(
        kernels(),
        compiler_directives={
            "language_level": 3,
            "boundscheck": DEBUG,
            "wraparound": False,
            "cdivision": True,
            "initializedcheck": DEBUG,
            "embedsignature": True,
            "freethreading_compatible": False,
        },
    ),
    cmdclass={"build_ext": BuildKernels},
)
