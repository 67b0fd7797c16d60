import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { postBodies } from '../../../src/bench/parts/post-bodies.ts'

test('what several senders get through at the same time is counted, all of it', async () => {
  // Answers to two are held until both are there, so that their counts are added at the same time.
  const held: (() => void)[] = []
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      held.push(() => response.writeHead(202).end(JSON.stringify({ accepted: 3 })))
      if (held.length === 2) for (const answer of held.splice(0)) answer()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : null
  const fleet = { shape: 'narrow', devices: 12, tenants: 1, interval_s: 10, from: 0 } as const
  const url = `http://127.0.0.1:${port}`
  const posted = await postBodies({
    url,
    fleet,
    steps: 1,
    rows_per_body: 3,
    gzip: false,
    senders: 2,
  })
  server.close()
  expect(posted).toMatchObject({ rows: 12, bodies: 4 })
})
