import type { Socket } from 'node:net'

/** Ends a connection on which a client takes too long to ask, however many bytes it sends; never one that is busy. */
export interface Deadline {
  readonly begin: () => void
  readonly end: () => void
  readonly isBusy: () => boolean
}

export function createDeadline(socket: Socket, ms: number): Deadline {
  let busy = 0
  let timer = setTimeout(() => socket.destroy(), ms)
  socket.once('close', () => clearTimeout(timer))
  return {
    begin: () => {
      busy++
      clearTimeout(timer)
    },
    end: () => {
      if (--busy === 0 && !socket.destroyed) timer = setTimeout(() => socket.destroy(), ms)
    },
    isBusy: () => busy > 0,
  }
}
