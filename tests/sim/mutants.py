#!/usr/bin/env python3
"""mutants.py BUILD_DIRECTORY [NAME...]: shows that the simulation finds faults.

Plants each fault of tests/sim/mutants in turn into a copy of the sources, builds loopmsg-sim there and requires it to fail. The unchanged
sources must pass. Everything it writes is in BUILD_DIRECTORY/mutants."""

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDERS = ["cmake", "core", "platform", "apps", "tests"]
# The kinds of faults to run with, cheapest first; one that fails is enough.
FAULTS = ["none", "slices", "memory", "accepts", "buffers", "all"]
OPTIONS = ["--one", "--quiet", "--seed", "1", "--seeds", "60", "--conversations", "30"]


def run(words, **options):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False, **options)


def build(source, binary):
    result = run(["cmake", "--build", str(binary), "--target", "loopmsg-sim", "--parallel", "2"])
    if result.returncode != 0:
        sys.exit(f"{source} does not build:\n{result.stdout}")


def find_red(program):
    """The first kind of faults with which a run fails, and its last line; None if all pass."""
    for faults in FAULTS:
        try:
            result = run([str(program), *OPTIONS, "--faults", faults], timeout=120)
        except subprocess.TimeoutExpired:
            return faults, "did not come to its end"
        if result.returncode != 0:
            lines = result.stdout.strip().splitlines()
            return faults, lines[-1] if lines else f"exit code {result.returncode}"
    return None


def main():
    if shutil.which("patch") is None:
        print("skipped: there is no patch(1) here")
        return 0
    work = pathlib.Path(sys.argv[1]).resolve() / "mutants"
    source, binary = work / "source", work / "build"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, source / folder, symlinks=True)
    shutil.copy(ROOT / "CMakeLists.txt", source)
    result = run(["cmake", "-S", str(source), "-B", str(binary), "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DLOOPMSG_ASSERTIONS=ON",
                  "-DLOOPMSG_TESTS=ON"])
    if result.returncode != 0:
        sys.exit(result.stdout)
    build(source, binary)
    program = binary / "tests" / "loopmsg-sim"
    red = find_red(program)
    if red is not None:
        sys.exit(f"without any planted fault it is red: {red[0]}: {red[1]}")

    patches = sorted((ROOT / "tests" / "sim" / "mutants").glob("*.patch"))
    patches = [patch for patch in patches if not sys.argv[2:] or patch.stem in sys.argv[2:]]
    survived = 0
    for patch in patches:
        planted = run(["patch", "-p1", "-i", str(patch)], cwd=source)
        if planted.returncode != 0:
            sys.exit(f"{patch.name} does not apply:\n{planted.stdout}")
        build(source, binary)
        red = find_red(program)
        survived += red is None
        print(f"{patch.stem}: {'SURVIVED' if red is None else f'red with faults {red[0]}: {red[1]}'}", flush=True)
        run(["patch", "-p1", "-R", "-i", str(patch)], cwd=source)
    print(f"{len(patches)} planted faults, {survived} of them not noticed")
    return survived > 0 or not patches


sys.exit(main())
