// Delivers events through one real Node client and tells which of them the client counts as delivered.
//
// stdin: {client, host, writeKey, flushAt, gzip, events: [{type, messageId, ...}]} as one JSON document.
// stdout: {delivered: [messageId], failed: [[messageId, why]], refused: [[messageId, why]]}; refused are those that
// the client never sends because it finds them wrong itself.

import { text } from 'node:stream/consumers'

/** How often a client tries again: servers that come back are to be found again. */
const RETRIES = 12

const CLIENTS = { '@segment/analytics-node': segment, 'analytics-node': legacy, '@rudderstack/rudder-sdk-node': rudder }

const job = JSON.parse(await text(process.stdin))
const told = { delivered: [], failed: [], refused: [] }
await CLIENTS[job.client](job)
process.stdout.write(JSON.stringify(told) + '\n')

/** Hands an event to a client's method of the same name; the promise ends when the client says what became of it. */
function hand(client, event) {
  const { type, ...message } = event
  if (message.timestamp) message.timestamp = new Date(message.timestamp)
  return new Promise(resolve => {
    const answered = error => {
      if (error) told.failed.push([event.messageId, String(error.message ?? error)])
      else told.delivered.push(event.messageId)
      resolve()
    }
    try {
      client[type](message, answered)
    } catch (error) {
      told.refused.push([event.messageId, String(error.message ?? error)])
      resolve()
    }
  })
}

async function segment({ host, writeKey, flushAt, events }) {
  const { Analytics } = await import('@segment/analytics-node')
  const client = new Analytics({ writeKey, host, flushAt, flushInterval: 500, maxRetries: RETRIES })
  // The callbacks tell the same; without a listener the client would print it.
  client.on('error', () => {})
  const handed = Promise.all(events.map(event => hand(client, event)))
  await client.closeAndFlush({ timeout: 120_000 })
  await handed
}

async function legacy({ host, writeKey, flushAt, events }) {
  const { default: Analytics } = await import('analytics-node')
  const client = new Analytics(writeKey, { host, flushAt, flushInterval: 500, retryCount: RETRIES, errorHandler: () => {} })
  await flushed(client, events)
}

async function rudder({ host, writeKey, flushAt, gzip, events }) {
  const { default: Analytics } = await import('@rudderstack/rudder-sdk-node')
  const options = { dataPlaneUrl: host, flushAt, flushInterval: 500, retryCount: RETRIES, logLevel: 'none' }
  const client = new Analytics(writeKey, { ...options, gzip, errorHandler: () => {} })
  await flushed(client, events)
}

/** The clients without a shutdown of their own: their interval flushes, we wait for every answer. */
async function flushed(client, events) {
  await Promise.all(events.map(event => hand(client, event)))
}
