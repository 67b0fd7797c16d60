import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Session } from 'chdb'
import { bindParameters, engineSettings, holdsTwoStatements } from './front-request.ts'

/**
 * The ClickHouse HTTP interface, as far as the client needs it, over an embedded engine in a
 * process of its own: `node clickhouse-front.ts FOLDER PORT`, driven over IPC by front-process.ts.
 * It keeps the limits of a server's HTTP layer and can fail on demand in the ways a network does.
 */

/** How a statement fails. `match` is a regular expression over its text. */
export interface FrontFault {
  readonly kind:
    | 'reset' // the connection breaks before the engine has seen the statement
    | 'lost-answer' // the statement is done, the connection breaks before its answer
    | 'hang' // no answer, ever
    | 'truncate' // half the answer, then the connection breaks
    | 'cut' // half the answer with a proper end, as a careless proxy sends it
    | 'refuse' // the engine refuses with `code`
    | 'refuse-late' // the same after the status line has gone out as 200
    | 'gateway' // an answer that is no engine's: 502 with a page
  readonly match: string
  readonly code?: number
  /** How many matching statements fail. */
  readonly times: number
}

/** Limits of a server's HTTP layer at their defaults; the client's URL must fit. */
const URI_BYTES_MAX = 1_048_576
const FIELD_BYTES_MAX = 131_072

const [folder = '', port = '0'] = process.argv.slice(2)
/** A connection, with the statements of its last request's context. */
interface Connection {
  readonly session: Session
  readonly number: number
  inEffect: string
  busy: boolean
}
const connect = (number: number): Connection => ({
  session: new Session(folder),
  number,
  inEffect: '',
  busy: false,
})
const shared = connect(0)
/** One for every session that a client names: it keeps temporary tables. */
const sessions = new Map<string, Connection>()
let faults: FrontFault[] = []

const server = createServer(
  { maxHeaderSize: 4 * URI_BYTES_MAX, keepAliveTimeout: 3000 },
  (req, res) => {
    serve(req, res).catch((error: unknown) => refuse(req, res, 500, String(error)))
  },
)
server.listen(Number(port), '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.on('message', (next: FrontFault[]) => {
  faults = next.map(fault => ({ ...fault }))
  process.send?.({ faults: faults.length })
})
process.on('disconnect', () => process.exit(0))

async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://front')
  if (url.pathname === '/ping') {
    res.end('Ok.\n')
    return
  }
  const raw = await buffer(req)
  const body = req.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
  const tooLong = overLimits(req.url ?? '')
  if (tooLong !== null) return refuse(req, res, tooLong.status, tooLong.text)
  const fields = await readFields(url, req, body)
  const fault = takeFault(fields.statement)
  if (fault?.kind === 'hang') return
  if (fault?.kind === 'reset') {
    breakOff(req)
    return
  }
  if (fault?.kind === 'gateway') {
    res.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>')
    return
  }
  if (fault?.kind.startsWith('refuse')) {
    const text = `Code: ${fault.code}. DB::Exception: refused on demand. (ON_DEMAND)`
    return refuse(req, res, fault.kind === 'refuse' ? 500 : 200, text)
  }
  if (holdsTwoStatements(fields.statement)) {
    const text = 'Code: 62. DB::Exception: Multi-statements are not allowed. (SYNTAX_ERROR)'
    return refuse(req, res, 400, text)
  }
  try {
    const answer = await run(fields)
    send(req, res, answer, fault)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    refuse(req, res, /^Code: (60|81)\./.test(text) ? 404 : 500, text)
  }
}

interface Fields {
  readonly statement: string
  readonly params: Record<string, string>
  readonly settings: string
  readonly session: string | null
  /** Data of a statement that reads them with `input`. */
  readonly lines: Buffer | null
}

/** Statement and parameters from the URL, a form, or the body; the URL's statement goes first. */
async function readFields(url: URL, req: IncomingMessage, body: Buffer): Promise<Fields> {
  const fields = new Map(url.searchParams)
  const type = req.headers['content-type'] ?? ''
  const isForm = type.startsWith('multipart/form-data')
  if (isForm) {
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': type },
    }).formData()
    for (const [name, value] of form) fields.set(name, String(value))
  }
  // The end of the line keeps the name of a format apart from the data that follows it.
  const data = isForm || body.length === 0 ? [] : [body.toString('utf8')]
  const named = fields.get('query') ?? ''
  const lines = /\bformat LineAsString\s*$/.test(named) ? body : null
  const statement = [...(named === '' ? [] : [named]), ...(lines === null ? data : [])].join('\n')
  const params = Object.fromEntries(
    [...fields]
      .filter(([name]) => name.startsWith('param_'))
      .map(([name, value]) => [name.slice('param_'.length), value]),
  )
  const session = fields.get('session_id') ?? null
  return { statement, params, settings: engineSettings(fields), session, lines }
}

async function run(fields: Fields): Promise<Buffer> {
  if (fields.session === null) return runOn(shared, fields)
  const connection = sessions.get(fields.session) ?? connect(sessions.size + 1)
  sessions.set(fields.session, connection)
  if (connection.busy) {
    throw new Error('Code: 373. DB::Exception: Session is locked. (SESSION_IS_LOCKED)')
  }
  connection.busy = true
  try {
    return await runOn(connection, fields)
  } finally {
    connection.busy = false
  }
}

/** The embedded engine reads nothing through `input`; it reads files. */
function withLines({ statement, lines }: Fields, connection: Connection): string {
  if (lines === null) return statement
  const file = join(folder, 'tmp', `front-${connection.number}.lines`)
  writeFileSync(file, lines)
  return statement
    .replace("input('line String')", `file('${file}', 'LineAsString', 'line String')`)
    .replace(/\bformat LineAsString\s*$/, '')
}

async function runOn(connection: Connection, fields: Fields): Promise<Buffer> {
  const { params, settings } = fields
  const statement = withLines(fields, connection)
  // The session keeps what is set. In front of every statement it would cost a walk over its rows.
  const sql = settings === connection.inEffect ? statement : settings + statement
  const bound = bindParameters(params)
  const result =
    Object.keys(bound).length > 0
      ? await connection.session.queryBindAsync(sql, bound)
      : await connection.session.queryAsync(sql)
  connection.inEffect = settings
  return Buffer.from(result.bytes())
}

function send(
  req: IncomingMessage,
  res: ServerResponse,
  answer: Buffer,
  fault: FrontFault | undefined,
): void {
  const zipped = acceptsGzip(req)
  const whole = zipped ? gzipSync(answer) : answer
  if (fault?.kind === 'lost-answer') {
    breakOff(req)
    return
  }
  res.writeHead(200, zipped ? { 'content-encoding': 'gzip' } : {})
  if (fault?.kind === 'truncate') {
    res.write(whole.subarray(0, Math.ceil(whole.length / 2)), () => breakOff(req))
  } else if (fault?.kind === 'cut') {
    const half = answer.subarray(0, Math.ceil(answer.length / 2))
    res.end(zipped ? gzipSync(half) : half)
  } else {
    res.end(whole)
  }
}

/** Refuses as a server does: the code in a header, the reason as text. */
function refuse(req: IncomingMessage, res: ServerResponse, status: number, text: string): void {
  const code = /Code: (\d+)/.exec(text)?.[1] ?? '1000'
  const zipped = acceptsGzip(req)
  res.writeHead(status, {
    'x-clickhouse-exception-code': code,
    ...(zipped ? { 'content-encoding': 'gzip' } : {}),
  })
  res.end(zipped ? gzipSync(text) : text)
}

function breakOff(req: IncomingMessage): void {
  req.socket.resetAndDestroy()
}

function acceptsGzip(req: IncomingMessage): boolean {
  const wanted = new URL(req.url ?? '/', 'http://front').searchParams.get('enable_http_compression')
  return wanted === '1' && String(req.headers['accept-encoding']).includes('gzip')
}

function overLimits(uri: string): { status: number; text: string } | null {
  if (uri.length > URI_BYTES_MAX) return { status: 414, text: 'Request-URI Too Long' }
  const long = (uri.split('?', 2)[1] ?? '').split('&').some(field => field.length > FIELD_BYTES_MAX)
  if (!long) return null
  return {
    status: 400,
    text: 'Poco::Exception. Code: 1000, HTML Form Exception: Field value too long',
  }
}

function takeFault(statement: string): FrontFault | undefined {
  const index = faults.findIndex(
    fault => fault.times > 0 && new RegExp(fault.match, 'i').test(statement),
  )
  const fault = faults[index]
  if (fault) faults[index] = { ...fault, times: fault.times - 1 }
  return fault
}
