"""The small workflow on Temporal: an event, a condition, a wait, and a send that is tried until it is done.

`temporal_worker.py worker PORT` works; `begin PORT N WAIT_MS` starts workflows, `run` waits for their ends, too.
"""

import asyncio
import sys
import uuid
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

QUEUE = "small"
AT_ONCE = 64


@activity.defn
async def send() -> str:
    return "250 ok"


@workflow.defn
class Small:
    @workflow.run
    async def run(self, plan: str, wait_ms: int) -> None:
        if plan != "trial":
            return
        await asyncio.sleep(wait_ms / 1000)
        await workflow.execute_activity(send, start_to_close_timeout=timedelta(seconds=10))


async def start(client, n, wait_ms, ends):
    room = asyncio.Semaphore(AT_ONCE)

    async def one():
        async with room:
            name = str(uuid.uuid4())
            started = await client.start_workflow(Small.run, args=["trial", wait_ms], id=name, task_queue=QUEUE)
        if ends:
            await started.result()

    await asyncio.gather(*(one() for _ in range(n)))


async def main():
    what, port = sys.argv[1], sys.argv[2]
    client = await Client.connect(f"127.0.0.1:{port}")
    if what == "worker":
        await Worker(client, task_queue=QUEUE, workflows=[Small], activities=[send]).run()
    else:
        await start(client, int(sys.argv[3]), int(sys.argv[4]), what == "run")


if __name__ == "__main__":
    asyncio.run(main())
