"""Delivers events through one real Python client and tells which of them the client counts as delivered.

stdin: {client, host, writeKey, flushAt, gzip, events: [{type, messageId, ...}]} as one JSON document.
stdout: {delivered: [messageId], failed: [[messageId, why]], refused: [[messageId, why]]}; refused are those that the
client never sends because it finds them wrong itself.
"""

import json
import logging
import sys

# How often a client tries again: servers that come back are to be found again.
RETRIES = 12

# A message's members by the names of the clients' arguments.
ARGUMENTS = {
    "userId": "user_id",
    "anonymousId": "anonymous_id",
    "groupId": "group_id",
    "previousId": "previous_id",
    "messageId": "message_id",
}


def client_class(name):
    if name == "segment-analytics-python":
        from segment.analytics.client import Client
    elif name == "rudder-sdk-python":
        from rudderstack.analytics.client import Client
    else:
        raise SystemExit(f"there is no client {name}")
    return Client


def main():
    # What the clients log is told below, in one document.
    logging.disable(logging.CRITICAL)
    job = json.load(sys.stdin)
    failed, refused, handed = [], [], []

    def on_error(error, batch):
        failed.extend((message["messageId"], str(error)) for message in batch)

    client = client_class(job["client"])(
        job["writeKey"],
        host=job["host"],
        on_error=on_error,
        gzip=job["gzip"],
        max_retries=RETRIES,
        upload_size=job["flushAt"],
        upload_interval=0.3,
    )
    for event in job["events"]:
        message = {ARGUMENTS.get(name, name): value for name, value in event.items() if name != "type"}
        try:
            enqueued, _ = getattr(client, event["type"])(**message)
            assert enqueued, "the client's queue is full"
            handed.append(event["messageId"])
        except (AssertionError, RuntimeError) as error:
            refused.append((event["messageId"], str(error)[:200]))
    client.shutdown()
    lost = {message_id for message_id, _ in failed}
    delivered = [message_id for message_id in handed if message_id not in lost]
    json.dump({"delivered": delivered, "failed": failed, "refused": refused}, sys.stdout)


if __name__ == "__main__":
    main()
