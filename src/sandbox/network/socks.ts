import type { Socket } from 'node:net'
import { parseAuthority } from './authority.ts'
import { malformed } from './event.ts'
import type { Gate } from './gate.ts'
import { reach } from './reach.ts'
import { tunnel } from './tunnel.ts'

/** SOCKS 5 and 4a, CONNECT without a user alone: no UDP, which would have to be judged packet by packet, and no BIND. */
export async function serveSocks(gate: Gate, socket: Socket, version: 4 | 5): Promise<void> {
  const deadline = setTimeout(() => socket.destroy(), gate.limits.headerMs)
  const asked = await (version === 5
    ? readSocks5(readerOf(socket), socket)
    : readSocks4(readerOf(socket))
  ).finally(() => clearTimeout(deadline))
  if ('answer' in asked) return refuse(socket, asked.answer)
  const authority = parseAuthority(asked.written)
  if (!authority) {
    gate.record(malformed(asked.written))
    return refuse(socket, asked.denied)
  }
  const reached = await reach(gate, { authority, action: 'request' })
  if (reached.kind === 'denied') return refuse(socket, asked.denied)
  if (reached.kind === 'failed') return refuse(socket, asked.failed(reached.code))
  socket.write(asked.open)
  tunnel(socket, reached.socket)
}

/** What was asked for, with the answers in the client's own version; or the answer, when that is already clear. */
type Asked =
  | { readonly answer: Buffer }
  | {
      readonly written: string
      readonly open: Buffer
      readonly denied: Buffer
      readonly failed: (code: string) => Buffer
    }

async function readSocks5(read: Read, socket: Socket): Promise<Asked> {
  const [, count = 0] = await read(2)
  if (!(await read(count)).includes(0)) return { answer: Buffer.from([5, 0xff]) }
  socket.write(Buffer.from([5, 0]))
  const [version, command, , type = 0] = await read(4)
  if (version !== 5 || command !== 1) return { answer: answer5(7) }
  const host = await readHost5(read, type)
  if (host === undefined) return { answer: answer5(8) }
  const port = (await read(2)).readUInt16BE()
  return {
    written: `${host}:${port}`,
    open: answer5(0),
    denied: answer5(2),
    failed: (code) => answer5(codes5[code] ?? 1),
  }
}

const codes5: Readonly<Record<string, number>> = {
  ENETUNREACH: 3,
  EHOSTUNREACH: 4,
  ENOTFOUND: 4,
  ECONNREFUSED: 5,
}

const answer5 = (code: number): Buffer => Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0])

async function readHost5(read: Read, type: number): Promise<string | undefined> {
  if (type === 1) return (await read(4)).join('.')
  if (type === 4) return `[${(await read(16)).toString('hex').replace(/\w{4}(?=\w)/g, '$&:')}]`
  if (type !== 3) return undefined
  const [length = 0] = await read(1)
  return (await read(length)).toString('latin1')
}

async function readSocks4(read: Read): Promise<Asked> {
  const head = await read(8)
  await readText(read)
  const address = head.subarray(4)
  const named = address[0] === 0 && address[1] === 0 && address[2] === 0 && address[3] !== 0
  const host = named ? await readText(read) : address.join('.')
  if (head[1] !== 1) return { answer: answer4(91) }
  const denied = answer4(91)
  return { written: `${host}:${head.readUInt16BE(2)}`, open: answer4(90), denied, failed: () => denied }
}

const answer4 = (code: number): Buffer => Buffer.from([0, code, 0, 0, 0, 0, 0, 0])

async function readText(read: Read): Promise<string> {
  let text = ''
  for (let length = 0; length < 256; length++) {
    const [byte = 0] = await read(1)
    if (byte === 0) return text
    text += String.fromCharCode(byte)
  }
  throw new Error('a text without an end in a SOCKS request')
}

type Read = (count: number) => Promise<Buffer>

/** Reads exactly so many bytes, and leaves the rest in the socket for the tunnel. */
function readerOf(socket: Socket): Read {
  return (count) =>
    new Promise((resolve, reject) => {
      if (count === 0) return resolve(Buffer.alloc(0))
      const settle = (act: () => void): void => {
        socket.off('readable', look).off('close', gone).off('end', gone)
        act()
      }
      const gone = (): void => settle(() => reject(new Error('the client went away')))
      const look = (): void => {
        const bytes: Buffer | null = socket.read(count)
        if (bytes?.length === count) settle(() => resolve(bytes))
        else if (bytes || socket.destroyed) gone()
      }
      socket.on('readable', look).once('close', gone).once('end', gone)
      look()
    })
}

function refuse(socket: Socket, answer: Buffer): void {
  socket.end(answer)
  socket.resume()
}
