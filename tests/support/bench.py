"""One run of `loopmsg bench` with its document and what is required of it, and the sum of several."""

import json
import os
import subprocess
import tempfile

from support.check import HOST, WAIT_S, Failure, require


class Run:
    """One run of `bench --json` against PORT of HOST, to its end."""

    def __init__(self, client: list, port, *options, host: str = HOST) -> None:
        command = client + ["bench", f"{host}:{port}", "--json", *map(str, options)]
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=WAIT_S, check=False
        )
        self.code = ended.returncode
        self.error = ended.stderr.decode("utf-8")
        try:
            self.document = json.loads(ended.stdout.decode("utf-8"))
        except ValueError as error:
            raise Failure(f"{command} printed no document: {ended.stdout!r} {self.error!r}") from error
        self.server = self.document["servers"][0]
        self.measured = self.server["measured"]
        require("the exit code in the document", self.document["exit_code"], self.code)

    def require_code(self, code: int) -> None:
        if self.code != code:
            raise Failure(f"bench exited with {self.code}, not {code}: {self.error!r}")

    def require_clean(self) -> None:
        """It has lost nothing and found no wrong byte."""
        self.require_code(0)
        require("what bench said", self.error, "")
        require("failure", self.document["failure"], None)
        for name in ("connect", "warmup", "measured"):
            require(f"errors ({name})", self.server[name]["errors"]["total"], 0)
            require(f"lost ({name})", self.server[name]["lost"], 0)
            require(f"wrong ({name})", self.server[name]["wrong"], None)


def merge(client: list, code: int, *documents: dict) -> dict:
    """The document of `merge --json` of DOCUMENTS, which must exit with CODE."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, f"{i}.json") for i in range(len(documents))]
        for path, document in zip(paths, documents):
            with open(path, "w", encoding="utf-8") as file:
                json.dump(document, file)
        command = client + ["merge", "--json", *paths]
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S, check=False)
    if ended.returncode != code:
        raise Failure(f"merge exited with {ended.returncode}, not {code}: {ended.stderr!r}")
    return json.loads(ended.stdout.decode("utf-8"))
